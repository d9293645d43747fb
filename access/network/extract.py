"""What an OSM extract holds, whoever read it, on its way to become Ways.

Readers of different formats hand over the same raw lines and nodes, so that the same extract
gives the same streets, whatever file it came in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from access._frozen import frozen
from access._geo import in_korea
from access.errors import InputError
from access.ledger import Findings, Ledger, Tally
from access.network.areas import cross
from access.network.lines import Ints, Lines, Nodes, Runs, SortedLines, distinct, ints
from access.network.restrictions import Told
from access.network.water import Relation, shapes, water
from access.network.ways import NODE_TAGS, WAY_TAGS, Ways

KEYS = (
    "amenity",
    "highway",
    "indoor",
    "man_made",
    "natural",
    "public_transport",
    "railway",
    "route",
    "waterway",
)
"""Every way we keep has one of these keys."""

_MISSING_SHARE = 0.01


def is_street(tags: Mapping[str, str]) -> bool:
    """Say whether a way may be part of a street network (who may pass is for modes to say).

    >>> is_street({"route": "ferry"}), is_street({"building": "yes"})
    (True, False)
    """
    return (
        "highway" in tags
        or tags.get("route") == "ferry"
        or tags.get("man_made") == "pier"
        or tags.get("railway") == "platform"
        or tags.get("public_transport") == "platform"
        or tags.get("indoor") == "corridor"
        or tags.get("amenity") == "parking"
    )


@dataclass
class Extract:
    """Collects the raw lines of one file; then `needed` nodes are found, then `ways` made."""

    findings: Findings
    streets: Lines = field(default_factory=Lines)
    water: Lines = field(default_factory=Lines)  # label 1: an area if it is closed
    members: Lines = field(default_factory=Lines)  # untagged ways that relations need
    relations: dict[int, Relation] = field(default_factory=dict)
    restrictions: Told = field(default_factory=Told)
    _tagsets: dict[tuple[tuple[str, str], ...], int] = field(default_factory=dict)

    def add_way(
        self, id: int, tags: Mapping[str, str], refs: Sequence[int], version: int = 0
    ) -> None:
        """Keep a way as a street, as water, as both, or not at all."""
        try:
            if is_street(tags):
                self.streets.add(id, refs, self._label(tags), version)
            if kind := water(tags):
                self.water.add(id, refs, int(kind == "area"), version)
        except OverflowError:
            stop(self.findings, "E504", id=id)

    def add_relation(
        self, id: int, tags: Mapping[str, str], members: Iterable[tuple[str, int, str]]
    ) -> None:
        """Keep a multipolygon of water or of walkable ground, or a turn restriction.

        `members` are (kind, id, role); the kind begins with n for a node, w for a way.
        """
        if tags.get("type") == "multipolygon" and (is_street(tags) or water(tags) == "area"):
            self.relations[id] = (dict(tags), tuple(m for kind, m, _ in members if kind[0] == "w"))
        elif tags.get("type") == "restriction":
            self.restrictions.add(id, tags, [(kind[0], m, role) for kind, m, role in members])

    def add_member(self, id: int, refs: Iterable[int]) -> None:
        """Keep the nodes of a way that a relation needs."""
        self.members.add(id, refs)

    def wanted(self) -> set[int]:
        """Return the ids of ways that kept relations are made of."""
        return {way for _, ways in self.relations.values() for way in ways}

    def needed(self) -> Ints:
        """Return the ids of all nodes whose places are needed, ascending.

        Raises InputError where there are no streets, or ids that OSM does not give.
        """
        self._borrow_plazas()
        if not len(self.streets):
            stop(self.findings, "E500")
        lowest = min(ints(self.streets.id).min(), ints(self.streets.refs).min(initial=1))
        if lowest < 1:
            stop(self.findings, "E504", id=lowest)
        refs = [ints(lines.refs) for lines in (self.streets, self.water, self.members)]
        return distinct(np.concatenate(refs))

    def ways(self, nodes: Nodes, timestamp: str = "") -> Ways:
        """Return the streets and the water, or raise InputError with every problem."""
        street = SortedLines(self.streets)
        read = len(street)
        repeats = street.drop_repeats()
        if repeats:
            self.findings.note("W505", action="excluded", count=repeats)
        if repeats is None:
            stop(self.findings, "E412")
        runs = Runs(street, nodes)
        self._check_missing(street, runs)

        seen = np.zeros(len(nodes.id), np.bool_)
        seen[runs.node] = True
        used, number = np.flatnonzero(seen), np.cumsum(seen) - 1
        refs = number[runs.node]
        lonlat = np.column_stack([nodes.x[used], nodes.y[used]]) / 1e7
        check_lonlat(lonlat, self.findings)
        twins = len(used) - len(np.unique(nodes.x[used] * 2**32 + nodes.y[used]))
        if twins:
            self.findings.note("F507", action="used", count=twins)
        tagged = np.flatnonzero(seen & np.isin(nodes.id, list(nodes.tags)))
        node_tags = {
            int(number[at]): dict(sorted(nodes.tags[int(nodes.id[at])].items())) for at in tagged
        }

        labels, tags = np.unique(street.label[runs.line], return_inverse=True)
        known = list(self._tagsets)
        order = sorted(range(len(labels)), key=lambda i: known[labels[i]])
        rank = np.empty(len(labels), np.int32)
        rank[order] = np.arange(len(labels))

        way_id, refs = street.id[runs.line], refs.astype(np.int64)
        restrictions = self.restrictions.resolve(
            way_id, runs.first, refs, nodes.id[used], self.findings
        )

        broken, lost = runs.broken_lines, runs.lost_lines
        tally = Tally(
            self.findings.file,
            read,
            used=len(street) - len(broken) - len(lost),
            repaired=len(broken),
            excluded=len(lost) + read - len(street),
        )
        ways = Ways(
            node_id=frozen(nodes.id[used]),
            lonlat=frozen(lonlat, np.float64),
            node_tags=node_tags,
            way_id=frozen(way_id),
            first=frozen(runs.first),
            refs=frozen(refs),
            tags=frozen(rank[tags], np.int32),
            tagsets=tuple(dict(known[labels[i]]) for i in order),
            restrictions=restrictions,
            water=shapes(self.water, self.members, self.relations, nodes),
            timestamp=timestamp,
            file=self.findings.file,
        )
        ways, rough = cross(ways, self._plazas())
        if rough:
            self.findings.note("F506", action="used", count=rough)
        return replace(ways, ledger=Ledger(self.findings.close(read).entries, (tally,)))

    def _label(self, tags: Mapping[str, str]) -> int:
        kept = tuple(sorted([(k, v) for k, v in tags.items() if k in WAY_TAGS]))
        return self._tagsets.setdefault(kept, len(self._tagsets))

    def _plazas(self) -> list[Relation]:
        return [plaza for _, plaza in sorted(self.relations.items()) if is_street(plaza[0])]

    def _borrow_plazas(self) -> None:
        """Make streets of the outlines of walkable multipolygons, which bear no tags themselves."""
        taken = set(self.streets.id)
        lines = {way: at for at, way in enumerate(self.members.id)}
        for tags, ways in self._plazas():
            label = self._label({**tags, "area": "yes"})
            for way in ways:
                if way in lines and way not in taken:
                    taken.add(way)
                    at = lines[way]
                    refs = self.members.refs[self.members.first[at] : self.members.first[at + 1]]
                    self.streets.add(way, refs, label)

    def _check_missing(self, street: SortedLines, runs: Runs) -> None:
        """Say which ways were cut or left out, and stop where none is left."""
        short = int(np.count_nonzero(np.diff(street.first) < 2))
        if short:
            self.findings.note("W501", action="excluded", count=short)
        if runs.missing:
            needed = len(distinct(street.refs))
            share = runs.missing / needed
            if not len(runs.line):
                stop(self.findings, "E502", missing=runs.missing, needed=needed)
            self.findings.note(
                "W502" if share > _MISSING_SHARE else "F503",
                missing=runs.missing,
                percent=f"{100 * share:.2g}",
                ways=len(runs.broken_lines),
                lost=len(runs.lost_lines) - short,
            )
        if not len(runs.line):
            stop(self.findings, "E500")


def check_lonlat(lonlat: npt.NDArray[np.float64], findings: Findings) -> None:
    """Stop where degrees cannot be right: swapped, off the globe, or across the antimeridian."""
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    swapped = lonlat[:, ::-1]
    if len(lonlat) and in_korea(swapped).all():
        stop(findings, "E530", x=f"{lon[0]:.4f}", y=f"{lat[0]:.4f}")
    wrong = ~((np.abs(lon) <= 180) & (np.abs(lat) <= 90))
    if wrong.any():
        at = int(np.argmax(wrong))
        stop(
            findings,
            "E531",
            count=int(np.count_nonzero(wrong)),
            x=f"{lon[at]:.4f}",
            y=f"{lat[at]:.4f}",
        )
    if len(lonlat) and np.ptp(lon) > 180:
        stop(findings, "E532", west=f"{lon.min():.1f}", east=f"{lon.max():.1f}")
    if (np.abs(lat) > 85).any():
        stop(findings, "E533", lat=f"{lat[np.argmax(np.abs(lat))]:.1f}")


def node_tags(tags: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the tags of a node that any rule reads.

    >>> node_tags([("barrier", "gate"), ("note", "seen")])
    {'barrier': 'gate'}
    """
    return {key: value for key, value in tags if key in NODE_TAGS}


def stop(findings: Findings, code: str, **facts: Any) -> NoReturn:
    """Note an error after which a file cannot be used, and raise with all found so far."""
    findings.note(code, **facts)
    raise InputError(findings.errors)
