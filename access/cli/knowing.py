"""Knowing: `access standards` and `doctor`, what the program knows of the world and itself."""

from __future__ import annotations

import click

from access.cli.manner import manners


@click.command()
@manners
@click.pass_context
def standards(context: click.Context) -> None:
    """공식 기준과 출처·법적 성격 · official standards, sources, status."""
    from access.korea.standards import text

    click.echo(text(context.find_root().obj.words))


@click.command()
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
