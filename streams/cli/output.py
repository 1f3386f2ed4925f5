"""What goes where: records to standard output, words about them to standard error."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.console import Console

from streams.render import visible

if TYPE_CHECKING:
    from streams.records import Alert


def emit(line: bytes) -> None:
    """One line of data, at once: who pipes wants to see it now."""
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def say(text: str) -> None:
    """A line for people."""
    sys.stderr.write(f"{visible(text)}\n")
    sys.stderr.flush()


def counted(number: int, noun: str) -> str:
    """'1 alert', '2,000 alerts'."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def complain(error: Exception) -> None:
    """One line that says what is wrong and what to do."""
    say(f"error: {error}")


def errors_console() -> Console:
    """For tables and progress bars beside the data."""
    return Console(stderr=True, highlight=False)


def console() -> Console:
    """For what is data to people: colour and style where a terminal shows them, plain text in a pipe."""
    # Rich would cut lines at 80 columns in a pipe; the reader's terminal wraps better.
    return Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 500)


def show_alert(alert: Alert, to: Console) -> None:
    """An alert as people read it."""
    from streams.render import alert_block

    to.print(alert_block(alert), soft_wrap=True)
    to.print()
