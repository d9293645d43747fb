"""Reading: the study that a command is about."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from access.cli.manner import Manner
from access.errors import AccessError, Problem

if TYPE_CHECKING:
    from access.study.study import Study


def read_study(manner: Manner, path: Path) -> Study:
    """Read a study; addresses that somebody must confirm are listed beside it, come what may."""
    from access.study.study import Study

    try:
        study = Study.from_folder(path, strict=manner.strict, progress=manner.reading)
    except AccessError as error:
        list_addresses(manner, path, error.problems)
        raise
    list_addresses(manner, path, study.ledger.reasons)
    return study


def list_addresses(manner: Manner, path: Path, problems: Sequence[Problem]) -> None:
    """List the addresses to be confirmed by hand beside the study."""
    from access.korea.confirm import write_to_confirm

    folder = path if path.is_dir() else path.parent
    if (written := write_to_confirm(problems, folder)) is not None:
        manner.say(f"확인할 주소: {written}", f"Addresses to confirm: {written}")
