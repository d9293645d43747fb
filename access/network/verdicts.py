"""Verdicts: what a rule says about many sets of tags, asked once for all that are alike to it.

Streets differ mostly by name, and no rule asks for names. Sets of tags that agree in all that a
rule asks for get the same verdict, and which keys these are the rule shows by asking.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, Never, TypeVar

import numpy as np
import numpy.typing as npt

from access.network.permits import Tags

Verdict = TypeVar("Verdict", bound=Hashable)


class _Asked(Mapping[str, str]):
    """Tags that note which keys are asked for, whether they have them or not."""

    def __init__(self, tags: Tags, asked: set[str]) -> None:
        self.tags, self.asked = tags, asked

    def __contains__(self, key: object) -> bool:
        self.asked.add(str(key))
        return key in self.tags

    def __getitem__(self, key: str) -> str:
        self.asked.add(key)
        return self.tags[key]

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return self.tags.get(key, default)

    def __iter__(self) -> Never:
        raise TypeError("a rule asks for keys; what else is tagged must not matter to it")

    __len__ = __iter__


def verdicts(
    tagsets: Iterable[Tags], rule: Callable[[Tags], Verdict]
) -> tuple[list[Verdict], npt.NDArray[np.int64]]:
    """Return the different verdicts of a rule, and for each set of tags the index of its own.

    >>> streets = [{"name": "대학로", "oneway": "yes"}, {"name": "종로"}, {"oneway": "yes"}]
    >>> found, which = verdicts(streets, lambda tags: tags.get("oneway") == "yes")
    >>> found, which.tolist()
    ([True, False], [0, 1, 0])
    """
    asked: set[str] = set()
    found: dict[Verdict, int] = {}
    known: dict[frozenset[tuple[str, str]], int] = {}

    def alike(tags: Tags) -> frozenset[tuple[str, str]]:
        return frozenset([tag for tag in tags.items() if tag[0] in asked])

    which = []
    for tags in tagsets:
        index = known.get(alike(tags))
        if index is None:
            verdict = rule(_Asked(tags, asked))  # may ask for more, so that fewer are alike
            index = known[alike(tags)] = found.setdefault(verdict, len(found))
        which.append(index)
    return list(found), np.array(which, dtype=np.int64)
