"""What a reader is given and what it yields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Origin:
    """Where bytes come from: a name for messages, and the date of what bears none itself."""

    name: str
    dated: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as found: the bytes of a JSON object that claims to be an `Article`, and where it stood."""

    raw: bytes
    where: str

    @classmethod
    def of(cls, fields: dict[str, Any], where: str) -> Draft:
        """A draft from fields; those that say nothing (None) are left out."""
        return cls(orjson.dumps({name: value for name, value in fields.items() if value is not None}), where)
