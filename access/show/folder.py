"""The folder of results: every file of it, or none."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from access.errors import Lang, OutputError
from access.show.changes import (
    Failure,
    change_table,
    changes_csv,
    changes_workbook,
    failures_csv,
)
from access.show.class_changes import MARK, class_exhibit, class_table
from access.show.contrast import comparison_html
from access.show.geopackage import write_geopackage
from access.show.map import draw, language, together
from access.show.report import report_html
from access.show.standards import sheet, standards_csv
from access.show.swipe import draw_changes
from access.show.tables import districts_csv, ledger_csv, whole_ledger, workbook
from access.show.words import words
from access.study.edits import written

if TYPE_CHECKING:
    from access.decide.comparison import Comparison
    from access.measure.compliance import Compliance
    from access.measure.outcome import Outcome
    from access.show.exhibit import Chapter

RUN = "run.json"
MADE_BY = "learning-access"
HIDDEN = ".access-"
"""How the names of our unfinished folders begin."""

_TOLD = (
    ("map.html", "file_map"),
    ("tables.xlsx", "file_xlsx"),
    ("districts.csv", "file_csv"),
    ("standards.csv", "file_standards"),
    ("results.gpkg", "file_gpkg"),
    ("ledger.csv", "file_ledger"),
    (RUN, "file_run"),
)

_COMPARED = (
    ("map.html", "file_swipe"),
    ("comparison.xlsx", "file_comparison_xlsx"),
    ("comparison.csv", "file_comparison_csv"),
    (RUN, "file_run"),
)
_CLASSES = (f"{MARK}.csv", "file_comparison_classes")
_FAILED = ("failures.csv", "file_failures")
EXHIBITS = {
    "fields": "fields_sheet",
    "programmes": "programmes_sheet",
    "choice": "choice_sheet",
    "unmet": "unmet_sheet",
    "open_week": "open_sheet",
    "class_week": "class_week_sheet",
    "overlap_matrix": "matrix_sheet",
    "overlap": "pairs_sheet",
    "duplicates": "duplicates_sheet",
    "gaps": "gaps_sheet",
    "rooms": "rooms_sheet",
    "sharing": "sharing_sheet",
    "barriers": "barriers_sheet",
    "barrier_districts": "barrier_districts_sheet",
    "equity": "equity_sheet",
    "equity_districts": "equity_districts_sheet",
    "equity_groups": "equity_groups_sheet",
    "zones": "zones_sheet",
    "ways": "ways_sheet",
    "online": "online_sheet",
    "origins": "origins_sheet",
    "teachers": "teachers_sheet",
    "teacher_homes": "homes_sheet",
}
"""The tables of chapters by the name of their CSV, and the word for each."""


@dataclass(frozen=True, slots=True)
class Making:
    """What a folder of ours holds: the file that marks it, and the names of all its files."""

    mark: str
    names: frozenset[str]


_NAMES = {"report.html", *(name for name, _ in _TOLD), *(f"{name}.csv" for name in EXHIBITS)}
RESULTS = Making(RUN, frozenset(_NAMES))
COMPARISON = Making(
    RUN, frozenset({"report.html", *(name for name, _ in (*_COMPARED, _CLASSES, _FAILED))})
)

_PACKAGES = [
    "folium",
    "geopandas",
    "numpy",
    "osmium",
    "pandas",
    "pyogrio",
    "pyproj",
    "scipy",
    "shapely",
    "XlsxWriter",
    "XStatic-Leaflet",
]


def write_folder(
    outcomes: Outcome | Sequence[Outcome],
    out: str | Path,
    lang: Lang = "ko",
    *,
    held: Compliance | None = None,
    chapters: Sequence[Chapter] = (),
) -> Path:
    """Write report, map, tables, GeoPackage, ledger and run.json into the folder `out`.

    Everything is written into a hidden folder first and renamed when complete. An earlier result
    of ours is replaced, file by file, so that a terminal or an open window in the folder stays in
    it; any other folder that is not empty is left alone. `held` adds what standards say of the
    study, and standards.csv; `chapters` (`appraise`) add a part each to the report, a CSV and a
    sheet for each of their tables.

    Raises OutputError where `out` holds something else or cannot be written.
    """
    several, tongue = together(outcomes), language(lang)
    deliver(out, lambda part: _write_all(several, part, tongue, held, chapters), RESULTS)
    return Path(out)


def write_comparison(
    comparisons: Sequence[Comparison],
    out: str | Path,
    lang: Lang = "ko",
    failures: Sequence[Failure] = (),
) -> Path:
    """Write a comparison of scenarios into the folder `out`: report, map, tables and run.json.

    `failures` are scenarios that could not be computed, by name, and why: a table of them is
    written too. As with `write_folder`, all files are written or none.
    """
    tongue = language(lang)
    deliver(out, lambda part: _write_changes(comparisons, part, tongue, failures), COMPARISON)
    return Path(out)


def deliver(out: str | Path, write: Callable[[Path], None], making: Making) -> None:
    """Let `write` fill a hidden folder, and put it in the place of `out` when it is complete.

    Raises OutputError where `out` holds something else than an earlier one of its making, or
    cannot be written.
    """
    folder = Path(out).absolute()
    prepare(folder, making)
    try:
        part = _part(folder)
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        write(part)
        part.chmod(0o755)
        _swap(part, folder)
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def prepare(out: str | Path, making: Making = RESULTS) -> None:
    """See, before any work, that results can be written to `out`.

    Raises OutputError where it holds something other than an earlier result of ours, and where
    nothing can be written beside it.
    """
    folder = Path(out).absolute()
    try:
        there = folder.is_symlink() or folder.exists()
        if there and not (folder.is_dir() and (_is_ours(folder, making) or not _seen(folder))):
            raise OutputError.of("E824", file=str(folder))
        ground = next(p for p in (folder, *folder.parents) if p.exists())
        Path(tempfile.mkdtemp(prefix=HIDDEN, dir=ground)).rmdir()
    except OSError as error:
        raise _unwritable(folder, error) from error


def _part(folder: Path) -> Path:
    """Make the hidden folder that is filled first, on the same disk as where it goes."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    ground = folder if folder.exists() else folder.parent
    return Path(tempfile.mkdtemp(prefix=HIDDEN, dir=ground))


