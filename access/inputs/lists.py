"""Lists: records that have a row of some file for each item, and several of them as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from access._frozen import Record, frozen, texts
from access.errors import InputError, Problem
from access.ledger import Findings, Ledger

T = TypeVar("T", bound="Listed")


class Listed(Record):
    """Items in the order of their files: places, classes.

    attributes           further columns of the files, as text, by column name
    rows, files, sheets  (n,) where each item stands; a row of 0 is in no file
    """

    __slots__ = ()

    ids: npt.NDArray[np.str_]
    attributes: Mapping[str, npt.NDArray[np.str_]]
    rows: npt.NDArray[np.int64] | None
    files: npt.NDArray[np.str_] | None
    sheets: npt.NDArray[np.str_] | None
    ledger: Ledger

    def __len__(self) -> int:
        return len(self.ids)

    def row(self, i: int) -> int | None:
        """Return the row of an item in its file; None for one that a scenario adds."""
        return None if self.rows is None else int(self.rows[i]) or None

    def findings(self, i: int) -> Findings:
        """Return where to note something about an item: its own file and sheet."""
        file = "" if self.files is None else str(self.files[i])
        return Findings(file, "" if self.sheets is None else str(self.sheets[i]))


def join(parts: Sequence[T], arrays: Iterable[str], twice: str, **more: Any) -> T:
    """Return the items of several files as one record, in their order.

    arrays  the fields that are arrays by item; those of `Listed` are joined anyway
    twice   the code of an id that two files give
    more    fields that are joined already

    Attributes a file does not have are blank for its items. Raises InputError with every id that
    two files give.
    """
    seen: dict[str, str] = {}
    doubles = []
    for part in parts:
        for i, id in enumerate(part.ids.tolist()):
            at = part.findings(i)
            if id in seen:
                facts = {"other": seen[id]}
                doubles.append(
                    Problem(twice, at.file, part.row(i), value=id, sheet=at.sheet, facts=facts)
                )
            seen[id] = f"{at.file} [{at.sheet}]" if at.sheet else at.file
    if doubles:
        raise InputError(doubles)
    names = dict.fromkeys(name for part in parts for name in part.attributes)

    def column(field: str) -> npt.NDArray[Any]:
        return frozen(np.concatenate([getattr(part, field) for part in parts]))

    def attribute(name: str) -> npt.NDArray[np.str_]:
        blank = [part.attributes.get(name, np.full(len(part), "")) for part in parts]
        return texts(np.concatenate(blank))

    record: Any = type(parts[0])
    joined: T = record(
        **{field: column(field) for field in (*arrays, "rows", "files", "sheets")},
        attributes={name: attribute(name) for name in names},
        ledger=sum((part.ledger for part in parts), Ledger()),
        **more,
    )
    return joined
