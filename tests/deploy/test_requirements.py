"""The pinned requirements: complete, hashed, the same on every machine, light."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = ("base.txt", "dev.txt")


def pins(name: str) -> dict[str, set[str]]:
    """Package -> its pinned versions (several, where they depend on the Python)."""
    found: dict[str, set[str]] = {}
    for package, version in re.findall(
        r"^([a-z0-9-]+)==(\S+)", (ROOT / "requirements" / name).read_text("utf-8"), re.MULTILINE
    ):
        found.setdefault(package, set()).add(version)
    return found


@pytest.mark.parametrize("name", FILES)
def test_every_line_is_a_pin_with_hashes_and_names_no_place(name):
    text = (ROOT / "requirements" / name).read_text("utf-8")
    assert "://" not in text
    for entry in re.split(r"\n(?=[a-z])", text.strip()):
        pin, *hashes = entry.split("\\\n")
        assert re.match(r"[a-z0-9-]+==[\w.]+( ; [\w' .<>=!()-]+)?\s*$", pin), pin
        assert hashes, pin
        assert all(re.fullmatch(r"\s+--hash=sha256:[0-9a-f]{64}\s*", line) for line in hashes), pin


@pytest.mark.parametrize("heavy", ["torch", "transformers", "pandas", "scikit-learn"])
def test_nothing_heavy_comes_along(heavy):
    assert heavy not in pins("dev.txt")


def test_development_stands_on_the_very_same_base():
    base, dev = pins("base.txt"), pins("dev.txt")
    assert {package: dev.get(package) for package in base} == base


def test_everything_pyproject_asks_for_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["broker"]]
    base = pins("base.txt")
    for requirement in asked:
        found = re.match(r"([A-Za-z0-9_.-]+)(?:\[[^]]*\])?(?:==([\w.]+))?", requirement)
        assert found
        package = re.sub(r"[-_.]+", "-", found[1]).lower()
        assert package in base, f"{requirement}: make requirements"
        if found[2]:
            assert base[package] == {found[2]}, f"{requirement}: make requirements"
