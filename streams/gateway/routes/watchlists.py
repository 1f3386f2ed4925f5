"""/v1/watchlists: what is watched for, and changing it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field, create_model

from agents.watchlists.lint import LintWarning
from streams.gateway.context import PROBLEMS, Editor, Gateway, Reader, json_answer, tagged, versions_in
from streams.gateway.problems import NotFoundError, PreconditionError, Problem
from streams.gateway.store import StoredWatchlist, VersionConflictError
from streams.gateway.store.store import version_of
from streams.records import Watchlist

_CONFLICTS: dict[int | str, dict[str, object]] = {
    code: {"description": what, "content": {"application/problem+json": {"schema": Problem.model_json_schema()}}}
    for code, what in ((412, "It was changed meanwhile"), (428, "If-Match is missing"))
}

router = APIRouter(prefix="/v1/watchlists", tags=["watchlists"], responses=PROBLEMS)

WatchlistId = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$")]
#: A watchlist without its id, which is in the path.
WatchlistBody: Any = create_model(  # type: ignore[call-overload]  # field by field, as Watchlist has them
    "WatchlistBody",
    __config__=ConfigDict(extra="forbid"),
    **{name: (field.annotation, field) for name, field in Watchlist.model_fields.items() if name != "id"},
)


class Warned(BaseModel):
    """Something to look at in a query. `line` and `column` count from 1."""

    code: str
    line: int
    column: int
    message: str
    fix: str = ""


class VersionedWatchlist(BaseModel):
    """A watchlist in force, its version (the ETag), and what looks wrong in it."""

    watchlist: Watchlist
    version: str
    warnings: list[Warned] = Field(default_factory=list)


class Watchlists(BaseModel):
    """All of them, by id; without warnings."""

    items: list[VersionedWatchlist]


class Linted(BaseModel):
    """What looks wrong in a watchlist that could be put in force."""

    warnings: list[Warned]


@router.get("")
def list_watchlists(gateway: Gateway, _: Reader) -> Watchlists:
    """The watchlists in force."""
    return Watchlists(
        items=[VersionedWatchlist(watchlist=s.watchlist, version=s.version) for s in gateway.store.watchlists()]
    )


@router.post("/lint")
def lint_watchlist(gateway: Gateway, _: Reader, body: WatchlistBody) -> Linted:
    """Check a watchlist without putting it in force: an error with line and column, or what looks wrong."""
    return Linted(warnings=_warned(gateway.desk.check(_watchlist("unnamed", body))))


@router.get("/{watchlist_id}", response_model=VersionedWatchlist)
def get_watchlist(request: Request, gateway: Gateway, _: Reader, watchlist_id: WatchlistId) -> Response:
    """One watchlist with its version."""
    stored = gateway.store.watchlist(watchlist_id)
    if stored is None:
        raise _missing(watchlist_id)
    found = VersionedWatchlist(watchlist=stored.watchlist, version=stored.version)
    return tagged(request, found.model_dump_json().encode(), stored.version)


@router.put(
    "/{watchlist_id}",
    response_model=VersionedWatchlist,
    responses={201: {"model": VersionedWatchlist, "description": "It is new"}, **_CONFLICTS},
)
def put_watchlist(
    gateway: Gateway,
    _: Editor,
    watchlist_id: WatchlistId,
    body: WatchlistBody,
    if_match: Annotated[str | None, Header(description="Its version, to change it; nothing, to create it")] = None,
) -> Response:
    """Create a watchlist, or change the version that If-Match names."""
    current = gateway.store.watchlist(watchlist_id)
    expected = _expected(watchlist_id, current, if_match)
    watchlist = _watchlist(watchlist_id, body)
    warnings = gateway.desk.put(watchlist, expected)
    version = version_of(watchlist)
    answer = VersionedWatchlist(watchlist=watchlist, version=version, warnings=_warned(warnings))
    status = 200 if expected else 201
    return json_answer(answer.model_dump_json().encode(), status, {"ETag": f'"{version}"'})


@router.delete("/{watchlist_id}", status_code=204, response_class=Response, responses=_CONFLICTS)
def delete_watchlist(
    gateway: Gateway,
    _: Editor,
    watchlist_id: WatchlistId,
    if_match: Annotated[str | None, Header(description="Its version")] = None,
) -> None:
    """Take the version that If-Match names out of force."""
    current = gateway.store.watchlist(watchlist_id)
    if current is None:
        raise _missing(watchlist_id)
    expected = _expected(watchlist_id, current, if_match)
    assert expected is not None  # noqa: S101 - for the type checker: it is there
    gateway.desk.remove(watchlist_id, expected)


def _expected(watchlist_id: str, current: StoredWatchlist | None, if_match: str | None) -> str | None:
    """The version a change is made to; None: it is to be created."""
    if if_match is None:
        if current is not None:
            raise PreconditionError(
                f"watchlist {watchlist_id!r} is there already",
                remedy=f'name the version you change: If-Match: "{current.version}"',
            )
        return None
    named = versions_in(if_match)
    if current is not None and (if_match.strip() == "*" or current.version in named):
        return current.version
    raise VersionConflictError(watchlist_id, current.version if current else None)


def _watchlist(watchlist_id: str, body: BaseModel) -> Watchlist:
    return Watchlist(id=watchlist_id, **body.model_dump())


def _warned(warnings: list[LintWarning]) -> list[Warned]:
    return [Warned(code=w.code, line=w.line, column=w.column, message=w.message, fix=w.remedy) for w in warnings]


def _missing(watchlist_id: str) -> NotFoundError:
    return NotFoundError(f"no watchlist {watchlist_id!r}", remedy="/v1/watchlists lists those in force")
