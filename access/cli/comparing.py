"""Comparing: `access compare`, scenarios held against today."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from access.cli.manner import OUT, STUDY, Manner, manners
from access.cli.progress import announce, counter
from access.cli.reading import read_study
from access.errors import InputError, Lang

if TYPE_CHECKING:
    from access.decide.comparison import Comparison


@click.command()
@STUDY
@click.argument("scenarios", type=click.Path(path_type=Path), nargs=-1, required=True)
@OUT
@manners
@click.pass_context
def compare(
    context: click.Context, study: Path, scenarios: tuple[Path, ...], out: Path | None
) -> None:
    """시나리오(A.toml B.toml …)를 현재와 견줌 · what each scenario changes.

    Exit status 3 where some scenarios failed and others are finished.
    """
    manner = context.find_root().obj
    if _compare(manner, study, scenarios, out or Path("access-comparison")):
        context.exit(3)


def _compare(manner: Manner, path: Path, files: tuple[Path, ...], out: Path) -> bool:
    """Compare scenarios with what is there today; return whether some of them failed."""
    from access.decide.comparison import compare
    from access.measure.evaluation import evaluate
    from access.show.folder import COMPARISON, prepare, write_comparison
    from access.study.scenario import Scenario

    prepare(out, COMPARISON)
    study = read_study(manner, path)
    plans, failures = [], []
    for file in files:
        try:
            plan = Scenario.from_file(file, study).apply(study)
            added = plan.ledger.warnings[len(study.ledger.warnings) :]
            if manner.strict and added:
                raise InputError(added)
            for problem in added:
                manner.say(problem.text("ko"), problem.text("en"))
            plans.append(plan)
        except InputError as error:
            failures.append((file.name, error))
    problems = [p for _, error in failures for p in error.problems]
    if not plans:
        raise InputError(problems)
    if problems:
        click.echo(InputError(problems).text(manner.words), err=True)
    comparisons = []
    for question in study.questions:
        announce(manner, study, question)
        today = evaluate(study, question, progress=counter(manner))
        after = [evaluate(plan, question, reuse=today) for plan in plans]
        comparisons.append(compare(today, *after))
    manner.say("지도와 보고서를 쓰는 중", "Writing the map and the report")
    folder = write_comparison(comparisons, out, manner.lang or study.lang, failures)
    for comparison in comparisons:
        for line in _changes(comparison, manner.words):
            click.echo(line)
    manner.results(folder)
    return bool(failures)


def _changes(comparison: Comparison, lang: Lang) -> list[str]:
    """Say, for each scenario, how many are reached more and fewer within the limit."""
    from access._privacy import count, suppress_changes

    table = comparison.districts()
    table = suppress_changes(table[table["minutes"] == comparison.question.limit])
    limit = f"{comparison.question.limit:g}"
    lines = []
    for row in table[table["code"] == ""].to_dict("records"):
        more, fewer = (count(row[which]).replace("-", "0") for which in ("gained", "lost"))
        if lang == "ko":
            said = f"{limit}분 안에 새로 닿음 {more}명, 못 닿게 됨 {fewer}명"
        else:
            said = f"{more} come to be within {limit} min, {fewer} cease to be"
        lines.append(f"{comparison.base.name} · {row['scenario']}: {said}")
    return lines
