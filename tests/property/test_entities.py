"""Whatever the text, a mention is the slice it points to, and reading twice gives the same."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agents.enrichment.entities import find_entities
from agents.enrichment.gazetteer import Gazetteer
from agents.enrichment.geography import main_place
from agents.enrichment.languages import pack
from agents.enrichment.text import document

GAZETTEER = Gazetteer.load()

NAMES = [
    "حلب",
    "القامشلي",
    "الرياض",
    "محافظة إدلب",
    "روسيا",
    "الروسي",
    "أردوغان",
    "مولود جاويش أوغلو",
    "أوغلو",
    "الأمم المتحدة",
]
LATIN = ["Aleppo", "TURKEY", "al-Qaeda", "Sana’a", "U.S.", "Deir ez-Zor", "Putin", "Real Madrid"]
PROCLITICS = ["", "و", "ب", "ل", "وب", "ف", "لل", "\u0651", "ـ", "\u200f"]
GLUE = [" ", "، ", " و", "«", "» ", "\n", ". ", "🕊️ ", "\u202b", "-"]


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Names with proclitics, marks and odd characters between them, or anything at all."""
    parts = draw(
        st.lists(
            st.one_of(
                st.tuples(st.sampled_from(PROCLITICS), st.sampled_from(NAMES)).map("".join),
                st.sampled_from(LATIN),
                st.sampled_from(GLUE),
                st.text(max_size=6),
            ),
            max_size=12,
        )
    )
    return draw(st.sampled_from(GLUE)).join(parts)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(title=texts(), body=texts(), language=st.sampled_from(["ar", "en", "fa"]))
def test_every_mention_is_the_slice_it_points_to(title: str, body: str, language: str) -> None:
    read = document(title, body, language, pack(language))
    found = find_entities(read, GAZETTEER)
    raw = {"title": title, "body": body}
    assert len({entity.id for entity in found}) == len(found)
    for entity in found:
        assert entity.mentions
        places = [(m.field != "title", m.start, m.end) for m in entity.mentions]
        assert places == sorted(places)
        for mention in entity.mentions:
            assert 0 <= mention.start < mention.end <= len(raw[mention.field])
            assert raw[mention.field][mention.start : mention.end] == mention.text
    assert find_entities(read, GAZETTEER) == found
    place = main_place(read, found, ()).id
    assert place is None or place in GAZETTEER.entries


@settings(derandomize=True, deadline=None, max_examples=100)
@given(title=texts(), body=texts(), end=st.integers(min_value=0, max_value=40))
def test_nothing_is_found_in_boilerplate(title: str, body: str, end: int) -> None:
    read = document(title, body, "ar", pack("ar"), end)
    for entity in find_entities(read, GAZETTEER):
        assert all(m.end <= end for m in entity.mentions if m.field == "body")
