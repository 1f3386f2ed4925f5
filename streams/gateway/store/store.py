"""The questions the gateway asks its database, and the one way things get into it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from sqlalchemy import and_, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from streams.errors import MarsadError
from streams.gateway.filters import AlertFilter, facets, millis
from streams.gateway.store.engine import open_engine
from streams.gateway.store.tables import (
    ALERT_PLACES,
    ALERT_WORDS,
    ALERTS,
    CLOCK,
    DEVELOPMENTS,
    FEEDBACK,
    POSITIONS,
    REJECTED,
    WATCHLISTS,
)
from streams.records import Alert, Development, Watchlist, content_id
from streams.topics import DEVELOPMENTS as DEVELOPMENT_TOPIC
from streams.topics import WATCHLISTS as WATCHLIST_TOPIC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, Select, Table

    from streams.records import Rejected

T = TypeVar("T")

#: Alerts whose numbers a query lists, rather than ask each.
_FEW = 2000


class Position(NamedTuple):
    """A partition of a topic."""

    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class Removed:
    """A tombstone: the record of this key is gone."""

    key: str


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message of news.rejected: why, and the beginning of its bytes."""

    rejected: Rejected
    size: int
    excerpt: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message of a topic. `record` None: it could not be read, and only its offset counts."""

    at: Position
    offset: int
    record: Alert | Development | Watchlist | Removed | DeadLetter | None


@dataclass(frozen=True, slots=True)
class StoredAlert:
    """An alert as JSON, and its number: later ones have higher numbers, on every gateway the same."""

    seq: int
    body: str


@dataclass(frozen=True, slots=True)
class StoredWatchlist:
    """A watchlist in force, and the version that a change must name."""

    watchlist: Watchlist
    version: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody thought of an alert. `at`: milliseconds since 1970."""

    by: str
    useful: bool
    note: str
    at: int


