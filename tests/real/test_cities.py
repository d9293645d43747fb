"""Real files, whole: Porto Alegre by three modes, Korean extracts, the units of Anseong."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from access import Question, Study, evaluate, read_network, read_residents
from access.errors import InputError
from access.inputs.districts import read_districts
from access.inputs.places import read_places
from access.network.costs import CLOSED, weigh
from access.network.modes import Permit, mode
from access.network.snap import SNAP_M, Snaps, snap
from access.study.join import locate
from access.travel.street import search
from tests.oracles.street import forward_times
from tests.oracles.turns import turning_times

pytestmark = pytest.mark.data

PORTO_ALEGRE = """
name = "Porto Alegre"
lang = "en"
as_of = 2019-05-20

[streets]
file = "{data}/poa_osm.pbf"
[cells]
file = "{data}/poa_hexgrid.csv"
id = "id"
people = "population"
[[places]]
kind = "centre"
file = "{data}/poa_points_of_interest.csv"

[[question]]
name = "walk"
mode = "walk"
[[question]]
name = "wheelchair"
mode = "walk"
profile = "wheelchair"
[[question]]
name = "bicycle"
mode = "bicycle"
[[question]]
name = "drive"
mode = "drive"
minutes = [5, 10, 20]
"""


@pytest.fixture(scope="module")
def streets():
    """Read a file of streets, each only once for all modes."""
    return cache(read_network)


@pytest.fixture(scope="module")
def porto_alegre(real_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("poa")
    text = PORTO_ALEGRE.format(data=(real_data / "porto_alegre").as_posix())
    (folder / "study.toml").write_text(text, "utf-8")
    return Study.from_folder(folder)


def test_porto_alegre_by_three_modes(porto_alegre):
    study = porto_alegre
    assert study.crs == 32722
    people = study.cells.people.sum()
    walk, wheelchair, bicycle, drive = (evaluate(study, q) for q in study.questions)
    for outcome in (walk, bicycle, drive):
        city = outcome.districts().iloc[0]
        assert city.people == round(people)
        assert city.people == city[f"within_{outcome.question.limit:g}"] + city.underserved
        assert outcome.nearest_tenths.max() > 0
    # The same people within fifteen minutes: more by bicycle than on foot.
    assert bicycle.districts().within_15[0] > walk.districts().within_15[0] > 0
    both = (walk.nearest_tenths >= 0) & (bicycle.nearest_tenths >= 0)
    assert (bicycle.nearest_tenths[both] <= walk.nearest_tenths[both]).mean() > 0.95
    assert drive.districts().share_20[0] > 95
    # Nobody said which of these places are step-free: none counts, and each is listed.
    assert wheelchair.districts().within_15[0] == 0
    assert sum(e.problem.code == "W807" for e in wheelchair.ledger.entries) == 15


def test_no_walker_beats_the_crow(porto_alegre):
    from access._geo import great_circle

    study = porto_alegre
    walk = evaluate(study, study.questions[0])
    cells, places = study.cells.lonlat, study.places.lonlat
    crow = great_circle(
        cells[:, None, 0], cells[:, None, 1], places[None, :, 0], places[None, :, 1]
    )
    seconds = walk.times.seconds
    known = ~np.isnan(seconds) & (crow > 300)
    ratio = seconds[known] * 1.2 / crow[known]
    assert ratio.min() >= 0.999
    assert 1.15 < np.median(ratio) < 1.6


EXTRACTS = (
    "seoul_mapo_gongdeok_map.osm",
    "suwon_ajou_map.osm",
    "gunsan_map.osm",
    "sinnonhyeon_walk_overpass.json",
    "sinnonhyeon_bike_overpass.json",
    "seoul_jongno_jung_drive_20231218.graphml",
)


@pytest.mark.parametrize("name", EXTRACTS)
@pytest.mark.parametrize("means", ["walk", "bicycle", "drive"])
def test_korean_extracts_load_build_and_route(real_data, streets, name, means):
    """Each extract routes between its streets, equal to networkx with all snaps inserted."""
    network = streets(real_data / "korea_osm" / name)
    assert network.crs == 5179
    costs = weigh(network, mode(means))
    usable = np.flatnonzero(costs.snap & costs.usable)
    assert len(usable) > 20
    rng = np.random.default_rng(5)
    low, high = np.percentile(network.lonlat, (10, 90), axis=0)
    at = low + (high - low) * rng.random((16, 2))
    cells, places, _ = snap(network, costs, at[:10], at[10:], SNAP_M[means])
    times = search(network, costs, cells, places)
    assert (times >= 0).any()
    here, there = np.flatnonzero(cells.on), np.flatnonzero(places.on)
    got = times[np.ix_(here, there)]
    # The oracle knows nothing of the walk to the street: take it away.
    leg = [np.floor(s.metres / costs.walk_ms * 10 + 0.5) for s in (cells, places)]
    bare = np.where(got >= 0, got - leg[0][here][:, None] - leg[1][there][None, :], -3)
    want = oracle(costs)(network, costs, chosen(cells, here), chosen(places, there))
    assert bare.tolist() == want.tolist()


def oracle(costs):
    """Return the search that knows of turns where there are any: it remembers its way."""
    return turning_times if len(costs.turns) else forward_times


def chosen(snaps, which):
    return type(snaps)(*(getattr(snaps, name)[which] for name in type(snaps).__slots__))


@pytest.mark.parametrize("means", ["walk", "drive"])
@pytest.mark.parametrize("name", ["porto_alegre/poa_osm.pbf", "osm_elsewhere/monaco.osm.pbf"])
def test_larger_extracts_equal_networkx(real_data, streets, name, means):
    network = streets(real_data / name)
    costs = weigh(network, mode(means))
    rng = np.random.default_rng(7)
    segments = rng.choice(np.flatnonzero(costs.snap & costs.usable), 40)
    fractions = rng.random(40)

    def snaps(part):
        zeros = np.zeros(len(segments[part]))
        return Snaps(
            segments[part].astype(np.int32), fractions[part], zeros, zeros.astype(np.int32)
        )

    cells, places = snaps(slice(0, 6)), snaps(slice(6, 40))
    got = search(network, costs, cells, places)
    assert got.tolist() == oracle(costs)(network, costs, cells, places).tolist()
    assert (got >= 0).mean() > 0.5


@pytest.mark.parametrize("means", ["walk", "bicycle", "drive"])
def test_a_mapped_country_equals_scipy(real_data, streets, means):
    """Liechtenstein with its private roads open: SciPy on the plain list of arcs, node to node."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    network = streets(real_data / "osm_elsewhere" / "liechtenstein-latest.osm.pbf")
    costs = weigh(network, mode(means))
    nowhere = np.zeros(len(network), dtype=bool)
    gates = np.where(costs.gates == Permit.LOCAL, Permit.OPEN, costs.gates)
    costs = replace(costs, local_forward=nowhere, local_backward=nowhere, gates=gates)
    shut = gates == Permit.CLOSED
    arcs: dict[tuple[int, int], int] = {}
    for time, a, b in (
        (costs.forward, network.tail, network.head),
        (costs.backward, network.head, network.tail),
    ):
        for i in np.flatnonzero((time != CLOSED) & ~shut[a] & ~shut[b]).tolist():
            key = (int(b[i]), int(a[i]))  # backward from the place
            arcs[key] = min(arcs.get(key, 1 << 40), int(time[i]))
    rows, columns = np.array(list(arcs)).T
    n = len(network.node_id)
    graph = csr_array((np.array(list(arcs.values()), float), (rows, columns)), shape=(n, n))

    open_ends = ~shut[network.tail] & ~shut[network.head]
    where = np.flatnonzero(costs.usable & costs.snap & open_ends)
    where = np.random.default_rng(3).choice(where, 320).astype(np.int32)
    nodes = network.tail[where]

    def at_tails(part):
        zeros = np.zeros(len(where[part]))
        return Snaps(where[part], zeros, zeros, zeros.astype(np.int32))

    got = search(network, costs, at_tails(slice(20, 320)), at_tails(slice(0, 20)))
    found = dijkstra(graph, indices=nodes[:20])[:, nodes[20:]].T
    assert got.tolist() == np.where(np.isfinite(found), found, -3).astype(int).tolist()


