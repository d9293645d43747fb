"""Headers that our names for columns go by, in Korean and English; the list is `aliases.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def aliases(table: str) -> Mapping[str, tuple[str, ...]]:
    """Return our name -> the headers it goes by, the surest first, for one kind of table.

    >>> aliases("cells")["people"][:2]
    ('people', 'population')
    """
    content = files("access.inputs").joinpath("aliases.toml").read_text("utf-8")
    return {ours: tuple(theirs) for ours, theirs in tomllib.loads(content)[table].items()}


def persons() -> tuple[str, ...]:
    """Return the headers of columns that name private persons, which no reader keeps.

    >>> "강사명" in persons()
    True
    """
    return tuple(header for headers in aliases("persons").values() for header in headers)
