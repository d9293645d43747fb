"""The rooms of the package import only to their left, and nothing imports in a circle."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "access"
ROOMS = [
    *("inputs", "network", "engine", "korea", "study", "travel", "measure", "decide", "show"),
    "cli",
]
"""From left to right; files beside the rooms stand before all of them."""
STRANGERS = [("inputs", "network"), ("network", "inputs"), ("korea", "network")]
FACE = {"access", "access.__main__", "access.checkup"}
"""The face sees everything."""


def name_of(path: Path) -> str:
    parts = ("access", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imports(module: str) -> set[str]:
    """Return the modules of the package that a module imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name in MODULES}
        elif isinstance(node, ast.ImportFrom) and node.module in MODULES:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in MODULES else node.module)
    return found


def room(module: str) -> str:
    """Return the room of a module; "" for what all rooms stand on (files on top, `_tables`)."""
    parts = module.split(".")
    if len(parts) > 1 and parts[1].startswith("_"):
        return ""
    return parts[1] if len(parts) > 2 or (len(parts) == 2 and parts[1] in ROOMS) else ""


@pytest.mark.parametrize("module", [m for m in MODULES if m not in FACE])
def test_imports_point_left(module):
    for other in imports(module) - {"access"}:
        here, there = room(module), room(other)
        if here == there or there == "":
            continue
        assert here != "" or module in FACE | {"access.testing"}, f"{module} imports {other}"
        if here == "":
            continue
        assert ROOMS.index(there) < ROOMS.index(here), f"{module} imports {other}"
        assert (here, there) not in STRANGERS, f"{module} imports {other}"


def test_nothing_imports_in_a_circle():
    graph = {m: imports(m) - {m} for m in MODULES if m not in FACE}
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join([*path[path.index(module) :], module])
        if module in done:
            return
        for other in graph.get(module, ()):
            visit(other, (*path, module))
        done.add(module)

    for module in graph:
        visit(module, ())


def test_the_test_can_see_imports():
    assert "access.study.folder" in imports("access.study.study")
    assert room("access.study.study") == "study"
    assert room("access.ledger") == ""


HEAVY = (
    "osmnx folium geopandas matplotlib sklearn numba pandas shapely scipy networkx osmium highspy"
)


def test_import_is_light():
    code = f"import sys, access; print([m for m in '{HEAVY}'.split() if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_help_loads_nothing_heavy():
    code = (
        "import sys\nfrom access.cli import command\n"
        "try: command(['--help'])\nexcept SystemExit: pass\n"
        f"print([m for m in '{HEAVY} numpy'.split() if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip().endswith("[]")
    assert "demo" in run.stdout


def test_every_public_name_is_there():
    import access

    for name in access.__all__:
        assert getattr(access, name) is not None
    assert set(access._HOME) <= set(access.__all__)
    with pytest.raises(AttributeError, match="nonsense"):
        _ = access.nonsense


def test_no_file_carries_a_name_of_the_other_package():
    top = {path.name for path in PACKAGE.iterdir()}
    assert not top & {"access.py", "datasets.py", "fca.py", "helpers.py", "raam.py", "weights.py"}
    assert "tests" not in top
