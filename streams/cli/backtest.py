"""`marsad watchlist backtest`: what watchlists would have found, from the broker's archive or from a file."""

from __future__ import annotations

import gzip
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from streams.cli.moments import since_of
from streams.cli.options import Broker, Json, settings_of
from streams.cli.output import complain, console, counted, emit, errors_console, say
from streams.cli.stopping import until_stopped
from streams.errors import InputError
from streams.topics import ENRICHED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console

    from agents.backtest import Backtest, Sample, Tested
    from streams.records import Enriched, Match, Watchlist
    from streams.settings import Settings

#: Days of a sparkline at most; of a longer time the last ones are drawn.
_DAYS = 120
#: Clauses listed at most.
_CLAUSES = 10


def backtest(
    ctx: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Watchlists: a file, a folder of files, or -.", show_default=False)
    ],
    *,
    since: Annotated[
        str, typer.Option("--since", metavar="TIME", help="From when on: a date, or 12h, 7d, 4w ago.")
    ] = "30d",
    against: Annotated[
        str | None, typer.Option("--against", metavar="OLD", help="Watchlists to compare with, by id.")
    ] = None,
    archive: Annotated[
        Path | None,
        typer.Option(
            "--archive",
            metavar="FILE",
            help="JSON Lines (.gz too) of articles or of what 'marsad enrich' writes, instead of the broker.",
        ),
    ] = None,
    samples: Annotated[int, typer.Option("--samples", min=0, max=1000, metavar="N", help="Hits shown at most.")] = 20,
    as_json: Json = False,
    broker: Broker = None,
) -> None:
    """Replay the past: hits a day, samples, expected alerts, which clause decides, and what changed against an old version."""
    from agents.backtest import Backtest
    from agents.enrichment.encoder import open_encoder
    from agents.watchlists.query import parse
    from agents.watchlists.syntax import asks_meaning
    from streams.cli.watchlists import checked

    settings = settings_of(ctx, broker=broker)
    new = checked([file])
    old = checked([against]) if against is not None else []
    is_meant = any(asks_meaning(parse(w.query)) for w in (*new, *old))
    encoder = open_encoder(settings.encoder, settings.torch_threads) if is_meant else None
    # A date before the archive begins is no mistake: then all of it is taken.
    begin = since_of(since) or datetime.min.replace(tzinfo=UTC)
    test = Backtest(new, old, encoder, samples)
    with _progress() as advance, until_stopped():
        found = (
            _archived(archive, settings, begin, advance, vectors=is_meant)
            if archive is not None
            else _on_broker(settings, begin, advance)
        )
        for enriched in found:
            test.take(enriched)
    if encoder is not None and test.without_vector:
        say(f"note: {counted(test.without_vector, 'article')} without a sentence vector: like: is never true of them")
    if not test.articles:
        say(f"note: no article since {begin:%Y-%m-%d %H:%MZ}; --since takes an earlier time")
    if as_json:
        for tested in test.tested.values():
            emit(orjson.dumps(_as_json(test, tested)))
    else:
        _print(test, new, is_compared=against is not None, to=console())


@contextmanager
def _progress() -> Iterator[Callable[[float], None]]:
    shown = errors_console()
    columns = BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[taken]:,} articles"), TimeElapsedColumn()
    with Progress(*columns, console=shown, transient=True, disable=not shown.is_terminal) as bar:
        task, taken = bar.add_task("", total=1.0, taken=0), 0

        def advance(share: float) -> None:
            nonlocal taken
            taken += 1
            bar.update(task, completed=share, taken=taken)

        yield advance


def _on_broker(settings: Settings, since: datetime, advance: Callable[[float], None]) -> Iterator[Enriched]:
    from streams.admin import read
    from streams.codec import decode
    from streams.records import Enriched

    now = datetime.now(UTC)
    # Kafka has no time before 1970.
    begin = max(since, datetime.fromtimestamp(0, UTC))
    for message in read(settings, [ENRICHED.name], since=begin):
        if message is None:
            continue
        try:
            enriched = decode(Enriched, message.value or b"", message.headers)
        except InputError as error:
            say(f"{message.position}: {error}")
            continue
        arrived = datetime.fromtimestamp(message.timestamp / 1000, UTC)
        advance(min(1.0, (arrived - begin) / max(now - begin, timedelta(seconds=1))))
        yield enriched


