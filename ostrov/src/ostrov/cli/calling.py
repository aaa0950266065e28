"""Operations as commands: `tasks.retry` is `ostrov tasks retry`."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from ostrov.cli.invocation import Invocation
from ostrov.cli.words import Command, Group, invocation_of
from ostrov.core.errors import Conflict, UsageError

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.core.operations.actor import Actor
    from ostrov.core.operations.field import Field
    from ostrov.core.operations.operation import Operation
    from ostrov.core.operations.outcome import Outcome

ASK = "\0ask"
"""The value of a secret option that was given without one."""


def command_tree(operations: Mapping[str, Operation[..., Any]]) -> dict[str, click.Command]:
    """The top level commands of these operations."""
    top = Group("operations")
    for name, operation in sorted(operations.items()):
        *path, last = name.replace("_", "-").split(".")
        group: click.Group = top
        for word in path:
            below = group.commands.get(word)
            if not isinstance(below, click.Group):
                below = group.commands[word] = Group(word)
            group = below
        group.add_command(OperationCommand(last, operation))
    for group_name, command in top.commands.items():
        if isinstance(command, click.Group):
            command.short_help = ", ".join(command.commands)
            command.help = f"Operations of {group_name}."
    return dict(top.commands)


class OperationCommand(Command):
    """An operation's command. Its parameters are made when they are needed: the help of a group needs none."""

    def __init__(self, name: str, operation: Operation[..., Any]) -> None:
        self.operation = operation
        self._made = False
        super().__init__(name, self._called, help=operation.help, short_help=operation.summary)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        self._make()
        return super().get_params(ctx)

    def make_parser(self, ctx: click.Context) -> Any:
        self._make()
        return super().make_parser(ctx)

    def _make(self) -> None:
        if not self._made:
            self._made = True
            self.params = parameters(self.operation) + self.params

    def _called(self, **given: Any) -> None:
        flags = {name: given.pop(f"_{name}", False) for name in ("dry_run", "yes", "multirun")}
        overrides = list(given.pop("_overrides", ()))
        for name in self.operation.by_position:
            if overrides and given.get(name) is None and "=" not in overrides[0] and not overrides[0].startswith("~"):
                given[name] = overrides.pop(0)
        context = click.get_current_context()
        values = {name: value for name, value in given.items() if value is not None and value != ()}
        call_each(invocation_of(context), self.operation, values, overrides, **flags)


def parameters(operation: Operation[..., Any]) -> list[click.Parameter]:
    """Required arguments by position, the rest as options, then settings as key=value."""
    positional = [f for f in operation.fields() if f.required and not f.secret and f.type is not bool]
    swallows = any(field.many for field in positional)
    made: list[click.Parameter] = []
    for field in operation.fields():
        made.append(_argument(field, last=field is positional[-1]) if field in positional else _option(field))
    if not swallows:
        words = [*(f"[{name.upper()}]" for name in operation.by_position), "[KEY=VALUE]..."]
        made.append(click.Argument(["_overrides"], nargs=-1, metavar=" ".join(words)))
    if operation.plan is not None or operation.approvals:
        made.append(click.Option(["_dry_run", "--dry-run"], is_flag=True, help="Show the plan and do nothing."))
    if operation.destructive:
        made.append(click.Option(["_yes", "--yes"], is_flag=True, help="Do not ask."))
    made.append(click.Option(["_multirun", "--multirun"], is_flag=True, help="Once at each point of a sweep (key=a,b)."))
    return made


def call_each(
    invocation: Invocation,
    operation: Operation[..., Any],
    values: dict[str, Any],
    overrides: Sequence[str],
    *,
    dry_run: bool,
    yes: bool,
    multirun: bool,
) -> None:
    """Call it and print what came of it, once at each point of a sweep."""
    values = {**values, **_secrets(operation, values)}
    results = []
    for application, point in invocation.open_each(overrides, multirun):
        outcome = call(application, operation, values, dry_run=dry_run, sure=yes, invocation=invocation)
        if invocation.as_json:
            results.append({"point": point, "result": answer(outcome)} if multirun else answer(outcome))
            continue
        if point:
            click.secho(f"# {' '.join(point)}", bold=True)
        present(outcome)
    if invocation.as_json:
        from ostrov.cli.rendering import print_json

        print_json(results if multirun else results[0])


def call(
    application: Ostrov,
    operation: Operation[..., Any],
    values: Mapping[str, Any],
    *,
    dry_run: bool,
    sure: bool,
    invocation: Invocation,
) -> Outcome:
    """Through the door, as the person at this shell. A destructive operation shows its plan first and asks."""
    import asyncio

    if not operation.offline:
        _tell_of_another(application)
        prepare_tables(application)
    actor = shell_actor()
    with asyncio.Runner() as runner:
        try:
            expect = ""
            if operation.destructive and not operation.approvals and not dry_run and not sure:
                planned = runner.run(_through_door(application, operation.name, values, actor, dry_run=True))
                _make_sure(planned, invocation)
                expect = planned.digest
            return runner.run(_through_door(application, operation.name, values, actor, dry_run=dry_run, expect=expect))
        finally:
            runner.run(application.close())


def _tell_of_another(application: Ostrov) -> None:
    """`ostrov ps` finds the project whatever its data_dir; an operation is about the data that the settings say."""
    from ostrov.core.supervisor.control import up_beside

    if other := up_beside(application):
        name = application.settings.name or application.project.name
        click.echo(f"note: {name} is up on {other}; this is about {application.data_path} (data_dir=DIR chooses)", err=True)


