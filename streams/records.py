"""The contracts: every record that travels between the stages, as frozen pydantic models.

Offsets (`start`, `end`) are code points into the raw title or body, so that anyone can highlight them.
Ids are functions of content: the same input gives the same ids, wherever and however often it is read.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

FieldName = Literal["title", "body"]
LanguageCode = Annotated[str, Field(pattern=r"^[a-z]{2,3}$|^und$")]


def content_id(*parts: str) -> str:
    """A stable id of 16 hexadecimal digits for what the parts say."""
    return hashlib.blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


_TRACKING = ("utm_", "fbclid", "gclid", "mc_cid", "mc_eid", "igshid")


def canonical_url(url: str) -> str:
    """The address without what does not name the page: case of scheme and host, fragment, tracking parameters."""
    parts = urlsplit(url.strip())
    query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not k.lower().startswith(_TRACKING)]
    host = parts.netloc.lower().removesuffix(":80" if parts.scheme == "http" else ":443")
    return urlunsplit((parts.scheme.lower(), host, parts.path.rstrip("/"), urlencode(query), ""))


def _as_utc(moment: datetime) -> datetime:
    """A time without a zone is read as UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


Moment = Annotated[datetime, AfterValidator(_as_utc)]


class Record(BaseModel):
    """What all records share: frozen, and readable by a version that knows fewer fields."""

    model_config = ConfigDict(frozen=True, extra="ignore")


# --- articles -------------------------------------------------------------------------------------------------------