def _is_ours(folder: Path, making: Making) -> bool:
    try:
        told = json.loads((folder / making.mark).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    if not isinstance(told, dict) or told.get("made_by") != MADE_BY:
        return False
    return _seen(folder) <= making.names


def _seen(folder: Path) -> set[str]:
    """Return the names in a folder, but for what an interrupted run of ours has left hidden."""
    return {entry.name for entry in folder.iterdir() if not entry.name.startswith(HIDDEN)}


def _unwritable(folder: Path, error: OSError) -> OutputError:
    return OutputError.of("E823", file=str(folder), facts={"why": error.strerror or str(error)})


def _write_all(
    outcomes: Sequence[Outcome],
    folder: Path,
    lang: Lang,
    held: Compliance | None,
    chapters: Sequence[Chapter],
) -> None:
    said = words(lang)
    title = said["report_title"].format(name=outcomes[0].study.name)
    held = held if held is not None and len(held) else None
    told = [(name, key) for name, key in _TOLD if held is not None or key != "file_standards"]
    exhibits = [exhibit for chapter in chapters for exhibit in chapter.exhibits]
    beside = [(name, said[key]) for name, key in told]
    beside += [(f"{exhibit.name}.csv", exhibit.sheet) for exhibit in exhibits]
    (folder / "map.html").write_bytes(draw(list(outcomes), lang).html.encode())
    report = report_html(title, outcomes, lang, beside=beside, held=held, chapters=chapters)
    (folder / "report.html").write_bytes(report.encode())
    for exhibit in exhibits:
        (folder / f"{exhibit.name}.csv").write_bytes(exhibit.csv())
    (folder / "districts.csv").write_bytes(districts_csv(outcomes))
    (folder / "ledger.csv").write_bytes(ledger_csv(outcomes))
    more = [] if held is None else [sheet(held, lang)]
    more += [exhibit.to_sheet() for exhibit in exhibits]
    (folder / "tables.xlsx").write_bytes(workbook(outcomes, lang, more))
    if held is not None:
        (folder / "standards.csv").write_bytes(standards_csv(held, lang))
    write_geopackage(outcomes, folder / "results.gpkg")
    record = run(outcomes, lang)
    if held is not None:
        record["standards"] = [asdict(verdict.standard) for verdict in held]
    (folder / RUN).write_bytes(
        f"{json.dumps(record, ensure_ascii=False, indent=2, sort_keys=True)}\n".encode()
    )


def _write_changes(
    comparisons: Sequence[Comparison], folder: Path, lang: Lang, failures: Sequence[Failure]
) -> None:
    said = words(lang)
    changes = change_table(comparisons)
    classes = class_table(comparisons)
    some = [*([_CLASSES] if len(classes) else []), *([_FAILED] if failures else [])]
    beside = [(name, said[key]) for name, key in (*_COMPARED[:-1], *some, _COMPARED[-1])]
    page = comparison_html(comparisons, changes, classes, lang, failures=failures, beside=beside)
    (folder / "report.html").write_bytes(page.encode())
    (folder / "map.html").write_bytes(draw_changes(comparisons, lang).html.encode())
    (folder / "comparison.csv").write_bytes(changes_csv(changes))
    more = []
    if len(classes):
        taught = class_exhibit(classes, lang)
        (folder / _CLASSES[0]).write_bytes(taught.csv())
        more.append(taught.to_sheet())
    (folder / "comparison.xlsx").write_bytes(changes_workbook(comparisons, changes, lang, more))
    if failures:
        (folder / _FAILED[0]).write_bytes(failures_csv(failures))
    first = comparisons[0]
    told_of = run([c.base for c in comparisons], lang) | {
        "scenarios": [
            {
                "name": name,
                "applied": [
                    {"name": s.name, "id": s.id, "note": s.note, "edits": [*map(written, s.edits)]}
                    for s in (outcome.study.planned.scenarios if outcome.study.planned else ())
                ],
                "fingerprint": outcome.study.fingerprint,
            }
            for name, outcome in zip(first.names, first.outcomes, strict=True)
        ],
        "failed": [name for name, _ in failures],
    }
    text = json.dumps(told_of, ensure_ascii=False, indent=2, sort_keys=True)
    (folder / RUN).write_bytes(f"{text}\n".encode())


def _swap(part: Path, folder: Path) -> None:
    """Put the finished files in their place; the earlier ones go only when that has worked."""
    if not folder.exists():
        part.rename(folder)
        return
    earlier = Path(tempfile.mkdtemp(prefix=HIDDEN, dir=folder))
    hidden = {part.name, earlier.name}
    moved: list[Path] = []
    try:
        for old in sorted(p for p in folder.iterdir() if p.name not in hidden):
            old.rename(earlier / old.name)
        for new in sorted(part.iterdir()):
            new.rename(folder / new.name)
            moved.append(folder / new.name)
    except OSError:
        for path in moved:
            path.unlink()
        for old in earlier.iterdir():
            old.rename(folder / old.name)
        raise
    finally:
        shutil.rmtree(earlier, ignore_errors=True)


def run(outcomes: Sequence[Outcome], lang: Lang) -> dict[str, Any]:
    """Return what makes the results again: versions, parameters, input hashes and data dates."""
    from access import __version__

    study = outcomes[0].study
    return {
        "made_by": MADE_BY,
        "versions": {MADE_BY: __version__} | {name: version(name) for name in _PACKAGES},
        "study": {
            "name": study.name,
            "as_of": None if study.as_of is None else study.as_of.isoformat(),
            "crs": study.crs,
            "lang": lang,
            "synthetic": study.synthetic,
            "fingerprint": study.fingerprint,
        },
        "inputs": [asdict(source) for source in study.sources],
        "rows": [asdict(tally) for tally in whole_ledger(outcomes).tallies],
        "questions": [
            {
                "number": i,
                **asdict(outcome.question),
                "assumptions": {
                    "ko": [ko for ko, _ in outcome.assumptions],
                    "en": [en for _, en in outcome.assumptions],
                },
                "fingerprint": outcome.fingerprint,
            }
            for i, outcome in enumerate(outcomes, 1)
        ],
    }
