"""`doctor`: what every component thinks of the project on this machine."""

from __future__ import annotations

import click

from ostrov.cli.words import Command, invocation_of

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
    for answer in found.findings:
        mark = click.style(f"{answer.level:<7}", fg=COLOURS[answer.level])
        click.echo(f"{mark}  {padded(answer.check, columns)}  {plain(answer.message)}")
        if answer.tip and answer.level != "ok":
            click.echo(f"{'':7}  {'':{columns}}  → {plain(answer.tip)}")
    counts = ", ".join(f"{found.count(level)} {level}" for level in ("failure", "warning", "ok"))
    click.echo(f"\n{counts}")
    return found.exit_code


def command() -> click.Command:
    """`ostrov doctor`."""
    return Command(
        "doctor",
        _doctor,
        params=[click.Argument(["words"], nargs=-1, metavar="[KEY=VALUE]...")],
        help="Check this project on this machine. Exit code 1 when something fails; warnings are no failure.",
    )
