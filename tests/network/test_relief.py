"""Relief: heights from every kind of file, and what slopes make of times."""

from __future__ import annotations

import builtins
import math
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access import Question, evaluate
from access._geo import project, unproject
from access.errors import InputError
from access.network.build import build
from access.network.costs import CLOSED, weigh
from access.network.modes import mode
from access.network.rasters import read_relief
from access.network.relief import Relief, heights, lift
from access.network.slope import STEEPEST, cycling_pace, slopes, walking_pace
from access.testing import ORIGIN, draw_town, toy_study

law = settings(derandomize=True, deadline=None, max_examples=60)
MODES = [("walk", "general"), ("walk", "wheelchair"), ("bicycle", "general"), ("drive", "general")]


# Files.

HEAD = "ncols 3\nnrows 2\nxllcorner 1000000\nyllcorner 1900000\ncellsize 100\nNODATA_value -9999\n"
BODY = "10 20 30\n40 -9999 60\n"


@pytest.fixture
def file(tmp_path):
    def write(content, name="relief.asc"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def at(relief, east, north):
    return heights(relief, unproject(np.array([[east, north]]), relief.crs))[0]


def refused(code, path, **how):
    with pytest.raises(InputError) as raised:
        read_relief(path, **how)
    assert [p.code for p in raised.value.problems] == [code]
    for lang in ("ko", "en"):
        assert path.name in raised.value.problems[0].text(lang)
    return raised.value.problems[0]


def test_an_ascii_grid_runs_from_north_to_south(file):
    relief = read_relief(file(HEAD + BODY), 5179)
    # The corner is that of the south-western cell; heights are those of the cells' middles.
    assert at(relief, 1_000_050, 1_900_150) == pytest.approx(10)
    assert at(relief, 1_000_250, 1_900_150) == pytest.approx(30)
    assert at(relief, 1_000_050, 1_900_050) == pytest.approx(40)
    assert at(relief, 1_000_100, 1_900_150) == pytest.approx(15)
    assert at(relief, 1_000_001, 1_900_199) == pytest.approx(10)  # the outer half of a cell
    assert np.isnan(at(relief, 1_000_150, 1_900_050))  # the void
    assert np.isnan(at(relief, 1_000_120, 1_900_080))  # and beside it
    assert np.isnan(at(relief, 999_990, 1_900_150))
    assert np.isnan(at(relief, 1_000_150, 1_900_210))


def test_the_middle_of_a_cell_may_stand_for_its_corner(file):
    moved = HEAD.replace("xllcorner 1000000", "XLLCENTER 1000050").replace(
        "yllcorner 1900000", "YLLCENTER 1900050"
    )
    assert read_relief(file(moved + BODY), 5179) == read_relief(file(HEAD + BODY), 5179)


def test_cells_need_not_be_squares(file):
    oblong = HEAD.replace("cellsize 100", "dx 100\ndy 50")
    assert at(read_relief(file(oblong + BODY), 5179), 1_000_050, 1_900_075) == pytest.approx(10)


def test_a_prj_file_says_where_a_grid_lies(file):
    from pyproj import CRS

    path = file(HEAD + BODY)
    path.with_suffix(".prj").write_text(CRS.from_epsg(5179).to_wkt("WKT1_ESRI"))
    assert read_relief(path).crs == 5179
    path.with_suffix(".prj").write_text("no projection")
    refused("E594", path)
    assert read_relief(path, 5179).crs == 5179


@pytest.mark.parametrize(
    ("content", "crs", "code"),
    [
        (HEAD + BODY, None, "E594"),
        (HEAD + BODY, 99_999, "E227"),
        (HEAD + BODY, 5703, "E228"),
        (HEAD + BODY[:-4], 5179, "E593"),
        (HEAD + BODY + "7\n", 5179, "E593"),
        (HEAD, 5179, "E593"),
        (HEAD + BODY.replace("20", "x"), 5179, "E596"),
        (HEAD + BODY.replace("20", "2,5"), 5179, "E596"),
        (HEAD.replace("cellsize", "size") + BODY, 5179, "E592"),
        (HEAD.replace("nrows 2", "nrows two") + BODY, 5179, "E592"),
        (HEAD.replace("ncols 3", "ncols 0") + BODY, 5179, "E592"),
        (HEAD.replace("xllcorner", "x") + BODY, 5179, "E592"),
        ("gid,people\n1,2\n", 5179, "E591"),
        (b"\x89PNG\r\n", 5179, "E591"),
        ("", 5179, "E420"),
    ],
)
def test_a_grid_that_cannot_be_is_refused(file, content, crs, code):
    refused(code, file(content), crs=crs)


def test_no_file_and_a_folder(tmp_path):
    refused("E427", tmp_path / "relief.asc")
    refused("E429", tmp_path)


def test_numbers_that_are_no_heights_are_told(file, told):
    relief = read_relief(file(HEAD + BODY.replace("20", "65535")), 5179)
    told(relief.ledger, "W599", value="65535")
    assert np.isnan(at(relief, 1_000_150, 1_900_150))


@pytest.fixture(scope="module")
def tile():
    """A tile whose heights tell rows from columns: 10 a degree east, 1000 a degree south."""
    row, column = np.mgrid[0:1201, 0:1201]
    posts = (row * 1000 // 1200 + column * 10 // 1200).astype(">i2")
    posts[600, 600] = -32_768
    return posts.tobytes()


def test_a_tile_is_read_from_its_north_western_corner(file, tile):
    relief = read_relief(file(tile, "N37E127.hgt"))
    found = heights(relief, np.array([[127, 38], [128, 38], [127, 37], [128, 37], [127.5, 37.5]]))
    assert found[:4].tolist() == [0, 10, 1000, 1010]
    assert np.isnan(found[4])
    south = read_relief(file(tile, "S31W052.hgt"))
    assert heights(south, np.array([[-52.0, -30.0], [-51.0, -31.0]])).tolist() == [0, 1010]
    assert np.isnan(heights(south, np.array([[-52.1, -30.5]]))[0])


def test_a_zipped_tile_is_the_same(file, tile, tmp_path):
    path = tmp_path / "N37E127.hgt.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("N37E127.hgt", tile)
    assert read_relief(path) == read_relief(file(tile, "N37E127.hgt"))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    refused("E596", path)
    path.write_bytes(content[:3000] + bytes(500) + content[3500:])
    refused("E596", path)


def test_an_archive_holds_one_tile(tmp_path, tile):
    path = tmp_path / "tiles.zip"
    for names in ((), ("N37E127.hgt", "N37E128.hgt")):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("readme.txt", "")
            for name in names:
                archive.writestr(name, tile)
        refused("E596", path)


def test_an_archive_is_never_unpacked_beyond_a_tile(tmp_path):
    path = tmp_path / "bomb.hgt.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("N37E127.hgt", bytes(60_000_000))
    assert "25,934,403 B" in refused("E593", path).text("en")


def test_a_tile_that_cannot_be_is_refused(file, tile):
    refused("E593", file(tile[:-2], "N37E127.hgt"))
    refused("E594", file(tile, "tile.hgt"))


# GeoTIFF.


def write_tiff(path, metres, crs="EPSG:5179", **more):
    rasterio = pytest.importorskip("rasterio", reason="rasterio is not installed")
    move = rasterio.Affine(100, 0, 1_000_000, 0, -100, 1_900_200)
    profile = {"driver": "GTiff", "count": 1, "dtype": metres.dtype, "crs": crs, "transform": move}
    size = {"height": metres.shape[0], "width": metres.shape[1]}
    with rasterio.open(path, "w", **(profile | size | more)) as out:
        out.write(metres, 1)
    return path


METRES = np.array([[10, 20, 30], [40, -9999, 60]], dtype=np.float32)


def test_a_geotiff_is_the_grid_it_was_made_from(file, tmp_path):
    tiff = write_tiff(tmp_path / "relief.tif", METRES, nodata=-9999)
    grid = read_relief(file(HEAD + BODY), 5179)
    assert read_relief(tiff) == grid
    nowhere = write_tiff(tmp_path / "nowhere.tif", METRES, crs=None, nodata=-9999)
    refused("E594", nowhere)
    assert read_relief(nowhere, 5179) == grid


def test_a_geotiff_that_cannot_be_is_refused(tmp_path):
    rasterio = pytest.importorskip("rasterio", reason="rasterio is not installed")
    path = write_tiff(tmp_path / "relief.tif", METRES)
    content = path.read_bytes()
    path.write_bytes(content[:40])
    refused("E596", path)
    turned = rasterio.Affine(100, 10, 1_000_000, 10, -100, 1_900_200)
    refused("E594", write_tiff(tmp_path / "turned.tif", METRES, transform=turned))


def test_without_rasterio_a_geotiff_says_what_to_do(file, monkeypatch):
    known = builtins.__import__

    def without(name, *rest):
        if name.startswith("rasterio"):
            raise ImportError(name)
        return known(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    problem = refused("E590", file(b"II*\x00" + bytes(99), "relief.tif"))
    assert "pip install rasterio" in problem.text("ko")
    assert ".asc" in problem.text("en")


# Heights.

EAST, NORTH = project(np.array([ORIGIN]), 5179)[0]


def plane(east=0.0, north=0.0, metres=100.0, cell=10.0, half=60):
    """Ground that rises evenly: metres a metre to the east and to the north of a town's corner."""
    offset = cell * np.arange(-half, half + 1)
    ground = metres + east * offset[None, :] + north * offset[::-1, None]
    return Relief(
        np.float32(ground), EAST - half * cell, NORTH + half * cell, (cell, cell), 5179, "plane"
    )


@law
@given(st.floats(-0.3, 0.3), st.floats(-0.3, 0.3), st.floats(-590, 590), st.floats(-590, 590))
def test_on_a_plane_heights_are_exact(east, north, x, y):
    found = at(plane(east, north, 300), EAST + x, NORTH + y)
    assert found == pytest.approx(300 + east * x + north * y, abs=1e-3)


def test_heights_stay_between_the_four_around(file):
    relief = read_relief(file(HEAD + "0 10 0\n10 0 10\n"), 5179)
    points = np.random.default_rng(1).uniform((0, 0), (300, 200), (500, 2))
    found = heights(relief, unproject(points + np.array([1_000_000, 1_900_000]), 5179))
    assert found.min() >= 0
    assert found.max() <= 10
    assert at(relief, 1_000_100, 1_900_100) == pytest.approx(5)


# The functions.


def test_tobler_published_these_speeds():
    # Tobler (1993): 6 km/h going down by 5 in 100, the fastest; about 5 km/h on the flat.
    kmh = 6 * math.exp(-3.5 * 0.05) / walking_pace(np.array([-0.05, 0.0]))
    assert kmh == pytest.approx([6.0, 5.036742], abs=1e-6)
    slope = np.linspace(-STEEPEST, STEEPEST, 801)
    assert slope[walking_pace(slope).argmin()] == pytest.approx(-0.05)
    assert walking_pace(0.0) == 1.0


def test_parkin_and_rotheram_published_these_speeds():
    ms = 6.01 / cycling_pace(np.array([0.0, 0.03, -0.03, -0.4]))
    assert ms == pytest.approx([6.01, 6.01 - 3 * 0.4002, 6.01 + 3 * 0.2379, 35 / 3.6])
    assert cycling_pace(0.0) == 1.0


@pytest.mark.parametrize("pace", [walking_pace, cycling_pace])
def test_steeper_is_slower(pace):
    up = pace(np.linspace(0, STEEPEST, 200))
    assert (np.diff(up) >= 0).all()
    assert (up >= 1).all()
    assert (up > pace(-np.linspace(0, STEEPEST, 200)))[1:].all()
    assert np.isfinite(pace(np.array([-1.0, 1.0]))).all()


# Towns.

ROW = "abcde"
PATH = {ROW: {"highway": "path"}}


def times(town, relief, name="walk", **changes):
    network = build(draw_town(*town) if isinstance(town, tuple) else town)
    network = network if relief is None else lift(network, relief)
    costs = weigh(network, mode(name, **changes))
    return costs.forward.astype(int), costs.backward.astype(int)


@pytest.mark.parametrize("name", ["walk", "bicycle"])
def test_up_is_slower_than_down_and_both_together_than_the_flat(name):
    flat, _ = times((ROW, PATH), None, name)
    up, down = times((ROW, PATH), plane(east=0.1), name)
    assert (up > down).all()
    assert (up > flat).all()
    assert (up + down > 2 * flat).all()


def test_a_walker_is_fastest_gently_downhill():
    flat, _ = times((ROW, PATH), None)
    down, _ = times((ROW, PATH), plane(east=-0.05))
    assert down[1:3] == pytest.approx(flat[1:3] * math.exp(-3.5 * 0.05), abs=2)


def test_a_steep_way_takes_what_tobler_says():
    # 100 m at 1.2 m/s rising by 20 in 100: 83.3 s x exp(3.5 x 0.2) = 167.8 s.
    up, _ = times((ROW, PATH), plane(east=0.2))
    assert up[1:3] == pytest.approx([1678, 1678], rel=0.01)


def test_where_pushing_is_faster_the_bicycle_is_pushed():
    up, _ = times((ROW, PATH), plane(east=0.2), "bicycle")
    walked, _ = times((ROW, PATH), plane(east=0.2))
    assert (up == walked).all()
    pushed, _ = times((ROW, {ROW: {"highway": "footway"}}), plane(east=0.05), "bicycle")
    assert (pushed == times((ROW, PATH), plane(east=0.05))[0]).all()


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "path", "bridge": "yes", "layer": "1"},
        {"highway": "path", "tunnel": "yes"},
        {"highway": "path", "layer": "-1"},
        {"highway": "path", "bridge": "viaduct"},
    ],
)
def test_a_bridge_over_a_gorge_stays_level(tags):
    wall = plane(cell=5.0, half=120)
    offset = 5.0 * np.arange(-120, 121)
    gorge = (np.abs(offset - 200) < 60) & (np.abs(offset[::-1, None]) < 1e9)
    deep = replace(wall, metres=np.where(gorge, np.float32(20), wall.metres))
    ways = {"ab": {"highway": "path"}, "bcd": tags, "de": {"highway": "path"}}
    flat, _ = times((ROW, ways), None)
    across = times((ROW, ways), deep)
    assert across[0][1:3] == pytest.approx(flat[1:3], abs=1)
    assert across[1][1:3] == pytest.approx(flat[1:3], abs=1)
    into, out = times((ROW, PATH), deep)  # by the path one climbs down, and up again
    assert into[2] > 1.5 * flat[2]
    assert out[1] > 1.5 * flat[1]


