"""The command tree: click's classes with the options that every command has, and with tips for mistaken words."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from ostrov.cli.invocation import Invocation
from ostrov.core.errors import UsageError


def common_options(taken: Sequence[str] = (), *, answers: bool = True) -> list[click.Parameter]:
    """`--json`, `--project`, `-v`: after any command. A command's own parameter of the same name comes first."""
    options = [
        click.Option(["--json"], is_flag=True, expose_value=False, callback=_set_json, help="Answer in JSON."),
        click.Option(
            ["--project"],
            metavar="DIR",
            expose_value=False,
            callback=_set_project,
            help="The project's folder; else the one here.",
        ),
        click.Option(
            ["-v", "--verbose"], count=True, expose_value=False, callback=_set_verbose, help="Log to stderr; -vv logs more."
        ),
    ]
    return [option for option in options if option.name not in taken and (answers or option.name != "json")]


class Command(click.Command):
    """A command with the common options."""

    def __init__(self, name: str, callback: Callable[..., Any], **extra: Any) -> None:
        own = list(extra.pop("params", None) or [])
        answers = extra.pop("answers", True)
        extra.setdefault("short_help", str(extra.get("help", "")).replace("; ", ". ").split(". ")[0].rstrip(".") + ".")
        params = [*own, *common_options([str(parameter.name) for parameter in own], answers=answers)]
        super().__init__(name, callback=callback, params=params, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        gc.enable()
        return super().invoke(ctx)


class Group(click.Group):
    """Commands under one word; an unknown one is answered with the nearest."""

    def __init__(self, name: str, **extra: Any) -> None:
        extra.setdefault("no_args_is_help", True)
        extra.setdefault("params", common_options())
        super().__init__(name, **extra)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        command = self.get_command(ctx, name)
        if command is None and not ctx.resilient_parsing:
            raise unknown_command(ctx, name, self.list_commands(ctx))
        return name, command, args[1:]


def unknown_command(ctx: click.Context, name: str, names: Sequence[str]) -> UsageError:
    """The error for a word that is no command."""
    from ostrov.core.operations.registry import nearest

    if name.startswith("-"):
        return UsageError(f"there is no option {name}", tip=f"{ctx.command_path} --help shows what it takes")
    tip = nearest(name, names) or f"{ctx.command_path} --help shows all commands"
    return UsageError(f"there is no command {name!r}", tip=tip)


def invocation_of(ctx: click.Context) -> Invocation:
    """The invocation of a command line."""
    found = ctx.find_object(Invocation)
    assert found is not None
    return found


def _set_json(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        invocation_of(ctx).as_json = True


def _set_project(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        invocation_of(ctx).project = Path(value)


def _set_verbose(ctx: click.Context, _: click.Parameter, value: int) -> None:
    if value > invocation_of(ctx).verbose:
        invocation_of(ctx).verbose = value
        import logging

        logging.basicConfig(level=logging.INFO if value == 1 else logging.DEBUG, format="%(levelname)s %(name)s: %(message)s")
