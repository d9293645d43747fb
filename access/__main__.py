"""The console script `access`, and `python -m access`."""

from __future__ import annotations

import sys

REPAIR = (
    "PySAL의 'access' 패키지가 이 프로그램의 파일을 덮어썼습니다. 고치는 방법:\n"
    "PySAL's package 'access' has overwritten this program's files. Repair:\n\n"
    "    pip uninstall -y access && pip install --force-reinstall --no-deps learning-access\n"
)


def main() -> None:
    """Run the command line; say how to repair where another package took the import name."""
    import access

    if not hasattr(access, "sample_folder"):
        sys.stderr.write(REPAIR)
        raise SystemExit(2)
    from access.cli import command

    command()


if __name__ == "__main__":
    main()