@dataclass(frozen=True, slots=True)
class DevelopmentFilter:
    """What must hold of a development; an empty condition always does."""

    kinds: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    countries: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of an answer, and where the next page begins (None: this was the last)."""

    items: tuple[T, ...]
    following: str | None


class VersionConflictError(MarsadError):
    """A watchlist is no longer the version that a change was made to. `current` None: it is not there."""

    def __init__(self, watchlist_id: str, current: str | None) -> None:
        super().__init__(
            f"watchlist {watchlist_id!r} was changed meanwhile"
            if current
            else f"watchlist {watchlist_id!r} is not there",
            remedy="get it again, and repeat the change on what it is now",
        )
        self.current = current


class Store:
    """A database of what was alerted.

    Its methods block for milliseconds: call them from threads. Several processes may share one PostgreSQL.
    """

    def __init__(self, address: str) -> None:
        self._engine = open_engine(address)
        self._writer = self._engine.execution_options(writes=True)
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        self._upsert: Callable[[Table], Any] = dialect.insert

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()

    def is_there(self) -> bool:
        """Does the database answer?"""
        with self._reading() as connection:
            return connection.execute(select(CLOCK.c.seq)).scalar() is not None

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._writer.begin() as connection:
            # The lock that every writer takes first.
            connection.execute(update(CLOCK).where(CLOCK.c.id == 1).values(seq=CLOCK.c.seq))
            yield connection

    # --- in -------------------------------------------------------------------------------------------------------

    def positions(self) -> dict[Position, int]:
        """The next offset of each partition that was read."""
        with self._reading() as connection:
            return {Position(row.topic, row.partition): row.next for row in connection.execute(select(POSITIONS))}

    def rewind(self, topic: str) -> None:
        """Read a topic from its beginning: it was made anew. Alerts stay; watchlists are those of the new topic."""
        with self._writing() as connection:
            connection.execute(delete(POSITIONS).where(POSITIONS.c.topic == topic))
            if topic == WATCHLIST_TOPIC.name:
                connection.execute(delete(WATCHLISTS))

    def take(self, arrivals: Sequence[Arrival]) -> None:
        """Store messages and the offsets after them, all or nothing.

        What another gateway stored meanwhile, and what is there already by its id, is left out.
        """
        with self._writing() as connection:
            nexts = {Position(row.topic, row.partition): row.next for row in connection.execute(select(POSITIONS))}
            fresh = [arrival for arrival in arrivals if arrival.offset >= nexts.get(arrival.at, 0)]
            if not fresh:
                return
            self._add_alerts(connection, [a.record for a in fresh if isinstance(a.record, Alert)])
            self._add_rejected(connection, [a for a in fresh if isinstance(a.record, DeadLetter)])
            for arrival in fresh:
                record = arrival.record
                if isinstance(record, Development):
                    self._put_development(connection, record)
                elif isinstance(record, Watchlist):
                    self._put_watchlist(connection, record.id, record, arrival.offset)
                elif isinstance(record, Removed):
                    self._remove(connection, arrival.at.topic, record.key, arrival.offset)
            ends = {arrival.at: arrival.offset + 1 for arrival in fresh}
            for at, end in ends.items():
                put = self._upsert(POSITIONS).values(topic=at.topic, partition=at.partition, next=end)
                connection.execute(
                    put.on_conflict_do_update(index_elements=["topic", "partition"], set_={"next": put.excluded.next})
                )

    def _numbers(self, connection: Connection, count: int) -> range:
        """The next sequence numbers; the caller holds the lock."""
        last: int = connection.execute(
            update(CLOCK).where(CLOCK.c.id == 1).values(seq=CLOCK.c.seq + count).returning(CLOCK.c.seq)
        ).scalar_one()
        return range(last - count + 1, last + 1)

    def _add_alerts(self, connection: Connection, alerts: Sequence[Alert]) -> None:
        new = {alert.id: alert for alert in alerts}
        if not new:
            return
        for known in connection.execute(select(ALERTS.c.id).where(ALERTS.c.id.in_(new))).scalars():
            del new[known]
        if not new:
            return
        rows, places, words = [], [], []
        for seq, alert in zip(self._numbers(connection, len(new)), new.values(), strict=True):
            found = facets(alert)
            rows.append(
                {
                    "seq": seq,
                    "id": alert.id,
                    "watchlist": alert.watchlist,
                    "kind": alert.kind,
                    "priority": alert.priority,
                    "development": alert.development.id,
                    "at": found.at,
                    "body": _storable(alert.model_dump_json()),
                }
            )
            places += [{"place": place, "seq": seq} for place in sorted(found.places)]
            words += [{"word": word, "seq": seq} for word in sorted({_term(word) for word in found.words})]
        connection.execute(insert(ALERTS), rows)
        if places:
            connection.execute(insert(ALERT_PLACES), places)
        if words:
            connection.execute(insert(ALERT_WORDS), words)

    def _add_rejected(self, connection: Connection, arrivals: Sequence[Arrival]) -> None:
        new = {f"{a.at.topic}/{a.at.partition}/{a.offset}": a.record for a in arrivals}
        if not new:
            return
        for known in connection.execute(select(REJECTED.c.id).where(REJECTED.c.id.in_(new))).scalars():
            del new[known]
        rows = []
        for seq, (letter_id, letter) in zip(self._numbers(connection, len(new)), new.items(), strict=True):
            assert isinstance(letter, DeadLetter)  # noqa: S101 - for the type checker
            why = letter.rejected
            rows.append(
                {
                    "seq": seq,
                    "id": letter_id,
                    "stage": why.stage,
                    "source": f"{why.topic}/{why.partition}/{why.offset}",
                    "at": millis(why.at),
                    "reason": _storable(why.reason),
                    "bytes": letter.size,
                    "excerpt": _storable(letter.excerpt),
                }
            )
        if rows:
            connection.execute(insert(REJECTED), rows)

    def _put_development(self, connection: Connection, development: Development) -> None:
        values = {
            "kind": development.kind,
            "stage": development.stage,
            "country": development.country,
            "last_seen": millis(development.last_seen),
            "body": _storable(development.model_dump_json()),
        }
        put = self._upsert(DEVELOPMENTS).values(id=development.id, **values)
        connection.execute(put.on_conflict_do_update(index_elements=["id"], set_=values))

    def _put_watchlist(
        self, connection: Connection, watchlist_id: str, watchlist: Watchlist | None, offset: int
    ) -> None:
        values: dict[str, Any] = {
            "version": version_of(watchlist) if watchlist else None,
            "body": _storable(watchlist.model_dump_json()) if watchlist else None,
            "offset": offset,
        }
        put = self._upsert(WATCHLISTS).values(id=watchlist_id, **values)
        # A key stays in its partition, so its offsets tell which message is newer.
        connection.execute(
            put.on_conflict_do_update(index_elements=["id"], set_=values, where=WATCHLISTS.c.offset < offset)
        )

    def _remove(self, connection: Connection, topic: str, key: str, offset: int) -> None:
        if topic == WATCHLIST_TOPIC.name:
            self._put_watchlist(connection, key, None, offset)
        elif topic == DEVELOPMENT_TOPIC.name:
            connection.execute(delete(DEVELOPMENTS).where(DEVELOPMENTS.c.id == key))

    # --- alerts ---------------------------------------------------------------------------------------------------

    def newest(self) -> int:
        """The number of the newest alert, 0 if there is none."""
        with self._reading() as connection:
            return connection.execute(select(func.max(ALERTS.c.seq))).scalar() or 0

    def alerts(self, wanted: AlertFilter, *, before: int | None = None, limit: int = 50) -> list[StoredAlert]:
        """The newest alerts, newest first, or those before a number."""
        chosen = select(ALERTS.c.seq).order_by(ALERTS.c.seq.desc()).limit(limit)
        if before is not None:
            chosen = chosen.where(ALERTS.c.seq < before)
        return self._alerts(chosen, wanted)[::-1]

    def alerts_after(self, seq: int, wanted: AlertFilter | None = None, *, limit: int = 500) -> list[StoredAlert]:
        """The alerts after a number, oldest first."""
        chosen = select(ALERTS.c.seq).where(ALERTS.c.seq > seq).order_by(ALERTS.c.seq).limit(limit)
        return self._alerts(chosen, wanted or AlertFilter())

    def _alerts(self, chosen: Select[Any], wanted: AlertFilter) -> list[StoredAlert]:
        """The alerts of the numbers that are chosen, oldest first."""
        with self._reading() as connection:
            numbers = connection.execute(chosen.where(*_conditions(connection, wanted))).scalars().all()
            if not numbers:
                return []
            # In a second step: a database that sorts carries whole alerts around with what it sorts.
            bodies = select(ALERTS.c.seq, ALERTS.c.body).where(ALERTS.c.seq.in_(numbers)).order_by(ALERTS.c.seq)
            return [StoredAlert(row.seq, row.body) for row in connection.execute(bodies)]

    def alert(self, alert_id: str) -> StoredAlert | None:
        """One alert."""
        with self._reading() as connection:
            row = connection.execute(select(ALERTS.c.seq, ALERTS.c.body).where(ALERTS.c.id == alert_id)).first()
            return StoredAlert(row.seq, row.body) if row else None

    # --- feedback -------------------------------------------------------------------------------------------------

    def judge(self, alert_id: str, feedback: Feedback) -> bool:
        """Keep what somebody thinks of an alert, instead of what they thought before. False: no such alert."""
        values = {"useful": feedback.useful, "note": _storable(feedback.note), "at": feedback.at}
        with self._writing() as connection:
            if connection.execute(select(ALERTS.c.seq).where(ALERTS.c.id == alert_id)).first() is None:
                return False
            put = self._upsert(FEEDBACK).values(alert=alert_id, by=feedback.by, **values)
            connection.execute(put.on_conflict_do_update(index_elements=["alert", "by"], set_=values))
        return True

    def feedback(self, alert_id: str) -> list[Feedback]:
        """What people think of an alert."""
        with self._reading() as connection:
            rows = connection.execute(select(FEEDBACK).where(FEEDBACK.c.alert == alert_id).order_by(FEEDBACK.c.at))
            return [Feedback(row.by, row.useful, row.note, row.at) for row in rows]

    # --- developments ---------------------------------------------------------------------------------------------

    def developments(
        self, wanted: DevelopmentFilter, *, before: tuple[int, str] | None = None, limit: int = 50
    ) -> list[tuple[int, str, str]]:
        """(last seen, id, JSON) of those heard of last, in that order, or of those before one of them."""
        table = DEVELOPMENTS.c
        chosen = select(table.last_seen, table.id, table.body).order_by(table.last_seen.desc(), table.id.desc())
        if before is not None:
            at, development_id = before
            chosen = chosen.where(or_(table.last_seen < at, and_(table.last_seen == at, table.id < development_id)))
        for column, values in ((table.kind, wanted.kinds), (table.stage, wanted.stages)):
            if values:
                chosen = chosen.where(column.in_(values))
        if wanted.countries is not None:
            chosen = chosen.where(table.country.in_(wanted.countries))
        with self._reading() as connection:
            return [(row.last_seen, row.id, row.body) for row in connection.execute(chosen.limit(limit))]

    def development(self, development_id: str) -> str | None:
        """One development as JSON."""
        with self._reading() as connection:
            found = select(DEVELOPMENTS.c.body).where(DEVELOPMENTS.c.id == development_id)
            return connection.execute(found).scalar()

    # --- watchlists -----------------------------------------------------------------------------------------------

    def watchlists(self) -> list[StoredWatchlist]:
        """Those in force, by id."""
        with self._reading() as connection:
            rows = connection.execute(
                select(WATCHLISTS).where(WATCHLISTS.c.body.is_not(None)).order_by(WATCHLISTS.c.id)
            )
            return [StoredWatchlist(Watchlist.model_validate_json(row.body), row.version) for row in rows]

    def watchlist(self, watchlist_id: str) -> StoredWatchlist | None:
        """One in force."""
        with self._reading() as connection:
            row = connection.execute(
                select(WATCHLISTS).where(WATCHLISTS.c.id == watchlist_id, WATCHLISTS.c.body.is_not(None))
            ).first()
            return StoredWatchlist(Watchlist.model_validate_json(row.body), row.version) if row else None

    def change_watchlist(
        self,
        watchlist_id: str,
        watchlist: Watchlist | None,
        *,
        expected: str | None,
        publish: Callable[[], int],
    ) -> None:
        """Change, create (`expected` None) or remove (`watchlist` None) one, if it still is the version that is expected.

        `publish` puts the change onto the topic and gives its offset, while other changes wait: two people who change the
        same version do not both succeed. Raises VersionConflictError.
        """
        with self._writing() as connection:
            current = connection.execute(select(WATCHLISTS.c.version).where(WATCHLISTS.c.id == watchlist_id)).scalar()
            if current != expected:
                raise VersionConflictError(watchlist_id, current)
            self._put_watchlist(connection, watchlist_id, watchlist, publish())

    # --- dead letters ---------------------------------------------------------------------------------------------

    def rejected(self, *, stage: str | None = None, before: int | None = None, limit: int = 50) -> list[dict[str, Any]]:
        """Dead letters, newest first."""
        chosen = select(REJECTED).order_by(REJECTED.c.seq.desc()).limit(limit)
        if stage is not None:
            chosen = chosen.where(REJECTED.c.stage == stage)
        if before is not None:
            chosen = chosen.where(REJECTED.c.seq < before)
        with self._reading() as connection:
            return [dict(row) for row in connection.execute(chosen).mappings()]


def version_of(watchlist: Watchlist) -> str:
    """A version that follows from what the watchlist says."""
    return content_id(watchlist.model_dump_json())


def _conditions(connection: Connection, wanted: AlertFilter) -> list[ColumnElement[bool]]:
    """The filter in SQL; `AlertFilter.admits` says the same of one alert."""
    found: list[ColumnElement[bool]] = []
    for column, values in (
        (ALERTS.c.watchlist, wanted.watchlists),
        (ALERTS.c.kind, wanted.kinds),
        (ALERTS.c.priority, wanted.priorities),
    ):
        if values:
            found.append(column.in_(values))
    if wanted.since is not None:
        found.append(ALERTS.c.at >= wanted.since)
    if wanted.until is not None:
        found.append(ALERTS.c.at < wanted.until)
    if wanted.places is not None:
        found.append(_has(connection, ALERT_PLACES, ALERT_PLACES.c.place.in_(wanted.places)))
    asked = ([_term(form) for form in forms] for forms in wanted.words)
    return [*found, *(_has(connection, ALERT_WORDS, ALERT_WORDS.c.word.in_(terms)) for terms in asked)]


def _has(connection: Connection, table: Table, is_one: ColumnElement[bool]) -> ColumnElement[bool]:
    """An alert has one of some places or words.

    Few alerts: their numbers are listed. Many: a page is full soon, and each alert on the way is asked.
    """
    few = connection.execute(
        select(func.count()).select_from(select(table.c.seq).where(is_one).limit(_FEW + 1).subquery())
    ).scalar_one()
    if few <= _FEW:
        return ALERTS.c.seq.in_(select(table.c.seq).where(is_one))
    return select(table.c.seq).where(is_one, table.c.seq == ALERTS.c.seq).exists()


def _term(word: str) -> str:
    return _storable(word)[:200]


def _storable(text: str) -> str:
    """Without NUL and lone surrogates: PostgreSQL takes no NUL, and no database a half character."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