def test_a_bridge_between_banks_of_two_heights_rises_evenly():
    ways = {"ab": {"highway": "path"}, "bcd": {"bridge": "yes"}, "de": {"highway": "path"}}
    network = lift(build(draw_town(ROW, ways)), plane(east=0.1))
    level = network.height.astype(float)
    assert level[2] == pytest.approx((level[1] + level[3]) / 2, abs=1e-3)


def test_a_bridge_over_a_void_knows_its_height():
    ground = plane()
    hole = ground.metres.copy()
    hole[:, 78:83] = np.nan  # 180 to 220 m to the east, where c stands
    holed = replace(ground, metres=hole)
    ways = {"ab": {"highway": "path"}, "bcd": {"bridge": "yes"}, "de": {"highway": "path"}}
    assert lift(build(draw_town(ROW, ways)), holed).height.tolist() == [100.0] * 5
    assert np.isnan(lift(build(draw_town(ROW, PATH)), holed).height[2])


def test_streets_that_only_hang_keep_to_the_ground():
    ways = {ROW: {"highway": "path", "bridge": "yes"}}
    rise = np.diff(lift(build(draw_town(ROW, ways)), plane(east=0.1)).height)
    assert (rise > 5).all()


def test_lifts_escalators_and_ferries_carry():
    for tags in (
        {"highway": "steps", "conveying": "yes"},
        {"highway": "elevator"},
        {"route": "ferry", "duration": "00:10"},
    ):
        ways = {ROW: tags}
        assert (slopes(lift(build(draw_town(ROW, ways)), plane(east=0.1))) == 0).all()
        assert (times((ROW, ways), plane(east=0.1))[0] == times((ROW, ways), None)[0]).all()


