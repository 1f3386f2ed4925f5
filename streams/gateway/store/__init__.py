"""What the gateway remembers: a database behind a handful of questions."""

from streams.gateway.store.store import (
    Arrival,
    DeadLetter,
    DevelopmentFilter,
    Feedback,
    Page,
    Position,
    Removed,
    Store,
    StoredAlert,
    StoredWatchlist,
    VersionConflictError,
)

__all__ = [
    "Arrival",
    "DeadLetter",
    "DevelopmentFilter",
    "Feedback",
    "Page",
    "Position",
    "Removed",
    "Store",
    "StoredAlert",
    "StoredWatchlist",
    "VersionConflictError",
]
