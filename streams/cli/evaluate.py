"""`marsad eval`: how good the enrichers are, measured on golden sets, and on labelled real news where it is at hand."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

import streams
from streams.cli.options import Json, settings_of
from streams.cli.output import complain, console, emit, say
from streams.errors import ArticleError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from agents.enrichment.enrich import Enricher
    from agents.evaluation.figures import Figure
    from streams.records import Article

#: What can be scored, on the golden sets and on what the other options name.
ENRICHERS = ("language", "topics", "dates", "events", "entities", "quotes", "alerts")
OF_DAYS, OF_CONLL = ("events", "alerts"), ("entities",)

CHECKOUT = Path(streams.__file__).parents[1] / "tests" / "golden"


def complete_enrichers(incomplete: str) -> list[str]:
    """Names of enrichers for the shell."""
    return [name for name in ENRICHERS if name.startswith(incomplete)]


def evaluate(
    ctx: typer.Context,
    *,
    golden: Annotated[
        Path | None,
        typer.Option(
            "--golden",
            metavar="DIR",
            help="Golden sets: language.tsv, topics*.jsonl, dates.tsv, events.jsonl, news.*.txt (entities), quotes.jsonl, "
            "any of them; without it a checkout's tests/golden.",
        ),
    ] = None,
    days: Annotated[
        Path | None,
        typer.Option(
            "--days",
            metavar="DIR",
            help="Labelled days of real news, news-*.jsonl.gz and labels/days.tsv: events and alerts on them.",
        ),
    ] = None,
    conll: Annotated[
        Path | None,
        typer.Option(
            "--conll", metavar="FILE", help="Arabic words and their labels in columns, as ANERcorp: entities on them."
        ),
    ] = None,
    enrichers: Annotated[
        list[str] | None,
        typer.Option(
            "--enricher",
            metavar="NAME",
            help=f"Only this one of {', '.join(ENRICHERS)}; may be repeated.",
            autocompletion=complete_enrichers,
        ),
    ] = None,
    floors: Annotated[
        Path | None,
        typer.Option(
            "--floors",
            metavar="FILE",
            help="Exit with 1 if a figure is under its floor: columns enricher, measure, part, share (precision, recall "
            "or f1), least.",
        ),
    ] = None,
    mistakes: Annotated[bool, typer.Option("--mistakes", help="Each mistake in a line, below the figures.")] = False,
    as_json: Json = False,
) -> None:
    """Quality figures: precision, recall and F1 of the enrichers on texts of which a reader wrote down what is in them."""
    from agents.enrichment.encoder import open_encoder
    from agents.enrichment.enrich import Enricher
    from agents.evaluation.sets import read_floors, under_floors

    wanted = _checked(enrichers)
    sets = _golden_sets(golden, wanted, others=bool(days or conll))
    _check_scored(enrichers, sets, days, conll)
    least = list(read_floors(_text(floors, "floors"), floors.name)) if floors else []
    settings = settings_of(ctx)
    enricher = Enricher()
    encoder = open_encoder(settings.encoder, settings.torch_threads) if "topics" in sets else None
    readers = {"topics": Enricher(encoder)} if encoder else {}  # nothing else that is scored looks at vectors
    figures: list[Figure] = []
    for figure in _all_figures(sets, days, conll, wanted, lambda name: readers.get(name, enricher)):
        figures.append(figure)
        if as_json:
            emit(orjson.dumps(_as_json(figure, mistakes=mistakes)))
    if not as_json:
        _show(figures, mistakes=mistakes)
    if short := list(under_floors(figures, least, wanted)):
        for line in short:
            say(line)
        raise typer.Exit(1)


def _checked(enrichers: Sequence[str] | None) -> Sequence[str]:
    """The enrichers asked for, all without a word."""
    for name in enrichers or ():
        if name not in ENRICHERS:
            near = difflib.get_close_matches(name, ENRICHERS, n=1)
            raise InputError(
                f"--enricher: nothing is called {name!r}",
                field="enricher",
                value=name,
                remedy=f"did you mean {near[0]!r}?" if near else f"use one of {', '.join(ENRICHERS)}",
            )
    return enrichers or ENRICHERS


def _golden_sets(golden: Path | None, wanted: Sequence[str], *, others: bool) -> dict[str, list[Path]]:
    """Files of the golden sets by enricher. A wheel has none: that is an error only where nothing else is to be scored."""
    from agents.evaluation.sets import GOLDEN

    names = {enricher: file for enricher, (file, _) in GOLDEN.items() if enricher in wanted}
    folder = golden or CHECKOUT
    sets = {enricher: files for enricher, file in names.items() if (files := sorted(folder.glob(file)))}
    if names and not sets and (golden or not others):
        raise InputError(
            f"--golden: {folder} has none of {', '.join(names.values())}"
            if folder.is_dir()
            else f"--golden: no folder {folder}",
            field="golden",
            value=str(folder),
            remedy="name a folder of golden sets with --golden; a checkout of Marsad has them in tests/golden",
        )
    return sets


def _check_scored(
    enrichers: Sequence[str] | None, sets: dict[str, list[Path]], days: Path | None, conll: Path | None
) -> None:
    """Whoever names an enricher wants figures of it."""
    for name in enrichers or ():
        if name in sets or (days and name in OF_DAYS) or (conll and name in OF_CONLL):
            continue
        option = {"alerts": "--days", "entities": "--golden or --conll"}.get(name, "--golden")
        raise InputError(
            f"--enricher {name}: nothing to score it on", field="enricher", value=name, remedy=f"name it with {option}"
        )


def _all_figures(
    sets: dict[str, list[Path]],
    days: Path | None,
    conll: Path | None,
    wanted: Sequence[str],
    reader: Callable[[str], Enricher],
) -> Iterator[Figure]:
    from agents.evaluation.conll import score_entities
    from agents.evaluation.days import read_labels, score_days
    from agents.evaluation.figures import added_up
    from agents.evaluation.sets import GOLDEN

    for name, files in sets.items():
        score = GOLDEN[name][1]
        read = reader(name)
        yield from added_up(f for file in files for f in score(_text(file, "golden"), file.name, read))
    if conll and not set(OF_CONLL).isdisjoint(wanted):
        yield from score_entities(_text(conll, "conll"), conll.name, reader("entities"))
    if days and not set(OF_DAYS).isdisjoint(wanted):
        labels = read_labels(_text(days / "labels" / "days.tsv", "days"), "days.tsv")
        figures = score_days(_articles(days), labels, reader("events"))
        yield from (figure for figure in figures if figure.enricher in wanted)


def _text(file: Path, option: str) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no UTF-8"
        raise InputError(
            f"--{option}: {file}: {reason}", field=option, value=str(file), remedy="name a file that can be read"
        ) from None


def _articles(folder: Path) -> Iterable[Article]:
    """The articles of the days, in the order they were published."""
    from streams.cli.sources import Sources

    files = sorted(str(file) for file in folder.glob("news-*.jsonl*"))
    if not files:
        raise InputError(
            f"--days: {folder} has no news-*.jsonl.gz", field="days", value=str(folder), remedy="name another folder"
        )
    taken: list[Article] = []
    refused = 0
    for article in Sources.of(files).articles():
        if isinstance(article, ArticleError):
            refused += 1
            complain(article)
        else:
            taken.append(article)
    if refused:
        say(f"{refused} articles of {folder} were refused and are not scored")
    return sorted(taken, key=lambda article: (article.published_at, article.url or ""))


def _as_json(figure: Figure, *, mistakes: bool) -> dict[str, object]:
    return {
        "enricher": figure.enricher,
        "measure": figure.measure,
        "part": figure.part,
        "precision": _rounded(figure.precision),
        "recall": _rounded(figure.recall),
        "f1": _rounded(figure.f1),
        "right": figure.right,
        "found": figure.found,
        "support": figure.wanted,
        **({"mistakes": figure.mistakes} if mistakes else {}),
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _show(figures: Sequence[Figure], *, mistakes: bool) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for head in ("enricher", "measure", "on"):
        table.add_column(head)
    for head in ("precision", "recall", "F1", "support"):
        table.add_column(head, justify="right")
    for figure in figures:
        shares = ("-" if s is None else f"{s:.3f}" for s in (figure.precision, figure.recall, figure.f1))
        support = "-" if figure.wanted is None else f"{figure.wanted:,}"
        table.add_row(figure.enricher, figure.measure, figure.part, *shares, support)
    out = console()
    out.print(table)
    for figure in figures if mistakes else ():
        if figure.mistakes:
            out.print(f"\n{figure.enricher}, {figure.measure}, {figure.part}:", markup=False)
        for mistake in figure.mistakes:
            out.print(f"  {mistake}", markup=False)
