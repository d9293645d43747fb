"""Orders kept on disk: the same answers whatever a file holds, and never a crash."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("numba")

from access.cli import command
from access.engine import recent, store
from access.engine.elimination import eliminate, eliminate_along, preorder
from access.engine.roads import prepare
from access.errors import AccessWarning
from access.network.costs import weigh
from access.network.modes import mode
from access.study.study import Study
from access.travel import street
from access.travel.linkage import link
from access.travel.street import search
from tests.laws.towns import towns


def law(count):
    return settings(max_examples=count, derandomize=True, deadline=None)


@pytest.fixture(autouse=True)
def small_ones_too(monkeypatch):
    """Keep the orders of networks of any size."""
    monkeypatch.setattr(store, "LARGE", 1)


@contextmanager
def folder():
    """Make an empty folder for one example; a fixture would be shared by all of them."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def rows_of(states, pairs):
    """Return symmetric compressed rows of pairs."""
    near = [set() for _ in range(states)]
    for one, other in pairs:
        if one != other:
            near[one].add(other)
            near[other].add(one)
    first = np.concatenate([[0], np.cumsum([len(n) for n in near])]).astype(np.int64)
    return first, np.array([u for n in near for u in sorted(n)], dtype=np.int32)


@st.composite
def graphs(draw):
    states = draw(st.integers(1, 12))
    state = st.integers(0, states - 1)
    return rows_of(states, draw(st.lists(st.tuples(state, state), max_size=30)))


def drawn(seed=0, states=40):
    """Return the rows of a random graph, sparse as streets are."""
    return rows_of(states, np.random.default_rng(seed).integers(0, states, (states, 2)).tolist())


