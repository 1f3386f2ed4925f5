"""What looks wrong in a query that is no error: it finds everything, nothing, or not what its author thinks."""

from __future__ import annotations

import difflib
import math
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from typing import TYPE_CHECKING

from agents.enrichment.text import normalise
from agents.watchlists.fields import FIELDS
from agents.watchlists.lexer import position_of
from agents.watchlists.load import Load, expected_alerts
from agents.watchlists.matcher import WIKIDATA_ID, Vocabulary, compile_query, query_words
from agents.watchlists.query import parse
from agents.watchlists.syntax import (
    And,
    AtLeast,
    EventOf,
    Flag,
    Node,
    Not,
    Or,
    Phrase,
    Range,
    Value,
    Word,
    bounds,
    is_relative,
    nodes,
)
from agents.watchlists.unparse import to_query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.records import Watchlist

#: Words that stand in almost every article.
_STOP_WORDS = frozenset(
    normalise(word)
    for word in (  # noqa: SIM905 - a list of words reads better so
        "في من على إلى عن مع أن إن التي الذي الذين هذا هذه ذلك تلك كان كانت قد لم لا ما بعد قبل بين حول كما قال قالت "
        "the a an of in on at to from for with by as is are was were be been it its this that has have had not said will "
        "who which after before over about"
    ).split()
)
#: Fields of which an event, or an article, has one value.
_SINGLE = frozenset({"event", "agreement", "stage", "language", "source"})


#: For times that are all reckoned from now; which day it is makes no difference.
_SOME_DAY = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LintWarning:
    """Something to look at in a watchlist's query. `line` and `column` count from 1; `code` names the kind."""

    code: str
    line: int
    column: int
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        where = f"column {self.column}" if self.line == 1 else f"line {self.line}, column {self.column}"
        return f"query, {where}: {self.message}" + (f"; {self.remedy}" if self.remedy else "")


def lint(watchlist: Watchlist, vocabulary: Vocabulary | None = None, load: Load | None = None) -> list[LintWarning]:
    """What looks wrong in a watchlist, in order of the query. Raises QuerySyntaxError.

    Names are looked up in `vocabulary`; without one, in the gazetteer and the topic table that ship.
    """
    load = load or Load()
    query = watchlist.query
    tree = parse(query)
    words = vocabulary or Vocabulary.load()
    found = [
        *_exclusions(tree),
        *_contradictions(tree),
        *_names(tree, words),
        *_weak_words(tree),
        *_phrases(tree),
        *_direction_marks(query),
    ]
    if not any(code in ("matches-everything", "never-matches", "stop-word") for _, code, _, _ in found):
        found += _loads(watchlist, words, load)
    warnings = []
    for start, code, message, remedy in sorted(found):
        line, column = position_of(query, start)
        warnings.append(LintWarning(code, line, column, message, remedy))
    return warnings


_Found = tuple[int, str, str, str]


def _parts(node: And) -> list[Node]:
    return [part for child in node.children for part in (_parts(child) if isinstance(child, And) else [child])]


def _excludes_only(node: Node) -> bool:
    return isinstance(node, Not) or (isinstance(node, And) and all(_excludes_only(child) for child in node.children))


def _exclusions(tree: Node) -> Iterator[_Found]:
    if _excludes_only(tree):
        yield (
            tree.start,
            "matches-everything",
            "an exclusion alone finds every other article",
            "say also what is wanted",
        )
    elif isinstance(tree, And) and isinstance(tree.children[0], Not):
        yield (
            tree.start,
            "leading-negation",
            "the query begins with an exclusion",
            "put first what is wanted: it reads better",
        )
    for node in nodes(tree):
        if isinstance(node, Or) or (isinstance(node, AtLeast) and node.count == 1):
            yield from _too_wide(node)
        elif isinstance(node, AtLeast):
            excluded = sum(_excludes_only(child) for child in node.children)
            if excluded >= node.count:
                remedy = "bracket the exclusions with what is wanted"
                yield node.start, "matches-everything", "exclusions alone are as many as are asked for", remedy


def _loads(watchlist: Watchlist, vocabulary: Vocabulary, load: Load) -> Iterator[_Found]:
    alerts = expected_alerts(watchlist, compile_query(watchlist.query, vocabulary), load)
    if alerts > load.alerts:
        remedy = "join what is frequent with a place, a topic or a rarer word"
        yield (
            0,
            "load",
            f"about {_rounded(alerts):,} alerts of {load.articles:,} articles a day are to be expected",
            remedy,
        )


def _rounded(number: float) -> int:
    """Two digits that count: it is a guess."""
    return int(round(number, 1 - math.floor(math.log10(number)))) if number >= 1 else 1


def _too_wide(node: Or | AtLeast) -> Iterator[_Found]:
    for child in node.children:
        if _excludes_only(child):
            what = "everything" if isinstance(child, Not) and child.child in node.children else "almost everything"
            yield (
                child.start,
                "matches-everything",
                f"OR with an exclusion finds {what}",
                "write AND NOT, or bracket it with what is wanted",
            )
    for child in node.children:
        if isinstance(child, Range) and child.low is None and child.high is None:
            yield (
                child.start,
                "matches-everything",
                "a range that is open on both sides finds every article",
                "set a date",
            )


def _contradictions(tree: Node) -> Iterator[_Found]:
    for node in nodes(tree):
        if isinstance(node, Range) and _is_empty([node]):
            yield node.start, "never-matches", "no time lies in this range", "write [ ] where the bounds belong to it"
        if isinstance(node, And):
            parts = _parts(node)
            yield from _denied_parts(parts)
            yield from _several_values(parts)
            yield from _apart_in_time(parts)
        if isinstance(node, EventOf):
            flags = {part for part in nodes(node) if isinstance(part, Flag)}
            if {Flag("main"), Flag("background")} <= flags and _all_asked(node.child, flags):
                yield node.start, "never-matches", "no event is both main and background", "remove one of the two"


