"""`marsad watchlist`: what is watched for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.options import Broker, Format, Json, PublishedAt, complete_watchlists, settings_of
from streams.cli.output import complain, console, counted, emit, say
from streams.errors import ArticleError, InputError, WatchlistError
from streams.render import isolate, visible
from streams.topics import WATCHLISTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from agents.watchlists.files import WatchlistFile
    from agents.watchlists.load import Load
    from streams.records import Watchlist
    from streams.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    help="What is watched for: add, list, show, remove, test, explain, backtest, health, import, export.",
)

SUFFIXES = (".yaml", ".yml")
#: Endings of the names of keyword lists.
LISTS = (".txt",)

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

    table = Table("id", "notify", "priority", "title", box=None, pad_edge=False, header_style="bold")
    for watchlist in watchlists.values():
        title = " · ".join(isolate(name) for name in dict.fromkeys((watchlist.title.en, watchlist.title.ar)) if name)
        table.add_row(watchlist.id, watchlist.notify, watchlist.priority, title)
    console().print(table)


@app.command()
def show(ctx: typer.Context, ids: Ids, *, as_json: Json = False, broker: Broker = None) -> None:
    """Watchlists as YAML, ready to be edited and added again."""
    loaded = in_force(settings_of(ctx, broker=broker))
    wanted = [loaded[key] for key in _known(ids, loaded)]
    if as_json:
        for watchlist in wanted:
            emit(watchlist.model_dump_json().encode())
    else:
        _write_yaml(wanted)


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


@app.command("test")
def check(
    ctx: typer.Context,
    paths: Paths,
    *,
    articles_a_day: Annotated[
        int, typer.Option("--articles-a-day", min=1, metavar="N", help="How many articles are expected.")
    ] = 10_000,
    alerts_a_day: Annotated[
        int, typer.Option("--alerts-a-day", min=1, metavar="N", help="From how many expected alerts on to warn.")
    ] = 1_000,
) -> None:
    """Check watchlist files without a broker: every fault with file, line, column and remedy, and their examples."""
    from collections import Counter

    from agents.watchlists.load import Load
    from streams.cli.watchlist_checks import Asker, failed

    files = checked_files(paths, Load(articles_a_day, alerts_a_day))
    examples = [(name, example) for name, file in files for example in file.examples]
    if examples:
        asker = Asker(settings_of(ctx), (w for _, file in files for w in file.watchlists))
        if wrong := failed(examples, asker):
            raise WatchlistError(
                f"{wrong} of {counted(len(examples), 'example')} failed, for the reasons above",
                remedy="mend the query or the example",
            )
    tried = Counter(example.watchlist for _, example in examples)
    for _, file in files:
        for watchlist in file.watchlists:
            also = f", {counted(tried[watchlist.id], 'example')}" if tried[watchlist.id] else ""
            sys.stdout.write(f"{watchlist.id}: ok{also}\n")


@app.command()
def explain(
    ctx: typer.Context,
    watchlist_id: Annotated[str, typer.Argument(metavar="ID", help="The watchlist.", show_default=False)],
    *,
    watchlists: Annotated[
        Path,
        typer.Option("--watchlists", "-w", metavar="PATH", help="A file of watchlists, or a folder of such files."),
    ],
    article: Annotated[
        str, typer.Option("--article", "-a", metavar="FILE", help="The article, or - for standard input.")
    ],
    as_json: Json = False,
    format_name: Format = None,
    published_at: PublishedAt = None,
) -> None:
    """Say why a watchlist matches an article, or why not: its query as a tree, each clause with what it finds or lacks."""
    import json

    from streams.cli.sources import Sources
    from streams.cli.watchlist_checks import Asker, because, drawn

    loaded = {watchlist.id: watchlist for watchlist in checked([str(watchlists)])}
    [key] = _known([watchlist_id], loaded, remedy=f"there are {', '.join(sorted(loaded))}")
    asker = Asker(settings_of(ctx), [loaded[key]])
    for found in Sources.of([article], format_name, published_at).articles():
        if isinstance(found, ArticleError):
            raise found
        explained = asker.ask(key, found)
        if as_json:
            told = {"watchlist": key, "article": found.id, "matches": explained.holds, "tree": explained.as_json()}
            emit(json.dumps(told, ensure_ascii=False).encode())
            continue
        verdict = "matches" if explained.holds else "does not match"
        lines = [f"{key} {verdict}: {isolate(found.title or found.body[:80])}", *drawn(explained)]
        if not explained.holds:
            lines += ["why not:", *(f"  {reason}" for reason in because(explained))]
        sys.stdout.write("".join(f"{visible(line)}\n" for line in lines))


@app.command("import")
def import_lists(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...",
            help="Lists of keywords or of web alerts' queries, one a line; folders of such .txt files; - for standard input.",
            show_default=False,
        ),
    ],
) -> None:
    """Turn keyword lists and web alerts' queries into watchlists, as YAML: a watchlist a file."""
    from agents.watchlists.imports import read_keywords

    found: dict[str, Watchlist] = {}
    for name, text in _texts(paths, LISTS):
        roots = [root for root in map(Path, paths) if root.is_dir() and Path(name).is_relative_to(root)]
        imported = read_keywords(text, str(Path(name).relative_to(roots[0])) if roots else Path(name).name)
        for note in imported.notes:
            say(f"note: {note}")
        if imported.watchlist.id in found:
            raise WatchlistError(
                f"{name}: another file gives the id {imported.watchlist.id!r} too",
                value=name,
                remedy="rename one of them",
            )
        found[imported.watchlist.id] = imported.watchlist
    _write_yaml(found.values())


