"""`completion`: the shell's own script, by click's mechanism."""

from __future__ import annotations

import click

from ostrov.cli.words import Command

VARIABLE = "_OSTROV_COMPLETE"
SHELLS = {
    "bash": 'eval "$(ostrov completion bash)" in ~/.bashrc',
    "zsh": 'eval "$(ostrov completion zsh)" in ~/.zshrc',
    "fish": "ostrov completion fish > ~/.config/fish/completions/ostrov.fish",
}


def _completion(shell: str) -> None:
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    root = click.get_current_context().find_root()
    click.echo(found(root.command, {}, "ostrov", VARIABLE).source())


def command() -> click.Command:
    """`ostrov completion`."""
    lines = "\n".join(f"    {line}" for line in SHELLS.values())
    return Command(
        "completion",
        _completion,
        params=[click.Argument(["shell"], type=click.Choice(list(SHELLS)))],
        help=f"Print the script that completes commands in a shell:\n\n\b\n{lines}",
        short_help="Print a shell's completion script.",
        answers=False,
    )
