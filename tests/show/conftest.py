"""A small town with its answers, and a browser that cannot reach anything."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from access.measure.outcome import Outcome
from access.study.study import Study
from tests.conftest import skip
from tests.show.town import OLD, WALK, answer, make_study


@pytest.fixture(scope="session")
def town() -> Study:
    return make_study()


@pytest.fixture(scope="session")
def outcomes(town: Study) -> list[Outcome]:
    return [answer(town, WALK), answer(town, OLD, 0.6)]


CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A browser whose every name look-up fails."""
    if not CHROMIUM.exists():
        skip("browser", "Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=str(CHROMIUM),
            args=[*FLAGS, "--host-resolver-rules=MAP * ~NOTFOUND"],
            env={**os.environ, "LANG": "C.UTF-8"},
        )
        yield browser
        browser.close()
