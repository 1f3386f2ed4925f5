"""Who may listen where, and tokens that nobody gets to see."""

from __future__ import annotations

import pytest

from streams import settings
from streams.errors import SettingError
from streams.gateway.access import NotSignedInError, Role, Tokens, check_address, digest_of, new_token


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104
        ("::", False),
        ("192.0.2.7", False),
        ("news.example", False),
    ],
)
def test_without_tokens_only_this_machine(host, allowed):
    given = settings.load(gateway_host=host)
    if allowed:
        check_address(given, Tokens({}))
        return
    with pytest.raises(SettingError) as refused:
        check_address(given, Tokens({}))
    assert "MARSAD_GATEWAY_HOST" in str(refused.value)
    assert "MARSAD_GATEWAY_TOKENS_FILE" in str(refused.value)
    token, line = new_token("desk:reader")
    check_address(given, Tokens.load(settings.load(gateway_host=host, gateway_tokens=line)))
    assert token not in line


def test_tokens_of_the_file_and_of_the_environment(tmp_path):
    token, line = new_token("desk:editor")
    path = tmp_path / "tokens"
    path.write_text(f"# who\n\n{line}\n")
    other = "x" * 43
    tokens = Tokens.load(settings.load(gateway_tokens_file=path, gateway_tokens=f"a reader {digest_of(other)}"))
    assert (tokens.person(token).name, tokens.person(token).role) == ("desk", Role.EDITOR)
    assert tokens.person(other).role == Role.READER
    for wrong in (None, "", "nonsense", digest_of(token)):
        with pytest.raises(NotSignedInError):
            tokens.person(wrong)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("desk reader", "line 1"),
        (f"\ndesk chief {'a' * 64}", "'chief'"),
        (f"desk reader {'a' * 63}", "line 1"),
        ("my-secret-token", "line 1"),
    ],
)
def test_a_line_that_is_wrong_is_named_and_not_shown(tmp_path, text, said):
    path = tmp_path / "tokens"
    path.write_text(text)
    with pytest.raises(SettingError) as refused:
        Tokens.load(settings.load(gateway_tokens_file=path))
    assert said in str(refused.value)
    assert "secret" not in str(refused.value)
    assert refused.value.remedy


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(SettingError, match="No such file"):
        Tokens.load(settings.load(gateway_tokens_file=tmp_path / "none"))


@pytest.mark.parametrize("asked", ["", "desk", "desk:chief", "a b:reader"])
def test_a_new_token_needs_a_name_and_a_role(asked):
    with pytest.raises(SettingError):
        new_token(asked)
