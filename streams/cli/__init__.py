"""`marsad`, the command line: data on standard output, everything else on standard error, non-zero when something is wrong."""

from __future__ import annotations

from streams.cli.app import main

__all__ = ["main"]
