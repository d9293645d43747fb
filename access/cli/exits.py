"""Exits: every command ends with results, or with a sentence and an exit status."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from typing import Any

import click

from access.cli.manner import Manner
from access.errors import AccessError, AccessWarning


class Commands(click.Group):
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
