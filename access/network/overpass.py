"""Ways from an Overpass answer in JSON (`out body; >; out skel;` or `out geom;`)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from access.ledger import Findings
from access.network.extract import Extract, node_tags, stop
from access.network.lines import Ints, Nodes
from access.network.ways import Ways

_FAILED = re.compile(r"error|timed? ?out|out of memory|rate.?limit", re.IGNORECASE)


def read_overpass(path: Path, findings: Findings) -> Ways:
    """Return the streets and the water of an Overpass answer saved as JSON.

    Raises InputError: cut short, another kind of JSON, an answer that says in its `remark` that
    the server gave up before the end, or no streets in it.
    """
    size = path.stat().st_size
    try:
        answer = json.loads(path.read_text("utf-8-sig"))
    except json.JSONDecodeError as error:
        rest = error.doc[error.pos :].strip()
        cut = not rest or "Unterminated" in error.msg
        stop(findings, "E407" if cut else "E408", why=error.msg, size=size)
    except (UnicodeDecodeError, RecursionError) as error:
        stop(findings, "E408", why=str(error), size=size)
    return from_overpass(answer, findings)


def from_overpass(answer: Any, findings: Findings) -> Ways:
    """Return the streets and the water of a parsed Overpass answer."""
    check_answer(answer, findings)
    extract = Extract(findings)
    places: dict[int, tuple[int, int]] = {}
    tags: dict[int, dict[str, str]] = {}
    bare: list[tuple[int, list[int]]] = []
    try:
        for thing in answer["elements"]:
            if thing.get("visible") is False:
                continue
            known = {str(k): str(v) for k, v in (thing.get("tags") or {}).items()}
            if thing["type"] == "node":
                places[thing["id"]] = _steps(thing)
                if kept := node_tags(known.items()):
                    tags[thing["id"]] = kept
            elif thing["type"] == "way":
                refs = thing.get("nodes")
                if refs is None:
                    stop(findings, "E512", id=thing["id"])
                places.update(_drawn(refs, thing.get("geometry")))
                extract.add_way(thing["id"], known, refs, thing.get("version", 0))
                bare.append((thing["id"], refs))
            elif thing["type"] == "relation":
                extract.add_relation(thing["id"], known, _members(thing))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        stop(findings, "E510", why=f"{type(error).__name__}: {error}")
    wanted = extract.wanted()
    for way, refs in bare:
        if way in wanted:
            extract.add_member(way, refs)
    base = answer.get("osm3s", {})
    timestamp = base.get("timestamp_osm_base", "") if isinstance(base, Mapping) else ""
    return extract.ways(_nodes(extract.needed(), places, tags), timestamp=str(timestamp))


def check_answer(answer: Any, findings: Findings) -> None:
    """Stop at JSON that is no Overpass answer, or one that the server did not finish."""
    if not isinstance(answer, dict) or not isinstance(answer.get("elements"), list):
        kind = answer.get("type") if isinstance(answer, dict) else type(answer).__name__
        stop(findings, "E510", why="GeoJSON" if kind == "FeatureCollection" else f"JSON {kind}")
    remark = str(answer.get("remark", ""))
    if _FAILED.search(remark):
        stop(findings, "E511", remark=remark)
    if remark:
        findings.note("W513", remark=remark)


def _members(relation: Mapping[str, Any]) -> Iterator[tuple[str, int, str]]:
    """Yield kind, id and role of the members of a relation that say what they are."""
    for member in relation.get("members") or ():
        if member and member.get("type") and isinstance(member.get("ref"), int):
            yield member["type"], member["ref"], member.get("role") or ""


def _steps(place: Mapping[str, float]) -> tuple[int, int]:
    return round(place["lon"] * 10**7), round(place["lat"] * 10**7)


def _drawn(refs: list[int], geometry: Any) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield the places that `out geom` gives beside the node ids; None where it left them out."""
    for ref, place in zip(refs, geometry or (), strict=False):
        if place is not None:
            yield ref, _steps(place)


def _nodes(
    needed: Ints, places: Mapping[int, tuple[int, int]], tags: Mapping[int, Mapping[str, str]]
) -> Nodes:
    ids = [node for node in needed.tolist() if node in places]
    steps = np.array([places[node] for node in ids], np.int64).reshape(-1, 2)
    return Nodes(np.array(ids, np.int64), steps[:, 0], steps[:, 1], tags)
