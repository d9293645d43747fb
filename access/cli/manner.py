"""Manner: how the command line speaks, by the options every command takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from access.errors import Lang

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

    def results(self, folder: Path) -> None:
        """Say where the results are, and how to look at them."""
        ko, en = "report.html과 map.html을 두 번 눌러 여세요", "open report.html and map.html"
        if self.words == "ko":
            click.echo(f"결과: {folder} ({ko})")
        else:
            click.echo(f"Results: {folder} ({en})")

    def next(self, command: str) -> None:
        """Say what to type next."""
        click.echo(f"{'다음' if self.words == 'ko' else 'Next'}: {command}")

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


OUT = click.option(
    "--out", type=click.Path(path_type=Path), help="결과 폴더 · folder for the results"
)
STUDY = click.argument("study", type=click.Path(path_type=Path))
