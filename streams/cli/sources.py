"""Files, folders, compressed files and standard input, as articles: the edge between the disk and `agents.ingestion`."""

from __future__ import annotations

import difflib
import gzip
import io
import sys
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from agents.ingestion.dates import parse_date
from agents.ingestion.draft import Draft, Origin
from agents.ingestion.formats import EXTENSIONS, READERS, extension, read
from streams.codec import accept_article
from streams.errors import ArticleError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from typing_extensions import Buffer

    from streams.records import Article

_GZIP = b"\x1f\x8b"
STDIN = "-"


@dataclass(frozen=True, slots=True)
class Sources:
    """Where to read from, checked: every file exists, format and date are understood."""

    paths: tuple[Path | None, ...]  # None: standard input
    format_name: str | None
    published_at: datetime | None

    @classmethod
    def of(
        cls, names: Sequence[str] | None, format_name: str | None = None, published_at: str | None = None
    ) -> Sources:
        """Check what somebody typed. No names: standard input.

        Raises:
            InputError: names the file, format or date that is wrong.
        """
        if format_name is not None and format_name not in READERS:
            near = difflib.get_close_matches(format_name, READERS, n=1)
            raise InputError(
                f"--format: unknown format {format_name!r}",
                field="format",
                value=format_name,
                remedy=f"did you mean {near[0]!r}?" if near else f"use one of {', '.join(READERS)}",
            )
        dated = None
        if published_at is not None and (dated := parse_date(published_at)) is None:
            raise InputError(
                f"--published-at: {published_at!r} is no date",
                field="published-at",
                value=published_at,
                remedy="write it as 2026-11-25T09:30:00Z",
            )
        if not names and sys.stdin.isatty():
            raise InputError("nothing to read", remedy="name files, or pipe articles in and write -")
        paths = [path for name in names or [STDIN] for path in _expand(name)]
        return cls(tuple(paths), format_name, dated)

    @property
    def total_bytes(self) -> int | None:
        """How much there is to read, in bytes on the disk; None where standard input is among it."""
        if None in self.paths:
            return None
        return sum(path.stat().st_size for path in self.paths if path)

    def drafts(self, progress: Callable[[int], None] | None = None) -> Iterator[Draft | ArticleError]:
        """Every article as found, in order. `progress` hears how many bytes were read since it last did."""
        for path in self.paths:
            with _opened(path) as stream:
                name = str(path) if path else "standard input"
                dated = self.published_at or (_modified(path) if path else datetime.now(UTC))
                try:
                    yield from read(_lines(stream, progress), Origin(name, dated), self.format_name)
                except (EOFError, gzip.BadGzipFile, zlib.error) as error:
                    yield ArticleError(f"the compressed file is damaged: {error}", remedy="fetch it again").at(name)

    def articles(self) -> Iterator[Article | ArticleError]:
        """Every article that the door accepts, and every reason why it does not."""
        for draft in self.drafts():
            yield draft if isinstance(draft, ArticleError) else accepted(draft, datetime.now(UTC))


def accepted(draft: Draft, arrived: datetime) -> Article | ArticleError:
    """A draft through the door."""
    try:
        return accept_article(draft.raw, arrived)
    except ArticleError as error:
        return error.at(draft.where)


def _expand(name: str) -> Iterator[Path | None]:
    if name == STDIN:
        yield None
        return
    path = Path(name)
    if path.is_dir():
        inside = [
            p for p in sorted(path.rglob("*")) if p.is_file() and extension(p.name) in EXTENSIONS and p.name[0] != "."
        ]
        if not inside:
            raise InputError(
                f"{name}: no articles in this folder",
                value=name,
                remedy=f"files there should end in {', '.join(EXTENSIONS)}",
            )
        yield from inside
    elif path.exists():
        yield path
    else:
        raise InputError(f"{name}: no such file or folder", value=name, remedy="check the path; - is standard input")


@contextmanager
def _opened(path: Path | None) -> Iterator[IO[bytes]]:
    if path is None:
        yield sys.stdin.buffer
        return
    try:
        with path.open("rb") as stream:
            yield stream
    except OSError as error:
        raise InputError(
            f"{path}: {error.strerror}", value=str(path), remedy="check the file and its permissions"
        ) from None


def _modified(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _lines(stream: IO[bytes], progress: Callable[[int], None] | None) -> Iterable[bytes]:
    counted = io.BufferedReader(_Counted(stream, progress or _ignore))
    return gzip.open(counted) if counted.peek(2)[:2] == _GZIP else counted


class _Counted(io.RawIOBase):
    """A stream that tells how many bytes went through it, and hands on what a pipe has without waiting for more."""

    def __init__(self, stream: IO[bytes], progress: Callable[[int], None]) -> None:
        self._stream = cast("io.BufferedIOBase", stream)
        self._progress = progress

    def readable(self) -> bool:
        return True

    def readinto(self, into: Buffer) -> int:
        count = self._stream.readinto1(into)
        self._progress(count)
        return count


def _ignore(_: int) -> None:
    """No one wants to hear."""