@app.command("export")
def export_all(
    ctx: typer.Context,
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH...]", help="Files or folders; without, the watchlists in force.", show_default=False
        ),
    ] = None,
    *,
    as_json: Json = False,
    broker: Broker = None,
) -> None:
    """Write watchlists out as YAML or JSON Lines: each whole, its named sub-queries written out."""
    watchlists = checked(paths) if paths else list(in_force(settings_of(ctx, broker=broker)).values())
    if as_json:
        for watchlist in watchlists:
            emit(watchlist.model_dump_json().encode())
    else:
        _write_yaml(watchlists)


def _write_yaml(watchlists: Iterable[Watchlist]) -> None:
    import yaml

    documents = [watchlist.model_dump(mode="json") for watchlist in watchlists]
    sys.stdout.write(yaml.safe_dump_all(documents, allow_unicode=True, sort_keys=False, width=100))


# --- reading them ---------------------------------------------------------------------------------------------------


def checked(paths: Iterable[str]) -> list[Watchlist]:
    """Every watchlist in some files and folders; as checked_files."""
    return [watchlist for _, file in checked_files(paths) for watchlist in file.watchlists]


def checked_files(paths: Iterable[str], load: Load | None = None) -> list[tuple[str, WatchlistFile]]:
    """The files by name; all faults are complained about, doubts as well. What one of them defines holds in all.

    Raises:
        WatchlistError: one of them is wrong.
        InputError: nothing is there.
    """
    from agents.watchlists.files import lint, read_file
    from agents.watchlists.matcher import Vocabulary
    from agents.watchlists.presearch import WatchlistIndex

    index, vocabulary = WatchlistIndex(), Vocabulary.load()
    loaded: dict[str, tuple[Watchlist, str]] = {}
    texts = list(_texts(paths))
    defined = _defined(texts)
    files = []
    wrong = 0
    for name, text in texts:
        try:
            file = read_file(text, name, defined)
            for watchlist in file.watchlists:
                _refuse_second(watchlist, name, loaded)
                index.add(watchlist)
                loaded[watchlist.id] = (watchlist, name)
                for warning in lint(watchlist, vocabulary, load):
                    say(f"warning: {name}: {warning}")
            files.append((name, file))
        except WatchlistError as error:
            wrong += 1
            complain(error)
    if wrong:
        raise WatchlistError(f"{counted(wrong, 'watchlist file')} refused, for the reasons above", remedy="repair them")
    return files


def _defined(texts: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The sub-queries that files name, of all files; of one that cannot be read there are none, and it is refused later."""
    from agents.watchlists.files import read_definitions

    found: dict[str, str] = {}
    owners: dict[str, str] = {}
    for file, text in texts:
        try:
            definitions = read_definitions(text, file)
        except WatchlistError:
            continue
        for name, query in definitions.items():
            if found.get(name, query) != query:
                raise WatchlistError(
                    f"{file}: definition '{name}' is another one in {owners[name]}",
                    field="define",
                    value=query,
                    remedy="give one of them another name, or keep one",
                )
            found[name], owners[name] = query, file
    return found


def _refuse_second(watchlist: Watchlist, name: str, loaded: dict[str, tuple[Watchlist, str]]) -> None:
    if watchlist.id in loaded:
        raise WatchlistError(
            f"{name}: watchlist {watchlist.id!r} is also in {loaded[watchlist.id][1]}",
            field="id",
            value=watchlist.id,
            remedy="give one of them another id",
        )


def _texts(paths: Iterable[str], suffixes: tuple[str, ...] = SUFFIXES) -> Iterator[tuple[str, str]]:
    for path in paths:
        if path == "-":
            yield "standard input", _decoded(sys.stdin.buffer.read(), "standard input")
            continue
        for file in files_of(Path(path), suffixes):
            try:
                raw = file.read_bytes()
            except OSError as error:
                raise InputError(
                    f"{file}: {error.strerror}", value=path, remedy="check the file and its permissions"
                ) from None
            yield str(file), _decoded(raw, str(file))


def files_of(path: Path, suffixes: tuple[str, ...] = SUFFIXES) -> list[Path]:
    """The watchlist files a path names: itself, or those in the folder.

    Raises:
        InputError: nothing is there.
    """
    if path.is_dir():
        files = [file for file in sorted(path.rglob("*")) if file.suffix in suffixes and file.is_file()]
        if not files:
            raise InputError(
                f"{path}: no watchlists in this folder", value=str(path), remedy=f"their files end in {suffixes[0]}"
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


def _known(ids: Sequence[str], loaded: dict[str, Watchlist], remedy: str | None = None) -> list[str]:
    import difflib

    for key in ids:
        if key not in loaded:
            near = difflib.get_close_matches(key, loaded, n=1)
            raise InputError(
                f"no watchlist {key!r}",
                field="ID",
                value=key,
                remedy=f"did you mean {near[0]!r}?"
                if near
                else remedy or "'marsad watchlist list' shows those in force",
            )
    return list(dict.fromkeys(ids))
