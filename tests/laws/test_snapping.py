"""Laws of snapping: where a point joins the streets, and what that costs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from access._frozen import frozen
from access._geo import great_circle, project
from access.network.build import build
from access.network.costs import weigh
from access.network.modes import mode
from access.network.snap import Snaps, snap
from access.travel.street import search
from tests.laws.towns import ways_of

law = settings(max_examples=60, derandomize=True, deadline=None)
WALK = mode("walk")
offset = st.floats(-0.004, 0.004)
EVERYWHERE = 5_000.0
wide_ways = ways_of(spacing_m=1_100)
"""Towns whose every street is over a kilometre long, so that no component is too small."""


def joined(network, points):
    """Return the snaps of points of cells."""
    points = np.atleast_2d(points)
    cells, _, _ = snap(network, weigh(network, WALK), points, points[:0], EVERYWHERE)
    return cells


def on_streets(segments, fractions):
    """Return snaps without a leg."""
    nothing = np.zeros(len(segments))
    return Snaps(
        np.array(segments, dtype=np.int32), np.array(fractions), nothing, nothing.astype(np.int32)
    )


def distance(network, point, segment):
    """Return metres in the plane from a point to a segment, by hand."""
    p = project(np.array([point]), network.crs)[0]
    a, b = network.xy[network.tail[segment]], network.xy[network.head[segment]]
    share = np.clip(np.dot(p - a, b - a) / np.dot(b - a, b - a), 0, 1)
    return float(np.hypot(*(p - a - share * (b - a))))


@given(wide_ways, offset, offset)
@law
def test_no_other_street_is_nearer(ways, east, north):
    """M17: the snap is the nearest of all segments, found by looking at every one."""
    network = build(ways, 5179)
    point = network.lonlat[0] + np.array([east, north])
    snaps = joined(network, point)
    least = min(distance(network, point, s) for s in range(len(network)))
    assert abs(distance(network, point, snaps.segment[0]) - least) < 1e-6
    assert abs(snaps.metres[0] / least - 1) < 0.01 if least > 1 else snaps.metres[0] < 2


@given(wide_ways, st.integers(0, 15))
@law
def test_a_point_on_a_node_has_no_leg(ways, number):
    """M17."""
    network = build(ways, 5179)
    node = number % len(network.node_id)
    snaps = joined(network, network.lonlat[node])
    assert snaps.metres[0] < 1e-6
    end = (network.tail, network.head)[int(snaps.fraction[0])][snaps.segment[0]]
    assert snaps.fraction[0] in (0.0, 1.0)
    assert end == node


@given(wide_ways, st.integers(0, 30), st.floats(0, 1), st.floats(0, 1), st.integers(0, 15))
@law
def test_a_step_along_the_street_costs_at_most_its_walk(ways, number, one, other, to):
    """M17: moving a point along its segment by s changes its time by at most s / speed."""
    network = build(ways, 5179)
    segment = number % len(network)
    count = np.zeros(2)
    cells = Snaps(
        np.full(2, segment, dtype=np.int32), np.array([one, other]), count, count.astype(np.int32)
    )
    target = to % len(network)
    place = Snaps(
        np.array([target], dtype=np.int32), np.array([0.5]), count[:1], count[:1].astype(np.int32)
    )
    times = search(network, weigh(network, WALK), cells, place)[:, 0]
    assume((times >= 0).all())
    step = abs(one - other) * network.length[segment] / WALK.walk_ms * 10
    assert abs(int(times[0]) - int(times[1])) <= step + 1.5


@given(wide_ways, st.floats(-0.02, 0.02), offset, offset)
@law
def test_moving_the_whole_city_changes_nearly_nothing(ways, east, dx, dy):
    """M15: a translation along the parallel, snaps included."""
    moved = np.array([east, 0.0])
    there = replace(ways, lonlat=frozen(ways.lonlat + moved))
    point = ways.lonlat[0] + np.array([dx, dy])
    found = []
    for town, at in ((ways, point), (there, point + moved)):
        network = build(town, 5179)
        costs = weigh(network, WALK)
        cells, places, _ = snap(network, costs, at[None], network.lonlat, EVERYWHERE)
        found.append((search(network, costs, cells, places)[0], cells.segment, places.segment))
    (times, cell, place), (again, cell_again, place_again) = found
    # Where streets lie on each other, rounding may join a point to the one or to the other.
    assume(cell == cell_again)
    same = place == place_again
    assert ((times >= 0) == (again >= 0))[same].all()
    known = same & (times >= 0)
    allowed = 0.001 * times[known] + len(ways.refs) + 20
    assert (np.abs(times[known] - again[known]) <= allowed).all()


def test_the_great_circle_is_what_the_leg_measures():
    from access.testing import draw_town, positions

    map = "a b c d e f g\n\nx"
    network = build(draw_town(map, {"abcdefg": {"highway": "path"}}), 5179)
    at = positions(map)
    snaps = joined(network, np.array(at["x"]))
    ground = float(great_circle(*np.array(at["x"]), *np.array(at["a"])))
    assert abs(snaps.metres[0] - ground) < 0.01
