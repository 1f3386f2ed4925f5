"""Watchlists as people write them: YAML to records, with errors that say where.

A file holds one watchlist, a list of them, several documents between `---`, or `watchlists:` with a list below it. At the
top of a document `define:` names sub-queries; beside its query a watchlist may have texts that it must find (`matches:`) or
must not (`ignores:`).
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import ValidationError

from agents.watchlists.definitions import NAME, references, without_references, written_out
from agents.watchlists.lint import LintWarning, lint
from agents.watchlists.presearch import in_watchlist
from agents.watchlists.query import parse
from agents.watchlists.syntax import And, Word
from streams.errors import QuerySyntaxError, WatchlistError
from streams.records import Label, Watchlist

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = [
    "Example",
    "LintWarning",
    "WatchlistFile",
    "lint",
    "merge_watchlists",
    "read_definitions",
    "read_file",
    "read_watchlists",
]

#: Endings of the names of watchlist files in a folder.
SUFFIXES = (".yaml", ".yml")

_FIELDS = tuple(Watchlist.model_fields)
_LANGUAGES = tuple(Label.model_fields)
_EXAMPLES = ("matches", "ignores")
#: What an example may say of an article, beside its text.
_OF_EXAMPLE = ("title", "body", "source", "language", "published_at")


@dataclass(frozen=True, slots=True)
class Example:
    """A text that a watchlist must find, or must not."""

    watchlist: str
    article: dict[str, str]
    """Fields of an article: at least a title or a body."""
    found: bool
    line: int


@dataclass(frozen=True, slots=True)
class WatchlistFile:
    """What stands in a file."""

    watchlists: list[Watchlist] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Composes nodes; nothing is constructed from them, so that `id: 007` and `id: no` stay what is written."""


def read_watchlists(text: str, name: str, definitions: Mapping[str, str] | None = None) -> list[Watchlist]:
    """The watchlists of a YAML text, queries checked and written out. `name` is the file's, for errors.

    `definitions` are those of other files. Raises WatchlistError.
    """
    return read_file(text, name, definitions).watchlists


def read_file(text: str, name: str, definitions: Mapping[str, str] | None = None) -> WatchlistFile:
    """The watchlists of a YAML text and their examples; as read_watchlists."""
    known = {**(definitions or {}), **read_definitions(text, name)}
    found: dict[str, Watchlist] = {}
    examples: list[Example] = []
    for node in _entries(text, name):
        watchlist = _watchlist(node, name, known)
        examples += _examples(node, watchlist.id, name)
        if watchlist.id in found:
            raise _error(
                name, node, f"watchlist '{watchlist.id}' stands twice in this file", "give one of them another id"
            )
        found[watchlist.id] = watchlist
    if not found and not known:
        raise WatchlistError(
            f"{name}: no watchlist in it", field="file", value=name, remedy="write at least id and query"
        )
    return WatchlistFile(list(found.values()), examples)


def read_definitions(text: str, name: str) -> dict[str, str]:
    """The sub-queries that a YAML text names under `define:`, not yet written out. Raises WatchlistError."""
    found: dict[str, str] = {}
    for document in _documents(text, name):
        if not isinstance(document, yaml.MappingNode):
            continue
        for key, value in document.value:
            if key.value != "define":
                continue
            if not isinstance(value, yaml.MappingNode):
                raise _error(
                    name, value, "'define' is no mapping", "write 'name: query' a line below it", field="define"
                )
            for called, query in value.value:
                _define(found, called, query, name)
    return found


def _define(found: dict[str, str], called: yaml.Node, query: yaml.Node, name: str) -> None:
    title = called.value if isinstance(called, yaml.ScalarNode) else str(called.tag)
    if not NAME.fullmatch(title):
        remedy = "a name begins with a letter and has letters, digits, '_' and '-'"
        raise _error(name, called, f"definition '{title}': no such name can be used", remedy, field="define")
    if title in found:
        raise _error(name, called, f"definition '{title}' stands twice", "remove one of them", field="define")
    if not isinstance(query, yaml.ScalarNode):
        raise _error(name, query, f"definition '{title}' is no query", "write it as 'name: query'", field="define")
    try:
        parse(without_references(query.value))
    except QuerySyntaxError as error:
        raise WatchlistError(
            f"{name}, line {_line(query, error)}: definition '{title}', {error.message}",
            field="define",
            value=query.value,
            remedy=error.remedy,
        ) from error
    found[title] = query.value


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
        if isinstance(document, yaml.MappingNode):
            document.value = [pair for pair in document.value if pair[0].value != "define"]
            if not document.value:
                continue
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


