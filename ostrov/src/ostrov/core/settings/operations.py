"""Looking at the settings: `ostrov config show`, `get`, `check`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from ostrov.core.errors import SettingsError
from ostrov.core.operations.call import Call
from ostrov.core.operations.operation import operation

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

REVEAL = "settings.reveal"
Key = Annotated[str, "a dotted key, of one setting or of a section"]


@operation("config.show", permission="settings.view", audited=False, offline=True, by_position=("prefix",))
def show(
    application: Ostrov,
    origin: Annotated[bool, "with the file and line, variable or argument each value came from"] = False,
    history: Annotated[bool, "with the values that were overridden, the newest first"] = False,
    prefix: Annotated[str, "only what is at or below this key"] = "",
) -> list[dict[str, Any]]:
    """Show every setting; secrets are masked."""
    rows = application.tree.shown(history, prefix)
    if prefix and not rows:
        application.tree.leaf(prefix)  # raises, with the nearest name
    return [
        {
            "key": row.key,
            "value": row.data,
            **({"origin": row.origin} if origin or history else {}),
            **({"history": [f"{value} ({where})" for value, where in row.history]} if history else {}),
        }
        for row in rows
    ]


@operation("config.get", permission="settings.view", audited=False, offline=True)
async def get(
    call: Call,
    key: Key,
    reveal: Annotated[bool, "show secrets, too; needs settings.reveal and is audited"] = False,
) -> Any:
    """Show one value, or the values of a section; secrets are masked."""
    if reveal:
        from ostrov.core.operations import open_operations

        door = call.application.part(open_operations)
        return (await door.call("config.reveal", {"key": key}, call.actor, call.surface, call.reference)).result
    return call.application.tree.told(key)


@operation("config.reveal", permission=REVEAL, keep_result=False, surfaces=("cli", "http"))
def reveal(application: Ostrov, key: Key) -> Any:
    """Show one value, or the values of a section, with their secrets. It leaves an audit entry."""
    return application.tree.told(key, reveal=True)


@operation("config.check", permission="settings.view", audited=False, offline=True)
def check(application: Ostrov) -> list[dict[str, str]]:
    """Load the settings with every option of every group, one at a time, and tell which cannot be loaded."""
    from ostrov.core.settings.groups import Groups
    from ostrov.core.settings.load import load_settings

    files = sorted({leaf.origin.name for _, leaf in application.tree.leaves() if leaf.origin.document is not None})
    rows = [{"layers": "as they are", "result": f"whole, from {', '.join(files) or 'defaults in code'}"}]
    wrong: list[str] = []
    for group, options in Groups(application.project.root).options.items():
        for option in options:
            try:
                load_settings(application.project, [f"{group}={option}"], components=application.components.values())
            except SettingsError as problem:
                wrong.append(f"with {group}={option}: {problem.error}" + (f" ({problem.cause})" if problem.cause else ""))
            else:
                rows.append({"layers": f"with {group}={option}", "result": "whole"})
    if wrong:
        raise SettingsError(
            f"{len(wrong)} of the groups' options cannot be loaded", cause="; ".join(wrong), tip="mend these files"
        )
    return rows
