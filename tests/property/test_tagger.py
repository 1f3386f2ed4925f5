"""Whatever the text, an unlinked name is the slice it points to, beside the gazetteer's, and comes out the same again."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agents.enrichment.entities import find_entities
from agents.enrichment.gazetteer import Gazetteer
from agents.enrichment.languages import pack
from agents.enrichment.tagger import is_unlinked
from agents.enrichment.tagger.unlinked import with_unlinked
from agents.enrichment.text import document

GAZETTEER = Gazetteer.load()
PARTS = [
    "الدكتور مازن الخطيب",
    "ومازن",
    "للخطيب",
    "وَمازِن الخَطيب",
    "شركة النور",
    "ـسامر",
    "دمشق",
    "وأحمد",
    "بلدة الزعفرونية",
    "قال",
    "2026",
    "Mr. Smith",
]


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Names and odd characters, or anything at all."""
    parts = draw(st.lists(st.one_of(st.sampled_from(PARTS), st.text(max_size=6)), max_size=14))
    return draw(st.sampled_from([" ", "، ", "\n", ". ", " و", "-"])).join(parts)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(title=texts(), body=texts())
def test_every_unlinked_name_is_the_slice_it_points_to(title: str, body: str) -> None:
    read = document(title, body, "ar", pack("ar"))
    linked = find_entities(read, GAZETTEER)
    settled = with_unlinked(read, linked)
    assert with_unlinked(read, linked) == settled
    assert len({entity.id for entity in settled}) == len(settled)
    assert {entity.id for entity in settled if not is_unlinked(entity.id)} <= {entity.id for entity in linked}
    raw = {"title": title, "body": body}
    spans = []
    for entity in settled:
        places = [(m.field != "title", m.start, m.end) for m in entity.mentions]
        assert places == sorted(places)
        for mention in entity.mentions:
            assert mention.text == raw[mention.field][mention.start : mention.end]
            assert mention.text
        spans += (
            [] if entity.type == "event" else [(m, is_unlinked(entity.id)) for m in entity.mentions if not m.demonym]
        )
    for one, new in spans:
        for other, _ in spans:
            assert (
                other is one or not new or one.field != other.field or one.end <= other.start or other.end <= one.start
            )
