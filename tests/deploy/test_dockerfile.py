"""The image: linted, not root, built from pinned requirements and from files that exist."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from streams.settings import table

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
HADOLINT = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which("hadolint")


@pytest.mark.skipif(HADOLINT is None, reason="hadolint is not there: its package has a binary for Linux on x86-64 only")
def test_the_linter_finds_nothing():
    linted = subprocess.run(
        [HADOLINT, "--no-color", "deploy/Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert linted.returncode == 0, linted.stdout


def test_base_images_are_pinned_and_of_one_python():
    versions = re.findall(r"^FROM python:(\d+\.\d+\.\d+)-", DOCKERFILE, re.MULTILINE)
    assert len(versions) == DOCKERFILE.count("FROM ")
    assert len(set(versions)) == 1


def test_it_runs_as_a_number_that_is_not_root():
    users = re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE)
    assert users
    assert int(users[-1]) > 0


def test_what_it_copies_exists_and_is_not_ignored():
    allowed = {
        line[1:] for line in (ROOT / "deploy" / "Dockerfile.dockerignore").read_text().splitlines() if line[:1] == "!"
    }
    copied = [
        path for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE) for path in line.split()[:-1]
    ]
    assert copied
    for path in copied:
        assert (ROOT / path).exists(), path
        assert path in allowed, path


def test_only_settings_that_exist_are_set():
    assert set(re.findall(r"\b(MARSAD_[A-Z_]+)=", DOCKERFILE)) <= {row.variable for row in table()}
