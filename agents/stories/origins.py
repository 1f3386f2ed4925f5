"""Who wrote an article first: an agency whose byline it bears, else its source.

Two papers that print one agency's text are one origin; two papers with words of their own are two.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import yaml

from agents.enrichment.text import normalise

if TYPE_CHECKING:
    from streams.records import Article

#: How far into a text a byline may stand, in characters.
HEAD = 80
_BETWEEN = re.compile(r"[()\[\]{}:/|،,;\n\u2013\u2014-]+")


@cache
def agencies() -> dict[str, str]:
    """Normalised spelling of a byline to the agency's name."""
    table = yaml.safe_load((resources.files(__package__) / "agencies.yaml").read_text(encoding="utf-8"))
    return {_key(spelling): name for name, spellings in table.items() for spelling in spellings}


def byline(text: str) -> str | None:
    """The agency named between marks at the head of a text: '(أ ف ب) …', 'دمشق - رويترز: …', 'ANKARA (Reuters) - …'."""
    *complete, _unfinished = _BETWEEN.split(text[:HEAD])
    return next((agencies()[key] for part in complete if (key := _key(part)) in agencies()), None)


def source_of(article: Article) -> str:
    """Who published it: the source as given, else the address's host, else the article itself."""
    if article.source:
        return article.source
    return (urlsplit(article.url).hostname if article.url else None) or article.id


def origin_of(article: Article) -> str:
    """Who wrote it: 'AFP' where a byline or the source says so, else its source."""
    source = source_of(article)
    return byline(article.title) or byline(article.body) or agencies().get(_key(source)) or source


def _key(words: str) -> str:
    return "".join(c for c in normalise(words) if c.isalnum())
