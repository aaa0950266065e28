"""`config show` and `config get`: every value with the place it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ostrov.cli.invocation import Invocation
from ostrov.cli.running import split
from ostrov.cli.words import Command, Group, invocation_of
from ostrov.core.errors import UsageError

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov


def _show(words: tuple[str, ...], origin: bool, history: bool, multirun: bool) -> None:
    names, overrides = split(words)
    if len(names) > 1:
        raise UsageError("config show takes one key", cause=f"given: {', '.join(names)}")
    answers: list[Any] = []
    for application, point in _invocation().open_each(overrides, multirun):
        shown = _shown(application, names[0] if names else "", origin, history)
        if _invocation().as_json:
            answers.append({"point": point, "settings": shown} if multirun else shown)
            continue
        if point:
            click.secho(f"# {' '.join(point)}", bold=True)
        _print(shown, origin, history)
    if _invocation().as_json:
        from ostrov.cli.rendering import print_json

        print_json(answers if multirun else answers[0])


def _shown(application: Ostrov, prefix: str, origin: bool, history: bool) -> list[dict[str, Any]]:
    import msgspec

    rows = application.tree.shown(history, prefix)
    if prefix and not rows:
        application.tree.leaf(prefix)  # raises the error that names the nearest
    found = []
    for row in rows:
        value = row.value if row.masked else msgspec.json.decode(row.value)
        entry: dict[str, Any] = {"key": row.key, "value": value, "masked": row.masked}
        if origin or history:
            entry["origin"] = row.origin
        if history:
            entry["history"] = [{"value": value, "origin": origin} for value, origin in row.history]
        entry["_text"] = row.value
        found.append(entry)
    if _invocation().as_json:
        for entry in found:
            del entry["_text"]
    return found


def _print(shown: list[dict[str, Any]], origin: bool, history: bool) -> None:
    from ostrov.cli.plain import plain
    from ostrov.cli.rendering import table

    if not origin and not history:
        for entry in shown:
            click.echo(plain(f"{entry['key']} = {entry['_text']}"))
        return
    rows = []
    for entry in shown:
        rows.append({"key": entry["key"], "value": entry["_text"], "origin": entry["origin"]})
        rows += [{"key": "", "value": f"was {past['value']}", "origin": past["origin"]} for past in entry.get("history", ())]
    for text in table(rows, ("key", "value", "origin")):
        click.echo(text)


def _get(key: str, words: tuple[str, ...], reveal: bool) -> None:
    from ostrov.cli.rendering import print_json

    application = _invocation().open(words)
    leaf = application.tree.leaf(key)
    if reveal or not leaf.guarded:
        value = leaf.value
    else:
        raise UsageError(f"{key} is a secret", tip=f"ostrov config get {key} --reveal prints it")
    if _invocation().as_json or not isinstance(value, str | int | float) or isinstance(value, bool):
        print_json(value)
    else:
        click.echo(value)


def _invocation() -> Invocation:
    return invocation_of(click.get_current_context())


def group() -> click.Group:
    """`ostrov config`."""
    from ostrov.cli.calling import OperationCommand
    from ostrov.core.settings.operations import check

    config = Group("config", help="Show the settings and where each value came from.")
    config.add_command(
        Command(
            "show",
            _show,
            params=[
                click.Argument(["words"], nargs=-1, metavar="[KEY] [KEY=VALUE]..."),
                click.Option(["--origin"], is_flag=True, help="With the file and line, variable or argument of each value."),
                click.Option(["--history"], is_flag=True, help="With what each value overrides."),
                click.Option(["--multirun"], is_flag=True, help="Once at each point of a sweep (key=a,b)."),
            ],
            help="Show every setting, or those below KEY. Secrets are masked.",
        )
    )
    config.add_command(
        Command(
            "get",
            _get,
            params=[
                click.Argument(["key"]),
                click.Argument(["words"], nargs=-1, metavar="[KEY=VALUE]..."),
                click.Option(["--reveal"], is_flag=True, help="Print it even if it is a secret."),
            ],
            help="Print one value.",
        )
    )
    config.add_command(OperationCommand("check", check))
    return config
