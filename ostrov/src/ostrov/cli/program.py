"""From words to an exit code: the tree of commands, and every way a command can end."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import click

from ostrov.cli import completion, inspection, running
from ostrov.cli.invocation import Invocation
from ostrov.cli.words import Group, invocation_of, unknown_command
from ostrov.core.colour import colours_wanted


class Program(Group):
    """`ostrov`: its own commands first; those of the project's operations are looked for only when they are needed."""

    def __init__(self) -> None:
        super().__init__(
            "ostrov",
            help="Ostrov runs a Python service and all that surrounds it. Inside a project's folder every operation of its "
            "components is a command too.",
            epilog="Settings may follow a command: ostrov up web.port=8123",
        )
        for command in [
            *running.commands(),
            inspection.command(),
            completion.command(),
        ]:
            self.add_command(command)
        self.params.append(
            click.Option(
                ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Print the version."
            )
        )
        self._from_operations: dict[str, click.Command] | None = None

    @cached_property
    def own(self) -> list[str]:
        """The names of the commands that need no project."""
        return list(self.commands)

    def operation_commands(self, ctx: click.Context) -> dict[str, click.Command]:
        """The commands of the project here; one that has the name of our own is left out."""
        if self._from_operations is None:
            from ostrov.cli.calling import command_tree

            tree = command_tree(invocation_of(ctx).operations())
            self._from_operations = {name: command for name, command in tree.items() if name not in self.commands}
        return self._from_operations

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.own, *sorted(self.operation_commands(ctx))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return self.commands.get(cmd_name) or self.operation_commands(ctx).get(cmd_name)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if self.get_command(ctx, args[0]) is None and not ctx.resilient_parsing:
            if (problem := invocation_of(ctx).problem) is not None and not args[0].startswith("-"):
                raise problem
            raise unknown_command(ctx, args[0], self.list_commands(ctx))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        operations = self.operation_commands(ctx)
        columns = formatter.width - 6 - max(len(name) for name in [*self.own, *operations])
        for title, commands in (("Commands", self.commands), ("Operations", operations)):
            if commands:
                with formatter.section(title):
                    formatter.write_dl([(name, command.get_short_help_str(columns)) for name, command in commands.items()])
        problem = invocation_of(ctx).problem
        if problem is not None:
            formatter.write_paragraph()
            formatter.write_text(f"No operations: {problem.error}; {problem.tip}")


def _version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import PackageNotFoundError, version

        try:
            click.echo(f"ostrov {version('ostrov')}")
        except PackageNotFoundError:
            click.echo("ostrov, from its source")
        ctx.exit()


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code. No traceback reaches a person."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _open_closed_streams()
    invocation = Invocation.of(words)
    try:
        code = _run(words, invocation)
        sys.stdout.flush()
        return code
    except BaseException as problem:
        from ostrov.cli.failures import report

        return report(problem, invocation)


def _open_closed_streams() -> None:
    """Python has None for a stream that was closed before it started (`>&-`)."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - for as long as the process lives


def _run(words: list[str], invocation: Invocation) -> int:
    outcome: Any = Program().main(
        args=words,
        prog_name="ostrov",
        complete_var=completion.VARIABLE,
        standalone_mode=False,
        color=None if colours_wanted() else False,
        obj=invocation,
    )
    return outcome if isinstance(outcome, int) else 0
