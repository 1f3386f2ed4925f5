"""The two commands of the README, as far as they can be tried without installing anything."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not there")


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "PYTHON"}
    }
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def python_of_version(folder: Path, answer: int) -> Path:
    """An executable that says whether it is new enough (0) or not (1), and makes no environment."""
    script = folder / "python-of-old"
    script.write_text(f'#!/bin/sh\n[ "$1" = -c ] && exit {answer}\necho "made with $*"\n', "utf-8")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return script


def test_a_python_that_is_too_old_is_named_with_what_to_do(tmp_path):
    old = python_of_version(tmp_path, answer=1)
    tried = make("run", f"VENV={tmp_path}/venv", f"PYTHON={old}")
    assert tried.returncode != 0
    assert f"Marsad needs Python 3.11, 3.12 or 3.13, and {old} is none of them" in tried.stdout
    assert "make run PYTHON=" in tried.stdout
    assert not (tmp_path / "venv").exists()


def test_the_python_that_is_named_makes_the_environment(tmp_path):
    new = python_of_version(tmp_path, answer=0)
    made = make(f"{tmp_path}/venv/bin/python", f"VENV={tmp_path}/venv", f"PYTHON={new}")
    assert made.stdout.strip() == f"made with -m venv {tmp_path}/venv"


def test_test_runs_style_types_layers_and_tests():
    planned = make("--dry-run", "--always-make", "test").stdout
    for tool in ("ruff check", "ruff format", "mypy", "lint-imports", "-m pytest"):
        assert tool in planned
    assert planned.index("--require-hashes -r requirements/base.txt") < planned.index("requirements/dev.txt")


def test_ci_runs_make_test():
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert script.rstrip().endswith("make --no-print-directory test")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_help_lists_every_target():
    listed = make("help").stdout
    for target in ("run", "test", "lint", "bench", "clean", "requirements"):
        assert f"make {target} " in listed
