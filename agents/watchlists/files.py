"""Watchlists as people write them: YAML to records, with errors that say where.

A file holds one watchlist, a list of them, several documents between `---`, or `watchlists:` with a list below it.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import ValidationError

from agents.watchlists.lint import LintWarning, lint
from agents.watchlists.presearch import in_watchlist
from agents.watchlists.query import parse
from agents.watchlists.syntax import And, Word
from streams.errors import QuerySyntaxError, WatchlistError
from streams.records import Label, Watchlist

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["LintWarning", "lint", "merge_watchlists", "read_watchlists"]

#: Endings of the names of watchlist files in a folder.
SUFFIXES = (".yaml", ".yml")

_FIELDS = tuple(Watchlist.model_fields)
_LANGUAGES = tuple(Label.model_fields)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Composes nodes; nothing is constructed from them, so that `id: 007` and `id: no` stay what is written."""


def read_watchlists(text: str, name: str) -> list[Watchlist]:
    """The watchlists of a YAML text, queries checked. `name` is the file's, for errors. Raises WatchlistError."""
    found: dict[str, Watchlist] = {}
    for node in _entries(text, name):
        watchlist = _watchlist(node, name)
        if watchlist.id in found:
            raise _error(
                name, node, f"watchlist '{watchlist.id}' stands twice in this file", "give one of them another id"
            )
        found[watchlist.id] = watchlist
    if not found:
        raise WatchlistError(
            f"{name}: no watchlist in it", field="file", value=name, remedy="write at least id and query"
        )
    return list(found.values())


def merge_watchlists(files: Iterable[tuple[str, list[Watchlist]]]) -> list[Watchlist]:
    """The watchlists of several files, as (name, watchlists). Raises WatchlistError where two share an id."""
    owners: dict[str, str] = {}
    merged: list[Watchlist] = []
    for name, watchlists in files:
        for watchlist in watchlists:
            if watchlist.id in owners:
                where = owners[watchlist.id]
                raise WatchlistError(
                    f"{name}: watchlist '{watchlist.id}' is in {where} already",
                    field="id",
                    value=watchlist.id,
                    remedy="give one of them another id",
                )
            owners[watchlist.id] = name
            merged.append(watchlist)
    return merged


# --- from YAML ------------------------------------------------------------------------------------------------------


def _entries(text: str, name: str) -> Iterator[yaml.Node]:
    """One node per watchlist."""
    for document in _documents(text, name):
        if isinstance(document, yaml.ScalarNode) and not document.value.strip():
            continue
        listed = document
        if isinstance(document, yaml.MappingNode) and [k.value for k, _ in document.value] == ["watchlists"]:
            listed = document.value[0][1]
            if not isinstance(listed, yaml.SequenceNode):
                raise _error(name, listed, "'watchlists' is no list", "put '- ' before each watchlist")
        yield from listed.value if isinstance(listed, yaml.SequenceNode) else [listed]