def _archived(
    archive: Path, settings: Settings, since: datetime, advance: Callable[[float], None], *, vectors: bool
) -> Iterator[Enriched]:
    """What was published since, from a file; articles are enriched first."""
    from streams.cli.offline import enricher_of
    from streams.codec import accept_article
    from streams.records import Enriched

    enricher = None
    try:
        size = max(1, archive.stat().st_size)
        with archive.open("rb") as raw, gzip.open(raw) if archive.suffix == ".gz" else raw as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    read = orjson.loads(line)
                    if isinstance(read, dict) and "article" in read:
                        enriched = Enriched.model_validate(read)
                        if enriched.article.published_at >= since:
                            yield enriched
                    else:
                        article = accept_article(line, datetime.now(UTC))
                        if article.published_at >= since:
                            enricher = enricher or enricher_of(settings, vectors=vectors)
                            yield enricher.enrich(article)
                except (InputError, ValueError) as error:
                    said = str(error).splitlines()[0]
                    complain(InputError(f"{archive}, line {number}: {said}", value=number, remedy="it is passed over"))
                advance(raw.tell() / size)
    except (OSError, EOFError) as error:
        raise InputError(f"{archive}: {error}", value=str(archive), remedy="check the file") from None


# --- what it says ---------------------------------------------------------------------------------------------------


def _days(test: Backtest) -> list[Any]:
    if not test.by_day:
        return []
    first, last = min(test.by_day), max(test.by_day)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return days[-_DAYS:]


def _print(test: Backtest, new: list[Watchlist], *, is_compared: bool, to: Console) -> None:
    days = _days(test)
    when = f" from {days[0]} to {days[-1]}" if days else ""
    to.print(f"{counted(test.articles, 'article')}{when}", soft_wrap=True)
    known = {watchlist.id for watchlist in new}
    for key, tested in test.tested.items():
        to.print(f"\n[bold]{key}[/bold]" + ("" if key in known else "  (only in the old version)"))
        _print_one(tested, days, to)
        _print_sample("samples", tested.hits, to)
        if is_compared:
            to.print(f"  old version: {counted(tested.old_hits, 'hit')}, {counted(tested.old_alerts, 'alert')}")
            _print_sample("only in new", tested.only_new, to)
            _print_sample("only in old", tested.only_old, to)


def _print_one(tested: Tested, days: list[Any], to: Console) -> None:
    from rich.markup import escape

    from streams.render import isolate, sparkline

    hits = tested.hits.count
    span = max(1, len(days))
    to.print(
        f"  {counted(hits, 'hit')} ({hits / span:.1f} a day), {counted(tested.alerts, 'alert')} after novelty "
        f"({tested.alerts / span:.1f} a day)"
    )
    if hits:
        to.print(f"  {sparkline([tested.by_day[day] for day in days])}  {days[0]} to {days[-1]}", soft_wrap=True)
        for clause, count in tested.deciding.most_common(_CLAUSES):
            to.print(f"  {count / hits:6.1%} decided by {escape(isolate(clause))}", soft_wrap=True)


def _print_sample(title: str, sample: Sample, to: Console) -> None:
    from streams.render import hit_block

    shown = list(sample)
    of = f", {len(shown)} of them" if len(shown) < sample.count else ""
    to.print(f"  {title}: {sample.count:,}{of}")
    for match in shown:
        to.print(hit_block(match), soft_wrap=True)
        to.print()


def _as_json(test: Backtest, tested: Tested) -> dict[str, Any]:
    hits = tested.hits.count
    return {
        "watchlist": tested.watchlist.id,
        "articles": test.articles,
        "hits": hits,
        "alerts": tested.alerts,
        "by_day": {f"{day}": tested.by_day[day] for day in _days(test)},
        "deciding": {clause: count / hits for clause, count in tested.deciding.most_common()},
        "samples": [_hit(match) for match in tested.hits],
        "old": {"hits": tested.old_hits, "alerts": tested.old_alerts},
        "only_new": {"count": tested.only_new.count, "samples": [_hit(match) for match in tested.only_new]},
        "only_old": {"count": tested.only_old.count, "samples": [_hit(match) for match in tested.only_old]},
    }


def _hit(match: Match) -> dict[str, Any]:
    article = match.enriched.article
    return {
        "id": article.id,
        "title": article.title,
        "source": article.source,
        "published_at": article.published_at.isoformat(),
        "reasons": [reason.model_dump(mode="json") for reason in match.reasons],
    }
