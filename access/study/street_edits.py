"""Edits of streets: close a road, add a path or a bridge, change the speeds of classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal
from unicodedata import normalize

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator, Field, model_validator

from access._geo import great_circle
from access.errors import InputError, Problem
from access.network.costs import weigh
from access.network.edits import add_way, close_ways
from access.network.graph import Network
from access.network.modes import MODES, PROFILES, mode, way_passage
from access.network.speeds import CLASS_KMH
from access.network.ways import WAY_TAGS
from access.study.edit import Change, Edit, LonLat, Text, check_near, nearest, shown_point

if TYPE_CHECKING:
    from access.study.study import Study

JOIN_M = 30.0
"""A new way whose end is moved farther than this, to a node there is, is pointed out."""
FARTHEST_JOIN_M = 500.0

Ints = npt.NDArray[np.int64]
Tags = dict[str, str]


class CloseRoad(Edit):
    """Close ways to everybody, by their OSM ids or by the name of the road."""

    do: Literal["close_road"] = "close_road"
    ways: Annotated[tuple[int, ...], Field(min_length=1)] | None = None
    name: Text | None = None

    @model_validator(mode="after")
    def _one(self) -> CloseRoad:
        if (self.ways is None) == (self.name is None):
            raise ValueError("ways or name")
        return self

    def change(self, study: Study) -> Change:
        network = study.network
        ids = _named(network, self.name) if self.ways is None else _known(network, self.ways)
        closes = np.isin(network.way_id, ids)[network.way]
        if network.shut is not None:
            closes &= ~network.shut
        after = close_ways(network, ids)
        if not closes.any():  # closed already
            after = network
        km = f"{network.mapped_m[closes].sum() / 1000:,.1f}"
        called = self.name or ", ".join(map(str, ids[:3].tolist())) + " …" * (len(ids) > 3)
        told = (
            f"도로를 막음: {called} (길 {len(ids):,}개, {km} km)",
            f"Close the road {called} ({len(ids):,} ways, {km} km)",
        )
        sets = tuple(("way", str(id)) for id in ids.tolist())
        return Change(study if after is network else study.with_network(after), told, sets)


def _named(network: Network, name: str | None) -> Ints:
    """Return the ids of the ways of a name; raise InputError (E681) with the nearest names."""
    names = [normalize("NFC", tags.get("name", "")) for tags in network.tagsets]
    called = np.array([n == name for n in names], dtype=bool)
    ids: Ints = np.unique(network.way_id[called[network.tags]])
    if not len(ids):
        known = sorted({n for n in names if n})
        facts = {"nearest": nearest(str(name), known)}
        raise InputError.of("E681", column="name", value=name, facts=facts)
    return ids


def _known(network: Network, ways: Sequence[int]) -> Ints:
    ids = np.unique(np.array(ways, dtype=np.int64))
    missing = np.setdiff1d(ids, network.way_id)
    if len(missing):
        listed = ", ".join(map(str, missing[:5].tolist()))
        raise InputError.of("E554", column="ways", facts={"ids": listed})
    return ids


def _such_tags(tags: Tags) -> Tags:
    if not tags or not all(tags.values()):
        raise ValueError("tags")
    return {normalize("NFC", key): normalize("NFC", value) for key, value in tags.items()}


class AddRoad(Edit):
    """Add a path, road or bridge over nodes there are, by their OSM ids or by where it runs.

    Each point of `line` is taken to the nearest node that walkers reach (drivers, for a way that
    is closed to walkers), and how far is told.
    """

    do: Literal["add_road"] = "add_road"
    line: Annotated[tuple[LonLat, ...], Field(min_length=2)] | None = None
    nodes: Annotated[tuple[int, ...], Field(min_length=2)] | None = None
    tags: Annotated[Tags, AfterValidator(_such_tags)] = {"highway": "footway"}  # noqa: RUF012

    @model_validator(mode="after")
    def _one(self) -> AddRoad:
        if (self.line is None) == (self.nodes is None):
            raise ValueError("line or nodes")
        return self

    def change(self, study: Study) -> Change:
        means = self._open_to()
        network = study.network
        nodes, metres = np.array(self.nodes or (), dtype=np.int64), np.zeros(0)
        if self.line is not None:
            line = np.array(self.line)
            check_near(study, "line", line)
            nodes, metres = _join(study, line, means)
        after = add_way(network, nodes.tolist(), self.tags)
        length = f"{after.length[len(network) :].sum():,.0f}"
        kind = self.tags["name"] if "name" in self.tags else self.tags["highway"]
        gaps = ", ".join(f"{m:,.0f}" for m in metres)
        told = (
            f"길을 놓음: {kind}, {length} m" + f" (가까운 교차점까지 {gaps} m)" * bool(gaps),
            f"Add {kind}, {length} m" + f" ({gaps} m to the nearest nodes)" * bool(gaps),
        )
        remarks: tuple[Problem, ...] = ()
        if metres.max(initial=0.0) > JOIN_M:
            facts = {"metres": f"{metres.max():,.0f}"}
            remarks = (Problem("W684", column="line", value=kind, facts=facts),)
        ends = "-".join(map(str, sorted({int(nodes[0]), int(nodes[-1])})))
        tags = repr(sorted(self.tags.items()))
        return Change(study.with_network(after), told, (("road", ends, tags),), remarks)

    def _open_to(self) -> str:
        """Return a mode that may use it; raise InputError for tags that open it to nobody."""
        problems = [
            Problem("E632", column=f"tags.{key}", facts={"nearest": nearest(key, sorted(WAY_TAGS))})
            for key in self.tags
            if key not in WAY_TAGS
        ]
        if problems:
            raise InputError(problems)
        if "highway" in self.tags:
            for name in MODES:
                passage = way_passage(self.tags, mode(name), urban=True)
                if passage.forward or passage.backward:
                    return name
        written = ", ".join(f"{k}={v}" for k, v in self.tags.items())
        raise InputError.of("E685", column="tags", value=written)


def _join(study: Study, line: npt.NDArray[Any], means: str) -> tuple[Ints, npt.NDArray[Any]]:
    """Return the nodes nearest to (n, 2) points, and how many metres away they are."""
    network = study.network
    use = weigh(network, study.mode(means, PROFILES[means][0]), study.urban).usable
    at = np.unique(np.concatenate([network.tail[use], network.head[use]]))
    if not len(at):
        raise InputError.of("E686", column="line", facts={"metres": f"{FARTHEST_JOIN_M:g}"})
    east, north = network.lonlat[at].T
    chosen, metres = [], []
    for point in line:
        away = great_circle(east, north, point[:1], point[1:])
        best = int(away.argmin())
        if away[best] > FARTHEST_JOIN_M:
            facts = {"metres": f"{FARTHEST_JOIN_M:g}"}
            raise InputError.of("E686", column="line", value=shown_point(point), facts=facts)
        chosen.append(network.node_id[at[best]])
        metres.append(float(away[best]))
    return np.array(chosen, dtype=np.int64), np.array(metres)


Kmh = Annotated[float, Field(gt=0, le=200)]


class ChangeSpeeds(Edit):
    """Change how fast cars drive on classes of streets: class -> km/h in town and outside."""

    do: Literal["change_speeds"] = "change_speeds"
    class_kmh: Annotated[dict[str, tuple[Kmh, Kmh]], Field(min_length=1)]

    def change(self, study: Study) -> Change:
        valid = [name for name, *_ in CLASS_KMH]
        unknown = [
            Problem(
                "E632",
                column=f"class_kmh.{name}",
                facts={"nearest": nearest(name, valid)},
            )
            for name in self.class_kmh
            if name not in valid
        ]
        if unknown:
            raise InputError(unknown)
        before = study.mode("drive", "general")
        kmh = tuple((n, *self.class_kmh.get(n, (town, land))) for n, town, land in before.class_kmh)
        now = replace(before, class_kmh=kmh)
        others = tuple(m for m in study.modes if (m.name, m.profile) != ("drive", "general"))
        changed = () if now == mode("drive", "general") else (now,)
        after = study if now == before else replace(study, modes=(*others, *changed))
        listed = ", ".join(f"{n} {a:g}·{b:g} km/h" for n, (a, b) in self.class_kmh.items())
        told = (
            f"승용차 속도를 바꿈(시가지·외곽): {listed}",
            f"Change driving speeds (in town, outside): {listed}",
        )
        return Change(after, told, tuple(("class_kmh", name) for name in self.class_kmh))
