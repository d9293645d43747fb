"""Fixtures every test may use: the real data, the sample city, and what a run requires."""

from __future__ import annotations

import os
from functools import cache, partial
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "data" / "sample"


def required(kind: str) -> bool:
    """Say whether this run may not skip tests of a kind (ACCESS_REQUIRE=browser,data)."""
    return kind in os.environ.get("ACCESS_REQUIRE", "").split(",")


def skip(kind: str, reason: str) -> None:
    """Skip for a reason, or fail where this run requires the kind."""
    if required(kind):
        pytest.fail(f"ACCESS_REQUIRE names '{kind}', but {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data, named by ACCESS_REAL_DATA or beside the project."""
    named = os.environ.get("ACCESS_REAL_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        skip("data", "the real data is not here (set ACCESS_REAL_DATA)")
    return folder


@pytest.fixture(scope="session")
def sample() -> Path:
    """The folder of the fictional city."""
    return SAMPLE


@pytest.fixture(scope="session")
def sample_study(sample: Path):
    """The fictional city, read once: a study cannot be changed."""
    from access import Study

    return Study.from_folder(sample)


@pytest.fixture(scope="session")
def sample_answer(sample_study):
    """Answer a question to the fictional city, each only once."""
    from access import evaluate

    return cache(partial(evaluate, sample_study))


@pytest.fixture(scope="session")
def told():
    """Find a problem among those of an error, a ledger or findings, and check its sentences."""
    return find_told


def find_told(where, code, *, row=None, column=None, value=None, times=None):
    """Return the first problem of this code, row and column; fail unless it says all given."""
    entries = getattr(where, "entries", None)
    problems = where.problems if entries is None else [e.problem for e in entries]
    found = [p for p in problems if p.code == code and row in (None, p.row)]
    found = [p for p in found if column in (None, p.column)]
    assert found, f"no {code} (row {row}) among:\n" + "\n".join(p.text("en") for p in problems)
    assert times in (None, len(found)), f"{len(found)} times {code}"
    for lang, line in (("ko", "{}행"), ("en", "row {}")):
        text = found[0].text(lang)
        parts = [code, found[0].file, column, value, row and line.format(row)]
        for part in parts:
            assert part is None or part in text, f"{part!r} not in {text!r}"
    return found[0]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many tests of each required kind ran, and how many were skipped."""
    for kind in ("browser", "data"):
        count = {
            what: sum(kind in r.keywords for r in terminalreporter.stats.get(what, []))
            for what in ("passed", "failed", "skipped")
        }
        said = ", ".join(f"{number} {what}" for what, number in count.items())
        terminalreporter.write_line(f"{kind}: {said}")
