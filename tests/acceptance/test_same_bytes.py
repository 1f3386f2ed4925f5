"""The same articles give the same bytes in every process: ids follow from content, and replays must not differ."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "streams" / "samples" / "demo.jsonl"


def output(command: list[str], hash_seed: int) -> bytes:
    """What a command prints in a process of its own, whose sets of words have an order of their own."""
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed), "MARSAD_ENCODER": "off"}
    return subprocess.run(
        [sys.executable, "-m", "streams.cli", *command], cwd=ROOT, env=environment, capture_output=True, check=True
    ).stdout


def test_enrichment_does_not_hang_on_the_order_of_sets() -> None:
    command = ["enrich", str(SAMPLES)]
    first = output(command, 1)
    assert first.count(b"\n") > 40
    assert all(output(command, seed) == first for seed in (2, 3))


def test_alerts_do_not_hang_on_the_order_of_sets() -> None:
    command = ["match", "--watchlists", "watchlists", str(SAMPLES)]
    first = output(command, 1)
    assert first.count(b"\n") > 10
    assert output(command, 2) == first