class Article(Record):
    """One news article as it arrived. One of title and body may be empty, not both."""

    id: str = Field(default="", max_length=200, description="From the canonical URL, else from the text")
    url: str | None = Field(default=None, max_length=4000)
    title: str
    body: str
    published_at: Moment
    language: LanguageCode | None = Field(default=None, description="ISO 639-1 or -3 code as the source gives it")
    source: str | None = Field(default=None, max_length=300)

    @model_validator(mode="before")
    @classmethod
    def _take_in(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        data = {"title": "", "body": "", **{k: v for k, v in data.items() if v is not None}}
        if isinstance(data.get("language"), str):
            data["language"] = data["language"].split("-")[0].split("_")[0].lower() or None
        if isinstance(data["title"], str) and isinstance(data["body"], str) and not data.get("id"):
            data["id"] = cls.id_of(data.get("url"), data["title"], data["body"])
        return data

    @staticmethod
    def id_of(url: Any, title: str, body: str) -> str:
        """The article's id: of its canonical URL, else of its text."""
        if isinstance(url, str) and url.strip():
            return content_id("url", canonical_url(url))
        return content_id("text", title, body)

    @property
    def revision(self) -> str:
        """A hash of the text: an edited article keeps its id and gets a new revision."""
        return content_id(self.title, self.body)


# --- enrichment -----------------------------------------------------------------------------------------------------


class Span(Record):
    """A stretch of the raw title or body; `text` is exactly that slice."""

    field: FieldName
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str


class Evidence(Span):
    """A span that proves something; `of` names what (kind, stage, place, party, negated ...)."""

    of: str = ""


class Label(Record):
    """A name in the languages of the desk; an unknown one is empty."""

    ar: str = ""
    en: str = ""


class EntityType(StrEnum):
    """What kind of thing an entity is."""

    PERSON = "person"
    ORGANISATION = "organisation"
    PLACE = "place"
    GROUP = "group"
    PRODUCT = "product"
    EVENT = "event"


class Mention(Span):
    """One place where an entity is named. `demonym`: by a word made from a country's name (الروسي, Russian)."""

    demonym: bool = False


class Entity(Record):
    """A real-world thing, once per article, with all its mentions."""

    id: str = Field(description="Wikidata QID, or a stable local id that starts with 'marsad:'")
    type: EntityType
    label: Label
    parents: tuple[str, ...] = Field(
        default=(), description="Of a place: what holds it, nearest first, up to its country"
    )
    country: str | None = Field(default=None, description="Id of the country it belongs to; of a country, its own id")
    mentions: tuple[Mention, ...] = Field(
        description="Title first; empty where only an event implies it (Moscow signs)"
    )


class PlacePoints(Record):
    """What a named place counts towards the article's main place."""

    place: str = Field(description="Entity id")
    where: str = Field(
        description="title, lead, elsewhere, main event; ', demonym' or ', may act' where that counts less"
    )
    points: float


class Topic(Record):
    """What the article is about, by IPTC Media Topic code (medtop:...) or an own code (marsad:...)."""

    code: str
    label: Label
    broader: tuple[str, ...] = Field(default=(), description="Broader codes, nearest first")
    confidence: float = Field(ge=0, le=1)
    basis: Literal["words", "vector"] = Field(
        default="words",
        description="words: in the article's words, see evidence; vector: its sentence vector alone says so, for want of "
        "a vocabulary of its language",
    )
    evidence: tuple[Evidence, ...] = ()


class AgreementKind(StrEnum):
    """What an agreement is about."""

    DE_ESCALATION = "de-escalation"
    CEASEFIRE = "ceasefire"
    PEACE = "peace"
    PRISONER_EXCHANGE = "prisoner-exchange"
    HUMANITARIAN_ACCESS = "humanitarian-access"
    WITHDRAWAL = "withdrawal"
    ARMS_CONTROL = "arms-control"
    BORDER = "border"
    TRADE = "trade"
    CLIMATE = "climate"
    COOPERATION = "cooperation"
    OTHER = "other"


class Stage(StrEnum):
    """Where an agreement stands, in the order the stages normally run in; denied from anywhere."""

    NEGOTIATING = "negotiating"
    ANNOUNCED = "announced"
    SIGNED = "signed"
    IN_FORCE = "in_force"
    EXTENDED = "extended"
    VIOLATED = "violated"
    COLLAPSED = "collapsed"
    DENIED = "denied"


class Agreement(Record):
    """What is agreed, by whom, for where: entity ids."""

    kind: AgreementKind
    parties: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


class Actor(Record):
    """Somebody who takes part in an event."""

    id: str
    role: Literal["party", "source", "target", "mediator", "guarantor"]


EventSourceKind = Literal["party", "person", "organisation", "official", "agency", "unnamed", "unknown"]


class EventSource(Record):
    """Who says that an event happens, or that it does not."""

    id: str | None = Field(default=None, description="Entity id; None: no entity")
    kind: EventSourceKind = Field(
        default="unknown",
        description="party: takes part in the event, or speaks for who does; else as a quote's source",
    )
    is_party: bool = Field(default=False, description="Of a party's side, be it named or not")
    span: Span | None = Field(default=None, description="The words for the source")


class ScorePoints(Record):
    """A term of an event's score."""

    what: str
    points: float


class Event(Record):
    """Something that is reported to happen. At most one event of an article is `main`: what it is news of."""

    type: str = Field(description="'agreement', or a PLOVER type in lower case")
    plover: tuple[str, ...] = Field(default=(), description="PLOVER TYPE or TYPE:mode codes, a set")
    stage: Stage | None = None
    agreement: Agreement | None = None
    actors: tuple[Actor, ...] = ()
    place: str | None = Field(default=None, description="Entity id of the most specific place")
    time: str | None = Field(default=None, description="ISO 8601 date or interval")
    main: bool = False
    background: bool = Field(default=False, description="Told as history or context, not as this article's news")
    negated: bool = False
    hedged: bool = False
    score: float = Field(default=0.0, description="How much it looks like what the article is news of")
    main_why: tuple[ScorePoints, ...] = Field(default=(), description="Of the main event: the terms of its score")
    source: EventSource | None = Field(default=None, description="Who says so; None: the article itself")
    evidence: tuple[Evidence, ...] = ()


QuoteSource = Literal["person", "organisation", "official", "agency", "unnamed", "unknown"]


class Quote(Span):
    """What somebody is quoted with: the span is that of the words, without their marks."""

    direct: bool = Field(description="In quotation marks; else reported (قال إن ..., said that ...)")
    speaker: str | None = Field(default=None, description="Entity id of who says it; None: no entity, or not told")
    speaker_text: str = Field(default="", description="The words for the speaker; of a pronoun, those it stands for")
    speaker_span: Span | None = Field(default=None, description="Where those words stand")
    source: QuoteSource = Field(
        default="unknown",
        description="person and organisation: by name; official: by office alone; agency; unnamed: a source, sources",
    )
    verb: Span | None = Field(default=None, description="The words that attribute it; None: it goes on a quotation")


class StoryRef(Record):
    """The story an article belongs to."""

    id: str
    copy_of: str | None = Field(default=None, description="Article id of the first text this one copies")
    origin: str = Field(default="", description="Who wrote it: the agency whose byline it bears, else its source")
    revision: str = Field(default="", description="The article's revision; its body may not travel on")


Change = Literal["new", "update", "denial", "none"]


class HistoryEntry(Record):
    """One step in the life of a development."""

    stage: Stage | None
    at: Moment
    article: str
    source: str | None = None
    what: str = ""


class DevelopmentRef(Record):
    """What an article changes in the development it is about."""

    id: str
    change: Change
    what: str = Field(default="", description="What changed, or why nothing did")
    first_seen: Moment
    history: tuple[HistoryEntry, ...] = ()


class Timings(Record):
    """When an article passed the stages; `published` is the source's word, the rest our clocks."""

    published: Moment | None = None
    arrived: Moment | None = None
    enriched: Moment | None = None
    matched: Moment | None = None
    alerted: Moment | None = None


class Enriched(Record):
    """An article with what was found in it; after stories also its story and development."""

    article: Article
    language: LanguageCode
    language_confidence: float = Field(default=1.0, ge=0, le=1)
    text_end: int = Field(default=-1, description="Where the body's text ends and site boilerplate begins; -1: nowhere")
    entities: tuple[Entity, ...] = ()
    topics: tuple[Topic, ...] = ()
    events: tuple[Event, ...] = ()
    quotes: tuple[Quote, ...] = ()
    main_place: str | None = Field(default=None, description="Entity id of the place the article is about")
    main_place_why: tuple[PlacePoints, ...] = Field(
        default=(), description="What its named places count, highest first; what a place holds counts for it too"
    )
    vector: str | None = Field(default=None, description="512 float16, base64: title and lead")
    story: StoryRef | None = None
    development: DevelopmentRef | None = None
    timings: Timings = Timings()
    versions: dict[str, str] = Field(default_factory=dict)

    @property
    def main_event(self) -> Event | None:
        """What the article is news of, where that is an event."""
        return next((e for e in self.events if e.main), None)

    def entity(self, entity_id: str) -> Entity | None:
        """The entity with that id, if it is in the article."""
        return next((e for e in self.entities if e.id == entity_id), None)


# --- developments ---------------------------------------------------------------------------------------------------


class Development(Record):
    """What an alert is about: an agreement with its life so far, or, where there is none, a story."""

    id: str
    kind: AgreementKind | None = Field(default=None, description="None: a story, not an agreement")
    country: str | None = None
    places: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    stage: Stage | None = None
    label: Label = Label()
    first_seen: Moment
    last_seen: Moment
    history: tuple[HistoryEntry, ...] = ()
    sources: tuple[str, ...] = ()
    articles: int = 0


# --- watchlists and alerts ------------------------------------------------------------------------------------------


def _label_of(value: Any) -> Any:
    return {"ar": value, "en": value} if isinstance(value, str) else value


class Watchlist(Record):
    """A stored query, and how its subscribers want to be told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$")
    title: Annotated[Label, BeforeValidator(_label_of)] = Label()
    query: str = Field(min_length=1, max_length=200_000)
    notify: Literal["new", "update", "every"] = "new"
    min_sources: int = Field(default=1, ge=1, le=100)
    priority: Literal["low", "normal", "high"] = "normal"


class Reason(Span):
    """Why a watchlist matched: a clause of its query, and the words that satisfy it."""

    clause: str


class Match(Record):
    """A watchlist and an article that satisfies it. The article travels without body and vector."""

    watchlist: Watchlist
    enriched: Enriched
    reasons: tuple[Reason, ...] = ()


class AlertedArticle(Record):
    """The article an alert points to."""

    id: str
    url: str | None = None
    title: str
    source: str | None = None
    published_at: Moment
    language: LanguageCode


class Alert(Record):
    """One new development, or one change of it, for one watchlist."""

    id: str
    kind: Literal["new", "update", "denial"]
    watchlist: str
    title: Label = Label()
    priority: Literal["low", "normal", "high"] = "normal"
    development: DevelopmentRef
    article: AlertedArticle
    reasons: tuple[Reason, ...] = ()
    events: tuple[Event, ...] = ()
    entities: tuple[Entity, ...] = ()
    topics: tuple[Topic, ...] = ()
    sources: tuple[str, ...] = ()
    timings: Timings = Timings()
    versions: dict[str, str] = Field(default_factory=dict)


class Feedback(Record):
    """What somebody thinks of an alert; the newest word on it stands."""

    alert: str = Field(min_length=1, max_length=200, description="Alert id")
    watchlist: str
    useful: bool
    note: str = Field(default="", max_length=2000)
    by: str = Field(default="", max_length=200)
    at: Moment
    clauses: tuple[str, ...] = Field(default=(), description="Clauses that gave the alert's reasons")


class Rejected(Record):
    """Input that could not be processed: the raw bytes travel as the value, this as the headers."""

    reason: str
    stage: str
    topic: str
    partition: int
    offset: int
    at: Moment


#: Every record a topic or the command line carries, by name: what `marsad schema` exports.
RECORDS: dict[str, type[Record]] = {
    model.__name__: model for model in (Article, Enriched, Development, Watchlist, Match, Alert, Feedback, Rejected)
}