def test_a_hillside_street_is_smoothed():
    """On cells of 100 m a street along a hillside does not climb with every wiggle of it."""
    zigzag = "a c e g\n b d f "
    ways = {"abcdefg": {"highway": "path"}}
    town = build(draw_town(zigzag, ways, spacing_m=20))
    steps = [
        np.abs(slopes(lift(town, plane(north=0.3, cell=cell, half=60)))[1:5]).max()
        for cell in (1.0, 100.0)
    ]
    assert steps[0] > 0.15
    assert steps[1] < 0.02


def test_what_the_relief_does_not_cover_is_flat_and_counted(told):
    ground = plane(east=0.1)
    half = replace(ground, metres=ground.metres[:, :82])  # up to 215 m to the east
    network = lift(build(draw_town(ROW, PATH)), half)
    told(network.ledger, "W598")
    assert network.ledger.warnings[0].facts["percent"] == "50"
    flat, _ = times((ROW, PATH), None)
    forward = weigh(network, mode("walk")).forward
    assert (forward[2:] == flat[2:]).all()
    assert (forward[:2] > flat[:2]).all()


def test_a_relief_of_another_place_is_refused():
    away = replace(plane(), north=NORTH + 100_000)
    with pytest.raises(InputError) as raised:
        lift(build(draw_town(ROW, PATH)), away)
    assert [p.code for p in raised.value.problems] == ["E597"]


