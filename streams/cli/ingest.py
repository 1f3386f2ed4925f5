"""`marsad ingest`: files and feeds onto news.articles, with counts that add up."""

from __future__ import annotations

import re
import time
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from streams.cli.options import Broker, Files, Format, Json, PublishedAt, settings_of
from streams.cli.output import emit, errors_console, say
from streams.cli.sources import Sources, accepted
from streams.errors import ArticleError, InputError
from streams.topics import ARTICLES, REJECTED

if TYPE_CHECKING:
    from agents.ingestion.draft import Draft
    from streams.admin import Producer

#: What a dead letter of this command names as its stage.
STAGE = "ingestion"


def ingest(
    ctx: typer.Context,
    files: Files = None,
    *,
    format_name: Format = None,
    published_at: PublishedAt = None,
    rate: Annotated[
        str | None,
        typer.Option("--rate", metavar="N[/s|/m|/h]", help="At most so many articles a second, minute or hour."),
    ] = None,
    as_json: Json = False,
    broker: Broker = None,
) -> None:
    """Put articles onto news.articles. What the door refuses goes to news.rejected, and is counted."""
    from streams.admin import Producer, require_topics
    from streams.codec import encode, schema_headers

    settings = settings_of(ctx, broker=broker)
    sources = Sources.of(files, format_name, published_at)
    pace = Pace(seconds_between(rate))
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    require_topics(settings, [ARTICLES, REJECTED])
    with _progress(sources.total_bytes) as bar, Producer(settings) as producer:
        task = bar.add_task("", total=sources.total_bytes, sent=0, refused=0)
        for found in sources.drafts(lambda count: bar.advance(task, count)):
            counts["read"] += 1
            pace.wait()
            article = found if isinstance(found, ArticleError) else accepted(found, datetime.now(UTC))
            if isinstance(article, ArticleError):
                counts["refused"] += 1
                reasons[article.field or article.message.partition(":")[0]] += 1
                bar.console.print(f"error: {article}", markup=False, soft_wrap=True)
                if not isinstance(found, ArticleError):
                    _reject(producer, found, article)
            else:
                producer.send(ARTICLES.name, article.id.encode(), encode(article), schema_headers(article))
                counts["sent"] += 1
            bar.update(task, sent=counts["sent"], refused=counts["refused"])
    if as_json:
        emit(orjson.dumps({name: counts[name] for name in ("read", "sent", "refused")} | {"reasons": dict(reasons)}))
    else:
        why = f" ({', '.join(f'{reason}: {count}' for reason, count in reasons.most_common())})" if reasons else ""
        say(f"{counts['read']} read, {counts['sent']} sent, {counts['refused']} refused{why}")
    if counts["refused"]:
        raise InputError(
            f"{counts['refused']} of {counts['read']} articles refused, for the reasons above",
            remedy="see 'marsad rejected list'",
        )


def _reject(producer: Producer, draft: Draft, error: ArticleError) -> None:
    """Keep what was refused where operators look for it. Its position is the file it stood in."""
    from streams.codec import rejected_headers, rejected_value
    from streams.records import Rejected

    source, _, line = draft.where.rpartition(":")
    rejected = Rejected(
        reason=str(error).removeprefix(f"{draft.where}: "),
        stage=STAGE,
        topic=source if line.isdecimal() else draft.where,
        partition=0,
        offset=int(line) if line.isdecimal() else 0,
        at=datetime.now(UTC),
    )
    producer.send(REJECTED.name, draft.where.encode(), rejected_value(draft.raw), rejected_headers(rejected))


def seconds_between(rate: str | None) -> float:
    """How long one article waits for the next at a rate such as 20, 20/s or 600/m; 0: as fast as it goes.

    Raises:
        InputError: it is no rate.
    """
    if rate is None:
        return 0.0
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(?:/(s|m|h))?", rate.strip())
    if not found or float(found[1]) <= 0:
        raise InputError(f"--rate: {rate!r} is no rate", field="rate", value=rate, remedy="write it as 20/s or 600/m")
    return {"s": 1.0, "m": 60.0, "h": 3600.0}[found[2] or "s"] / float(found[1])


class Pace:
    """Keeps a steady rate: what came late is not made up for by a burst."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._next = 0.0

    def wait(self) -> None:
        """Until the next one may go."""
        if not self._seconds:
            return
        now = time.monotonic()
        if self._next > now:
            time.sleep(self._next - now)
        self._next = max(now, self._next) + self._seconds


def _progress(total: int | None) -> Progress:
    share = (BarColumn(), TaskProgressColumn()) if total else ()
    counts = TextColumn("{task.fields[sent]} sent, {task.fields[refused]} refused")
    console = errors_console()
    return Progress(
        *share, counts, TimeElapsedColumn(), console=console, transient=True, disable=not console.is_terminal
    )
