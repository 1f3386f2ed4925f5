"""No figure of the golden sets is under its floor: floors.tsv says which, and is where a floor is raised."""

from functools import cache
from pathlib import Path

import pytest

from agents.enrichment.encoder import open_encoder
from agents.enrichment.enrich import Enricher
from agents.evaluation.figures import added_up
from agents.evaluation.sets import GOLDEN, read_floors

HERE = Path(__file__).parent
FLOORS = list(read_floors((HERE / "floors.tsv").read_text("utf-8"), "floors.tsv"))


@cache
def figures(name):
    pattern, score = GOLDEN[name]
    enricher = Enricher(open_encoder("use") if name == "topics" else None)
    found = (f for file in sorted(HERE.glob(pattern)) for f in score(file.read_text("utf-8"), file.name, enricher))
    return {(figure.measure, figure.part): figure for figure in added_up(found)}


@pytest.mark.parametrize(
    "floor", FLOORS, ids=lambda f: f"{f.enricher}-{f.measure}-{f.part}-{f.share}".replace(" ", "_")
)
def test_figures_are_not_under_their_floors(floor):
    figure = figures(floor.enricher)[floor.measure, floor.part]
    assert floor.reached_by(figure), (getattr(figure, floor.share), figure.mistakes)
