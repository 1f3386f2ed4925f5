"""Logs for people, or one JSON object a line, on standard error."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from streams.settings import Settings

#: Libraries whose information is ours to give, or nobody's.
_QUIET = {
    "faust": "warning",
    "mode": "warning",
    "aiokafka": "error",
    "kafka": "critical",
    "aiohttp": "warning",
    # where mode logs for what we derive from Faust
    "streams.app": "warning",
    "streams.steady": "warning",
}


class JsonLines(logging.Formatter):
    """time, level, logger, message and, where there is one, the exception."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line).decode()


def configure(settings: Settings) -> None:
    """Log as the settings say. At level debug, libraries speak too."""
    handler = logging.StreamHandler(sys.stderr)
    text = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S")
    handler.setFormatter(JsonLines() if settings.log_format == "json" else text)
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler], force=True)
    for name, level in _QUIET.items():
        wanted = "debug" if settings.log_level == "debug" and name != "kafka" else level
        logging.getLogger(name).setLevel(wanted.upper())
