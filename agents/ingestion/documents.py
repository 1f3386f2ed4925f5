"""A JSON document that is one article or a list of them, ours or ninjs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from agents.ingestion import ninjs
from agents.ingestion.draft import Draft, Origin
from streams.errors import ArticleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def read(lines: Iterable[bytes], origin: Origin) -> Iterator[Draft | ArticleError]:
    """A draft for every object of the document."""
    raw = b"".join(lines).removeprefix(b"\xef\xbb\xbf")
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        yield ArticleError(
            f"not a JSON document: {error}",
            value=raw[:80],
            remedy="one article a line is --format jsonl",
        ).at(f"{origin.name}:{error.lineno}")
        return
    items = document if isinstance(document, list) else [document]
    for number, item in enumerate(items, start=1):
        where = f"{origin.name}, item {number}" if len(items) > 1 else origin.name
        yield Draft.of(ninjs.fields(item), where) if ninjs.is_ninjs(item) else Draft(orjson.dumps(item), where)
