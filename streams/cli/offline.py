"""`marsad enrich` and `marsad match`: the pipeline on files, with no broker."""

from __future__ import annotations

import time
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.options import Files, Format, PublishedAt, settings_of
from streams.cli.output import complain, console, emit, say, show_alert
from streams.cli.sources import Sources
from streams.errors import ArticleError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.enrichment.enrich import Enricher
    from streams.records import Article
    from streams.settings import Settings


def enrich(
    ctx: typer.Context,
    files: Files = None,
    *,
    vectors: Annotated[bool, typer.Option("--vectors", help="With sentence vectors (512 float16, base64).")] = False,
    format_name: Format = None,
    published_at: PublishedAt = None,
) -> None:
    """Read articles, write what was found in them: `Enriched`, one JSON object a line."""
    settings = settings_of(ctx)
    taken = _Taken(Sources.of(files, format_name, published_at))
    enricher = enricher_of(settings, vectors=vectors)
    for article in taken:
        record = enricher.enrich(article)
        emit(record.model_dump_json(exclude=None if vectors else {"vector"}).encode())
    taken.finish()


def match(
    ctx: typer.Context,
    files: Files = None,
    *,
    watchlists: Annotated[
        Path,
        typer.Option("--watchlists", "-w", metavar="PATH", help="A file of watchlists, or a folder of such files."),
    ],
    text: Annotated[bool, typer.Option("--text", help="Alerts as people read them, not as JSON.")] = False,
    format_name: Format = None,
    published_at: PublishedAt = None,
) -> None:
    """Read articles, write the alerts they raise, in order: `Alert`, one JSON object a line."""
    from agents.pipeline import Pipeline
    from agents.watchlists.query import parse
    from agents.watchlists.syntax import asks_meaning
    from streams.cli.watchlists import checked

    settings = settings_of(ctx)
    taken = _Taken(Sources.of(files, format_name, published_at))
    watched = checked([str(watchlists)])
    # A vector costs as much as all the rest, and only like: asks for it.
    enricher = enricher_of(settings, vectors=any(asks_meaning(parse(w.query)) for w in watched))
    pipeline = Pipeline(watched, enricher, enricher.encoder)
    shown = console()
    for article in taken:
        for alert in pipeline.alerts(article):
            if text:
                show_alert(alert, shown)
            else:
                emit(alert.model_dump_json().encode())
    taken.finish()


def enricher_of(settings: Settings, *, vectors: bool) -> Enricher:
    """What reads articles as the settings say; `vectors`: somebody asks for them."""
    from agents.enrichment.encoder import open_encoder
    from agents.enrichment.enrich import Enricher
    from agents.enrichment.ner import open_tier

    tier = open_tier(
        settings.ner_model,
        seconds=settings.ner_seconds,
        clock=time.monotonic,
        on_fallback=lambda reason, error: say(f"left to the light tier: {reason}: {error}"),
        threads=settings.torch_threads,
    )
    return Enricher(open_encoder(settings.encoder if vectors else "off", settings.torch_threads), tier)


class _Taken:
    """The articles that were accepted; the others are complained about as they come, and counted."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._accepted = 0
        self._refused = 0

    def __iter__(self) -> Iterator[Article]:
        for found in self._sources.articles():
            if isinstance(found, ArticleError):
                self._refused += 1
                complain(found)
            else:
                self._accepted += 1
                yield found

    def finish(self) -> None:
        """The verdict on the whole: an error where anything was refused."""
        if self._refused:
            total = self._refused + self._accepted
            raise InputError(
                f"{self._refused} of {total} articles refused, for the reasons above", remedy="the others were read"
            )
