"""The fields of a query, as data: what each holds, which values it takes, and what people write instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from streams.records import AgreementKind, EntityType, Stage

Kind = Literal["words", "name", "topic", "choice", "source", "language", "date", "meaning"]

#: PLOVER's types (Halterman et al. 2023), and our own 'agreement'.
EVENT_TYPES = (
    "agreement", "agree", "consult", "support", "concede", "cooperate", "aid", "retreat", "request", "accuse", "reject",
    "threaten", "protest", "sanction", "mobilize", "coerce", "assault",
)  # fmt: skip

#: ISO 639-1.
LANGUAGES = frozenset(
    (  # noqa: SIM905 - codes read better so
        "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee "
        "el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io "
        "is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn "
        "mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se "
        "sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo "
        "wa wo xh yi yo za zh zu"
    ).split()
)
LANGUAGE_NAMES = {
    "arabic": "ar", "english": "en", "persian": "fa", "farsi": "fa", "turkish": "tr", "french": "fr", "urdu": "ur",
    "german": "de", "spanish": "es", "russian": "ru", "hebrew": "he", "kurdish": "ku", "sorani": "ckb", "chinese": "zh",
    "العربية": "ar", "عربي": "ar", "عربية": "ar", "الإنجليزية": "en", "الفارسية": "fa", "التركية": "tr", "الفرنسية": "fr",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its name, what kind of value it takes, which values (empty: any), and of which entity types (names)."""

    name: str
    kind: Kind
    choices: tuple[str, ...] = ()
    types: frozenset[EntityType] | None = None


FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("text", "words"),
        Field("title", "words"),
        Field("exact", "words"),
        Field("entity", "name"),
        Field("person", "name", types=frozenset({EntityType.PERSON})),
        Field("org", "name", types=frozenset({EntityType.ORGANISATION, EntityType.GROUP})),
        Field("place", "name", types=frozenset({EntityType.PLACE})),
        Field("party", "name"),
        Field("topic", "topic"),
        Field("event", "choice", EVENT_TYPES),
        Field("agreement", "choice", tuple(kind.value for kind in AgreementKind)),
        Field("stage", "choice", tuple(stage.value for stage in Stage)),
        Field("source", "source"),
        Field("language", "language"),
        Field("published", "date"),
        Field("like", "meaning"),
    )
}

#: Fields that speak of an event of the article.
EVENT_FIELDS = frozenset({"event", "agreement", "stage", "party"})

#: How an event is told, for event{...}.
EVENT_FLAGS = ("background", "main", "negated", "hedged")

#: What people call a field elsewhere.
SYNONYMS = {
    "body": "text", "word": "text", "content": "text", "headline": "title", "organisation": "org", "organization": "org",
    "group": "org", "country": "place", "city": "place", "location": "place", "near": "place", "who": "entity", "name": "entity",
    "people": "person", "subject": "topic", "category": "topic", "kind": "agreement", "type": "event", "status": "stage",
    "parties": "party", "actor": "party", "lang": "language", "date": "published", "time": "published", "site": "source",
    "publisher": "source", "similar": "like", "means": "like", "نص": "text", "عنوان": "title", "مكان": "place", "بلد": "place",
    "شخص": "person", "منظمة": "org", "موضوع": "topic", "حدث": "event", "اتفاق": "agreement", "مرحلة": "stage", "طرف": "party",
    "مصدر": "source", "لغة": "language", "تاريخ": "published",
}  # fmt: skip
