"""The command line, called in this process."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, Protocol

import pytest

from streams.cli.app import main

if TYPE_CHECKING:
    from pathlib import Path


class CommandLine(Protocol):
    """`marsad` and its words: exit code, standard output, standard error."""

    def __call__(self, *words: str, stdin: bytes = b"") -> tuple[int, str, str]: ...


def command_line(
    monkeypatch: pytest.MonkeyPatch, captured: pytest.CaptureFixture[bytes], folder: Path, **settings: str
) -> CommandLine:
    """Call it in a folder, under these settings and no others."""
    for name in [name for name in os.environ if name.startswith("MARSAD_")]:
        monkeypatch.delenv(name)
    for name, value in {"MARSAD_ENCODER": "off", "COLUMNS": "200", "TERM": "dumb", **settings}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(folder)

    def call(*words: str, stdin: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["marsad", *words])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        captured.readouterr()
        with pytest.raises(SystemExit) as exited:
            main()
        out, err = captured.readouterr()
        return int(exited.value.code or 0), out.decode(), err.decode()

    return call
