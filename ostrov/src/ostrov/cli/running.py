"""`up`, `down`, `ps`, `logs`, `wait`, `restart`, `systemd`: the running project."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from ostrov.cli.invocation import Invocation, check_words
from ostrov.cli.words import Command, invocation_of


def _words(metavar: str) -> click.Argument:
    return click.Argument(["words"], nargs=-1, metavar=metavar)


def split(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Names and settings apart: a setting has a `=`, or begins with `~`."""
    overrides = [word for word in words if "=" in word or word.startswith("~")]
    return [word for word in words if word not in overrides], overrides


def _up(words: tuple[str, ...], detach: bool) -> int:
    from ostrov.core.supervisor.commands import up

    invocation = _invocation()
    check_words(words)
    invocation.found_project()
    return up(invocation.project, words, in_background=detach)


def _down(words: tuple[str, ...], timeout: float) -> None:
    from ostrov.core.supervisor.commands import down

    stopped = down(_invocation().open(words), timeout)
    if _invocation().as_json:
        from ostrov.cli.rendering import print_json

        print_json({"stopped": stopped})
    else:
        click.echo("stopped" if stopped else "it was not up")


def _ps(words: tuple[str, ...]) -> None:
    from ostrov.cli.rendering import print_json, print_result
    from ostrov.core.supervisor import presentation
    from ostrov.core.supervisor.commands import status

    found = status(_invocation().open(words))
    if _invocation().as_json:
        print_json(found)
    else:
        print_result(presentation.listing(found.processes))


def _logs(words: tuple[str, ...], follow: bool, lines: int) -> None:
    from ostrov.cli.plain import plain
    from ostrov.core.supervisor import commands, presentation
    from ostrov.core.supervisor.logbook import Line

    names, overrides = split(words)
    check_words(names[1:])
    application = _invocation().open(overrides)
    name = names[0] if names else ""

    def show(line: Line, columns: int = 0) -> None:
        if _invocation().as_json:
            import msgspec

            click.echo(msgspec.json.encode(line.as_dict()).decode())
        else:
            click.echo(plain(presentation.log_line(line, columns)))

    if follow:
        for line in commands.follow(application, name, lines):
            show(line)
        return
    found = commands.logs(application, name, lines)
    if not found and lines and not _invocation().as_json:
        click.echo("nothing is logged", err=True)
    columns = max((len(line.process) for line in found), default=0)
    for line in found:
        show(line, columns)


def _wait(words: tuple[str, ...], timeout: float) -> None:
    from ostrov.cli.rendering import print_json, print_result
    from ostrov.core.supervisor import presentation
    from ostrov.core.supervisor.commands import wait

    names, overrides = split(words)
    rows = wait(_invocation().open(overrides), names, timeout)
    if _invocation().as_json:
        print_json(rows)
    else:
        print_result(presentation.listing(rows))


def _restart(words: tuple[str, ...]) -> None:
    from ostrov.core.supervisor.commands import restart

    names, overrides = split(words)
    restarted = restart(_invocation().open(overrides), names)
    if _invocation().as_json:
        from ostrov.cli.rendering import print_json

        print_json({"restarted": restarted})
    else:
        click.echo(f"restarted {', '.join(restarted) or 'nothing'}")


def _systemd(words: tuple[str, ...], user: str, write: str | None) -> None:
    from ostrov.core.supervisor.systemd import units

    application = _invocation().open(words)
    texts = units(application, words, user)
    if write is not None:
        folder = Path(write)
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, "utf-8")
    if _invocation().as_json:
        from ostrov.cli.rendering import print_json

        print_json(texts)
    elif write is not None:
        target = next((name for name in texts if name.endswith(".target")), "")
        click.echo(f"wrote {len(texts)} units to {write}; then: systemctl daemon-reload && systemctl enable --now {target}")
    else:
        click.echo("\n".join(f"# {name}\n{text}" for name, text in texts.items()))


def _invocation() -> Invocation:
    return invocation_of(click.get_current_context())


def commands() -> list[click.Command]:
    """The commands of this module."""
    timeout = click.Option(
        ["--timeout"], type=click.FloatRange(min=0), default=60.0, show_default=True, help="Seconds to wait."
    )
    settings, named = _words("[KEY=VALUE]..."), _words("[NAME]... [KEY=VALUE]...")
    return [
        Command(
            "up",
            _up,
            params=[settings, click.Option(["--detach", "-d"], is_flag=True, help="In the background; back when it is ready.")],
            help="Run the project: every service, restarted when it dies, until Ctrl-C or `ostrov down`.",
            short_help="Run the project.",
            answers=False,
        ),
        Command("down", _down, params=[settings, timeout], help="Stop the project, in reverse order; back when all has ended."),
        Command("ps", _ps, params=[settings], help="List the processes of the running project."),
        Command(
            "logs",
            _logs,
            params=[
                _words("[NAME] [KEY=VALUE]..."),
                click.Option(["--follow", "-f"], is_flag=True, help="Go on with each new line."),
                click.Option(["--lines", "-n"], type=click.IntRange(min=0), default=100, show_default=True, help="How many."),
            ],
            help="Show the last lines of a process or service, of all without a name.",
        ),
        Command("wait", _wait, params=[named, timeout], help="Wait until the project, or the named processes, are ready."),
        Command("restart", _restart, params=[named], help="Restart processes (all without a name); back when they are ready."),
        Command(
            "systemd",
            _systemd,
            params=[
                settings,
                click.Option(["--user"], default="", metavar="NAME", help="Whom the services run as; you, without it."),
                click.Option(["--write"], metavar="DIR", help="Write the files there instead of printing them."),
            ],
            help="Print units of systemd that run the project as `ostrov up` does.",
        ),
    ]
