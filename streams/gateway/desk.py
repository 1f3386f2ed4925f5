"""Watchlists as people change them: checked before, and put onto their topic."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING

from agents.watchlists.lint import LintWarning, lint
from agents.watchlists.matcher import WIKIDATA_ID, Vocabulary, compile_query
from agents.watchlists.presearch import in_watchlist
from streams.admin import Producer
from streams.codec import encode, schema_headers
from streams.errors import BrokerError, QuerySyntaxError
from streams.records import EntityType
from streams.topics import WATCHLISTS

if TYPE_CHECKING:
    from streams.gateway.store import Store
    from streams.records import Watchlist
    from streams.settings import Settings


class Desk:
    """Where watchlists are checked, changed and removed. Its methods block: call them from threads."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._loading = threading.Lock()
        self._producer: Producer | None = None

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary.load()

    @property
    def vocabulary(self) -> Vocabulary:
        """Names and topics; loading them takes a second."""
        with self._loading:
            return self._vocabulary

    def places_named(self, name: str) -> frozenset[str] | None:
        """Ids of the places of that name in any language, or the id itself."""
        if WIKIDATA_ID.fullmatch(name):
            return frozenset((name,))
        return self.vocabulary.names.ids_named(name, {EntityType.PLACE}) or None

    def check(self, watchlist: Watchlist) -> list[LintWarning]:
        """What looks wrong in it. Raises WatchlistError, its cause with line and column, where it *is* wrong."""
        try:
            compile_query(watchlist.query, self.vocabulary)
            return lint(watchlist, self.vocabulary)
        except QuerySyntaxError as error:
            raise in_watchlist(watchlist.id, watchlist.query, error) from error

    def put(self, watchlist: Watchlist, expected: str | None) -> list[LintWarning]:
        """Put it in force, in place of the version that is expected (None: there is none).

        Raises WatchlistError, VersionConflictError, BrokerError.
        """
        warnings = self.check(watchlist)
        self._connected()
        self._store.change_watchlist(
            watchlist.id, watchlist, expected=expected, publish=lambda: self._publish(watchlist.id, watchlist)
        )
        return warnings

    def remove(self, watchlist_id: str, expected: str) -> None:
        """Take it out of force. Raises VersionConflictError, BrokerError."""
        self._connected()
        self._store.change_watchlist(
            watchlist_id, None, expected=expected, publish=lambda: self._publish(watchlist_id, None)
        )

    def _publish(self, watchlist_id: str, watchlist: Watchlist | None) -> int:
        """Its offset. Raises BrokerError."""
        value = encode(watchlist) if watchlist else None
        headers = schema_headers(watchlist) if watchlist else None
        try:
            return self._connected().deliver(WATCHLISTS.name, watchlist_id.encode(), value, headers)
        except BrokerError:
            self._producer = None
            raise

    def _connected(self) -> Producer:
        """The producer, kept: connecting takes longer than sending. Asked for before others have to wait."""
        with self._loading:
            if self._producer is None:
                self._producer = Producer(self._settings)
            return self._producer
