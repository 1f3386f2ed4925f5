"""`marsad watchlist`: what is watched for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.options import Broker, Json, complete_watchlists, settings_of
from streams.cli.output import complain, console, counted, emit, say
from streams.errors import InputError, WatchlistError
from streams.topics import WATCHLISTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from streams.records import Watchlist
    from streams.settings import Settings

app = typer.Typer(no_args_is_help=True, help="What is watched for: add, list, show, remove, test.")

SUFFIXES = (".yaml", ".yml")

Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH...",
        help="Files of watchlists, folders of such files, or - for standard input.",
        show_default=False,
    ),
]
Ids = Annotated[
    list[str],
    typer.Argument(metavar="ID...", help="Watchlist ids.", autocompletion=complete_watchlists, show_default=False),
]


@app.command()
def add(ctx: typer.Context, paths: Paths, *, broker: Broker = None) -> None:
    """Put watchlists in force; one with the same id is replaced. Nothing is added if one of them is wrong."""
    settings = settings_of(ctx, broker=broker)
    watchlists = checked(paths)
    send(settings, watchlists)
    for watchlist in watchlists:
        say(f"added {watchlist.id}")


@app.command("list")
def show_all(ctx: typer.Context, *, as_json: Json = False, broker: Broker = None) -> None:
    """The watchlists in force."""
    from rich.table import Table

    watchlists = in_force(settings_of(ctx, broker=broker))
    if as_json:
        for watchlist in watchlists.values():
            emit(watchlist.model_dump_json().encode())
        return
    from streams.render import isolate

    table = Table("id", "notify", "priority", "title", box=None, pad_edge=False, header_style="bold")
    for watchlist in watchlists.values():
        title = " · ".join(isolate(name) for name in dict.fromkeys((watchlist.title.en, watchlist.title.ar)) if name)
        table.add_row(watchlist.id, watchlist.notify, watchlist.priority, title)
    console().print(table)


@app.command()
def show(ctx: typer.Context, ids: Ids, *, as_json: Json = False, broker: Broker = None) -> None:
    """Watchlists as YAML, ready to be edited and added again."""
    import yaml

    loaded = in_force(settings_of(ctx, broker=broker))
    wanted = [loaded[key] for key in _known(ids, loaded)]
    if as_json:
        for watchlist in wanted:
            emit(watchlist.model_dump_json().encode())
    else:
        documents = [watchlist.model_dump(mode="json") for watchlist in wanted]
        sys.stdout.write(yaml.safe_dump_all(documents, allow_unicode=True, sort_keys=False, width=100))


@app.command()
def remove(ctx: typer.Context, ids: Ids, *, broker: Broker = None) -> None:
    """Take watchlists out of force."""
    from streams.admin import Producer

    settings = settings_of(ctx, broker=broker)
    known = _known(ids, in_force(settings))
    with Producer(settings) as producer:
        for key in known:
            producer.send(WATCHLISTS.name, key.encode(), None)
    for key in known:
        say(f"removed {key}")


@app.command()
def test(paths: Paths) -> None:
    """Check watchlist files without a broker: every fault with file, line, column and remedy."""
    for watchlist in checked(paths):
        sys.stdout.write(f"{watchlist.id}: ok\n")


# --- reading them ---------------------------------------------------------------------------------------------------


def checked(paths: Iterable[str]) -> list[Watchlist]:
    """Every watchlist in some files and folders; all faults are complained about, doubts as well.

    Raises:
        WatchlistError: one of them is wrong.
        InputError: nothing is there.
    """
    from agents.watchlists.files import lint, read_watchlists
    from agents.watchlists.presearch import WatchlistIndex

    index = WatchlistIndex()
    loaded: dict[str, tuple[Watchlist, str]] = {}
    wrong = 0
    for name, text in _texts(paths):
        try:
            watchlists = read_watchlists(text, name)
            for watchlist in watchlists:
                _refuse_second(watchlist, name, loaded)
                index.add(watchlist)
                loaded[watchlist.id] = (watchlist, name)
                for warning in lint(watchlist):
                    say(f"warning: {name}: {warning}")
        except WatchlistError as error:
            wrong += 1
            complain(error)
    if wrong:
        raise WatchlistError(f"{counted(wrong, 'watchlist file')} refused, for the reasons above", remedy="repair them")
    return [watchlist for watchlist, _ in loaded.values()]


def _refuse_second(watchlist: Watchlist, name: str, loaded: dict[str, tuple[Watchlist, str]]) -> None:
    if watchlist.id in loaded:
        raise WatchlistError(
            f"{name}: watchlist {watchlist.id!r} is also in {loaded[watchlist.id][1]}",
            field="id",
            value=watchlist.id,
            remedy="give one of them another id",
        )


def _texts(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    for path in paths:
        if path == "-":
            yield "standard input", _decoded(sys.stdin.buffer.read(), "standard input")
            continue
        for file in files_of(Path(path)):
            try:
                raw = file.read_bytes()
            except OSError as error:
                raise InputError(
                    f"{file}: {error.strerror}", value=path, remedy="check the file and its permissions"
                ) from None
            yield str(file), _decoded(raw, str(file))


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


def _decoded(raw: bytes, name: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: not UTF-8 (byte {error.start})", value=name, remedy="save it as UTF-8") from None


# --- on the broker --------------------------------------------------------------------------------------------------


def send(settings: Settings, watchlists: Sequence[Watchlist]) -> None:
    """Put watchlists onto their topic; running workers take them up."""
    from streams.admin import Producer, require_topics
    from streams.codec import encode, schema_headers

    require_topics(settings, [WATCHLISTS])
    with Producer(settings) as producer:
        for watchlist in watchlists:
            producer.send(WATCHLISTS.name, watchlist.id.encode(), encode(watchlist), schema_headers(watchlist))


def in_force(settings: Settings) -> dict[str, Watchlist]:
    """The watchlists on the broker, by id. What cannot be read is complained about, not lost."""
    from streams.admin import snapshot
    from streams.codec import decode
    from streams.records import Watchlist

    found = {}
    for key, message in sorted(snapshot(settings, WATCHLISTS.name).items()):
        try:
            found[key.decode()] = decode(Watchlist, message.value or b"", message.headers)
        except InputError as error:
            complain(error)
    return found


def _known(ids: Sequence[str], loaded: dict[str, Watchlist]) -> list[str]:
    import difflib

    for key in ids:
        if key not in loaded:
            near = difflib.get_close_matches(key, loaded, n=1)
            raise InputError(
                f"no watchlist {key!r}",
                field="ID",
                value=key,
                remedy=f"did you mean {near[0]!r}?" if near else "'marsad watchlist list' shows those in force",
            )
    return list(dict.fromkeys(ids))
