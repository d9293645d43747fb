"""Folders: `access init`, `check` and `export`, the files of a study before and after."""

from __future__ import annotations

from pathlib import Path

import click

from access.cli.manner import OUT, STUDY, manners
from access.cli.reading import list_addresses, read_study
from access.errors import InputError


@click.command()
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


@click.command()
@STUDY
@manners
@click.pass_context
def check(context: click.Context, study: Path) -> None:
    """무엇이 갖추어졌고 무엇이 남았는지 · what is good, what is wrong, what is missing."""
    from access.study.review import review

    manner = context.find_root().obj
    seen = review(study, progress=manner.reading)
    click.echo(seen.text(manner.words))
    list_addresses(manner, study, [*seen.remarks, *seen.problems])
    if not seen.ready:
        context.exit(2)
    if manner.strict and seen.warnings:
        raise InputError(seen.warnings)


@click.command()
@STUDY
@OUT
@manners
@click.pass_context
def export(context: click.Context, study: Path, out: Path | None) -> None:
    """시설·공간·강좌를 코드와 함께 내보냄 · hand on places, rooms and classes with codes."""
    from access.errors import listing
    from access.show.handover import write_export

    manner = context.find_root().obj
    ready = read_study(manner, study)
    folder, ledger = write_export(ready, out or Path("access-export"))
    if ledger.entries:
        click.echo(listing([e.problem for e in ledger.entries], manner.words), err=True)
    click.echo(("내보낸 곳: " if manner.words == "ko" else "Exported: ") + str(folder))
