"""Which model is it? A name for what a folder of a model holds."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def fingerprint(folder: Path) -> str:
    """Eight hexadecimal digits of the names and contents of all files: a folder that changes is another model."""
    digest = hashlib.blake2b(digest_size=4)
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0")
        with file.open("rb") as content:
            digest.update(hashlib.file_digest(content, "sha256").digest())
    return digest.hexdigest()
