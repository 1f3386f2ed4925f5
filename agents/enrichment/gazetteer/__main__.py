"""Rebuilds what is built of the gazetteer: `python -m agents.enrichment.gazetteer`, or `make gazetteer`."""

from __future__ import annotations

from agents.enrichment.gazetteer import compile as compiler
from agents.enrichment.gazetteer import towns

towns.main()
compiler.main()
