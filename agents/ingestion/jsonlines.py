"""JSON Lines: one article a line, ours or ninjs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from agents.ingestion import ninjs
from agents.ingestion.draft import Draft, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BOM = b"\xef\xbb\xbf"


def read(lines: Iterable[bytes], origin: Origin) -> Iterator[Draft]:
    """A draft for every line that holds something. What a line says is the door's business, broken or not."""
    for number, line in enumerate(lines, start=1):
        raw = (line.removeprefix(_BOM) if number == 1 else line).strip(b" \t\r\n")
        if raw:
            where = f"{origin.name}:{number}"
            yield _ninjs(raw, where) or Draft(raw, where)


def _ninjs(raw: bytes, where: str) -> Draft | None:
    if b'"uri"' not in raw:
        return None
    try:
        item = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return Draft.of(ninjs.fields(item), where) if ninjs.is_ninjs(item) else None
