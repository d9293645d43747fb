"""Answering: `access demo` and `access run`, the questions of a study."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

import access
from access.cli.manner import OUT, STUDY, Manner, manners
from access.cli.progress import announce, counter
from access.cli.reading import read_study
from access.errors import Lang

if TYPE_CHECKING:
    from access.measure.outcome import Outcome
    from access.study.study import Study


@click.command()
@OUT
@manners
@click.pass_context
def demo(context: click.Context, out: Path | None) -> None:
    """내장된 가상 도시(가람시)로 한번에 · run the fictional sample city."""
    _run(context.find_root().obj, access.sample_folder(), out or Path("access-demo"))


@click.command()
@STUDY
@OUT
@manners
@click.pass_context
def run(context: click.Context, study: Path, out: Path | None) -> None:
    """STUDY.toml의 질문에 답하고 지도와 보고서를 만듦 · answer a study."""
    from access.study.layout import shell

    manner = context.find_root().obj
    read = _run(manner, study, out or Path("access-results"))
    if "idle" in read.places.kind:
        chosen = "선정" if manner.words == "ko" else "chosen"
        manner.next(f"access choose {shell(study)} --sites 5 --out {chosen}")


def _run(manner: Manner, path: Path, out: Path) -> Study:
    from access.measure.compliance import judge
    from access.measure.evaluation import evaluate
    from access.show.appraisal import appraise
    from access.show.folder import prepare, write_folder
    from access.show.standards import headline

    prepare(out)  # before the work: a folder that cannot be written to is told at once
    study = read_study(manner, path)
    outcomes: list[Outcome] = []
    for question in study.questions:
        announce(manner, study, question)
        outcomes.append(evaluate(study, question, progress=counter(manner)))
    if study.standards:
        n = len(study.standards)
        manner.say(f"기준 {n}개에 견주는 중", f"Holding the study against {n} standards")
    held = judge(study, reuse=outcomes, progress=counter(manner))
    lang = manner.lang or study.lang
    chapters = appraise(outcomes, lang, progress=manner.say)
    manner.say("지도와 보고서를 쓰는 중", "Writing the map and the report")
    folder = write_folder(outcomes, out, lang=lang, held=held, chapters=chapters)
    for outcome in outcomes:
        click.echo(_headline(outcome, manner.words))
    for verdict in held:
        click.echo(headline(verdict, manner.words))
    manner.results(folder)
    return study


def _headline(outcome: Outcome, lang: Lang) -> str:
    from access._rounding import percent

    city = outcome.districts().iloc[0]
    limit = f"{outcome.question.limit:g}"
    within, people, share = city[f"within_{limit}"], city["people"], city[f"share_{limit}"]
    share = f"{percent(share, city['underserved'] == 0):.1f}%" if people else "-"
    if lang == "ko":
        text = f"{outcome.name}: {people:,}명 중 {within:,}명({share})이 {limit}분 이내"
        return f"{text}, 소외인구 {city['underserved']:,}명"
    text = f"{outcome.name}: {within:,} of {people:,} people ({share}) within {limit} min"
    return f"{text}, {city['underserved']:,} underserved"
