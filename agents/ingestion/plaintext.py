"""A text file: the title on its first line, a blank line, the body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.ingestion.draft import Draft, Origin
from streams.errors import ArticleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def read(lines: Iterable[bytes], origin: Origin) -> Iterator[Draft | ArticleError]:
    """The one article of a text; nothing for an empty one. Its date is the origin's."""
    raw = b"".join(lines)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        yield ArticleError(
            f"not UTF-8: byte 0x{raw[error.start]:02x} at position {error.start}",
            value=raw[:80],
            remedy="convert it, for instance with: iconv -f windows-1256 -t utf-8",
        ).at(f"{origin.name}:{line}")
        return
    title, _, body = text.replace("\r\n", "\n").strip("\n").partition("\n")
    if title.strip() or body.strip():
        fields = {"title": title.strip(), "body": body.strip("\n"), "published_at": origin.dated.isoformat()}
        yield Draft.of(fields, origin.name)
