"""Choosing: `access choose`, which rooms should open."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from access.cli.manner import OUT, STUDY, Manner, manners
from access.cli.progress import announce, draws_counter
from access.cli.reading import read_study
from access.errors import InputError

if TYPE_CHECKING:
    from access.study.question import Question
    from access.study.study import Study


@click.command()
@STUDY
@OUT
@click.option("--sites", type=int, help="몇 곳을 여는가 · how many open (5)")
@click.option("--question", help="질문의 이름(없으면 첫 질문) · its name (the first)")
@click.option("--candidates", default="idle", help="후보지의 종류 · kind of places (idle)")
@click.option("--one-per", type=click.Choice(["district"]), help="읍·면·동마다 하나까지 · one each")
@click.option("--aim", type=click.Choice(["people", "districts", "compromise"]), help="제안할 안")
@click.option("--must", multiple=True, metavar="ID", help="반드시 엶 · must open")
@click.option("--not", "must_not", multiple=True, metavar="ID", help="열지 않음 · must not")
@click.option("--at-least", multiple=True, metavar="NAME=N", help="읍·면·동에 적어도 N곳")
@click.option("--budget", type=float, help="한 해 비용의 한도(원) · won a year")
@click.option("--min-spacing", type=float, help="선정지 사이 거리(m) · metres apart")
@click.option("--min-area", type=float, help="가장 작은 면적(㎡) · least area")
@click.option("--step-free", is_flag=True, help="휠체어로 갈 수 있는 곳만 · step-free only")
@click.option("--give-up", type=float, default=5.0, help="절충이 양보할 인구(%) · percent (5)")
@click.option("--uncertain", multiple=True, metavar="NAME=%", help="불확실성 · e.g. survey=30")
@click.option("--draws", type=int, default=100, help="불확실성을 뽑는 횟수 · draws (100)")
@click.option("--seed", type=int, default=1, help="난수 씨앗 · seed (1)")
@click.option(
    "--seconds", type=float, default=60.0, help="풀이마다 시간 · time for each model (60)"
)
@manners
@click.pass_context
def choose(context: click.Context, /, study: Path, out: Path | None, **asked: Any) -> None:
    """어느 유휴공간을 열지 고르고 까닭을 보고서로 씀 · choose sites and say why."""
    _choose(context.find_root().obj, study, out or Path("access-choice"), asked)


def _choose(manner: Manner, path: Path, out: Path, asked: dict[str, Any]) -> None:
    from access.decide.proposal import propose_sites
    from access.decide.worlds import Uncertainty
    from access.show.folder import prepare
    from access.show.proposal import headline, missing_lines, needless_line
    from access.show.proposal_folder import PROPOSAL, write_proposal
    from access.study.layout import shell

    prepare(out, PROPOSAL)  # before the work: a folder that cannot be written to is told at once
    drawn = _percents(asked["uncertain"])
    uncertainty = Uncertainty(draws=asked["draws"], seed=asked["seed"], **drawn)
    sites = asked["sites"]
    study = read_study(manner, path)
    question = _asked(study, asked["question"])
    announce(manner, study, question)
    proposal = propose_sites(
        study,
        question,
        asked["candidates"],
        5 if sites is None and asked["budget"] is None else sites,
        aim=asked["aim"],
        one_per=asked["one_per"],
        give_up=asked["give_up"] / 100,
        uncertainty=uncertainty,
        seconds=asked["seconds"],
        progress=draws_counter(manner),
        must=asked["must"],
        must_not=asked["must_not"],
        at_least=_numbers(asked["at_least"]),
        budget=asked["budget"],
        spacing_m=asked["min_spacing"],
        min_area_m2=asked["min_area"],
        step_free=asked["step_free"],
    )
    manner.say("지도와 보고서를 쓰는 중", "Writing the map and the report")
    folder = write_proposal(proposal, out, manner.lang or study.lang)
    for aim in proposal.plans:
        click.echo(headline(proposal, manner.words, aim))
    if needless := needless_line(proposal, manner.words):
        click.echo(needless)
    for line in missing_lines(proposal, manner.words):
        click.echo(line)
    manner.results(folder)
    compared = "비교" if manner.words == "ko" else "compared"
    manner.next(f"access compare {shell(path)} {shell(folder / 'plan.toml')} --out {compared}")


def _asked(study: Study, name: str | None) -> Question:
    """Return the question of a name, or the first."""
    from difflib import get_close_matches

    if not study.questions:
        raise InputError.of("E955", file="study.toml")
    names = [question.name for question in study.questions]
    if name is None or name in names:
        return study.questions[0 if name is None else names.index(name)]
    near = get_close_matches(name, names, n=1, cutoff=0.0)[0]
    facts = {"nearest": near, "valid": ", ".join(names)}
    raise InputError.of("E954", column="--question", value=name, facts=facts)


def _numbers(given: Sequence[str]) -> dict[str, int]:
    """Return NAME=N as a mapping."""
    pairs = [text.rpartition("=") for text in given]
    for name, _, count in pairs:
        if not name or not count.strip().isdigit():
            text = f"{name}={count}" if name else count
            raise click.BadParameter(f"NAME=N: {text}", param_hint="--at-least")
    return {name.strip(): int(count) for name, _, count in pairs}


def _percents(given: Sequence[str]) -> dict[str, Any]:
    """Return NAME=PERCENT of what is uncertain as parts of 1."""
    from access.show.assumptions import UNCERTAIN

    found: dict[str, Any] = {}
    for text in given:
        name, _, percent = text.partition("=")
        try:
            found[name.strip()] = float(percent.strip().removesuffix("%")) / 100
        except ValueError:
            raise click.BadParameter(f"NAME=%: {text}", param_hint="--uncertain") from None
        if name.strip() not in UNCERTAIN:
            raise click.BadParameter(f"{text} ({', '.join(UNCERTAIN)})", param_hint="--uncertain")
    return found