def test_a_relief_of_one_cell_and_a_network_of_nothing():
    one = Relief(np.float32([[7]]), EAST, NORTH, (5000.0, 5000.0), 5179)
    assert lift(build(draw_town(ROW, PATH)), one).height.tolist() == [7.0] * 5
    empty = build(draw_town("ab", {}), 5179)
    assert len(lift(empty, one).height) == 0


# Parameters.


def test_a_study_may_leave_slopes_out():
    flat = times((ROW, PATH), None)
    for name in ("walk", "bicycle"):
        for mine, theirs in zip(
            times((ROW, PATH), plane(east=0.1), name, slope=False),
            times((ROW, PATH), None, name),
            strict=True,
        ):
            assert (mine == theirs).all()
    assert (flat[0] > 0).all()
    with pytest.raises(InputError) as raised:
        mode("walk", slope="no")
    assert [p.code for p in raised.value.problems] == ["E595"]


def test_walkers_may_have_a_steepest_slope():
    for east in (0.1, -0.1):
        up, down = times((ROW, PATH), plane(east=east), max_slope=1 / 12)
        assert (up[1:3] == CLOSED).all()
        assert (down[1:3] == CLOSED).all()
    assert (times((ROW, PATH), plane(east=0.07), max_slope=1 / 12)[0] > 0).all()
    assert (times((ROW, PATH), plane(east=0.1), slope=False, max_slope=1 / 12)[0] > 0).all()
    short = build(draw_town(ROW, PATH, spacing_m=9))
    assert (weigh(lift(short, plane(east=0.1)), mode("walk", max_slope=1 / 12)).forward > 0).all()


