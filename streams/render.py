"""How an alert looks in a terminal: one compact block that reads well in both directions of writing.

Text from articles is somebody else's: control characters would steer the terminal, bidirectional overrides would turn the
line around it. Both are made visible or taken out, and what is in another direction than the line is isolated with
U+2068 and U+2069 (Unicode Bidirectional Algorithm, UAX #9, section 2.7). Letters are left as they are: shaping is the
terminal's.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from streams.records import Alert, Label, Match, Reason

FSI, PDI = "\u2068", "\u2069"
_BIDI_CONTROLS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

_VISIBLE: dict[int, str] = {
    **{code: chr(0x2400 + code) for code in range(0x20)},  # ESC becomes U+241B, and so on
    **{ord(space): " " for space in "\t\n\r\x0b\x0c\x85\u2028\u2029"},
    0x7F: "\u2421",
    **{code: "\ufffd" for code in range(0x80, 0xA0) if code != 0x85},
    **{ord(control): "" for control in _BIDI_CONTROLS},
}

_KIND_STYLE = {"new": "bold green", "update": "bold yellow", "denial": "bold magenta"}
_PRIORITY_STYLE = {"high": "bold red", "normal": "", "low": "dim"}
_EVIDENCE = "bold reverse"
#: Words shown for one clause; an article may name Syria forty times.
_WORDS = 6


def visible(text: str) -> str:
    """The text with everything in it seen and nothing obeyed: one character for one, but bidi controls vanish."""
    return text.translate(_VISIBLE)


def isolate(text: str) -> str:
    """The text, visible, as an island whose direction is its own; left as it is where it has no right-to-left letter."""
    text = visible(text)
    return f"{FSI}{text}{PDI}" if any(unicodedata.bidirectional(c) in {"R", "AL", "AN"} for c in text) else text


def alert_block(alert: Alert) -> Text:
    """The block: what it is, what it is about, where it stands written, and the words that say so."""
    lines = [_headline(alert), *_facts(alert), _title(alert), *_origin(alert), *_reasons(alert.reasons)]
    return Text("\n").join(lines)


def hit_block(match: Match) -> Text:
    """A hit in a few lines: its title with the evidence in it, where it comes from, and the words that say so."""
    article = match.enriched.article
    marked = [(reason.start, reason.end) for reason in match.reasons if reason.field == "title"]
    said = (isolate(article.source or ""), f"{article.published_at:%Y-%m-%d %H:%M} UTC", visible(article.url or ""))
    lines = [
        Text("  ").append_text(_emphasised(article.title, marked)),
        Text("  " + " · ".join(part for part in said if part), "dim"),
        *_reasons(match.reasons),
    ]
    return Text("\n").join(lines)


def sparkline(counts: Sequence[int]) -> str:
    """A bar for each count, as high as its share of the largest; none is a dot."""
    top = max(counts, default=0)
    return "".join("·" if not count else "▁▂▃▄▅▆▇█"[-(-count * 8 // top) - 1] for count in counts)


def _headline(alert: Alert) -> Text:
    line = Text.assemble(
        (f"● {alert.kind.upper()}", _KIND_STYLE[alert.kind]),
        "  ",
        (alert.priority, _PRIORITY_STYLE[alert.priority]),
        "  ",
        (_both(alert.title) or alert.watchlist, "bold"),
    )
    return line.append(f"  [{alert.watchlist}]", "dim")


def _facts(alert: Alert) -> Iterator[Text]:
    event = next((event for event in alert.events if event.main), alert.events[0] if alert.events else None)
    said = []
    if event and event.agreement:
        said.append(event.agreement.kind.value)
    elif event:
        said.append(event.type)
    if event and event.stage:
        said.append(event.stage.value)
    if event:
        places = event.agreement.places if event.agreement else ()
        names = [_name(alert, entity) for entity in dict.fromkeys(places or ((event.place,) if event.place else ()))]
        parties = event.agreement.parties if event.agreement else tuple(actor.id for actor in event.actors)
        said += [", ".join(filter(None, names)), ", ".join(filter(None, (_name(alert, party) for party in parties)))]
    if said := [part for part in said if part]:
        yield Text("  " + " · ".join(said), "cyan")
    if alert.development.what:
        yield Text("  " + isolate(alert.development.what))
    if len(alert.development.history) > 1:
        steps = (f"{step.stage.value if step.stage else '?'} {step.at:%Y-%m-%d}" for step in alert.development.history)
        yield Text("  so far: " + " → ".join(steps), "dim")


def _title(alert: Alert) -> Text:
    marked = [(reason.start, reason.end) for reason in alert.reasons if reason.field == "title"]
    return Text("  ").append_text(_emphasised(alert.article.title, marked))


def _origin(alert: Alert) -> Iterator[Text]:
    article = alert.article
    said = (isolate(article.source or ""), f"{article.published_at:%Y-%m-%d %H:%M} UTC")
    line = Text("  " + " · ".join(part for part in said if part), "dim")
    if len(alert.sources) > 1:
        line.append(f" · {len(alert.sources)} sources: {', '.join(map(isolate, alert.sources))}", "dim")
    yield line
    if article.url:  # on a line of its own and without isolates: terminals make it a link, people copy it
        yield Text("  " + visible(article.url), "dim")


def _reasons(reasons: Iterable[Reason]) -> Iterator[Text]:
    """A line for all clauses that the same words satisfy."""
    by_clause: dict[str, dict[str, None]] = {}
    for reason in reasons:
        by_clause.setdefault(reason.clause, {}).setdefault(reason.text)
    by_words: dict[tuple[str, ...], list[str]] = {}
    for clause, found in by_clause.items():
        by_words.setdefault(tuple(filter(None, found)), []).append(clause)
    for words, clauses in by_words.items():
        line = Text("  because ", "dim").append(", ".join(map(isolate, clauses)))
        for word in words[:_WORDS]:
            line.append("  ").append_text(_quoted(word))
        if len(words) > _WORDS:
            line.append(f"  and {len(words) - _WORDS} more", "dim")
        yield line


def _quoted(word: str) -> Text:
    return Text.assemble(FSI, "«", (visible(word), _EVIDENCE), "»", PDI)


def _emphasised(text: str, spans: list[tuple[int, int]]) -> Text:
    """The raw text made visible, with the spans in the evidence's style; spans may overlap."""
    line = Text(FSI)
    covered = {position for start, end in spans for position in range(start, min(end, len(text)))}
    for position, character in enumerate(text):
        line.append(visible(character), _EVIDENCE if position in covered else "bold")
    return line.append(PDI)


def _name(alert: Alert, entity_id: str) -> str:
    entity = next((entity for entity in alert.entities if entity.id == entity_id), None)
    return isolate(entity.label.en or entity.label.ar) if entity else entity_id


def _both(label: Label) -> str:
    """The title in both languages, once where they are the same."""
    return " · ".join(isolate(name) for name in dict.fromkeys((label.en, label.ar)) if name)
