"""The command line: one command per verb, each one call into the library."""

from __future__ import annotations

import os
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

import access
from access.errors import AccessError, AccessWarning, InputError, Lang, Problem

if TYPE_CHECKING:
    from access.decide.comparison import Comparison
    from access.measure.outcome import Outcome
    from access.study.question import Question
    from access.study.study import Study

PATIENCE = 5.0
"""Seconds: of work that takes longer, how long is told."""

F = TypeVar("F", bound=Callable[..., Any])


@dataclass
class Manner:
    """How to speak: the global options, given before or after a command."""

    lang: Lang | None = None
    debug: bool = False
    strict: bool = False
    quiet: bool = False

    @property
    def words(self) -> Lang:
        """The language of messages: Korean unless said otherwise."""
        return self.lang or "ko"

    def say(self, ko: str, en: str) -> None:
        """Say what is going on, on standard error."""
        if not self.quiet:
            click.echo(ko if self.words == "ko" else en, err=True)

    def reading(self, file: str) -> None:
        """Say which file is read."""
        self.say(f"읽는 중: {file}", f"Reading {file}")


def _keep(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Keep a global option wherever it was given."""
    manner = context.find_root().ensure_object(Manner)
    if value and parameter.name:
        setattr(manner, parameter.name, value)


def manners(command: F) -> F:
    """Add the global options to a command."""
    kept: dict[str, Any] = {"expose_value": False, "callback": _keep}
    options = (
        click.option("--lang", type=click.Choice(["ko", "en"]), help="언어 · language", **kept),
        click.option("--strict", is_flag=True, help="주의도 오류로 · warnings stop", **kept),
        click.option("--quiet", is_flag=True, help="진행을 알리지 않음 · no progress", **kept),
        click.option("--debug", is_flag=True, help="오류 추적 · show tracebacks", **kept),
    )
    for option in reversed(options):
        command = option(command)
    return command


class _Command(click.Group):
    """Turns every error into a sentence and an exit status: 2 bad input, 1 a defect of ours."""

    def invoke(self, ctx: click.Context) -> Any:
        manner = ctx.ensure_object(Manner)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("default", AccessWarning)  # once each
                warnings.showwarning = _teller(manner, warnings.showwarning)
                return super().invoke(ctx)
        except AccessError as error:
            if manner.debug:
                raise
            click.echo(error.text(manner.words), err=True)
            ctx.exit(2)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            ko, en = "멈췄습니다. 결과는 쓰지 않았습니다.", "Stopped; no results were written."
            click.echo(ko if manner.words == "ko" else en, err=True)
            ctx.exit(130)
        except BrokenPipeError:  # whoever read our output has read enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except Exception as error:
            if manner.debug:
                raise
            ko = "프로그램 결함입니다. --debug를 붙여 다시 실행한 내용을 개발자에게 알려 주세요"
            en = "A defect of the program. Please run again with --debug and report what it prints"
            text = ko if manner.words == "ko" else en
            click.echo(f"{text}: {type(error).__name__}: {error}", err=True)
            ctx.exit(1)


def _teller(manner: Manner, otherwise: Callable[..., None]) -> Callable[..., None]:
    """Return how warnings are told: our own as a sentence."""

    def tell(message: Warning | str, *where: Any, **more: Any) -> None:
        if isinstance(message, AccessWarning):
            click.echo(message.problem.text(manner.words), err=True)
        else:
            otherwise(message, *where, **more)

    return tell


@click.group(cls=_Command, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(access.__version__, prog_name="access")
@manners
def command() -> None:
    """학습 이동권: 누가 몇 분 안에 배울 곳에 닿는가.

    Who can reach a place to learn, in how many minutes, and who cannot.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a CP949 console must not stop the work
            stream.reconfigure(errors="replace")


OUT = click.option(
    "--out", type=click.Path(path_type=Path), help="결과 폴더 · folder for the results"
)
STUDY = click.argument("study", type=click.Path(path_type=Path))


@command.command()
@OUT
@manners
@click.pass_context
def demo(context: click.Context, out: Path | None) -> None:
    """내장된 가상 도시(가람시)로 한번에 · run the fictional sample city."""
    _run(context.find_root().obj, access.sample_folder(), out or Path("access-demo"))


@command.command()
@STUDY
@OUT
@manners
@click.pass_context
def run(context: click.Context, study: Path, out: Path | None) -> None:
    """STUDY.toml의 질문에 답하고 지도와 보고서를 만듦 · answer a study."""
    _run(context.find_root().obj, study, out or Path("access-results"))


@command.command()
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


@command.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--city", required=True, help="도시 이름 · its name, e.g. 안성시, 경상남도 고성군")
@click.option(
    "--residents",
    type=click.Path(path_type=Path),
    help="주민등록 연령별 인구 파일 · the MOIS export, if at hand",
)
@click.option("--offline", is_flag=True, help="내려받지 않음 · download nothing")
@manners
@click.pass_context
def init(
    context: click.Context, folder: Path, city: str, residents: Path | None, offline: bool
) -> None:
    """새 연구 폴더를 만듦 · lay out a folder for the study of a city."""
    from access.study.layout import begin_study

    manner = context.find_root().obj
    lang = manner.words
    layout = begin_study(
        folder,
        city,
        lang=lang,
        residents=residents,
        online=not offline,
        progress=lambda name: manner.say(
            f"오픈스트리트맵에서 도로를 내려받는 중: {name} (몇 분 걸릴 수 있습니다)",
            f"Downloading the streets of {name} from OpenStreetMap (this may take minutes)",
        ),
    )
    click.echo(layout.text(lang))
    if layout.trouble is not None and manner.strict:
        raise InputError([layout.trouble])


@command.command()
@STUDY
@OUT
@manners
@click.pass_context
def export(context: click.Context, study: Path, out: Path | None) -> None:
    """시설·공간·강좌를 코드와 함께 내보냄 · hand on places, rooms and classes with codes."""
    from access.errors import listing
    from access.show.handover import write_export

    manner = context.find_root().obj
    ready = _read(manner, study)
    folder, ledger = write_export(ready, out or Path("access-export"))
    if ledger.entries:
        click.echo(listing([e.problem for e in ledger.entries], manner.words), err=True)
    click.echo(("내보낸 곳: " if manner.words == "ko" else "Exported: ") + str(folder))


@command.command()
@STUDY
@manners
@click.pass_context
def check(context: click.Context, study: Path) -> None:
    """무엇이 갖추어졌고 무엇이 남았는지 · what is good, what is wrong, what is missing."""
    from access.study.review import review

    manner = context.find_root().obj
    seen = review(study, progress=manner.reading)
    click.echo(seen.text(manner.words))
    _list_addresses(manner, study, [*seen.remarks, *seen.problems])
    if not seen.ready:
        context.exit(2)
    if manner.strict and seen.warnings:
        raise InputError(seen.warnings)


@command.command()
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


@command.command()
@manners
@click.pass_context
def standards(context: click.Context) -> None:
    """공식 기준과 출처·법적 성격 · official standards, sources, status."""
    from access.korea.standards import text

    click.echo(text(context.find_root().obj.words))


@command.command()
@manners
@click.pass_context
def doctor(context: click.Context) -> None:
    """설치 상태를 살핌 · look at this installation."""
    from access.checkup import examine

    manner = context.find_root().obj
    findings = examine()
    for finding in findings:
        mark = "○" if finding.good else "×"
        click.echo(f"{mark} {finding.ko if manner.words == 'ko' else finding.en}")
    if not all(finding.good for finding in findings):
        context.exit(2)


def _read(manner: Manner, path: Path) -> Study:
    """Read a study; addresses that somebody must confirm are listed beside it, come what may."""
    from access.study.study import Study

    try:
        study = Study.from_folder(path, strict=manner.strict, progress=manner.reading)
    except AccessError as error:
        _list_addresses(manner, path, error.problems)
        raise
    _list_addresses(manner, path, study.ledger.reasons)
    return study


def _list_addresses(manner: Manner, path: Path, problems: Sequence[Problem]) -> None:
    from access.korea.confirm import write_to_confirm

    folder = path if path.is_dir() else path.parent
    if (written := write_to_confirm(problems, folder)) is not None:
        manner.say(f"확인할 주소: {written}", f"Addresses to confirm: {written}")


def _run(manner: Manner, path: Path, out: Path) -> None:
    from access.measure.compliance import judge
    from access.measure.evaluation import evaluate
    from access.show.appraisal import appraise
    from access.show.folder import prepare, write_folder
    from access.show.standards import headline

    prepare(out)  # before the work: a folder that cannot be written to is told at once
    study = _read(manner, path)
    outcomes: list[Outcome] = []
    for question in study.questions:
        _announce(manner, study, question)
        outcomes.append(evaluate(study, question, progress=_counter(manner)))
    if study.standards:
        n = len(study.standards)
        manner.say(f"기준 {n}개에 견주는 중", f"Holding the study against {n} standards")
    held = judge(study, reuse=outcomes, progress=_counter(manner))
    lang = manner.lang or study.lang
    chapters = appraise(outcomes, lang, progress=manner.say)
    manner.say("지도와 보고서를 쓰는 중", "Writing the map and the report")
    folder = write_folder(outcomes, out, lang=lang, held=held, chapters=chapters)
    for outcome in outcomes:
        click.echo(_headline(outcome, manner.words))
    for verdict in held:
        click.echo(headline(verdict, manner.words))
    click.echo(("결과: " if manner.words == "ko" else "Results: ") + str(folder))


def _compare(manner: Manner, path: Path, files: tuple[Path, ...], out: Path) -> bool:
    """Compare scenarios with what is there today; return whether some of them failed."""
    from access.decide.comparison import compare
    from access.measure.evaluation import evaluate
    from access.show.folder import COMPARISON, prepare, write_comparison
    from access.study.scenario import Scenario

    prepare(out, COMPARISON)
    study = _read(manner, path)
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
        _announce(manner, study, question)
        today = evaluate(study, question, progress=_counter(manner))
        after = [evaluate(plan, question, reuse=today) for plan in plans]
        comparisons.append(compare(today, *after))
    manner.say("지도와 보고서를 쓰는 중", "Writing the map and the report")
    folder = write_comparison(comparisons, out, manner.lang or study.lang, failures)
    for comparison in comparisons:
        for line in _changes(comparison, manner.words):
            click.echo(line)
    click.echo(("결과: " if manner.words == "ko" else "Results: ") + str(folder))
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


def _choose(manner: Manner, path: Path, out: Path, asked: dict[str, Any]) -> None:
    from access.decide.proposal import propose_sites
    from access.decide.robustness import Uncertainty
    from access.show.folder import prepare
    from access.show.proposal import headline, missing_lines
    from access.show.proposal_folder import PROPOSAL, write_proposal

    prepare(out, PROPOSAL)  # before the work: a folder that cannot be written to is told at once
    drawn = _percents(asked["uncertain"])
    uncertainty = Uncertainty(draws=asked["draws"], seed=asked["seed"], **drawn)
    sites = asked["sites"]
    study = _read(manner, path)
    question = _asked(study, asked["question"])
    _announce(manner, study, question)
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
        progress=_draws_counter(manner),
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
    for line in missing_lines(proposal, manner.words):
        click.echo(line)
    click.echo(("결과: " if manner.words == "ko" else "Results: ") + str(folder))


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


def _draws_counter(manner: Manner) -> Callable[[int, int], None]:
    """Return a teller of every quarter of the draws, and early of how long they will take."""
    begun = time.monotonic()
    told = False

    def tell(done: int, whole: int) -> None:
        nonlocal begun, told
        if done == 0:
            begun = time.monotonic()
            return
        passed = time.monotonic() - begun
        left = passed / done * (whole - done)
        quarter = done % max(1, whole // 4) == 0
        if quarter or (not told and passed > PATIENCE and left > PATIENCE):
            told = True
            ko, en = f"  {whole}번 가운데 {done}번 뽑음", f"  {done} of {whole} draws"
            if left > PATIENCE:
                ko, en = f"{ko}, 앞으로 약 {left:,.0f}초", f"{en}, about {left:,.0f} s to go"
            manner.say(ko, en)

    return tell


def _announce(manner: Manner, study: Study, question: Question) -> None:
    """Say what is computed, and how much memory it takes, before the work."""
    from access.travel.compute import memory_needed

    cells, places = len(study.cells), sum(kind in question.to for kind in study.places.kind)
    size = f"{memory_needed(cells, places) / 1e6:,.0f} MB"
    name = question.name or question.mode
    manner.say(
        f"계산 중: {name} (격자 {cells:,}개 × 시설 {places:,}곳, 메모리 약 {size})",
        f"Computing {name} ({cells:,} cells x {places:,} places, about {size} of memory)",
    )


def _counter(manner: Manner) -> Callable[[int, int], None]:
    """Return a teller of long work: nothing is said of work that is done at one stroke."""

    def tell(done: int, whole: int) -> None:
        if done < whole:
            manner.say(f"  시설 {whole}곳 중 {done}곳", f"  {done} of {whole} places")

    return tell


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