# Laws.

towns = st.lists(
    st.sampled_from([{"highway": "residential"}, {"highway": "path"}, {"highway": "steps"},
                     {"highway": "primary", "oneway": "yes"},
                     {"highway": "footway", "bridge": "yes"}, {"highway": "track"},
                     {"route": "ferry"}, {"highway": "footway", "conveying": "forward"}]),
    min_size=6, max_size=6,
)  # fmt: skip
GRID = "a b c\n\nd e f"
PAIRS = ("ab", "bc", "ad", "be", "cf", "ef")


def grid(kinds):
    return build(draw_town(GRID, dict(zip(PAIRS, kinds, strict=True))))


@law
@given(towns, st.floats(-300, 3000))
@pytest.mark.parametrize(("name", "profile"), MODES)
def test_on_level_ground_all_is_as_without_relief(name, profile, kinds, metres):
    town = grid(kinds)
    means = mode(name, profile)
    assert weigh(lift(town, plane(metres=metres)), means) == weigh(town, means)


@law
@given(towns, st.integers(0, 99))
def test_relief_never_changes_driving(kinds, seed):
    rough = np.random.default_rng(seed).uniform(0, 300, (121, 121)).astype(np.float32)
    town, means = grid(kinds), mode("drive")
    assert weigh(lift(town, replace(plane(), metres=rough)), means) == weigh(town, means)