def _watchlist(node: yaml.Node, name: str, definitions: Mapping[str, str]) -> Watchlist:
    if not isinstance(node, yaml.MappingNode):
        raise _error(name, node, "expected a watchlist (id: ..., query: ...)", "write one field a line")
    values: dict[str, yaml.Node] = {}
    who = next(
        (f"watchlist '{v.value}'" for k, v in node.value if k.value == "id" and isinstance(v, yaml.ScalarNode)),
        "a watchlist without id",
    )
    for key, value in node.value:
        field = key.value if isinstance(key, yaml.ScalarNode) else str(key.tag)
        if field in _EXAMPLES:
            continue
        if field not in _FIELDS:
            known = (*_FIELDS, *_EXAMPLES)
            raise _error(name, key, f"{who}: unknown field '{field}'", _did_you_mean(field, known), field=field)
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
    return _self_contained(watchlist, values["query"], name, definitions)


def _self_contained(watchlist: Watchlist, node: yaml.Node, name: str, definitions: Mapping[str, str]) -> Watchlist:
    if not any(references(watchlist.query)):
        return watchlist
    try:
        query = written_out(watchlist.query, definitions)
    except QuerySyntaxError as error:
        raise _of_query(watchlist, node, name, error) from error
    try:
        parse(query)
    except QuerySyntaxError as error:
        message = (
            f"{name}, line {_line(node)}: watchlist '{watchlist.id}', with its definitions written out: {error.message}"
        )
        raise WatchlistError(message, field="query", value=query, remedy=error.remedy) from error
    return watchlist.model_copy(update={"query": query})


def _line(node: yaml.Node, error: QuerySyntaxError | None = None) -> int:
    """The file's line of a query; a block written with | keeps its lines, so that those of an error are the file's."""
    block = error is not None and getattr(node, "style", None) == "|"
    return int(node.start_mark.line) + 1 + (error.line if error is not None and block else 0)


def _examples(node: yaml.Node, watchlist: str, name: str) -> Iterator[Example]:
    for key, listed in node.value:
        if key.value not in _EXAMPLES:
            continue
        where = f"watchlist '{watchlist}': {key.value}"
        if not isinstance(listed, yaml.SequenceNode):
            raise _error(name, listed, f"{where} is no list", "put '- ' before each text", field=key.value)
        for written in listed.value:
            yield Example(
                watchlist, _article(written, where, name), key.value == "matches", written.start_mark.line + 1
            )


def _article(node: yaml.Node, where: str, name: str) -> dict[str, str]:
    """A text alone is a title, a blank line and a body, or a title alone."""
    if isinstance(node, yaml.ScalarNode):
        title, _, body = node.value.strip().partition("\n\n")
        article = {"title": title, "body": body.strip()}
    else:
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        article = {k.value: v.value for k, v in pairs if isinstance(v, yaml.ScalarNode)}
        for field in article:
            if field not in _OF_EXAMPLE:
                raise _error(name, node, f"{where}: unknown field '{field}'", _did_you_mean(field, _OF_EXAMPLE))
    if not (article.get("title") or article.get("body")):
        raise _error(name, node, f"{where}: an example without text", "write a headline, or {title: ..., body: ...}")
    return article


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


def _of_query(watchlist: Watchlist, node: yaml.Node, name: str, error: QuerySyntaxError) -> WatchlistError:
    within = in_watchlist(watchlist.id, watchlist.query, error)
    line = _line(node, error)
    return WatchlistError(
        f"{name}, line {line}: {within.message}", field="query", value=watchlist.query, remedy=error.remedy
    )


def _check_query(watchlist: Watchlist, node: yaml.Node, name: str) -> None:
    try:
        tree = parse(without_references(watchlist.query))
    except QuerySyntaxError as error:
        raise _of_query(watchlist, node, name, error) from error
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
