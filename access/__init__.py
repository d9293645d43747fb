"""access: who can reach a place to learn, who cannot and why, and what each plan changes.

Import it as `import access as ac`. Nothing heavy is loaded before it is used.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from access import errors, measure, testing
    from access.decide.choice import choose_sites
    from access.decide.comparison import compare
    from access.decide.plan import Plan
    from access.decide.proposal import Proposal, propose_sites
    from access.inputs.districts import read_districts
    from access.korea.opendata import read_places, read_programmes
    from access.korea.residents import read_residents
    from access.measure.compliance import judge
    from access.measure.evaluation import evaluate
    from access.measure.outcome import Outcome
    from access.network.graph import Network
    from access.show.appraisal import appraise
    from access.show.map import draw
    from access.show.proposal_folder import write_proposal
    from access.show.report import write_report
    from access.study.layout import begin_study
    from access.study.question import Question
    from access.study.readers import read_cells, read_network
    from access.study.scenario import Scenario
    from access.study.standard import Standard
    from access.study.study import Study
    from access.travel.compute import travel_times
    from access.travel.times import TravelTimes

try:
    __version__ = version("learning-access")
except PackageNotFoundError:  # run from a checkout that is not installed
    __version__ = "0+unknown"

_HOME = {
    "Network": "network.graph",
    "Outcome": "measure.outcome",
    "Plan": "decide.plan",
    "Proposal": "decide.proposal",
    "Question": "study.question",
    "Scenario": "study.scenario",
    "Standard": "study.standard",
    "Study": "study.study",
    "TravelTimes": "travel.times",
    "appraise": "show.appraisal",
    "begin_study": "study.layout",
    "choose_sites": "decide.choice",
    "compare": "decide.comparison",
    "draw": "show.map",
    "evaluate": "measure.evaluation",
    "judge": "measure.compliance",
    "propose_sites": "decide.proposal",
    "read_cells": "study.readers",
    "read_districts": "inputs.districts",
    "read_network": "study.readers",
    "read_places": "korea.opendata",
    "read_programmes": "korea.opendata",
    "read_residents": "korea.residents",
    "travel_times": "travel.compute",
    "write_proposal": "show.proposal_folder",
    "write_report": "show.report",
}
_MODULES = ("errors", "measure", "testing")

__all__ = [
    "Network",
    "Outcome",
    "Plan",
    "Proposal",
    "Question",
    "Scenario",
    "Standard",
    "Study",
    "TravelTimes",
    "__version__",
    "appraise",
    "begin_study",
    "choose_sites",
    "compare",
    "draw",
    "errors",
    "evaluate",
    "judge",
    "measure",
    "propose_sites",
    "read_cells",
    "read_districts",
    "read_network",
    "read_places",
    "read_programmes",
    "read_residents",
    "sample_folder",
    "testing",
    "travel_times",
    "write_proposal",
    "write_report",
]


def __getattr__(name: str) -> Any:
    """Load a public name on first use (PEP 562), so that `import access` stays light."""
    if name in _HOME:
        value = getattr(import_module(f"access.{_HOME[name]}"), name)
    elif name in _MODULES:
        value = import_module(f"access.{name}")
    else:
        raise AttributeError(f"module 'access' has no attribute '{name}'")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__


def sample_folder() -> Path:
    """Return the folder of the fictional sample city, 가람시, whose data is synthetic.

    In a checkout it is `data/sample`, in an installed package `access/_sample`.
    """
    here = Path(__file__).resolve().parent
    for folder in (here.parent / "data" / "sample", here / "_sample"):
        if (folder / "study.toml").is_file():
            return folder
    raise FileNotFoundError("the sample city is missing: install learning-access again")


def _warn_of_namesake() -> None:
    """Warn where PySAL's package of the same import name is installed beside this one.

    Either may have overwritten the other's files without a word from pip.
    """
    try:
        other = version("access")
    except PackageNotFoundError:
        return
    import warnings

    warnings.warn(
        f"PySAL's 'access' {other} is installed beside 'learning-access'; both are imported as "
        "'access' and overwrite each other. Repair: pip uninstall -y access && "
        "pip install --force-reinstall --no-deps learning-access",
        stacklevel=3,
    )


_warn_of_namesake()
