"""What an OSM extract holds, whoever read it, on its way to become Ways.

Readers of different formats hand over the same raw lines and nodes, so that the same extract
gives the same streets, whatever file it came in.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from access._frozen import frozen
from access._geo import in_korea
from access.errors import InputError
from access.ledger import Findings, Ledger, Tally
from access.network.ways import NODE_TAGS, WAY_TAGS, Ways

Ints = npt.NDArray[np.int64]

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
"""Every way or area we keep has one of these keys."""

STEP = 1e-7
"""OSM's own unit of longitude and latitude, in degrees (about a centimetre)."""
_MISSING_SHARE = 0.01
_WATERWAYS = ("river", "canal", "stream")
_UNDERGROUND = ("yes", "culvert", "flooded")


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


def is_military(tags: Mapping[str, str]) -> bool:
    """Say whether a feature must never be shown: military land, or ways only the military may use.

    >>> is_military({"natural": "water", "military": "naval_base"})
    True
    """
    return (
        "military" in tags or tags.get("landuse") == "military" or tags.get("access") == "military"
    )


def water(tags: Mapping[str, str]) -> str:
    """Return how water is drawn: "area", "line", or "" for what is no water one can see.

    >>> water({"natural": "water"}), water({"waterway": "stream", "tunnel": "culvert"})
    ('area', '')
    """
    if is_military(tags):
        return ""
    if tags.get("natural") == "water" or tags.get("waterway") == "riverbank":
        return "area"
    if tags.get("natural") == "coastline":
        return "line"
    open_air = tags.get("tunnel") not in _UNDERGROUND
    return "line" if open_air and tags.get("waterway") in _WATERWAYS else ""


class Lines:
    """Lines of nodes in compact arrays: an id, a version, a label and node ids for each."""

    def __init__(self) -> None:
        self.id = array("q")
        self.version = array("q")
        self.label = array("q")
        self.first = array("q", [0])
        self.refs = array("q")

    def __len__(self) -> int:
        return len(self.id)

    def add(self, id: int, refs: Iterable[int], label: int = 0, version: int = 0) -> None:
        """Append a line."""
        self.id.append(id)
        self.version.append(version)
        self.label.append(label)
        self.refs.extend(refs)
        self.first.append(len(self.refs))


@dataclass(frozen=True, slots=True)
class Nodes:
    """Where nodes are: ids ascending, `x` and `y` in steps of 1e-7 degrees, tags by id."""

    id: Ints
    x: Ints
    y: Ints
    tags: Mapping[int, Mapping[str, str]]


