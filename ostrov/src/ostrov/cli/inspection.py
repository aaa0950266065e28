"""`doctor`: what every component thinks of the project on this machine."""

from __future__ import annotations

import shutil
import sys
import textwrap

import click

from ostrov.cli.words import Command, invocation_of

NARROWEST = 24
COLOURS = {"ok": "green", "warning": "yellow", "failure": "red"}


def _doctor(words: tuple[str, ...]) -> int:
    from ostrov.core.doctor import Diagnosis, examine

    invocation = invocation_of(click.get_current_context())
    found: Diagnosis = examine(lambda: invocation.open(words))
    if invocation.as_json:
        from ostrov.cli.rendering import print_json

        print_json(found)
        return found.exit_code
    from ostrov.cli.plain import padded, plain

    columns = max(len(answer.check) for answer in found.findings)
    indent = 7 + columns + 4
    for answer in found.findings:
        mark = click.style(f"{answer.level:<7}", fg=COLOURS[answer.level])
        lines = _lines(plain(answer.message), indent)
        if answer.tip and answer.level != "ok":
            first, *more = _lines(plain(answer.tip), indent + 2)
            lines += [f"→ {first}", *(f"  {text}" for text in more)]
        click.echo(f"{mark}  {padded(answer.check, columns)}  {lines[0]}")
        for text in lines[1:]:
            click.echo(f"{'':{indent}}{text}")
    click.echo(f"\n{', '.join(_counted(found.count(level), level) for level in ('failure', 'warning', 'ok'))}")
    return found.exit_code


def _lines(text: str, indent: int) -> list[str]:
    """A text beside an indentation: on a terminal in lines that fit."""
    room = shutil.get_terminal_size().columns - indent
    if not sys.stdout.isatty() or room < NARROWEST:
        return [text]
    return textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) or [""]


def _counted(count: int, level: str) -> str:
    return f"{count} {level}" if level == "ok" or count == 1 else f"{count} {level}s"


def command() -> click.Command:
    """`ostrov doctor`."""
    return Command(
        "doctor",
        _doctor,
        params=[click.Argument(["words"], nargs=-1, metavar="[KEY=VALUE]...")],
        help="Check this project on this machine. Exit code 1 when something fails; warnings are no failure.",
    )
