"""Entities that no table knows: what the tagger finds beside the gazetteer's, each with a stable local id.

Where a name overlaps one of the gazetteer's, `resolution` decides; `merging` makes one entity of all names of a thing. An
unlinked entity has no country and no parents.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from agents.enrichment.gazetteer import Gazetteer
from agents.enrichment.languages import pack as language_pack
from agents.enrichment.tagger.features import WordFeatures
from agents.enrichment.tagger.merging import Name, merge
from agents.enrichment.tagger.model import Model
from agents.enrichment.tagger.resolution import Stands, Tagged, decide, settle
from streams.records import EntityType, Mention

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from agents.enrichment.ner import Span
    from agents.enrichment.text import Document, FieldText, Token
    from streams.records import Entity

FILE = "tagger.npz"
_BRACKETS = (["(", ")"], ["[", "]"])


@cache
def load(language: str) -> Model | None:
    """The tagger of a language; None if it has none."""
    pack = language_pack(language)
    if not pack.package or not (resources.files(pack.package) / FILE).is_file():
        return None
    with (resources.files(pack.package) / FILE).open("rb") as file:
        return Model.read(file, WordFeatures(pack, Gazetteer.load()))


def with_unlinked(
    document: Document,
    entities: tuple[Entity, ...],
    model: Model | None = None,
    spans: Mapping[str, Sequence[Span]] | None = None,
    needed: Collection[str] = (),
) -> tuple[Entity, ...]:
    """The gazetteer's `entities`, settled, then what a document names beside them, in the order of first mention.

    `model` is one to try instead of the one that its language has. `spans`, by field, are names that somebody else found:
    then the model only tells where they begin. `needed` are ids that stay, whatever longer name covers them.
    """
    model = model or load(document.language)
    if model is None:
        return entities
    names: list[Name] = []
    moved: dict[Mention, Mention] = {}
    covered: set[Mention] = set()
    read: Mapping[str, Sequence[Span]] = model.spans_by_field(document.fields, entities) if spans is None else spans
    for field in document.fields:
        linked = [(entity, m) for entity in entities for m in entity.mentions if m.field == field.field]
        for first, last, kind in _apart(field, read.get(field.field, ()), model):
            start, end = field.tokens[first].start, field.tokens[last].end
            over = [(entity, m) for entity, m in linked if start < m.end and m.start < end]
            stands = decide(_tagged(field, first, last, kind, model), over) if over else Stands.TAGGED
            if stands is Stands.LINKED or (name := _name(field, first, last, kind, model)) is None:
                continue
            if stands is Stands.TAGGED:
                names.append(name)
                covered.update(m for _, m in over if name.type is EntityType.PERSON or not m.demonym)
            else:
                moved[over[0][1]] = name.mention
    settled = settle(entities, moved, covered, needed)
    return merge(settled, names, model.words.sound, document.language)


def _tagged(field: FieldText, first: int, last: int, kind: str, model: Model) -> Tagged:
    tokens = field.tokens[first : last + 1]
    if kind == EntityType.PERSON:
        heads = tuple(token.start for token in tokens[:1] if any(model.words.is_given(form) for form in token.forms))
    elif kind == EntityType.ORGANISATION:
        heads = tuple(token.start for token in tokens if any(model.words.is_head(form) for form in token.forms))
    else:
        heads = ()
    capitals = tuple(token.start for token in tokens if token.raw[0].isupper())
    return Tagged(tokens[0].start, tokens[-1].end, EntityType(kind), heads, capitals)


def _name(field: FieldText, first: int, last: int, kind: str, model: Model) -> Name | None:
    """The name without what is written onto it; None if nothing of it is a word."""
    token, end = field.tokens[first], field.tokens[last].end
    cut, head = _without_proclitic(token, model)
    words = tuple(word for word in (head, *(t.norm for t in field.tokens[first + 1 : last + 1])) if word)
    if not any(len(word) > 1 and not word.isdigit() for word in words):
        return None
    start = token.start + cut
    mention = Mention(field=field.field, start=start, end=end, text=field.raw[start:end])
    around = [t.raw for t in (*field.tokens[max(0, first - 1) : first], *field.tokens[last + 1 : last + 2])]
    beside = field.tokens[first - 2].end if around in _BRACKETS and first > 1 else -1
    return Name(mention, EntityType(kind), words, beside)


def _apart(field: FieldText, spans: Iterable[Span], model: Model) -> Iterator[Span]:
    """The spans; two persons joined by a written-on و are two (سامر الحلاق ومازن الخطيب)."""
    for first, last, kind in spans:
        start = first
        if kind == EntityType.PERSON:
            for number in range(first + 1, last + 1):
                word = field.tokens[number].norm
                if word.startswith("و") and not model.words.is_given(word) and model.words.is_given(word[1:]):
                    yield start, number - 1, kind
                    start = number
        yield start, last, kind


def _without_proclitic(token: Token, model: Model) -> tuple[int, str]:
    """Letters of a word that stand before the name, and the name's first word.

    A particle is cut off where what is left begins with the article, or is a word that names are made of while the whole
    is none: وليد stays, وأحمد loses its و.
    """
    gazetteer = Gazetteer.load()
    word = token.norm
    if model.words.knows(word) or word in gazetteer.rules.whole_words:
        return 0, word
    for form in reversed(token.forms[1:]):
        if not word.endswith(form) or word[: -len(form)] not in gazetteer.rules.proclitics:
            continue
        if form.startswith("ال") or model.words.knows(form):
            cut = len(token.raw) - len(form)
            # Marks of vowels and tatweel make the written word longer than its normalised one: then nothing is cut.
            return (cut, form) if len(token.raw) == len(word) else (0, word)
    return 0, word
