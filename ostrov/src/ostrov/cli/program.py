"""From words to an exit code: every way a command can end is decided here."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from ostrov.core.errors import OstrovError


@click.group()
def program() -> None:
    """Ostrov: the infrastructure around a Python service."""


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    try:
        outcome = program.main(
            args=list(arguments) if arguments is not None else None, prog_name="ostrov", standalone_mode=False
        )
    except OstrovError as problem:
        print(problem, file=sys.stderr)
        return problem.exit_code
    except click.ClickException as problem:
        problem.show()
        return problem.exit_code
    return outcome if isinstance(outcome, int) else 0
