"""Where each file came from: its hash, its date and whom to credit."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Source:
    """Where one input came from.

    role         streets, districts, residents, cells, or the kind of places
    file         the file's name, or the name of the place that was downloaded
    sha256       of the file's bytes, in hex; "" for a download
    as_of        the date of the data as the file gives it, or ""
    attribution  the line to print wherever the data is shown
    """

    role: str
    file: str
    sha256: str = ""
    as_of: str = ""
    attribution: str = ""


def catalogue(role: str, path: Path, as_of: str = "", attribution: str = "") -> Source:
    """Return the source of a file, with the hash of its bytes."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return Source(role, path.name, digest, as_of, attribution)
