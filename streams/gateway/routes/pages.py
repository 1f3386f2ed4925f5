"""The live page, and signing in to it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import parse_qs

import yaml
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.staticfiles import StaticFiles

from streams.gateway.access import NotSignedInError
from streams.gateway.context import COOKIE, Gateway

if TYPE_CHECKING:
    from collections.abc import Mapping

WEB = Path(__file__).parents[1] / "web"
LANGUAGES = {"ar": "rtl", "en": "ltr"}

#: Bytes that the form of signing in may have.
_FORM_BYTES = 4000

router = APIRouter(include_in_schema=False)
static = StaticFiles(directory=WEB / "static")

_templates = Environment(
    loader=FileSystemLoader(WEB / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

#: Nothing but our own files; nobody may frame a page; forms go to us alone.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Every word of the pages: language -> key -> text."""
    found: dict[str, dict[str, str]] = yaml.safe_load((WEB / "catalogue.yaml").read_text("utf-8"))
    return found


def language_of(request: Request, lang: Annotated[str | None, Query(max_length=20)] = None) -> str:
    """`?lang=`, else what the browser prefers, else English."""
    if lang in LANGUAGES:
        return lang
    asked: list[tuple[float, int, str]] = []
    for part in request.headers.get("accept-language", "").split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            asked.append((-float(quality or 1), len(asked), tag.split("-")[0].lower()))
        except ValueError:
            continue
    return next((tag for _, _, tag in sorted(asked) if tag in LANGUAGES), "en")


Language = Annotated[str, Depends(language_of)]


def _page(name: str, lang: str, status: int = 200, **values: Any) -> Response:
    words: Mapping[str, str] = catalogue()[lang]
    other = "en" if lang == "ar" else "ar"
    html = _templates.get_template(name).render(
        lang=lang, dir=LANGUAGES[lang], t=words, other=other, other_name=catalogue()[other]["language"], **values
    )
    headers = {
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "no-store",
        "Content-Language": lang,
        "Vary": "Accept-Language, Cookie",
    }
    return Response(html, status, headers, media_type="text/html")


@router.get("/")
def live(request: Request, gateway: Gateway, lang: Language) -> Response:
    """Alerts as they come; to somebody who is not signed in, the form for it."""
    try:
        person = gateway.tokens.person(request.cookies.get(COOKIE))
    except NotSignedInError:
        return _page("signin.html", lang, 401, failed=COOKIE in request.cookies)
    watchlists = [
        (s.watchlist.id, getattr(s.watchlist.title, lang) or s.watchlist.title.en or s.watchlist.id)
        for s in gateway.store.watchlists()
    ]
    return _page("live.html", lang, person=person, signed_in=bool(gateway.tokens), watchlists=watchlists)


async def _token(request: Request) -> str:
    """The form's only field."""
    form = bytearray()
    async for chunk in request.stream():
        form += chunk
        if len(form) > _FORM_BYTES:
            return ""
    return parse_qs(form.decode("utf-8", "replace")).get("token", [""])[0]


@router.post("/signin")
def sign_in(request: Request, gateway: Gateway, token: Annotated[str, Depends(_token)], lang: Language) -> Response:
    """Keep the token in a cookie that no script reads and no other site sends."""
    try:
        gateway.tokens.person(token)
    except NotSignedInError:
        return _page("signin.html", lang, 401, failed=True)
    answer = RedirectResponse(f"/?lang={lang}", 303)
    answer.set_cookie(
        COOKIE, token, httponly=True, samesite="strict", secure=request.url.scheme == "https", max_age=30 * 86_400
    )
    return answer


@router.post("/signout")
def sign_out(lang: Language) -> Response:
    """Forget it."""
    answer = RedirectResponse(f"/?lang={lang}", 303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return answer