@law
@given(towns, st.floats(-0.4, 0.4), st.floats(-0.4, 0.4))
def test_there_and_back_is_never_faster_than_on_the_flat_by_more_than_tobler(kinds, east, north):
    """At worst each direction goes down by 5 in 100; no segment is opened or closed."""
    town, means = grid(kinds), mode("walk")
    flat, hilly = weigh(town, means), weigh(lift(town, plane(east, north)), means)
    for way in ("forward", "backward"):
        mine, theirs = getattr(hilly, way), getattr(flat, way)
        assert ((mine == CLOSED) == (theirs == CLOSED)).all()
        mine, theirs = mine[theirs != CLOSED], theirs[theirs != CLOSED]
        assert (mine >= theirs * math.exp(-3.5 * 0.05) - 1).all()
        assert (mine <= theirs * math.exp(3.5 * STEEPEST) + 1).all()
    both = (flat.forward != CLOSED) & (flat.backward != CLOSED)
    there_and_back = (hilly.forward + hilly.backward)[both]
    # Tobler's function on s and -s: 2 cosh(3.5 s) within 5 in 100 either way, more beyond.
    assert (there_and_back >= 2 * flat.forward[both] * math.exp(-3.5 * 0.05) - 2).all()


def test_networks_are_told_apart_by_their_heights():
    town = build(draw_town(ROW, PATH))
    assert town.height is None
    assert slopes(town) is None
    assert lift(town, plane()) != town
    assert lift(town, plane()) == lift(town, replace(plane(), file="other"))
    assert plane(east=0.1) != plane(east=0.2)


# Answers.


def test_the_way_up_takes_longer_than_the_way_down_and_the_report_says_so():
    def study(people, centre):
        town = toy_study(ROW, PATH, people={people: 9}, centres=centre)
        return replace(town, network=lift(town.network, plane(east=0.1)))

    up, down = (evaluate(study(*pair), Question(minutes=(15,))) for pair in ("ae", "ea"))
    assert up.minutes[0] > 1.35 * down.minutes[0]
    for lang, words in ((0, "경사를 반영함(Tobler 1993), 표고 자료 plane"), (1, "Tobler 1993")):
        assert any(words in said[lang] for said in up.assumptions)

    town = study("a", "e")
    off = replace(town, modes=(mode("walk", slope=False),))
    for answer in (
        evaluate(off, Question(minutes=(15,))),
        evaluate(town, Question(mode="drive", minutes=(15,))),
        evaluate(replace(town, network=replace(town.network, height=None)), Question()),
    ):
        assert any(said[0] == "경사와 버스는 반영하지 않음." for said in answer.assumptions)


