"""Made-up articles by the thousand, the same for the same seed: truces through their lives, among ordinary news.

An article comes with a key: articles of one key travel through one partition, so that a stream sees them in the order in
which a file has them, and both must then tell the very same.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from streams.records import Article, Watchlist

if TYPE_CHECKING:
    from collections.abc import Iterator

_COUNTRIES = {
    "Syria": ("Idlib", "Aleppo", "Daraa"),
    "Yemen": ("Taiz", "Aden", "Marib"),
    "Sudan": ("Khartoum", "El Fasher", "Port Sudan"),
    "Libya": ("Tripoli", "Benghazi", "Misrata"),
    "Iraq": ("Mosul", "Basra", "Kirkuk"),
    "Lebanon": ("Beirut", "Tyre", "Sidon"),
}
_GUARANTORS = ("Russia", "Turkey", "Iran", "Egypt", "Qatar", "Saudi Arabia", "Jordan", "the United Nations")
_AGREEMENTS = ("a ceasefire", "a prisoner exchange", "a de-escalation agreement", "a humanitarian truce")
_STAGES = (
    "{a} and {b} hold talks on {what} in {place}",
    "{a} and {b} announce {what} in {place}",
    "{a} and {b} sign {what} in {place}",
    "{what} in {place} between {a} and {b} enters into force",
    "{a} and {b} extend {what} in {place}",
    "{a} accuses {b} of violating {what} in {place}",
    "{a} denies signing {what} with {b} in {place}",
)
_ORDINARY = (
    "Heavy rain floods streets in {place}",
    "Schools reopen in {place} after the holidays",
    "A new hospital is built in {place}",
    "Traders in {place} complain about prices",
    "Football club of {place} wins its third match",
)
_FILLING = (
    "Residents said that shops stayed open.",
    "An official declined to comment on the details.",
    "The weather is expected to change by the end of the week.",
    "A spokesman read a statement to journalists.",
    "Roads to the north remained closed on {day}.",
    "Aid workers counted {number} trucks at the crossing.",
    "The market received {number} tonnes of wheat.",
    "Hospitals in the area treated {number} people.",
    "Electricity was back for {number} hours.",
    "Teachers met on {day} to discuss the new term.",
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_START = datetime(2026, 3, 1, tzinfo=UTC)


def generated(count: int, seed: int = 1) -> Iterator[tuple[str, Article]]:
    """`count` articles with their keys; about a tenth are exact repeats, copies under another address, or edits."""
    chance = random.Random(seed)  # noqa: S311  # not for secrets
    earlier: list[tuple[str, Article]] = []
    for number in range(count):
        at = _START + timedelta(minutes=number)
        kind = chance.random()
        if earlier and kind < 0.04:
            key, article = chance.choice(earlier)
        elif earlier and kind < 0.08:
            key, first = chance.choice(earlier)
            article = _article(number, first.title, first.body, at)
        elif earlier and kind < 0.11:
            key, first = chance.choice(earlier)
            article = Article(
                url=first.url,
                title=first.title,
                body=f"{first.body} {_filling(chance)}",
                published_at=at,
                source=first.source,
            )
        else:
            key = chance.choice(sorted(_COUNTRIES))
            place = chance.choice(_COUNTRIES[key])
            headline = _headline(chance, place)
            body = f"{headline}, officials said. {place} lies in {key}. {' '.join(_filling(chance) for _ in range(6))}"
            article = _article(number, headline, body, at)
            earlier.append((key, article))
        yield key, article


def _headline(chance: random.Random, place: str) -> str:
    if chance.random() < 0.5:
        return chance.choice(_ORDINARY).format(place=place)
    a, b = chance.sample(_GUARANTORS, 2)
    said = chance.choice(_STAGES).format(a=a, b=b, what=chance.choice(_AGREEMENTS), place=place)
    return said[0].upper() + said[1:]


def _filling(chance: random.Random) -> str:
    return chance.choice(_FILLING).format(number=chance.randrange(10, 999), day=chance.choice(_DAYS))


def _article(number: int, title: str, body: str, at: datetime) -> Article:
    source = f"paper-{number % 7}.example"
    return Article(url=f"https://{source}/{number}", title=title, body=body, published_at=at, source=source)


#: Watchlists that between them ask for every way of being told.
WATCHLISTS: tuple[Watchlist, ...] = (
    Watchlist(id="truces-new", query="event:agreement AND agreement:(de-escalation OR ceasefire)", notify="new"),
    Watchlist(id="truces-update", query="event:agreement AND agreement:(de-escalation OR ceasefire)", notify="update"),
    Watchlist(id="syria-every", query="event:agreement AND place:Syria", notify="every"),
    Watchlist(id="prisoners", query="agreement:prisoner-exchange", notify="update", min_sources=2),
    Watchlist(id="floods", query='"heavy rain" AND place:Yemen', notify="every"),
)
