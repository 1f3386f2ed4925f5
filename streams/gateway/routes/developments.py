"""/v1/developments: the register of agreements."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel

from streams.errors import InputError
from streams.gateway.context import (
    LIMIT,
    PROBLEMS,
    Cursor,
    Gateway,
    Limit,
    Reader,
    cursor_of,
    json_answer,
    moment_in,
    tagged,
)
from streams.gateway.problems import NotFoundError
from streams.gateway.store import DevelopmentFilter
from streams.records import AgreementKind, Development, Stage, content_id

router = APIRouter(prefix="/v1/developments", tags=["developments"], responses=PROBLEMS)


class DevelopmentPage(BaseModel):
    """Developments, those heard of last first."""

    items: list[Development]
    next: str | None = None


@router.get("", response_model=DevelopmentPage)
def list_developments(
    gateway: Gateway,
    _: Reader,
    kind: Annotated[list[AgreementKind] | None, Query(description="What is agreed on")] = None,
    stage: Annotated[list[Stage] | None, Query(description="Where it stands")] = None,
    country: Annotated[str | None, Query(min_length=1, max_length=200, description="A country's name or id")] = None,
    cursor: Cursor = None,
    limit: Limit = LIMIT,
) -> Response:
    """Developments that satisfy every condition."""
    countries = gateway.desk.places_named(country) if country is not None else None
    if country is not None and countries is None:
        raise InputError(
            f"no country {country!r} is known",
            field="country",
            value=country,
            remedy="give another spelling, or a Wikidata id",
        )
    wanted = DevelopmentFilter(tuple(kind or ()), tuple(stage or ()), countries)
    found = gateway.store.developments(wanted, before=moment_in(cursor), limit=limit + 1)
    following = "null"
    if len(found) > limit:
        at, development_id, _body = found[limit - 1]
        following = f'"{cursor_of(at, development_id)}"'
    items = ",".join(body for _at, _id, body in found[:limit])
    return json_answer(f'{{"items":[{items}],"next":{following}}}'.encode())


@router.get("/{development_id}", response_model=Development)
def get_development(
    request: Request, gateway: Gateway, _: Reader, development_id: Annotated[str, Path(min_length=1, max_length=200)]
) -> Response:
    """One development with its history."""
    body = gateway.store.development(development_id)
    if body is None:
        raise NotFoundError(f"no development {development_id!r}", remedy="/v1/developments lists them")
    return tagged(request, body.encode(), content_id(body))
