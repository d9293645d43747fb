"""Edits of people: more or fewer of them in a 읍·면·동, or some who move to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from access._frozen import frozen
from access.errors import InputError
from access.inputs.population import age_span
from access.study.edit import Change, Edit, Text, find_district

if TYPE_CHECKING:
    from access.study.study import Study

Floats = npt.NDArray[np.float64]
Group = Annotated[Text, Field(description="a group of the study: all, 65+ ...")]


class ScalePeople(Edit):
    """Multiply the people of a group in a 읍·면·동, or in the whole city."""

    do: Literal["scale_people"] = "scale_people"
    district: Text | None = None
    group: Group = "all"
    factor: Annotated[float, Field(ge=0, le=100)]

    def change(self, study: Study) -> Change:
        relations = _relations(study, self.group)
        home, where = study.cell_district >= 0, ("온 도시", "the city")
        if self.district is not None:
            i = find_district(study, "district", self.district)
            home, where = study.cell_district == i, (str(study.districts.names[i]),) * 2
        some = study.groups[self.group]
        more = np.where(home, some * (self.factor - 1), 0.0)
        groups = _with(study, relations, more, np.where(home, self.factor, 1.0))
        told = (
            f"인구를 {self.factor:g}배로: {where[0]}, {self.group} ({more.sum():+,.0f}명)",
            f"People times {self.factor:g}: {where[1]}, {self.group} ({more.sum():+,.0f})",
        )
        sets = ("people", self.district or "", self.group)
        return Change(replace(study, groups=groups), told, (sets,))


class MovePeople(Edit):
    """Move people of a group from one 읍·면·동 to another.

    Those who go are spread over the cells they leave as the group is, and over the cells they come
    to as all people there are.
    """

    do: Literal["move_people"] = "move_people"
    source: Annotated[Text, Field(alias="from")]
    target: Annotated[Text, Field(alias="to")]
    group: Group = "all"
    people: Annotated[float, Field(gt=0)]

    def change(self, study: Study) -> Change:
        relations = _relations(study, self.group)
        a = find_district(study, "from", self.source)
        b = find_district(study, "to", self.target)
        if a == b:
            raise InputError.of("E633", column="to", value=self.target, facts={"why": _SAME})
        leave, come = study.cell_district == a, study.cell_district == b
        there = float(study.groups[self.group][leave].sum())
        if self.people > there * (1 + 1e-9):
            facts = {"people": f"{there:,.0f}", "group": self.group}
            raise InputError.of("E687", column="people", value=f"{self.people:,g}", facts=facts)
        taking = study.groups["all"] * come
        if not taking.sum() > 0:
            raise InputError.of("E688", column="to", value=self.target)
        share = self.people / there
        onto = taking / taking.sum()
        groups = {}
        for name, people in study.groups.items():
            if (how := relations[name]) is None:  # none of them moves
                groups[name] = people
                continue
            going = np.where(leave, (people if how == "part" else study.groups[self.group]), 0.0)
            going = going * share
            groups[name] = frozen(np.maximum(people - going, 0.0) + onto * going.sum())
        names = study.districts.names
        told = (
            f"인구 이동: {names[a]} → {names[b]}, {self.group} {self.people:,g}명",
            f"{self.people:,g} people ({self.group}) move from {names[a]} to {names[b]}",
        )
        sets = ("people", self.source, self.target, self.group)
        return Change(replace(study, groups=groups), told, (sets,))


_SAME = "떠나는 곳과 같습니다", "it is where they come from"


def _relations(study: Study, group: str) -> Mapping[str, str | None]:
    """Return, for each group of the study, what a change of one group means for it.

    "whole" holds the group, "part" lies within it (or is it), None shares nobody with it. Raises
    InputError where the study has no such group (E637), or has one that shares some ages and not
    others with it (E689): nobody knows how many of those would change.
    """
    if group not in study.groups:
        raise InputError.of(
            "E637", column="group", value=group, facts={"groups": ", ".join(study.groups)}
        )
    ages = age_span(group) or (0, 0)
    found: dict[str, str | None] = {}
    for other in study.groups:
        first, last = age_span(other) or (0, 0)
        if ages[0] <= first and last <= ages[1]:
            found[other] = "part"
        elif first <= ages[0] and ages[1] <= last:
            found[other] = "whole"
        elif last < ages[0] or ages[1] < first:
            found[other] = None
        else:
            raise InputError.of("E689", column="group", value=group, facts={"other": other})
    return found


def _with(
    study: Study, relations: Mapping[str, str | None], more: Floats, times: Floats
) -> Mapping[str, Floats]:
    """Return the groups with `more` people in those that hold the group, its parts multiplied."""
    groups = {}
    for name, people in study.groups.items():
        how = relations[name]
        if how == "whole":
            people = frozen(np.maximum(people + more, 0.0))
        elif how == "part":
            people = frozen(people * times)
        groups[name] = people
    return groups