def prepare_tables(application: Ostrov) -> None:
    """Make the tables of a new project. Those of an older version are left to `ostrov up`: processes may be using them."""
    from ostrov.core.store.migrations import pending
    from ostrov.core.supervisor.lock import holder
    from ostrov.core.supervisor.preflight import prepare_here

    application.store.creates = holder(application.run_dir) is None  # a running project's file is not missing but lost
    behind = pending(application)
    if any(step.have for step in behind):
        raise Conflict(
            "the tables are behind this version",
            cause=", ".join(f"{step.component} {step.have or 'new'} → {step.want}" for step in behind),
            tip="the next ostrov up brings them to it",
        )
    if behind:
        prepare_here(application)


def present(outcome: Outcome) -> None:
    """An outcome for a person."""
    from ostrov.cli.rendering import lines_of, print_result
    from ostrov.core.operations.outcome import Outcome
    from ostrov.core.operations.plan import SHORT

    if isinstance(outcome.result, Outcome):
        outcome = outcome.result
    if outcome.state == "finished":
        print_result(outcome.result)
        return
    if outcome.state in ("planned", "pending"):
        for text in lines_of(outcome.plan):
            click.echo(text)
    digest = outcome.digest[:SHORT]
    if outcome.state == "pending":
        click.echo(
            f"run {outcome.run} waits for {outcome.need} {'approval' if outcome.need == 1 else 'approvals'} of other people:"
        )
        click.echo(f"  ostrov approve {outcome.run} {digest}")
    elif outcome.state == "planned":
        click.echo(f"this is the plan {digest}; nothing was done", err=True)
    else:
        click.echo(f"run {outcome.run} is {outcome.state}")


def answer(outcome: Outcome) -> Any:
    """An outcome for a program: the result itself, or what the run is waiting for."""
    from ostrov.core.operations.outcome import Outcome

    if isinstance(outcome.result, Outcome):
        return answer(outcome.result)
    return outcome.result if outcome.state == "finished" else outcome


def shell_actor() -> Actor:
    """The person at this shell, by the user the process runs as."""
    import os
    import pwd

    from ostrov.core.operations import roles

    try:
        user = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        user = str(os.getuid())
    return roles.shell_actor(user)


async def _through_door(
    application: Ostrov, name: str, values: Mapping[str, Any], actor: Actor, *, dry_run: bool, expect: str = ""
) -> Outcome:
    import asyncio

    from ostrov.core.operations.operations import open_operations

    door = application.part(open_operations)
    try:
        return await door.call(name, values, actor, "cli", dry_run=dry_run, expect=expect)
    except asyncio.CancelledError:
        await door.close(grace=0)  # Ctrl-C means the operation too
        raise


def _make_sure(planned: Outcome, invocation: Invocation) -> None:
    from ostrov.cli.rendering import lines_of

    if invocation.as_json or not sys.stdin.isatty():
        raise UsageError(
            f"{planned.operation} wants a yes, and nobody is here to say it",
            cause=f"it would: {' '.join(lines_of(planned.plan))}",
            tip="add --yes to do it without being asked",
        )
    for text in lines_of(planned.plan):
        click.echo(text)
    click.confirm("do it?", abort=True)


def _secrets(operation: Operation[..., Any], values: Mapping[str, Any]) -> dict[str, str]:
    """Secret arguments from the terminal or standard input, never from the command line, where others can read them."""
    found = {}
    for field in operation.fields():
        given = values.get(field.name)
        if not field.secret or (given is None and not field.required):
            continue
        if given == "-":
            found[field.name] = sys.stdin.readline().rstrip("\r\n")
        elif given in (None, ASK):
            if not sys.stdin.isatty():
                raise UsageError(f"--{field.name} is missing", tip=f"give --{field.name} - and write it to standard input")
            found[field.name] = click.prompt(field.name, hide_input=True, confirmation_prompt=True)
        else:
            raise UsageError(
                f"--{field.name} takes no value here",
                cause="everybody on this machine can read a command line",
                tip=f"leave the value out to be asked for it, or write it to standard input with --{field.name} -",
            )
    return found


def _argument(field: Field, *, last: bool) -> click.Argument:
    kind = _kind(field)
    return click.Argument([field.name], type=kind, nargs=-1 if field.many and last else 1, required=True)


def _option(field: Field) -> click.Option:
    flag = f"--{field.name.replace('_', '-')}"
    text = field.help
    if field.secret:
        help_text = f"{text} (asked for; - reads standard input)".strip()
        return click.Option([field.name, flag], is_flag=False, flag_value=ASK, metavar="[-]", help=help_text)
    if field.default not in (None, "", (), [], False):
        text = f"{text}  [{field.default}]".strip()
    if field.type is bool:
        return click.Option([field.name, f"{flag}/--no-{flag[2:]}"], default=None, required=field.required, help=text)
    kind = _kind(field)
    metavar = None if field.choices else field.name.upper()
    return click.Option(
        [field.name, flag], type=kind, multiple=field.many, required=field.required, help=text, metavar=metavar, default=None
    )


def _kind(field: Field) -> click.ParamType[Any]:
    """The empty choice is what an option has when it is left out, and no word to choose."""
    return click.Choice([choice for choice in field.choices if choice]) if field.choices else click.STRING
