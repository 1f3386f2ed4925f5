"""A statistical tagger: names that no table knows, by how they are made and by the words around them."""

from __future__ import annotations

import re

_UNLINKED = re.compile(r"marsad:[a-z]+/[0-9a-f]{16}")


def is_unlinked(entity_id: str) -> bool:
    """Is it the id of a name that no table knows? The tables' own local ids end in a slug, not in a hash."""
    return _UNLINKED.fullmatch(entity_id) is not None
