"""Names that language packs bring for what the gazetteer holds: languages/<code>/gazetteer.tsv, columns `id`, `names`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.enrichment.gazetteer.index import capitals_of, reading_code
from agents.enrichment.gazetteer.spelling import key_of
from agents.enrichment.gazetteer.tables import cells, read_rows
from agents.enrichment.languages import CODES, pack

if TYPE_CHECKING:
    from agents.enrichment.gazetteer.index import Index

FILE = "gazetteer.tsv"


def add_names(index: Index) -> None:
    """File the names of every pack that has some. Raises ValueError for an id that the gazetteer does not hold."""
    for code in CODES:
        for row in read_rows(pack(code).read(FILE)):
            number = index.numbers.get(row["id"])
            if number is None:
                raise ValueError(
                    f"languages/{code}/{FILE}: no entity has the id {row['id']!r}; take one from the gazetteer's tables"
                )
            for mark, written in cells(row, "names"):
                index.add_name(key_of(written), reading_code(number, mark, capitals=capitals_of(written)))
