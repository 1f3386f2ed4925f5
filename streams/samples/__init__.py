"""What ships with Marsad to try it with: articles written for it, and watchlists that people can use as they are."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent

#: A truce from talks to collapse among ordinary news, in Arabic and English.
DEMO = _HERE / "demo.jsonl"

#: The watchlists; in a clone of the repository, `watchlists` leads here.
WATCHLISTS = _HERE / "watchlists"
