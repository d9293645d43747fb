"""Which engine answers, and that none of it is loaded before it is needed."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

import numpy as np

from access.travel import street
from access.travel.street import SMALL, engine_for


class Streets(SimpleNamespace):
    """As much of a network as the choice of an engine looks at."""

    def __len__(self):
        return self.segments


def of_size(nodes, segments=None):
    return Streets(node_id=np.empty(nodes), segments=nodes if segments is None else segments)


def test_small_questions_and_machines_without_numba_go_to_scipy(monkeypatch):
    monkeypatch.setattr(street, "find_spec", lambda name: object())
    assert engine_for(of_size(SMALL // 100), 100) == "scipy"
    assert engine_for(of_size(SMALL // 100), 101) == "engine"
    monkeypatch.setattr(street, "find_spec", lambda name: None)
    assert engine_for(of_size(SMALL), 1000) == "scipy"


def test_scipy_answers_without_loading_numba():
    code = (
        "import sys; sys.modules['numba'] = None\n"
        "from access import Question, evaluate\n"
        "from access.testing import toy_study\n"
        "town = toy_study('a b', {'ab': {}}, people={'a': 1}, centres='b', spacing_m=36)\n"
        "print(evaluate(town, Question(minutes=(1, 2))).nearest_tenths.tolist())"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[600]"


def test_doctor_tells_the_engine(monkeypatch):
    from importlib.metadata import PackageNotFoundError

    from access import checkup

    def absent(name):
        if name == "numba":
            raise PackageNotFoundError(name)
        return "1"

    monkeypatch.setattr(checkup, "version", absent)
    told = checkup._engine()
    assert told.good
    assert "SciPy" in told.en


def test_a_large_tangle_is_left_to_scipy():
    """A square grid of a million crossings has two segments a node; streets have far fewer."""
    assert engine_for(of_size(1_000_000, 2_000_000), 100) == "scipy"
    assert engine_for(of_size(1_000_000, 1_260_000), 100) == "engine"
    assert engine_for(of_size(50_000, 100_000), 100) == "engine"
