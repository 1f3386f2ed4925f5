"""`marsad watchlist`: what is watched for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.errors import InputError, WatchlistError

if TYPE_CHECKING:
    from pathlib import Path

    from streams.records import Watchlist

SUFFIXES = (".yaml", ".yml")


def files_of(path: Path) -> list[Path]:
    """The watchlist files a path names: itself, or those in the folder.

    Raises:
        InputError: nothing is there.
    """
    if path.is_dir():
        files = [file for file in sorted(path.rglob("*")) if file.suffix in SUFFIXES and file.is_file()]
        if not files:
            raise InputError(
                f"{path}: no watchlists in this folder", value=str(path), remedy="their files end in .yaml"
            )
        return files
    if not path.exists():
        raise InputError(f"{path}: no such file or folder", value=str(path), remedy="check the path")
    return [path]


def load(path: Path) -> list[Watchlist]:
    """Every watchlist in a file or folder.

    Raises:
        InputError: nothing is there, or a file cannot be read.
        WatchlistError: one is wrong, or two have the same id.
    """
    from agents.watchlists.files import read_watchlists

    loaded: dict[str, tuple[Watchlist, Path]] = {}
    for file in files_of(path):
        for watchlist in read_watchlists(text_of(file), str(file)):
            if watchlist.id in loaded:
                raise WatchlistError(
                    f"{file}: watchlist {watchlist.id!r} is also in {loaded[watchlist.id][1]}",
                    field="id",
                    value=watchlist.id,
                    remedy="give one of them another id",
                )
            loaded[watchlist.id] = (watchlist, file)
    return [watchlist for watchlist, _ in loaded.values()]


def text_of(file: Path) -> str:
    """The text of a watchlist file."""
    try:
        return file.read_text("utf-8-sig")
    except OSError as error:
        raise InputError(
            f"{file}: {error.strerror}", value=str(file), remedy="check the file and its permissions"
        ) from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"{file}: not UTF-8 (byte {error.start})", value=str(file), remedy="save it as UTF-8"
        ) from None
