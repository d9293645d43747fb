"""The code keeps its own rules: ruff, its format, and strict types."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    "tool",
    [
        ["ruff", "check", "--no-cache", "."],
        ["ruff", "format", "--check", "--no-cache", "."],
        ["mypy"],
    ],
    ids=" ".join,
)
def test_tools_find_nothing(tool):
    done = subprocess.run(
        [sys.executable, "-m", *tool], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


FORBIDDEN = r"\b(pickle|joblib|shelve|dill|eval|exec)\b\(?|read_pickle|allow_pickle|shell=True"


def test_nothing_runs_what_it_reads():
    for path in sorted((ROOT / "access").rglob("*.py")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            assert not re.search(FORBIDDEN, line), f"{path}:{number}: {line.strip()}"


NETWORK = r"^\s*(import|from) (requests|urllib\.request|http\.client|socket|httpx|osmnx)\b"


def test_one_door_leads_to_the_internet():
    doors = {
        path.relative_to(ROOT / "access").as_posix()
        for path in sorted((ROOT / "access").rglob("*.py"))
        if re.search(NETWORK, path.read_text("utf-8"), re.MULTILINE)
    }
    assert "network/place.py" in doors
    assert doors <= {"network/place.py", "network/graphml.py", "network/ecosystem.py"}
