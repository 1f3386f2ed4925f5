"""`marsad watchlist health`: which watchlists are useful, silent, or cannot match."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from streams.cli.moments import since_of
from streams.cli.options import Broker, Json, complete_watchlists, settings_of
from streams.cli.output import console, emit, say
from streams.cli.stopping import until_stopped
from streams.errors import InputError
from streams.topics import ENRICHED, FEEDBACK, MATCHES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.watchlists.health import Judged, Judgements, Rhythm
    from streams.records import Record, Watchlist
    from streams.settings import Settings


def health(
    ctx: typer.Context,
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID]...", help="Watchlist ids; without, all.", autocompletion=complete_watchlists),
    ] = None,
    *,
    since: Annotated[str, typer.Option("--since", metavar="TIME", help="Hits and articles from when on.")] = "7d",
    as_json: Json = False,
    broker: Broker = None,
) -> None:
    """How watchlists fare: hits, silence, terms that no article had, and the share of alerts that people found useful."""
    from agents.watchlists.health import Rhythm, judgements
    from streams.cli.watchlists import in_force
    from streams.records import Enriched, Feedback, Match

    settings = settings_of(ctx, broker=broker)
    begin = since_of(since)
    loaded = in_force(settings)
    for key in ids or ():
        if key not in loaded:
            raise InputError(f"no watchlist {key!r}", field="ID", value=key, remedy="see 'marsad watchlist list'")
    wanted = [loaded[key] for key in dict.fromkeys(ids)] if ids else list(loaded.values())
    rhythm = Rhythm()
    hits = (record for record in _records(settings, MATCHES.name, begin, Match))
    for match, at in sorted(((m.watchlist.id, at) for m, at in hits), key=lambda hit: hit[1]):
        rhythm.hit(match, at)
    judged = judgements(given for given, _ in _records(settings, FEEDBACK.name, None, Feedback))
    with until_stopped():
        unmet = _cannot_match(wanted, (enriched for enriched, _ in _records(settings, ENRICHED.name, begin, Enriched)))
    now = datetime.now(UTC)
    told = [_told(watchlist.id, rhythm, judged.get(watchlist.id), unmet, now) for watchlist in wanted]
    if as_json:
        for one in told:
            emit(orjson.dumps(one))
    else:
        _print(told)


def _records(
    settings: Settings, topic: str, since: datetime | None, model: type[Record]
) -> Iterator[tuple[Any, datetime]]:
    """A topic's records with their time of arrival; what cannot be read is complained about."""
    from streams.admin import read
    from streams.codec import decode

    for message in read(settings, [topic], since=since):
        if message is None or message.value is None:
            continue
        try:
            yield (
                decode(model, message.value, message.headers),
                datetime.fromtimestamp(message.timestamp / 1000, UTC),
            )
        except InputError as error:
            say(f"{message.position}: {error}")


def _cannot_match(watchlists: list[Watchlist], articles: Iterator[Any]) -> dict[str, tuple[str, ...]]:
    from agents.watchlists.article import ArticleIndex
    from agents.watchlists.presearch import WatchlistIndex

    index = WatchlistIndex()
    for watchlist in watchlists:
        index.add(watchlist)
    for enriched in articles:
        index.matching(ArticleIndex(enriched))
    return index.cannot_match()


def _told(
    key: str, rhythm: Rhythm, judged: Judgements | None, unmet: dict[str, tuple[str, ...]], now: datetime
) -> dict[str, Any]:
    usual = rhythm.of(key)
    return {
        "watchlist": key,
        "hits": usual.hits if usual else 0,
        "last": usual.last.isoformat() if usual else None,
        "usual_seconds": round(usual.interval) if usual and usual.hits > 1 else None,
        "silent": rhythm.is_silent(key, now),
        "never_seen": list(unmet.get(key, ())),
        "feedback": _share(judged.all) if judged else None,
        "by_clause": {clause: _share(of) for clause, of in judged.by_clause.items()} if judged else {},
    }


def _share(judged: Judged) -> dict[str, Any]:
    return {"judged": judged.judged, "useful": judged.useful, "precision": judged.precision}


def _print(told: list[dict[str, Any]]) -> None:
    from rich.markup import escape
    from rich.table import Table

    from streams.render import isolate

    table = Table("id", "hits", "last", "useful", "", box=None, pad_edge=False, header_style="bold")
    for one in told:
        feedback = one["feedback"]
        said = ["silent"] if one["silent"] else []
        said += [f"never seen: {isolate(clause)}" for clause in one["never_seen"]]
        said += [
            f"{of['useful']} of {of['judged']} by {isolate(clause)}"
            for clause, of in one["by_clause"].items()
            if of["useful"] < of["judged"]
        ]
        table.add_row(
            one["watchlist"],
            f"{one['hits']:,}",
            (one["last"] or "")[:16],
            f"{feedback['useful']} of {feedback['judged']}" if feedback else "",
            escape("; ".join(said)),
        )
    console().print(table)
