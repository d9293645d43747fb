"""Edits: the closed list of what a scenario may change, and how each is written.

A new kind of edit is a class with `do` and `change`, and a line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from access.errors import InputError, Problem
from access.study.class_edits import AddClass, CancelClass, ChangeClass
from access.study.edit import Edit, nearest
from access.study.people_edits import MovePeople, ScalePeople
from access.study.place_edits import (
    AddPlace,
    ChangeHours,
    ChangeSeats,
    ClosePlace,
    MovePlace,
    OpenPlace,
)
from access.study.street_edits import AddRoad, ChangeSpeeds, CloseRoad

__all__ = ["EDITS", "Edit", "parse", "written"]

_KINDS: tuple[type[Edit], ...] = (
    OpenPlace,
    AddPlace,
    ClosePlace,
    MovePlace,
    ChangeHours,
    ChangeSeats,
    AddClass,
    CancelClass,
    ChangeClass,
    CloseRoad,
    AddRoad,
    ChangeSpeeds,
    ScalePeople,
    MovePeople,
)
EDITS: Final[Mapping[str, type[Edit]]] = {kind.model_fields["do"].default: kind for kind in _KINDS}
"""What `do` may say -> the class of the edit."""


def parse(given: Any) -> Edit:
    """Return the edit that a mapping tells, as a file has it; an edit is returned as it is.

    Raises InputError with every unknown or missing key and unusable value, naming the nearest.

    >>> parse({"do": "open_place", "place": "idle-004"})
    OpenPlace(do='open_place', place='idle-004', kind='centre', seats=None, hours=None)
    """
    if isinstance(given, Edit):
        return given
    if not isinstance(given, Mapping):
        raise InputError.of("E633", value=str(given), facts={"why": _WANTED["model"]})
    do = given.get("do")
    if do is None:
        raise InputError.of("E631", column="do", facts={"valid": ", ".join(EDITS)})
    if do not in EDITS:
        facts = {"nearest": nearest(str(do), list(EDITS), 1), "valid": ", ".join(EDITS)}
        raise InputError.of("E630", column="do", value=str(do), facts=facts)
    kind = EDITS[do]
    try:
        return kind.model_validate(dict(given))
    except ValidationError as error:
        raise InputError(_explain(kind, detail) for detail in error.errors()) from None


def written(edit: Edit) -> dict[str, Any]:
    """Return an edit as a file has it: what is not said is left out.

    >>> written(parse({"do": "scale_people", "factor": 2}))
    {'do': 'scale_people', 'group': 'all', 'factor': 2.0}
    """
    return edit.model_dump(mode="json", by_alias=True, exclude_none=True)


def _explain(kind: type[Edit], detail: Any) -> Problem:
    """Turn one of pydantic's findings into a sentence a planner can act on."""
    loc = ".".join(str(step) for step in detail["loc"] if isinstance(step, str) and step != "[key]")
    valid = [field.alias or name for name, field in kind.model_fields.items()]
    if detail["type"] == "extra_forbidden":
        return Problem("E632", column=loc, facts={"nearest": nearest(loc, valid, 1)})
    if detail["type"] == "missing" and len(detail["loc"]) == 1:
        return Problem("E631", column=loc, facts={"valid": ", ".join(valid)})
    words = detail["type"].partition("_")[0]
    if detail["type"] == "value_error":
        words = str(detail["ctx"]["error"])
    why = _WANTED.get(words, (detail["msg"], detail["msg"]))
    if "ge" in detail.get("ctx", {}) or "gt" in detail.get("ctx", {}):
        least = detail["ctx"].get("ge", detail["ctx"].get("gt"))
        why = f"{least} 아래로는 쓸 수 없습니다", f"it is below {least}"
    elif "le" in detail.get("ctx", {}):
        most = detail["ctx"]["le"]
        why = f"{most}을(를) 넘습니다", f"it is above {most}"
    value = None if isinstance(detail["input"], Mapping) else str(detail["input"])
    return Problem("E633", column=loc, value=value, facts={"why": why})


_WANTED = {
    "string": ("글자를 적으세요", "a text is wanted"),
    "int": ("정수를 적으세요", "a whole number is wanted"),
    "float": ("수를 적으세요", "a number is wanted"),
    "finite": ("수를 적으세요", "a number is wanted"),
    "bool": ("true나 false를 적으세요", "true or false is wanted"),
    "tuple": ("[127.51, 37.10]처럼 목록을 적으세요", "a list such as [127.51, 37.10] is wanted"),
    "missing": ("경도와 위도를 모두 적으세요", "both longitude and latitude are wanted"),
    "too": ("개수가 맞지 않습니다", "the list is too short or too long"),
    "dict": (
        '{ highway = "footway" }처럼 적으세요',
        'a table such as { highway = "footway" } is wanted',
    ),
    "model": ("[[edit]] 표로 적으세요", "an [[edit]] table is wanted"),
    "hours": (
        "'월~금 09:00-21:00, 토 10:00-17:00'처럼 적으세요",
        "write it as in 'Mo-Fr 09:00-21:00, Sa 10:00-17:00'",
    ),
    "ways or name": ("ways와 name 가운데 하나만 적으세요", "give either ways or name"),
    "line or nodes": ("line과 nodes 가운데 하나만 적으세요", "give either line or nodes"),
    "weekdays": ("'월~금', '화, 목'처럼 적으세요", "write it as in 'Mo-Fr' or '화, 목'"),
    "time": ("'19:00'처럼 적으세요", "write it as in '19:00'"),
    "tags": ("태그와 값을 적으세요", "tags with values are wanted"),
}
"""What is wanted instead, by the first word of the kind of pydantic's finding, or by our own."""
