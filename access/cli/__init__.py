"""The command line: one command per verb, each one call into the library."""

from __future__ import annotations

import sys

import click

import access
from access.cli.answering import demo, run
from access.cli.choosing import choose
from access.cli.comparing import compare
from access.cli.exits import Commands
from access.cli.folders import check, export, init
from access.cli.knowing import doctor, standards
from access.cli.manner import manners


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(access.__version__, prog_name="access")
@manners
def command() -> None:
    """학습 이동권: 누가 몇 분 안에 배울 곳에 닿는가.

    Who can reach a place to learn, in how many minutes, and who cannot.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a CP949 console must not stop the work
            stream.reconfigure(errors="replace")


for verb in (demo, run, compare, init, export, check, choose, standards, doctor):
    command.add_command(verb)
