"""Read a text as the pipeline does: its entities, its events, the main one."""

from __future__ import annotations

from functools import cache

from agents.enrichment.boilerplate import text_end
from agents.enrichment.entities import find_entities
from agents.enrichment.events import extract_events
from agents.enrichment.gazetteer import Gazetteer
from agents.enrichment.languages import pack
from agents.enrichment.text import document


def read(language: str, title: str, body: str = ""):
    """The document, its entities and its events, as the pipeline makes them."""
    language_pack = pack(language)
    text = document(title, body, language, language_pack, text_end(body, language_pack))
    entities = find_entities(text, Gazetteer.load())
    return entities, extract_events(text, entities)


def main_of(language: str, title: str, body: str = ""):
    """The agreement it is news of, if of one."""
    return next((e for e in read(language, title, body)[1] if e.main and e.agreement is not None), None)


@cache
def ids(name: str) -> frozenset[str]:
    return Gazetteer.load().ids_named(name, None)
