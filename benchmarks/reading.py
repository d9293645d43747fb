"""Reading streets: from a .osm.pbf to a network one can search, this project and its peers.

Each reader works in a fresh process, so that its peak memory is its own. Time is taken after all
imports. Seconds are CPU time of the process, medians of three (one for OSMnx, which reads XML).
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent.parent
RUNS = 3


def ours(file: str) -> int:
    from access.network.build import build
    from access.network.read import read_ways

    return len(build(read_ways(file)).node_id)


def pyrosm_to(kind: str, file: str) -> int:
    from pyrosm import OSM

    extract = OSM(file)
    nodes, edges = extract.get_network("walking", nodes=True)
    graph = extract.to_graph(nodes, edges, graph_type=kind)
    return int(graph.vcount() if kind == "igraph" else graph.number_of_nodes())


def floor(file: str) -> int:
    """Hand every object to Python and do nothing with it: pyosmium alone."""
    import osmium

    return sum(1 for _ in osmium.FileProcessor(file))


def osmnx_xml(file: str) -> int:
    import osmnx

    return len(osmnx.graph_from_xml(file, simplify=False, retain_all=True))


READERS: dict[str, tuple[str, tuple[str, ...], Callable[[str], int]]] = {
    "ours": ("access", ("access.network.osm", "osmium.geom", "pyproj", "shapely"), ours),
    "igraph": (
        "pyrosm, walking, as igraph",
        ("pyrosm", "geopandas", "pyogrio", "igraph"),
        lambda file: pyrosm_to("igraph", file),
    ),
    "networkx": (
        "pyrosm, walking, as networkx",
        ("pyrosm", "geopandas", "pyogrio", "networkx"),
        lambda file: pyrosm_to("networkx", file),
    ),
    "osmnx": ("OSMnx graph_from_xml", ("osmnx",), osmnx_xml),
    "floor": ("pyosmium, an empty loop over all objects", ("osmium",), floor),
}
"""By a short name: the full name, what is imported before the clock starts, and the reader."""


def compare(name: str, file: Path, quick: bool) -> None:
    """Print a table of all readers on one file."""
    print(f"\n## Reading {name}, {file.stat().st_size / 1e6:.1f} MB\n", flush=True)
    print("| reader | seconds | times ours | peak MB | nodes or objects |\n|---|---|---|---|---|")
    own = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for reader, (label, packages, _) in READERS.items():
            if not all(find_spec(package.split(".")[0]) for package in packages):
                print(f"| {label} | not installed | | | |")
                continue
            if reader == "osmnx" and quick:
                continue
            source = as_xml(file, Path(folder)) if reader == "osmnx" else file
            runs = [fresh(reader, source) for _ in range(1 if reader == "osmnx" else RUNS)]
            seconds, peak, count = np.median(runs, axis=0).tolist()
            own = own or seconds
            print(
                f"| {label} | {seconds:.2f} | {seconds / own:.1f} | {peak:.0f} | {count:,.0f} |",
                flush=True,
            )


def fresh(reader: str, file: Path) -> tuple[float, float, int]:
    """Return seconds, peak megabytes and the count of a reader in a process of its own."""
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.reading", reader, str(file.resolve())],
        cwd=HERE,
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, peak, count = json.loads(told.stdout.splitlines()[-1])
    return seconds, peak, count


def as_xml(file: Path, folder: Path) -> Path:
    import osmium

    made = folder / "extract.osm"
    with osmium.SimpleWriter(str(made)) as writer:
        for thing in osmium.FileProcessor(str(file)):
            writer.add(thing)
    return made


def peak_mb() -> float:
    """Return the most memory this process has held.

    Linux gives `ru_maxrss` of the parent to a child that is smaller; the status file does not.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(w for w in status.read_text().splitlines() if w.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # bytes on macOS


def main(reader: str, file: str) -> None:
    """Read once, and print seconds, peak megabytes and a count."""
    _, packages, read = READERS[reader]
    for package in packages:
        import_module(package)
    begin = time.process_time()
    count = read(file)
    print(json.dumps([time.process_time() - begin, peak_mb(), count]))


if __name__ == "__main__":
    main(*sys.argv[1:])