def _documents(text: str, name: str) -> list[yaml.Node]:
    try:
        return [node for node in yaml.compose_all(text.removeprefix("\ufeff"), Loader=_Loader) if node is not None]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise WatchlistError(
            f"{name}{where}: this is no YAML: {error.problem}",
            field="file",
            value=name,
            remedy="a query that holds ': ' or begins with a quote, a bracket or a star goes on the next line, after 'query: >-'",
        ) from error
    except (yaml.YAMLError, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise WatchlistError(
            f"{name}: this is no YAML: {reason}", field="file", value=name, remedy="write it anew as UTF-8 text"
        ) from error


def _error(  # noqa: PLR0913 - an error names all of it
    name: str, node: yaml.Node, message: str, remedy: str, *, field: str | None = None, value: object = None
) -> WatchlistError:
    mark = node.start_mark
    return WatchlistError(
        f"{name}, line {mark.line + 1}, column {mark.column + 1}: {message}", field=field, value=value, remedy=remedy
    )


def _watchlist(node: yaml.Node, name: str) -> Watchlist:
    if not isinstance(node, yaml.MappingNode):
        raise _error(name, node, "expected a watchlist (id: ..., query: ...)", "write one field a line")
    values: dict[str, yaml.Node] = {}
    who = next(
        (f"watchlist '{v.value}'" for k, v in node.value if k.value == "id" and isinstance(v, yaml.ScalarNode)),
        "a watchlist without id",
    )
    for key, value in node.value:
        field = key.value if isinstance(key, yaml.ScalarNode) else str(key.tag)
        if field not in _FIELDS:
            raise _error(name, key, f"{who}: unknown field '{field}'", _did_you_mean(field, _FIELDS), field=field)
        if field in values:
            raise _error(name, key, f"{who}: field '{field}' stands twice", "remove one of them", field=field)
        values[field] = value
    for field in ("id", "query"):
        if field not in values:
            raise _error(name, node, f"{who}: field '{field}' is missing", f"write '{field}: ...'", field=field)
    written = {field: _plain(field, value, who, name) for field, value in values.items()}
    try:
        watchlist = Watchlist.model_validate(written)
    except ValidationError as error:
        raise _invalid(error, values, who, name) from error
    _check_query(watchlist, values["query"], name)
    return watchlist


def _did_you_mean(word: str, choices: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(word, choices, n=1)
    return f"did you mean '{close[0]}'?" if close else f"known are {', '.join(choices)}"


def _plain(field: str, node: yaml.Node, who: str, name: str) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if field == "title" and isinstance(node, yaml.MappingNode):
        return {_language(key, who, name): _plain("title in a language", value, who, name) for key, value in node.value}
    kind = "a list" if isinstance(node, yaml.SequenceNode) else "a mapping"
    remedy = "write a text, or {ar: ..., en: ...}" if field == "title" else "write one value"
    if field == "query":
        remedy = "a query that begins with a bracket or holds ': ' goes on the next line, after 'query: >-'"
    raise _error(name, node, f"{who}: {field} is {kind}", remedy, field=field)


def _language(key: yaml.Node, who: str, name: str) -> str:
    if key.value not in _LANGUAGES:
        raise _error(
            name,
            key,
            f"{who}: title in unknown language '{key.value}'",
            f"titles are in {' and '.join(_LANGUAGES)}",
            field="title",
        )
    return str(key.value)


def _invalid(error: ValidationError, values: dict[str, yaml.Node], who: str, name: str) -> WatchlistError:
    """The first thing pydantic found, said of the file."""
    first = error.errors(include_url=False)[0]
    field = str(first["loc"][0])
    value = first["input"]
    remedies = {
        "id": "an id has small letters a-z, digits, '.', '_' and '-', begins with a letter or digit and has at most 100 of them",
        "query": "write at least one word or field:value, and at most 200,000 letters",
        "min_sources": "write a whole number from 1 to 100",
    }
    expected = first.get("ctx", {}).get("expected", "").replace("'", "").replace(" or ", ", ").split(", ")
    remedy = remedies.get(field) or _did_you_mean(str(value), tuple(expected))
    return _error(name, values[field], f"{who}: {field} is '{value}'", remedy, field=field, value=value)


def _check_query(watchlist: Watchlist, node: yaml.Node, name: str) -> None:
    try:
        tree = parse(watchlist.query)
    except QuerySyntaxError as error:
        within = in_watchlist(watchlist.id, watchlist.query, error)
        # A block written with | keeps its lines, so that the query's line is one of the file's.
        line = node.start_mark.line + 1 + (error.line if getattr(node, "style", None) == "|" else 0)
        raise WatchlistError(
            f"{name}, line {line}: {within.message}", field="query", value=watchlist.query, remedy=error.remedy
        ) from error
    bare = (
        isinstance(tree, And)
        and all(isinstance(part, Word) for part in tree.children)
        and "AND" not in watchlist.query.split()
    )
    if bare and getattr(node, "style", None) in ('"', "'"):
        # YAML takes the quotes away: read on, what was written as a phrase would find its words anywhere.
        raise _error(
            name,
            node,
            f"watchlist '{watchlist.id}': the quotes around the query are YAML's, not the query's",
            f"for the phrase write '\"{watchlist.query}\"' with both, for all of the words put AND between them",
            field="query",
            value=watchlist.query,
        )