def test_anseong_joins_without_loss(real_data):
    folder = real_data / "anseong"
    districts = read_districts(folder / "anseong_emd_2021.geojson", code="adm_cd2")
    assert len(districts) == 15
    residents = read_residents(folder / "주민등록_연령별인구_202012_cp949.csv", within="41550")
    assert residents.codes.tolist() == districts.codes.tolist()
    raw = pd.read_csv(
        folder / "주민등록_연령별인구_202012_cp949.csv", encoding="cp949", dtype=str, index_col=0
    )
    city = raw[raw.index.str.contains("4155000000", regex=False)].iloc[0]
    assert residents.counts.sum() == int(city.iloc[0].replace(",", "")) == 187_012
    for j, (first, last) in enumerate(residents.ages.tolist()):
        label = f"2020년12월_계_{first}세" if last == first else "2020년12월_계_100세 이상"
        assert residents.counts[:, j].sum() == int(city[label].replace(",", ""))
    later = read_residents(folder / "emd_pop_202506_5cities.csv", "table", within="41550")
    assert later.codes.tolist() == districts.codes.tolist()
    assert later.counts.sum() == 195_797


def test_the_public_rooms_of_anseong(real_data):
    """All rows accounted for; those of the city lie in its districts, or are listed."""
    folder = real_data / "anseong"
    rooms = read_places(folder / "전국공공시설개방정보표준데이터_202010.csv", kind="idle")
    (tally,) = rooms.ledger.tallies
    assert tally.read == tally.used + tally.repaired + tally.excluded
    assert tally.used + tally.repaired == len(rooms)
    here = rooms.attributes["제공기관명"] == "경기도 안성시"
    assert here.sum() == 53
    districts = read_districts(folder / "anseong_emd_2021.geojson", code="adm_cd2")
    inside = locate(rooms.lonlat[here], districts) >= 0
    assert inside.mean() > 0.9


def test_ragged_and_swapped_files_are_refused(real_data):
    with pytest.raises(InputError, match="E111"):
        read_places(real_data / "korea_files" / "전국도서관표준데이터_2016_raw.csv", kind="centre")
    with pytest.raises(InputError):
        read_network(real_data / "korea_osm" / "seoul_topis_xy_swapped.graphml")


def test_a_question_to_a_real_city_by_policy_clocks(porto_alegre):
    walk = evaluate(porto_alegre, Question(mode="walk", profile="policy", minutes=(15,)))
    drive = evaluate(porto_alegre, Question(mode="drive", profile="policy", minutes=(10,)))
    general = evaluate(porto_alegre, Question(mode="walk", minutes=(15,)))
    assert walk.districts().within_15[0] < general.districts().within_15[0]
    assert (drive.nearest_tenths >= 0).mean() > 0.9