def alike(one, other):
    """Say whether two eliminations lead to one hierarchy."""
    pairs = zip(preorder(*one), preorder(*other), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


def files(home):
    return sorted(Path(home, store.FOLDER).iterdir())


def forge(path, graph, order):
    """Write any numbers under a checksum that holds."""
    store._write(path, digest(graph), np.asarray(order))


def digest(graph):
    return hashlib.sha256(graph[0].tobytes() + graph[1].tobytes()).digest()


def rebuilt(graph, home, code="W580"):
    """Ask with a file that cannot be used; a warning, the right answer, and a good file after."""
    with pytest.warns(AccessWarning) as told:
        found = store.ordered(*graph, str(home))
    assert [w.message.problem.code for w in told] == [code]
    assert alike(found, eliminate(*graph))
    with never_again():
        assert alike(store.ordered(*graph, str(home)), found)


@contextmanager
def never_again():
    """Let nothing be ordered, and nothing be told."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "eliminate", None)
        yield


# An order leads to what it led to.


@given(graphs())
@law(300)
def test_following_an_order_gives_the_elimination_again(graph):
    order, rows, fill = eliminate(*graph)
    again, filled, deepest = eliminate_along(order, *graph, 10**6)
    assert again.tolist() == rows.tolist()
    for a, b in pairwise(rows):
        assert sorted(filled[a:b]) == sorted(fill[a:b])
    assert deepest == preorder(order, rows, fill)[2].max() + 1
    twin = eliminate_along.py_func(order, *graph, 10**6)
    assert [np.asarray(x).tolist() for x in twin] == [again.tolist(), filled.tolist(), deepest]


@given(graphs(), st.lists(st.integers(-3, 14), max_size=14))
@law(300)
def test_what_is_no_order_is_told(graph, numbers):
    states = len(graph[0]) - 1
    order = np.array((numbers + [0] * states)[:states], dtype=np.int32)
    deepest = eliminate_along.py_func(order, *graph, 10**6)[2]  # where bounds are checked
    assert (deepest == -1) == (sorted(order.tolist()) != list(range(states)))
    assert eliminate_along(order, *graph, 10**6)[2] == deepest


@given(towns(), st.randoms(use_true_random=False))
@law(200)
def test_any_order_at_all_gives_the_right_times(town, random):
    """The reason why no file can do harm: orders differ in speed only."""
    network, costs, cells, places = town

    def shuffled(first, head, home=""):
        order = np.array(random.sample(range(len(first) - 1), len(first) - 1), dtype=np.int32)
        return order, *eliminate_along(order, first, head, 10**6)[:2]

    recent._kept.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "ordered", shuffled)
        times = search(network, costs, cells, places, engine="engine")
    recent._kept.clear()
    assert times.tolist() == search(network, costs, cells, places, engine="scipy").tolist()


@given(towns())
@law(100)
def test_the_same_answers_afresh_and_from_the_file(town):
    network, *rest = town
    with folder() as home:
        kept = replace(network, home=str(home))
        times = []
        for streets in (network, kept, kept):
            recent._kept.clear()
            times.append(search(streets, *rest, engine="engine").tolist())
        recent._kept.clear()
    assert times[0] == times[1] == times[2]


def test_the_same_hierarchy_afresh_and_from_the_file(sample_study, tmp_path):
    network = replace(sample_study.network, home="")
    costs = weigh(network, mode("walk"))
    afresh = prepare(network, costs).shape.hierarchy
    kept = replace(network, home=str(tmp_path))
    prepare(kept, costs)
    (file,) = files(tmp_path)
    assert file.stat().st_size < 50 + 4 * len(afresh.number)
    with never_again():
        found = prepare(kept, costs).shape.hierarchy
    for name in type(found).__slots__:
        assert np.array_equal(getattr(found, name), getattr(afresh, name))
        assert getattr(found, name).dtype == getattr(afresh, name).dtype
    assert kept.fingerprint == network.fingerprint


# Damage.


@pytest.fixture
def graph():
    return drawn()


@pytest.fixture
def path(graph, tmp_path):
    """The file of a graph, written."""
    store.ordered(*graph, str(tmp_path))
    return files(tmp_path)[0]


def test_cut_short_anywhere_or_too_long(graph, path, tmp_path):
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        rebuilt(graph, tmp_path)
        assert path.read_bytes() == whole
    for more in (b"\0", b"\0\0\0\0", whole):
        path.write_bytes(whole + more)
        rebuilt(graph, tmp_path)


@given(st.data())
@law(200)
def test_a_single_bit(data):
    graph = drawn()
    with folder() as home:
        store.ordered(*graph, str(home))
        (path,) = files(home)
        raw = bytearray(path.read_bytes())
        bit = data.draw(st.integers(0, 8 * len(raw) - 1))
        raw[bit // 8] ^= 1 << bit % 8
        path.write_bytes(raw)
        rebuilt(graph, home, "W581" if 8 <= bit // 8 < 12 else "W580")


@given(st.binary(max_size=300))
@law(100)
def test_any_bytes(raw):
    graph = drawn()
    with folder() as home:
        store.ordered(*graph, str(home))
        (path,) = files(home)
        path.write_bytes(raw)
        rebuilt(graph, home)


def test_another_version(graph, path, tmp_path, monkeypatch):
    monkeypatch.setattr(store, "VERSION", store.VERSION + 1)
    rebuilt(graph, tmp_path, "W581")


def test_the_content_of_another_graph(graph, path, tmp_path):
    """An order all the same: it would give the right times, but nobody put it there."""
    store.ordered(*drawn(1), str(tmp_path))
    (other,) = set(files(tmp_path)) - {path}
    shutil.copy(other, path)
    rebuilt(graph, tmp_path)


IMPOSSIBLE = {
    "twice": lambda n: [0, *range(n - 1)],
    "below": lambda n: [-1, *range(1, n)],
    "far below": lambda n: [-(2**31), *range(1, n)],
    "above": lambda n: [*range(n - 1), n],
    "far above": lambda n: [*range(n - 1), 2**31 - 1],
    "nothing": lambda n: [0] * n,
    "too few": lambda n: range(n - 1),
    "too many": lambda n: range(n + 1),
    "none": lambda n: [],
}


@pytest.mark.parametrize("numbers", IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
def test_numbers_that_are_no_order_under_a_good_checksum(graph, path, tmp_path, numbers):
    forge(path, graph, np.array(numbers(len(graph[0]) - 1), dtype=np.int64))
    rebuilt(graph, tmp_path)


def square(side):
    number = np.arange(side * side).reshape(side, side)
    right = np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()])
    up = np.column_stack([number[:-1].ravel(), number[1:].ravel()])
    return rows_of(side * side, np.concatenate([right, up]).tolist())


def test_an_order_that_would_fill_the_memory(tmp_path):
    graph = square(60)
    store.ordered(*graph, str(tmp_path))
    (path,) = files(tmp_path)
    random = np.random.default_rng(0)
    order = random.permutation(3600).astype(np.int32)
    forge(path, graph, order)
    rebuilt(graph, tmp_path)
    arcs = len(eliminate_along(order, *graph, 10**7)[1])
    assert arcs > store.MOST * len(graph[1]) // 2
    assert eliminate_along(order, *graph, arcs)[2] > 0
    assert eliminate_along(order, *graph, arcs - 1)[2] == -1


def test_an_order_that_would_be_too_deep(tmp_path):
    """One after the other along a street: few arcs, but a tree as deep as the street is long."""
    states = 4000
    graph = rows_of(states, [(i, i + 1) for i in range(states - 1)])
    *_, deepest = eliminate_along(np.arange(states, dtype=np.int32), *graph, 10**6)
    assert deepest == states
    with pytest.raises(store._Unfit):
        store._follow(np.arange(states, dtype=np.int32), *graph)


def test_what_would_not_be_believed_is_not_kept(graph, tmp_path, monkeypatch):
    monkeypatch.setattr(store, "MOST", 0)
    assert alike(store.ordered(*graph, str(tmp_path)), eliminate(*graph))
    assert not Path(tmp_path, store.FOLDER).exists()


# Folders that are not as they should be.


def told(graph, home):
    """Return the codes of all warnings; the answer is right."""
    with pytest.warns(AccessWarning) as warned:
        assert alike(store.ordered(*graph, str(home)), eliminate(*graph))
    for one in warned:
        assert one.message.problem.code in str(one.message)
        assert one.message.problem.text("en")
    return [w.message.problem.code for w in warned]


def test_a_folder_of_the_name_of_the_file(graph, path, tmp_path):
    path.unlink()
    path.mkdir()
    assert told(graph, tmp_path) == ["W580", "W582"]
    assert files(tmp_path) == [path]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_pipe_of_the_name_of_the_file(graph, path, tmp_path):
    path.unlink()
    os.mkfifo(path)
    rebuilt(graph, tmp_path)


def test_a_link_that_leads_nowhere_or_round(graph, path, tmp_path):
    path.unlink()
    path.symlink_to("nowhere")
    assert alike(store.ordered(*graph, str(tmp_path)), eliminate(*graph))
    path.unlink()
    path.symlink_to(path.name)
    rebuilt(graph, tmp_path)


def test_a_file_of_the_name_of_the_folder(graph, tmp_path):
    Path(tmp_path, store.FOLDER).write_text("mine")
    assert told(graph, tmp_path) == ["W582"]
    assert Path(tmp_path, store.FOLDER).read_text() == "mine"


def test_a_folder_that_is_gone(graph, tmp_path):
    assert told(graph, tmp_path / "gone") == ["W582"]
    assert not (tmp_path / "gone").exists()


def fail(number):
    def failing(*_, **__):
        raise OSError(number, os.strerror(number))

    return failing


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO])
def test_a_file_that_cannot_be_opened(graph, path, tmp_path, monkeypatch, number):
    opened = Path.open

    def refusing(this, mode="r"):
        return fail(number)() if this == path else opened(this, mode)

    monkeypatch.setattr(Path, "open", refusing)
    assert told(graph, tmp_path) == ["W580"]


@pytest.mark.parametrize("step", ["mkdir", "open", "replace"])
@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENOSPC])
def test_a_folder_that_takes_nothing(graph, tmp_path, monkeypatch, step, number):
    monkeypatch.setattr(Path, step, fail(number))
    assert told(graph, tmp_path) == ["W582"]
    monkeypatch.undo()
    assert not list(tmp_path.rglob("*.*r*"))  # neither a whole file nor part of one


def test_read_only_folders_serve_what_they_hold(graph, path, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "utime", fail(errno.EROFS))
    with never_again():
        store.ordered(*graph, str(tmp_path))


def test_a_warning_made_an_error_finds_the_file_mended(graph, path, tmp_path):
    path.write_bytes(b"")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(AccessWarning, match="W580"):
            store.ordered(*graph, str(tmp_path))
        with never_again():
            store.ordered(*graph, str(tmp_path))


# Many graphs, many processes.


def test_what_was_used_last_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "KEPT", 3)
    mine = Path(tmp_path, store.FOLDER, "notes.txt")
    names = []
    for seed in range(4):
        store.ordered(*drawn(seed), str(tmp_path))
        mine.write_text("mine")
        names += [p for p in files(tmp_path) if p not in [*names, mine]]
        for age, name in enumerate(names):  # clocks of disks may be coarse
            if name.exists():
                os.utime(name, (1000 + age, 1000 + age))
        if seed == 2:
            store.ordered(*drawn(0), str(tmp_path))  # used again
    assert [name.exists() for name in names] == [True, False, True, True]
    assert mine.read_text() == "mine"


def test_what_a_killed_process_left_goes_in_time(graph, tmp_path, monkeypatch):
    monkeypatch.setattr(store, "KEPT", 2)
    Path(tmp_path, store.FOLDER).mkdir()
    left = Path(tmp_path, store.FOLDER, "0123456789abcdef-01234567.part")
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    for seed in range(2):
        store.ordered(*drawn(seed), str(tmp_path))
    assert not left.exists()
    assert len(files(tmp_path)) == 2


ROUNDS = """
import sys, warnings
import numpy as np
from access.engine import store
from access.engine.elimination import eliminate
from tests.engine.test_store import alike, drawn, files
warnings.simplefilter("error")
store.LARGE, home = 1, sys.argv[1]
graph = drawn()
wanted = eliminate(*graph)
for _ in range(150):
    assert alike(store.ordered(*graph, home), wanted)
    for file in files(home):
        if file.suffix == store._ORDER and np.random.random() < 0.5:
            file.unlink(missing_ok=True)
"""


def test_two_processes_at_once(tmp_path):
    """Each removes the file now and then, so that both read, write and replace all the time."""
    root = Path(__file__).resolve().parents[2]
    words = [sys.executable, "-c", ROUNDS, str(tmp_path)]
    both = [subprocess.Popen(words, cwd=root, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    assert [one.communicate()[1] for one in both] == ["", ""]
    assert all(file.suffix == store._ORDER for file in files(tmp_path))


# A planner's folder.


@pytest.fixture
def city(sample, tmp_path):
    shutil.copytree(sample, tmp_path / "city")
    return tmp_path / "city"


def walk(study):
    recent._kept.clear()
    question = study.questions[0]
    ready = link(study, question)
    search(study.network, ready.costs, ready.cell_snaps, ready.place_snaps, engine="engine")


def test_nothing_is_written_for_small_networks(city, monkeypatch):
    monkeypatch.undo()
    before = sorted(city.rglob("*"))
    study = Study.from_folder(city)
    assert study.network.home == str(city)
    walk(study)
    assert sorted(city.rglob("*")) == before


def test_nothing_is_written_where_the_study_forbids_it(city):
    document = city / "study.toml"
    document.write_text(
        document.read_text("utf-8").replace("[streets]", "[streets]\nkeep = false"), "utf-8"
    )
    walk(Study.from_folder(city))
    assert not (city / store.FOLDER).exists()


def test_nothing_is_written_for_networks_of_no_folder(sample_study, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    network = replace(sample_study.network, home="")
    prepare(network, weigh(network, mode("walk")))
    assert not list(tmp_path.iterdir())


def test_a_study_that_has_moved_takes_its_orders_along(city):
    study = Study.from_folder(city)
    walk(study)
    assert len(files(city)) == 1
    moved = city.rename(city.with_name("moved"))
    with never_again():
        walk(Study.from_folder(moved))
    assert Study.from_folder(moved).fingerprint == study.fingerprint


def test_the_command_line_tells_of_damage_and_answers_the_same(city, tmp_path, monkeypatch):
    """Its questions alone: what chapters tell follows from the times of these, and takes long."""
    monkeypatch.setattr(street, "SMALL", 0)
    document = city / "study.toml"
    parts = re.split(r"(?m)^(?=\[)", document.read_text("utf-8"))
    of_chapters = ("[[programmes]]", "[measures]", "[zones]", "[teachers]", "[origins]")
    kept = [part for part in parts if part.splitlines()[0] not in of_chapters]
    document.write_text("".join(kept), "utf-8")
    out = [tmp_path / "first", tmp_path / "second", tmp_path / "third"]

    def run(to):
        recent._kept.clear()
        words = ["run", str(city), "--out", str(to), "--quiet", "--lang", "en"]
        done = CliRunner().invoke(command, words)
        assert done.exit_code == 0, done.output
        return done.stderr

    assert run(out[0]) == ""
    kept = files(city)
    assert len(kept) == 3, "walk, bicycle, drive"
    for file in kept:
        file.write_bytes(file.read_bytes()[:-1])
    lines = run(out[1]).splitlines()
    assert len(lines) == len(kept)
    assert all(line.startswith("Warning W580: .access/") for line in lines)
    assert run(out[2]) == ""
    for file in sorted(p for p in out[0].rglob("*") if p.is_file()):
        for other in out[1:]:
            assert (other / file.relative_to(out[0])).read_bytes() == file.read_bytes()