def _all_asked(node: Node, wanted: set[Flag]) -> bool:
    return isinstance(node, And) and wanted <= set(_parts(node))


def _denied_parts(parts: list[Node]) -> Iterator[_Found]:
    for part in parts:
        if isinstance(part, Not) and part.child in parts:
            yield (
                part.start,
                "never-matches",
                f"{to_query(part.child)} is asked for and excluded",
                "remove one of the two",
            )


def _values(part: Node) -> tuple[str, frozenset[str]] | None:
    """A field and the values of it that would do: of stage:signed, or of stage:(signed OR announced)."""
    leaves = part.children if isinstance(part, Or) else (part,)
    fields = {leaf.field if isinstance(leaf, Value) else "" for leaf in leaves}
    if len(fields) != 1 or not fields <= _SINGLE:
        return None
    return fields.pop(), frozenset(leaf.text for leaf in leaves if isinstance(leaf, Value))


def _several_values(parts: list[Node]) -> Iterator[_Found]:
    wanted: dict[str, frozenset[str]] = {}
    for part in parts:
        found = _values(part)
        if found is None:
            continue
        field, values = found
        if field in wanted and not wanted[field] & values:
            both = f"{field}:{'/'.join(sorted(wanted[field]))} and {field}:{'/'.join(sorted(values))}"
            yield part.start, "never-matches", f"{both} exclude each other", f"write {field}:(... OR ...)"
        wanted[field] = wanted.get(field, values) & values
    if "agreement" in wanted and "event" in wanted and "agreement" not in wanted["event"]:
        kind = "/".join(sorted(wanted["event"]))
        yield (
            parts[0].start,
            "never-matches",
            f"an event {kind} has no agreement kind",
            "write event:agreement, or leave event out",
        )


def _apart_in_time(parts: list[Node]) -> Iterator[_Found]:
    for one, other in combinations([part for part in parts if isinstance(part, Range)], 2):
        if _is_empty([one, other]):
            yield other.start, "never-matches", "no time lies in both ranges", "join them by OR, or mend a date"


def _is_empty(ranges: list[Range]) -> bool:
    """Does no time lie in all of them? Of dates beside times from now on that cannot be told."""
    times = [bound for each in ranges for bound in (each.low, each.high) if bound is not None]
    relative = [is_relative(Range("published", time, None)) for time in times]
    if any(relative) and not all(relative):
        return False
    each = [bounds(one, _SOME_DAY) for one in ranges]
    return max(low for low, _ in each) >= min(high for _, high in each)


def _names(tree: Node, vocabulary: Vocabulary) -> Iterator[_Found]:
    for node in nodes(tree):
        if not isinstance(node, Value):
            continue
        field = FIELDS[node.field]
        if field.kind == "name" and not WIKIDATA_ID.fullmatch(node.text):
            types = set(field.types) if field.types else None
            if not vocabulary.names.ids_named(node.text, types):
                if types and vocabulary.names.ids_named(node.text, None):
                    remedy = f"it is known as another kind of thing: try entity:{node.text}"
                else:
                    remedy = _meant(node.text, vocabulary)
                yield node.start, "unknown-name", f"no {field.name} '{node.text}' is known", remedy
        elif field.kind == "topic" and not vocabulary.topics(node.text):
            yield (
                node.start,
                "unknown-name",
                f"no topic '{node.text}' is known",
                "use an IPTC Media Topic's name or code",
            )


def _meant(name: str, vocabulary: Vocabulary) -> str:
    """The known name that looks most like it."""
    known = {label.casefold(): label for label in vocabulary.labels()}
    close = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=0.75)
    return f"did you mean '{known[close[0]]}'?" if close else "mend the name, or search for it as words"


def _weak_words(tree: Node) -> Iterator[_Found]:
    for node in nodes(tree):
        if isinstance(node, Word) and normalise(node.text) in _STOP_WORDS:
            yield (
                node.start,
                "stop-word",
                f"'{node.text}' stands in almost every article",
                "remove it, or quote it with its neighbours",
            )


def _phrases(tree: Node) -> Iterator[_Found]:
    for node in nodes(tree):
        if not isinstance(node, Phrase):
            continue
        for operator in ("AND", "OR", "NOT"):
            if operator in node.text.split():
                yield (
                    node.start,
                    "operator-in-quotes",
                    f"{operator} inside quotes is a word",
                    "close the quote before it",
                )
        inner = node.text.strip().rstrip(".!?؟…")
        if any(mark in inner.split()[number][-1] for number in range(len(inner.split()) - 1) for mark in ".!?؟…"):
            yield node.start, "sentence-end", "a phrase never runs across a sentence end", "make it two phrases"
        elif any(mark in inner for mark in "،؛؟") and node.distance is None and len(query_words(node.text)) > 1:
            yield (
                node.start,
                "punctuation",
                "marks inside quotes do not count: the words must follow each other",
                "for any of several words write OR",
            )


def _direction_marks(query: str) -> Iterator[_Found]:
    """Invisible signs turn what is seen away from what is read: brackets and quotes look swapped."""
    for at, char in enumerate(query):
        if unicodedata.bidirectional(char) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"):
            yield (
                at,
                "direction-mark",
                f"an invisible direction sign (U+{ord(char):04X})",
                "remove it: the query may not read as it looks",
            )
    opened = [(at, char) for at, char in enumerate(query) if char in "«»"]
    for (at, char), (_, closing) in zip(opened[::2], opened[1::2], strict=False):
        if (char, closing) == ("»", "«"):
            yield at, "punctuation", "the quotes » « are turned around", "write « »"
