"""The formats, as a table, and which of them some bytes are in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from pathlib import PurePath

import orjson

from agents.ingestion import documents, feeds, jsonlines, plaintext
from agents.ingestion.draft import Draft, Origin
from streams.errors import ArticleError

Reader = Callable[[Iterable[bytes], Origin], Iterator[Draft | ArticleError]]

READERS: dict[str, Reader] = {
    "jsonl": jsonlines.read,
    "json": documents.read,
    "ninjs": documents.read,
    "feed": feeds.read,
    "text": plaintext.read,
}

#: What a file's extension says, after a final .gz is taken off. "json" is looked into: many name JSON Lines so.
EXTENSIONS: dict[str, str] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "",
    ".ninjs": "ninjs",
    ".rss": "feed",
    ".atom": "feed",
    ".rdf": "feed",
    ".xml": "feed",
    ".txt": "text",
}

_FEED = re.compile(rb"<\?xml|<rss[\s>]|<feed[\s>]|<rdf:", re.IGNORECASE)


def extension(name: str) -> str:
    """The extension that tells the format: '.jsonl' of 'news.jsonl.gz'."""
    return PurePath(name.lower().removesuffix(".gz")).suffix


def sniff(name: str, head: bytes) -> str:
    """The format of something by its name, else by its first line that is not empty."""
    known = EXTENSIONS.get(extension(name))
    if known:
        return known
    start = head.removeprefix(b"\xef\xbb\xbf").strip()
    if start[:1] == b"{":
        # A line that closes what it opens is one of many, even if it is broken; a document runs over several lines.
        return "jsonl" if _is_complete(start) or start.endswith(b"}") else "json"
    if start[:1] == b"[":
        return "json"
    return "feed" if _FEED.match(start) else "text"


def _is_complete(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True


def read(lines: Iterable[bytes], origin: Origin, format_name: str | None = None) -> Iterator[Draft | ArticleError]:
    """Every article in some lines of bytes, in the named format or in the one they look like."""
    rest = iter(lines)
    if format_name is None:
        # The first lines up to one that says something; they are put back before what follows.
        head: list[bytes] = []
        while not (head and head[-1].removeprefix(b"\xef\xbb\xbf").strip()) and (more := list(islice(rest, 1))):
            head += more
        if not head:
            return
        format_name = sniff(origin.name, head[-1])
        rest = chain(head, rest)
    yield from READERS[format_name](rest, origin)