@dataclass
class Extract:
    """Collects the raw lines of one file; then `needed` nodes are found, then `ways` made."""

    findings: Findings
    streets: Lines = field(default_factory=Lines)
    water: Lines = field(default_factory=Lines)  # label 1: an area if it is closed
    members: Lines = field(default_factory=Lines)  # untagged ways that relations need
    relations: dict[int, tuple[dict[str, str], tuple[int, ...]]] = field(default_factory=dict)
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

    def add_relation(self, id: int, tags: Mapping[str, str], ways: Iterable[int]) -> None:
        """Keep a multipolygon of water or of walkable ground; `ways` are its members."""
        if tags.get("type") == "multipolygon" and (is_street(tags) or water(tags) == "area"):
            self.relations[id] = (dict(tags), tuple(ways))

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
        lowest = min(min(self.streets.id), min(self.streets.refs, default=1))
        if lowest < 1:
            stop(self.findings, "E504", id=lowest)
        refs = [_ints(lines.refs) for lines in (self.streets, self.water, self.members)]
        return np.unique(np.concatenate(refs))

    def ways(self, nodes: Nodes, timestamp: str = "") -> Ways:
        """Return the streets and the water, or raise InputError with every problem."""
        street = _Sorted(self.streets)
        read = len(street)
        repeats = street.drop_repeats()
        if repeats:
            self.findings.note("W505", action="excluded", count=repeats)
        if repeats is None:
            stop(self.findings, "E412")
        runs = _Runs(street, nodes)
        self._check_missing(street, runs)

        used, refs = np.unique(runs.node, return_inverse=True)
        lonlat = np.column_stack([nodes.x[used], nodes.y[used]]) / 1e7
        check_lonlat(lonlat, self.findings)
        node_tags = {}
        if nodes.tags:
            for index, node in enumerate(nodes.id[used].tolist()):
                if node in nodes.tags:
                    node_tags[index] = dict(sorted(nodes.tags[node].items()))

        labels, tags = np.unique(street.label[runs.line], return_inverse=True)
        known = list(self._tagsets)
        order = sorted(range(len(labels)), key=lambda i: known[labels[i]])
        rank = np.empty(len(labels), np.int32)
        rank[order] = np.arange(len(labels))

        broken, lost = runs.broken_lines, runs.lost_lines
        entries = self.findings.close(read).entries
        tally = Tally(
            self.findings.file,
            read,
            used=len(street) - len(broken) - len(lost),
            repaired=len(broken),
            excluded=len(lost) + read - len(street),
        )
        return Ways(
            node_id=frozen(nodes.id[used]),
            lonlat=frozen(lonlat, np.float64),
            node_tags=node_tags,
            way_id=frozen(street.id[runs.line]),
            first=frozen(runs.first),
            refs=frozen(refs, np.int64),
            tags=frozen(rank[tags], np.int32),
            tagsets=tuple(dict(known[labels[i]]) for i in order),
            water=self._shapes(nodes),
            timestamp=timestamp,
            file=self.findings.file,
            ledger=Ledger(entries, (tally,)),
        )

    def _label(self, tags: Mapping[str, str]) -> int:
        kept = tuple(sorted((k, v) for k, v in tags.items() if k in WAY_TAGS))
        return self._tagsets.setdefault(kept, len(self._tagsets))

    def _borrow_plazas(self) -> None:
        """Make streets of the outlines of walkable multipolygons, which bear no tags themselves."""
        plazas = [(i, *r) for i, r in sorted(self.relations.items()) if is_street(r[0])]
        taken = set(self.streets.id)
        lines = {way: at for at, way in enumerate(self.members.id)}
        for _, tags, ways in plazas:
            label = self._label({**tags, "area": "yes"})
            for way in ways:
                if way in lines and way not in taken:
                    taken.add(way)
                    at = lines[way]
                    refs = self.members.refs[self.members.first[at] : self.members.first[at + 1]]
                    self.streets.add(way, refs, label)

    def _check_missing(self, street: _Sorted, runs: _Runs) -> None:
        """Say which ways were cut or left out, and stop where none is left."""
        short = int(np.count_nonzero(np.diff(street.first) < 2))
        if short:
            self.findings.note("W501", action="excluded", count=short)
        if runs.missing:
            needed = len(np.unique(street.refs))
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

    def _shapes(self, nodes: Nodes) -> tuple[Any, ...]:
        """Return the water: areas first, then lines, each in the order of their ids."""
        import shapely

        areas: list[Any] = []
        lines: list[Any] = []
        own = _Sorted(self.water)
        own.drop_repeats()
        pieces = _Runs(own, nodes).coordinates(nodes)
        for at in range(len(own)):
            mine = pieces.get(at, [])
            refs = own.refs[own.first[at] : own.first[at + 1]]
            whole = len(mine) == 1 and len(mine[0]) == len(refs)
            if own.label[at] and whole and len(refs) > 3 and refs[0] == refs[-1]:
                areas += _polygons(shapely.make_valid(shapely.Polygon(mine[0])))
            else:
                lines += [shapely.LineString(piece) for piece in mine]

        parts = _Sorted(self.members)
        pieces = _Runs(parts, nodes).coordinates(nodes)
        index = {way: at for at, way in enumerate(parts.id.tolist())}
        for _, (tags, ways) in sorted(self.relations.items()):
            if water(tags) != "area":
                continue
            found = [p for way in ways if way in index for p in pieces.get(index[way], [])]
            linework = [shapely.LineString(piece) for piece in found]
            filled = _polygons(shapely.build_area(shapely.MultiLineString(linework)))
            areas += filled
            if not filled:  # the extract cut the ring open: its banks are still worth drawing
                lines += linework
        return tuple(areas + lines)


