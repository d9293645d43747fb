"""The nearest segment by the grid against every segment looked at, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access._frozen import frozen
from access.network import nearest
from access.network.graph import Network
from access.network.nearest import TIE_M, Grid

law = settings(max_examples=150, derandomize=True, deadline=None)


def network_of(xy, tail, head):
    """Return a network of nothing but segments in the plane."""
    m = len(tail)
    return Network(
        node_id=frozen(np.arange(len(xy))),
        lonlat=frozen(np.zeros((len(xy), 2))),
        xy=frozen(np.asarray(xy, dtype=np.float64).reshape(-1, 2)),
        node_tags={},
        tail=frozen(tail, np.int32),
        head=frozen(head, np.int32),
        length=frozen(np.zeros(m)),
        way=frozen(np.arange(m), np.int32),
        way_id=frozen(np.arange(m)),
        tags=frozen(np.zeros(m), np.int32),
        tagsets=({},),
        crs=5179,
    )


def squared(p, a, b):
    """Return the squared distance of one point from each segment, by hand."""
    (dx, dy), (ex, ey), (fx, fy) = (b - a).T, (p - a).T, (p - b).T
    square, shadow = dx * dx + dy * dy, ex * dx + ey * dy
    apart = np.where(shadow <= 0, ex * ex + ey * ey, fx * fx + fy * fy)
    inside = (shadow > 0) & (shadow < square)
    apart[inside] = (ex * dy - ey * dx)[inside] ** 2 / square[inside]
    return apart


def by_looking_at_all(network, points, among, limit):
    """Return what `Grid.nearest` should, one point and all segments at a time."""
    chosen = np.flatnonzero(among)
    a, b = network.xy[network.tail[chosen]], network.xy[network.head[chosen]]
    found = np.full(len(points), -1)
    for i, p in enumerate(points):
        apart = squared(p, a, b)
        least = np.sqrt(apart.min(initial=np.inf))
        if least <= limit:
            found[i] = chosen[np.flatnonzero(apart <= (least + TIE_M) ** 2)[0]]
    return found


def by_the_grid(network, points, among, limit):
    return Grid.of(network, np.flatnonzero(among), points, limit).nearest(points, among, limit)


@st.composite
def towns(draw):
    """Draw segments (some of no length, some across it all), points and a limit."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    nodes = draw(st.integers(1, 40))
    m = draw(st.integers(0, 60))
    middle = draw(st.sampled_from([0.0, 1e6, -3e7]))
    wide = draw(st.sampled_from([1e-3, 1.0, 300.0, 5e4]))
    whole = draw(st.booleans())  # whole metres make exact ties
    xy = random.uniform(-wide, wide, (nodes, 2))
    xy = (xy.round() if whole else xy) + middle
    tail, head = random.integers(0, nodes, (2, m))
    if draw(st.booleans()) and nodes > 1:  # neighbours in a line, and one ferry
        tail = np.arange(m) % (nodes - 1)
        head = tail + 1
        xy[-1] += draw(st.sampled_from([0.0, 4e4]))
    n = draw(st.integers(0, 30))
    points = middle + random.uniform(-wide, wide, (n, 2)) * draw(st.sampled_from([0.0, 1.0, 3.0]))
    points = points.round() if whole else points
    if n and draw(st.booleans()):
        points[: n // 2] = xy[random.integers(0, nodes, n // 2)]
    among = random.random(m) < draw(st.sampled_from([0.2, 1.0]))
    limit = draw(st.sampled_from([0.0, 0.5, 30.0, 500.0, 1e5]))
    return network_of(xy, tail, head), points, among, limit


@given(towns())
@law
def test_the_grid_finds_what_looking_at_all_finds(town):
    network, points, among, limit = town
    want = by_looking_at_all(network, points, among, limit)
    assert np.array_equal(by_the_grid(network, points, among, limit), want)


@given(towns(), st.integers(1, 5), st.integers(1, 50))
@law
def test_how_much_is_looked_at_together_changes_nothing(town, points_at_once, pairs_at_once):
    network, points, among, limit = town
    want = by_the_grid(network, points, among, limit)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearest, "POINTS", points_at_once)
        patch.setattr(nearest, "PAIRS", pairs_at_once)
        assert np.array_equal(by_the_grid(network, points, among, limit), want)


@given(towns(), st.randoms(use_true_random=False))
@law
def test_the_order_and_company_of_points_change_nothing(town, random):
    network, points, among, limit = town
    whole = by_the_grid(network, points, among, limit)
    order = np.array(random.sample(range(len(points)), len(points)), dtype=int)
    assert np.array_equal(by_the_grid(network, points[order], among, limit), whole[order])
    for i in range(min(3, len(points))):
        assert by_the_grid(network, points[i : i + 1], among, limit)[0] == whole[i]


@given(towns(), st.sampled_from([0.2, 0.5, 1.0]), st.sampled_from([0.1, 1.0]))
@law
def test_one_grid_serves_fewer_segments_and_shorter_limits(town, share, part):
    network, points, among, limit = town
    fewer = among & (np.random.default_rng(1).random(len(among)) < share)
    grid = Grid.of(network, np.flatnonzero(among), points, limit)
    want = by_looking_at_all(network, points, fewer, limit * part)
    assert np.array_equal(grid.nearest(points, fewer, limit * part), want)


