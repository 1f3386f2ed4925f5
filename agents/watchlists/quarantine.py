"""Which watchlists are left out because asking them fails or takes too long, until they are changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Fault = Literal["error", "overrun"]

#: Faults one after the other, with no answer in good time between them, after which a watchlist is left out.
STRIKES = 3


@dataclass(frozen=True, slots=True)
class Trouble:
    """A watchlist that could not be asked, or answered late; `quarantined`: it is left out from here on."""

    watchlist: str
    fault: Fault
    said: str
    quarantined: bool = False

    def __str__(self) -> str:
        """A line for the log, with the fix."""
        what = "failed" if self.fault == "error" else "took too long"
        after = (
            f"; after {STRIKES} in a row it is quarantined: mend its query and add it again"
            if self.quarantined
            else "; the others were asked"
        )
        return f"watchlist '{self.watchlist}' {what}: {self.said}{after}"


class Quarantine:
    """Faults of watchlists, in a row, and who is left out for them."""

    def __init__(self) -> None:
        self._strikes: dict[str, int] = {}
        self._out: dict[str, Trouble] = {}

    def __len__(self) -> int:
        return len(self._out)

    def __contains__(self, watchlist: str) -> bool:
        return watchlist in self._out

    def fault(self, watchlist: str, fault: Fault, said: str) -> Trouble:
        """Count a fault; what comes of it."""
        strikes = self._strikes[watchlist] = self._strikes.get(watchlist, 0) + 1
        trouble = Trouble(watchlist, fault, said, quarantined=strikes >= STRIKES)
        if trouble.quarantined:
            self._out[watchlist] = trouble
        return trouble

    def good(self, watchlist: str) -> None:
        """It answered in time: its faults no longer stand in a row."""
        if self._strikes:
            self._strikes.pop(watchlist, None)

    def release(self, watchlist: str) -> None:
        """It was changed, or is gone."""
        self._strikes.pop(watchlist, None)
        self._out.pop(watchlist, None)