class _Sorted:
    """Lines as numpy arrays, in the order of their ids, then of their versions."""

    def __init__(self, lines: Lines) -> None:
        self.id, self.label = _ints(lines.id), _ints(lines.label)
        self.version = _ints(lines.version)
        self.first, self.refs = _ints(lines.first), _ints(lines.refs)
        order = np.lexsort((self.version, self.id))
        if (np.diff(order) != 1).any():
            self._keep(order)

    def __len__(self) -> int:
        return len(self.id)

    def _keep(self, order: Ints) -> None:
        count = np.diff(self.first)[order]
        start = self.first[:-1][order]
        first = np.concatenate([[0], np.cumsum(count)])
        at = np.arange(first[-1]) - np.repeat(first[:-1] - start, count)
        self.id, self.label = self.id[order], self.label[order]
        self.version = self.version[order]
        self.first, self.refs = first, self.refs[at]

    def drop_repeats(self) -> int | None:
        """Keep each id once; return how many were dropped, or None where versions differ."""
        same = self.id[1:] == self.id[:-1]
        if not same.any():
            return 0
        if (same & (self.version[1:] != self.version[:-1])).any():
            return None
        self._keep(np.flatnonzero(np.concatenate([[True], ~same])))
        return int(np.count_nonzero(same))


class _Runs:
    """The stretches of lines whose nodes are all known; a gap is never bridged.

    line   the line each run belongs to, ascending
    first  where the nodes of each run begin in `node`
    node   indices into Nodes
    """

    def __init__(self, lines: _Sorted, nodes: Nodes) -> None:
        count = np.diff(lines.first)
        owner = np.repeat(np.arange(len(lines)), count)
        at = np.searchsorted(nodes.id, lines.refs)
        known = np.zeros(len(at), np.bool_)
        inside = at < len(nodes.id)
        known[inside] = nodes.id[at[inside]] == lines.refs[inside]
        starts = known.copy()
        starts[1:] &= ~known[:-1] | (owner[1:] != owner[:-1])
        run = np.cumsum(starts) - 1
        size = np.bincount(run[known], minlength=int(starts.sum()))
        keep = known.copy()
        keep[known] = size[run[known]] > 1
        self.node = at[keep]
        self.line: Ints = owner[starts][size > 1]
        self.first = np.concatenate([[0], np.cumsum(size[size > 1])])
        self.missing = len(np.unique(lines.refs[~known]))
        whole = np.ones(len(lines), np.bool_)
        whole[owner[~known]] = False
        left = np.zeros(len(lines), np.bool_)
        left[self.line] = True
        self.lost_lines = np.flatnonzero(~left)
        self.broken_lines = np.flatnonzero(left & ~whole)

    def coordinates(self, nodes: Nodes) -> dict[int, list[npt.NDArray[np.float64]]]:
        """Return the runs of each line as arrays of degrees."""
        lonlat = np.column_stack([nodes.x[self.node], nodes.y[self.node]]) / 1e7
        pieces: dict[int, list[npt.NDArray[np.float64]]] = {}
        for at, line in enumerate(self.line.tolist()):
            pieces.setdefault(line, []).append(lonlat[self.first[at] : self.first[at + 1]])
        return pieces


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


def _ints(values: array[int]) -> Ints:
    return np.frombuffer(values, dtype=np.int64) if values else np.empty(0, np.int64)


def _polygons(shape: Any) -> list[Any]:
    """Return the polygons a geometry is made of, leaving points and lines out."""
    if shape.geom_type == "Polygon":
        return [] if shape.is_empty else [shape]
    return [p for part in getattr(shape, "geoms", ()) for p in _polygons(part)]
