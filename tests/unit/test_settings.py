"""The table of settings: every one has a default, a help and a clear error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams import settings
from streams.errors import SettingError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for row in settings.table():
        monkeypatch.delenv(row.variable, raising=False)


def test_every_setting_says_what_it_is_for() -> None:
    for row in settings.table():
        assert row.help, row.variable
        assert row.variable == f"MARSAD_{row.name.upper()}"


def test_passwords_are_secret() -> None:
    assert {row.name for row in settings.table() if row.secret} == {"sasl_password", "gateway_tokens"}
    loaded = settings.load(security_protocol="SASL_SSL", sasl_username="u", sasl_password="hush")  # noqa: S106
    assert "hush" not in repr(loaded)


def test_options_come_before_environment_before_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("MARSAD_PARTITIONS=3\nMARSAD_LINGER_MS=7\nMARSAD_STORE=rocksdb\n")
    monkeypatch.setenv("MARSAD_PARTITIONS", "4")
    monkeypatch.setenv("MARSAD_LINGER_MS", "9")
    loaded = settings.load(partitions=5, linger_ms=None)
    assert (loaded.partitions, loaded.linger_ms, loaded.store) == (5, 9, "rocksdb")


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARSAD_BROKER", "")
    assert settings.load().broker == "127.0.0.1:9092"


def test_several_brokers() -> None:
    assert settings.load(broker=" a:1 , b:2 ").broker == "a:1,b:2"


WRONG = [
    ("PARTITIONS", "many", "integer"),
    ("PARTITIONS", "0", "greater than or equal to 1"),
    ("BROKER", "localhost", "host:port"),
    ("BROKER", "a:1,b:99999", "host:port"),
    ("BROKER", " , ", "host:port"),
    ("STORE", "disk", "'memory' or 'rocksdb'"),
    ("ENCODER", "bert", "use, off or a folder"),
    ("NER_SECONDS", "0", "greater than 0"),
    ("TORCH_THREADS", "none", "integer"),
    ("INSTANCE_ID", "../a b", "letters"),
    ("HEALTH_PORT", "70000", "65535"),
    ("SECURITY_PROTOCOL", "SASL_SSL", "MARSAD_SASL_USERNAME"),
]


@pytest.mark.parametrize(("name", "value", "words"), WRONG)
def test_a_wrong_setting_names_variable_value_and_fix(
    name: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"MARSAD_{name}", value)
    with pytest.raises(SettingError) as wrong:
        settings.load()
    said = str(wrong.value)
    assert f"MARSAD_{name}" in said
    assert repr(value) in said
    assert words in said
    assert wrong.value.remedy