def test_the_report_names_the_steepest_slope():
    town = toy_study(ROW, PATH, people={"a": 9}, centres="e")
    town = replace(
        town,
        network=lift(town.network, plane(east=0.01)),
        modes=(mode("walk", max_slope=1 / 12),),
    )
    said = evaluate(town, Question(minutes=(15,))).assumptions
    assert any("경사 8.33%를 넘는 길" in korean for korean, _ in said)


# Real files.


def longest_climb(network):
    """The segments of a walk from the lowest node that streets lead from to the highest."""
    import networkx as nx

    costs = weigh(network, mode("walk"))
    graph = nx.DiGraph()
    for a, b, up, down in zip(
        network.tail.tolist(), network.head.tolist(),
        costs.forward.tolist(), costs.backward.tolist(), strict=True,
    ):  # fmt: skip
        for one, other, weight in ((a, b, up), (b, a, down)):
            if weight != CLOSED:
                graph.add_edge(one, other, weight=weight)
    whole = max(nx.strongly_connected_components(graph), key=len)
    height = network.height
    low, high = (pick(whole, key=lambda n: height[n]) for pick in (min, max))
    up = nx.dijkstra_path_length(graph, low, high)
    return float(height[high] - height[low]), up, nx.dijkstra_path_length(graph, high, low)


@pytest.mark.data
def test_up_and_down_a_mountain_of_andorra(real_data, told):
    from access import read_network

    folder = real_data / "osm_elsewhere"
    flat = read_network(folder / "andorra.osm.pbf")
    network = read_network(folder / "andorra.osm.pbf", relief=folder / "N42E001.hgt.zip")
    assert network.height[np.isfinite(network.height)].min() > 800  # the lowest is 840 m
    assert np.nanmax(network.height) < 2_943  # Coma Pedrosa
    assert float(told(network.ledger, "W598").facts["percent"]) < 1

    climbed, up, down = longest_climb(network)
    level = longest_climb(replace(flat, height=network.height * 0))
    assert climbed > 1_500
    assert up > 1.15 * down
    assert up > 1.3 * level[1] or level[0] == 0
    # Main roads are built for cars: hardly any is steeper than 15 in 100 over a long way.
    main = np.isin([t.get("highway") for t in network.tagsets], ["primary", "secondary", "trunk"])
    chosen = main[network.tags[network.way]]
    steep = np.abs(slopes(network)) > 0.15
    share = network.length[chosen & steep].sum() / network.length[chosen].sum()
    assert share < 0.03
    for name in ("walk", "bicycle"):
        there = weigh(network, mode(name)), weigh(flat, mode(name))
        both = (there[1].forward != CLOSED) & (there[1].backward != CLOSED)
        hilly, even = ((c.forward + c.backward)[both].sum() for c in there)
        assert 1.1 < hilly / even < 2.5


@pytest.mark.data
def test_porto_alegre_from_a_geotiff(real_data, told):
    pytest.importorskip("rasterio", reason="rasterio is not installed")
    from access import read_network

    folder = real_data / "porto_alegre"
    network = read_network(folder / "poa_osm.pbf", relief=folder / "poa_elevation.tif")
    assert 1 < float(told(network.ledger, "W598").facts["percent"]) < 6
    known = np.isfinite(network.height)
    assert network.height[known].min() >= 0
    assert network.height[known].max() <= 255
    # The centre lies beside the lake, Morro Santana's foot in the east is high.
    lon = network.lonlat[:, 0]
    west, east = (np.nanmedian(network.height[known & part])
                  for part in (lon < -51.22, lon > -51.18))  # fmt: skip
    assert west < east
    flat = weigh(replace(network, height=None), mode("walk"))
    hilly = weigh(network, mode("walk"))
    both = (flat.forward != CLOSED) & (flat.backward != CLOSED)
    ratio = (hilly.forward + hilly.backward)[both].sum() / (2 * flat.forward[both].sum())
    assert 1.01 < ratio < 1.1
