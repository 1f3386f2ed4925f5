"""Who asks, and what they may do: tokens with roles. Only their SHA-256 is kept; tokens are 256 random bits.

A line is `NAME ROLE SHA256`: in MARSAD_GATEWAY_TOKENS_FILE, or, separated by commas, in MARSAD_GATEWAY_TOKENS. Without any,
everybody who can reach the gateway may do everything, and so it listens on this machine alone.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import secrets
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from streams.errors import MarsadError, SettingError

if TYPE_CHECKING:
    from streams.settings import Settings

#: Names of this machine that a request may be made to where there are no tokens: a page of somebody else's cannot be one.
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")

_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Role(IntEnum):
    """What somebody may do; each may also do what those before it may."""

    READER = 1
    """Read alerts, developments and watchlists, and judge alerts."""
    EDITOR = 2
    """Change watchlists."""
    OPERATOR = 3
    """See dead letters."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, or some program, with a token."""

    name: str
    role: Role


#: Who asks where there are no tokens.
LOCAL = Person("local", Role.OPERATOR)


class NotSignedInError(MarsadError):
    """No token, or one that nobody has."""


class NotAllowedError(MarsadError):
    """The token's role is too low."""


class Tokens:
    """The tokens that are known, by digest."""

    def __init__(self, people: dict[str, Person]) -> None:
        self._people = people

    def __bool__(self) -> bool:
        return bool(self._people)

    @classmethod
    def load(cls, settings: Settings) -> Tokens:
        """Those of the file and of the environment.

        Raises:
            SettingError: names the setting and the line, never the token.
        """
        lines: list[tuple[str, str]] = []
        if settings.gateway_tokens is not None:
            given = re.split(r"[,\n]", settings.gateway_tokens.get_secret_value())
            lines += [(f"MARSAD_GATEWAY_TOKENS, entry {n}", line) for n, line in enumerate(given, 1)]
        path = settings.gateway_tokens_file
        if path is not None:
            try:
                text = path.read_text("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise SettingError(
                    f"MARSAD_GATEWAY_TOKENS_FILE: {str(path)!r}: {getattr(error, 'strerror', None) or error}",
                    field="gateway_tokens_file",
                    value=str(path),
                    remedy="make the file with 'marsad gateway --new-token NAME:ROLE', and let the gateway read it",
                ) from None
            lines += [(f"{path}, line {n}", line) for n, line in enumerate(text.splitlines(), 1)]
        people: dict[str, Person] = {}
        for where, line in lines:
            if line.strip() and not line.lstrip().startswith("#"):
                digest, person = _person(where, line)
                people[digest] = person
        return cls(people)

    def person(self, token: str | None) -> Person:
        """Who has this token. Raises NotSignedInError."""
        if not self._people:
            return LOCAL
        if token is None:
            raise NotSignedInError("no token", remedy="send 'Authorization: Bearer TOKEN'")
        # A dictionary of digests: how long a look-up takes says nothing about the token.
        person = self._people.get(digest_of(token))
        if person is None:
            raise NotSignedInError("nobody has this token", remedy="ask the operator for one that is in force")
        return person


def _person(where: str, line: str) -> tuple[str, Person]:
    parts = line.split()
    if len(parts) != 3 or not _NAME.fullmatch(parts[0]) or not _DIGEST.fullmatch(parts[2]):
        raise SettingError(
            f"{where}: not 'NAME ROLE SHA256'",
            field="gateway_tokens",
            remedy="make the line with 'marsad gateway --new-token NAME:ROLE'",
        )
    return parts[2], Person(parts[0], role_of(parts[1], where))


def role_of(word: str, where: str) -> Role:
    """A role by its name. Raises SettingError."""
    try:
        return Role[word.upper()]
    except KeyError:
        raise SettingError(
            f"{where}: no role {word!r}", field="gateway_tokens", value=word, remedy="use reader, editor or operator"
        ) from None


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def new_token(asked: str) -> tuple[str, str]:
    """A token for NAME:ROLE, and its line for the file. Raises SettingError."""
    name, _, role = asked.partition(":")
    if not _NAME.fullmatch(name):
        raise SettingError(
            f"--new-token: {asked!r}: no name",
            field="new-token",
            value=asked,
            remedy="give NAME:ROLE, such as desk:reader, with letters, digits, '.', '_' and '-'",
        )
    found = role_of(role, "--new-token")
    token = secrets.token_urlsafe(32)
    return token, f"{name} {found.name.lower()} {digest_of(token)}"


def check_address(settings: Settings, tokens: Tokens) -> None:
    """Refuse to listen where others could come without a token. Raises SettingError."""
    if tokens or is_loopback(settings.gateway_host):
        return
    raise SettingError(
        f"MARSAD_GATEWAY_HOST: {settings.gateway_host!r}: other machines can reach it, and there are no tokens",
        field="gateway_host",
        value=settings.gateway_host,
        remedy="set MARSAD_GATEWAY_TOKENS_FILE ('marsad gateway --new-token NAME:ROLE' makes its lines), or listen on 127.0.0.1",
    )


def is_loopback(host: str) -> bool:
    """Is it an address that only this machine reaches?"""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
