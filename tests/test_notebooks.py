"""The notebooks: committed without outputs, and run from the first cell to the last."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from access import Question, Study, evaluate
from access.ledger import Findings

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
STORY = ROOT / "notebooks" / "01_first_story.ipynb"
COMPARING = ROOT / "notebooks" / "02_comparing_scenarios.ipynb"
CLAIMS = {
    STORY: (
        "assert (rural.sort_values('15분 이내 %').head(5)['65세 이상 %'] > 100 / 3).all()",
        "assert table.loc['계', '65세 이상 %'] < 100 / 4",
        "assert car.districts()['share_15'].iloc[0] > 99",
        "assert car.reasons()['people'].sum() > 0",
    ),
    COMPARING: (
        "assert not villages.problems(city)",
        "told = [p.code for p in ac.Scenario('x', edits).problems(city)]",
        "assert told == ['E634', 'E681', 'E638'], told",
        "gain = limit[limit['change'] > 0].groupby('scenario')['name'].agg(list)",
        "assert gain.map(len).tolist() == [2, 2], gain",
        "assert all(name.endswith('면') for name in gain['마을 두 곳'])",
        "assert not any(name.endswith('면') for name in gain['시장 두 곳'])",
        "city_rows = table[(table['code'] == '') & (table['minutes'] == 15)]",
        "change = city_rows.set_index('scenario')['change']",
        "assert change['시장 두 곳'] > 5 * change['마을 두 곳']",
        "assert (losses.table().query('minutes == 20')['lost'] > 0).all()",
        "assert villages.undo(both) == bridge.apply(city)",
    ),
}
"""What the text of a notebook says, as lines that fail where it is not so."""
SECONDS_A_CELL = 120


def test_there_are_notebooks() -> None:
    assert STORY in NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_committed_without_outputs(path: Path) -> None:
    content = json.loads(path.read_text("utf-8"))
    assert content["metadata"]["kernelspec"]["name"] == "python3"
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None
            assert len(cell["source"]) <= 15, "cells are short"
        assert set(cell["metadata"]) <= {"tags"}


def run(path: Path, folder: Path, *more: str) -> list[Any]:
    """Run a notebook, with more lines after it, in a kernel; return its code cells."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    notebook.cells += [nbformat.v4.new_code_cell(source) for source in more]
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=SECONDS_A_CELL,
        resources={"metadata": {"path": str(folder)}},
    )
    # The kernel finds the package of this checkout, installed or not.
    client.execute(env=os.environ | {"PYTHONPATH": str(ROOT)})
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


# Jupyter's own deprecations are not ours to mend; what a cell of ours warns of is in its output.
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_shows_a_map(path: Path, tmp_path: Path) -> None:
    cells = run(path, tmp_path, *CLAIMS.get(path, ()))
    pages = [
        output.data.get("text/html", "")
        for cell in cells
        for output in cell.outputs
        if output.output_type == "execute_result"
    ]
    told = [o for cell in cells for o in cell.outputs if o.output_type == "stream"]
    assert not [o.text for o in told if "Warning" in o.text and "access" in o.text]
    (shown,) = [page for page in pages if "<iframe" in page]
    assert "data:image/png;base64," in shown  # what is left of it in a notebook not yet trusted
    assert 'sandbox="allow-scripts"' in shown
    for name in ("map.html", "report.html"):
        assert "가람시" in (tmp_path / "results" / name).read_text("utf-8")


# How the records show themselves.


@pytest.fixture(scope="module")
def town() -> Study:
    from access.testing import toy_study

    return toy_study(
        "abcd",
        {"abc": {}},
        people={"a": 1234, "c": 3, "d": 70},
        centres="b",
        districts={"<b>동": "ab", "다면": "cd"},
        spacing_m=600,
    )


def test_a_study_shows_itself_in_both_languages(town: Study) -> None:
    from dataclasses import replace

    korean, english = town._repr_html_(), replace(town, lang="en")._repr_html_()
    for word in ("그림마을", "합성 자료", "1,307", "centre 1"):
        assert word in korean
    assert "Districts" in english
    assert "읍·면·동" not in english


def test_an_outcome_shows_a_table_that_reads_well(town: Study) -> None:
    shown = evaluate(town, Question(minutes=(5, 10)))._repr_html_()
    for word in ("읍·면·동", "10분 이내", "소외인구", "1,234", "&lt;b&gt;동", "&lt;5"):
        assert word in shown
    assert "<b>동" not in shown
    assert "가까운 길이 없는 격자 70" in shown
    # Places are counted as they are: there is nothing to hide about one centre.
    row = shown.partition("&lt;b&gt;동")[2].partition("</tr>")[0]
    assert ">1</td>" in row


def test_a_ledger_shows_each_kind_of_remark_once() -> None:
    found = Findings("centres.csv")
    for row in (3, 4):
        found.note("F106", row=row, column="좌석수", value="1,200")
    shown = found.close(read=1_500)._repr_html_()
    assert shown.count("F106") == 1
    for number in (">1,500<", ">1,498<", ">2<"):
        assert number in shown
