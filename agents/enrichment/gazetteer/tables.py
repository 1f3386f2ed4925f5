"""The tables of the gazetteer as they are written: TSV files with marks before names (DATASHEET.md)."""

from __future__ import annotations

import csv
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What stands before a name in a cell, and what it asks for.
MARKS = {"~": "short", "?": "cue", "!": "strong_cue", "@": "sport", "&": "context", "^": "kind", "%": "home"}

#: Places but countries, and what is neither place nor person. Of two things with one name and no other hint, the one in
#: the earlier table and row is meant.
PLACES = ("places.tsv", "towns.tsv", "divisions.tsv")
THINGS = ("organisations.tsv", "products.tsv", "events.tsv")
TABLES = ("countries.tsv", *PLACES, *THINGS, "people.tsv")


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a table, by column."""
    text = (resources.files(__package__) / name).read_text(encoding="utf-8")
    yield from read_rows(text)


def read_rows(text: str) -> Iterator[dict[str, str]]:
    """The rows of a table's text; lines that begin with # are remarks."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def cells(row: dict[str, str], *columns: str) -> Iterator[tuple[str, str]]:
    """Mark and name, for every name in these columns."""
    for column in columns:
        for cell in (row.get(column) or "").split("|"):
            if cell:
                yield (cell[0], cell[1:]) if cell[0] in MARKS else ("", cell)


def bare(cell: str) -> str:
    """A name without its mark."""
    return cell[1:] if cell[:1] in MARKS else cell