@given(towns())
@law
def test_shapely_finds_none_nearer(town):
    import shapely

    network, points, among, limit = town
    found = by_the_grid(network, points, among, limit)
    ends = np.stack([network.xy[network.tail], network.xy[network.head]], axis=1)
    lines = shapely.linestrings(ends[among])
    rounding = 1e-9 * np.abs(ends).max(initial=1.0)
    for point, segment in zip(shapely.points(points), found, strict=True):
        least = shapely.distance(point, lines).min(initial=np.inf)
        if segment >= 0:
            mine = shapely.distance(point, shapely.LineString(ends[segment]))
            assert mine <= least + TIE_M + rounding
        else:
            assert least > limit - rounding


def test_the_nearest_may_be_filed_farther_off_than_another():
    """A whole piece that points at the point begins at 54 m, and is filed where its middle is.

    Another lies across at 55 m, filed at that distance. The points stand everywhere in a square of
    the grid; streets elsewhere see to it that its squares are hardly longer than the piece.
    """
    phase = np.linspace(0, 100, 400)
    x, y = phase * 3, np.arange(400) * 200.0
    ahead = np.column_stack([x + 54, y]), np.column_stack([x + 153.9, y])
    across = np.column_stack([x - 55, y - 49.95]), np.column_stack([x - 55, y + 49.95])
    elsewhere = np.tile([[0.0, -400.0]], (3_000, 1)), np.tile([[100.1, -400.0]], (3_000, 1))
    xy = np.concatenate([*ahead, *across, *elsewhere])
    ends = np.split(np.arange(len(xy)), [400, 800, 1_200, 1_600, 4_600])
    tail, head = np.concatenate(ends[::2]), np.concatenate(ends[1::2])
    every = np.ones(len(tail), dtype=bool)
    for turn in ([[1, 0], [0, 1]], [[-1, 0], [0, -1]], [[0, 1], [1, 0]], [[0, -1], [-1, 0]]):
        network, points = network_of(xy @ turn, tail, head), np.column_stack([x, y]) @ turn
        assert 100.0 < Grid.of(network, np.arange(len(tail)), points, 500.0).edge < 100.1
        assert by_the_grid(network, points, every, 500.0).tolist() == list(range(400))


def test_segments_that_meet_at_the_nearest_node_tie():
    """A star of segments of all angles and lengths; beyond its middle all are equally near."""
    angle = np.linspace(0.1, 1.3, 50)
    far = np.column_stack([np.cos(angle), np.sin(angle)]) * np.geomspace(1, 1e4, 50)[:, None]
    xy = np.concatenate([[[0.3, 0.7]], far]) + 1e6
    middle, other = np.zeros(50, dtype=int), np.arange(1, 51)
    points = 1e6 - np.random.default_rng(2).uniform(0, 50, (20, 2))
    every = np.ones(50, dtype=bool)
    for tail, head in ((middle, other), (other, middle)):
        network = network_of(xy, tail, head)
        assert by_the_grid(network, points, every, 500.0).tolist() == [0] * 20
        assert by_the_grid(network, points, np.arange(50) > 6, 500.0).tolist() == [7] * 20


def test_streets_on_each_other_tie():
    """Drawn from either end, whole or in parts: the lowest takes the point."""
    ends = np.array([[1e6, 2e6], [1e6 + 1234.567, 2e6 + 321.123]])
    xy = np.concatenate([ends, ends, [ends.mean(axis=0)]])
    network = network_of(xy, [1, 2, 0, 4], [0, 3, 4, 3])
    points = ends[0] + np.random.default_rng(3).uniform(0, 400, (40, 2))
    for lowest in range(3):
        among = np.arange(4) >= lowest
        assert set(by_the_grid(network, points, among, 500.0)) == {lowest}


def test_a_ferry_does_not_fill_the_grid():
    """A long line is filed along its way: squares and pieces stay few, whatever its length."""
    random = np.random.default_rng(4)
    a = random.uniform(0, 2_000, (3_000, 2))
    b = a + random.normal(0, 20, (3_000, 2))
    xy = np.concatenate([a, b, [[0, 0], [9e6, 7e6]]])
    tail = np.append(np.arange(3_000), 6_000)
    network = network_of(xy, tail, np.append(np.arange(3_000, 6_000), 6_001))
    every = np.ones(3_001, dtype=bool)
    points = np.concatenate([random.uniform(0, 2_000, (200, 2)), [[9e6, 7e6 + 40]]])
    grid = Grid.of(network, np.arange(3_001), points, 500.0)
    assert len(grid.filed) <= 2 * 3_001
    assert grid.rows * grid.columns <= 13 * len(grid.filed)
    want = by_looking_at_all(network, points, every, 500.0)
    assert np.array_equal(grid.nearest(points, every, 500.0), want)
    assert grid.nearest(points[-1:], every, 500.0) == [3_000]


def test_streets_out_of_reach_are_not_filed():
    tail = np.arange(0, 2_000, 2)
    xy = np.random.default_rng(5).uniform(0, 1e5, (1_000, 2)).repeat(2, axis=0)
    xy[1::2] += 30
    grid = Grid.of(network_of(xy, tail, tail + 1), np.arange(1_000), np.array([[5e4, 5e4]]), 2e4)
    assert 0 < len(grid.number) < 300


def test_a_point_that_is_nowhere_joins_nothing():
    """Degrees that the plane does not have are projected to infinity."""
    network = network_of([[0, 0], [10, 0]], [0], [1])
    points = np.array([[np.inf, np.inf], [5.0, 5.0], [-np.inf, 0.0]])
    found = by_the_grid(network, points, np.array([True]), 500.0)
    assert found.tolist() == [-1, 0, -1]
