"""Every way a command can fail, as text for a person or JSON for a program, and the code to exit with."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import click

from ostrov.cli.invocation import Invocation
from ostrov.cli.plain import plain
from ostrov.core.colour import colours_wanted
from ostrov.core.errors import OstrovError, StoreFull, UsageError

UNEXPECTED = 70  # EX_SOFTWARE, sysexits(3)
INTERRUPTED = 130
READER_GONE = 141  # what a shell shows for SIGPIPE


def report(problem: BaseException, invocation: Invocation) -> int:
    """Say what went wrong; the exit code."""
    if isinstance(problem, KeyboardInterrupt) or isinstance(problem.__cause__, KeyboardInterrupt):
        return INTERRUPTED
    wrapped = isinstance(problem, SystemExit) and hasattr(sys.stdout, "wrapped")  # click's way to say that the pipe broke
    if wrapped or isinstance(problem, BrokenPipeError):
        leave_stdout()
        return READER_GONE
    if isinstance(problem, SystemExit):
        return problem.code if isinstance(problem.code, int) else 1
    if isinstance(problem, click.exceptions.Exit):
        return problem.exit_code
    if isinstance(problem, click.exceptions.NoArgsIsHelpError):
        return _no_command(problem, invocation)
    if isinstance(problem, OSError) and problem.errno in (errno.ENOSPC, errno.EDQUOT):
        leave_stdout()  # it may be what could not be written
        invocation.as_json = False
        problem = StoreFull(
            "there is no room left to write", cause=str(problem), tip="free some space for the output and data_dir"
        )
    if isinstance(problem, click.Abort):
        problem = UsageError("aborted", cause="there was no answer")
    if isinstance(problem, click.ClickException):
        problem = _usage(problem)
    if isinstance(problem, OstrovError):
        say(problem.as_dict(), invocation)
        return problem.exit_code
    say(_unexpected(problem, invocation), invocation)
    return UNEXPECTED


def say(parts: dict[str, Any], invocation: Invocation) -> None:
    """The parts of an error: JSON on stdout, where the answer would be, or lines on stderr."""
    with contextlib.suppress(OSError):  # nobody can be told
        if invocation.as_json:
            from ostrov.cli.rendering import print_json

            print_json(parts)
            return
        colours = {"error": "red", "cause": None, "tip": "green"}
        wanted = None if colours_wanted() else False
        for name, colour in colours.items():
            if parts.get(name):
                text = plain(str(parts[name]), lines=True).replace("\n", "\n  ")
                click.echo(f"{click.style(f'{name}:', fg=colour, bold=True)} {text}", err=True, color=wanted)


def leave_stdout() -> None:
    """Nobody reads any more: let what is still buffered go nowhere, quietly."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _no_command(problem: click.exceptions.NoArgsIsHelpError, invocation: Invocation) -> int:
    """A group's name alone: its help, for a person."""
    path = problem.ctx.command_path if problem.ctx else "ostrov"
    if invocation.as_json:
        say(UsageError(f"{path}: no command was given", tip=f"{path} --help shows them").as_dict(), invocation)
    else:
        click.echo(problem.format_message(), err=True)
    return UsageError.exit_code


def _usage(problem: click.ClickException) -> UsageError:
    """Click's complaint in our words."""
    message = problem.format_message().rstrip(".")
    tip = ""
    if isinstance(problem, click.NoSuchOption):
        near = [name for name in problem.possibilities or [] if name.startswith("--")]
        message, tip = f"there is no option {problem.option_name}", f"did you mean {near[0]}?" if near else ""
    elif isinstance(problem, click.MissingParameter) and problem.param is not None:
        message = f"{problem.param.human_readable_name} is missing"
    context = getattr(problem, "ctx", None)
    if context is not None and not tip:
        tip = f"{context.command_path} --help shows what it takes"
    if not message[1:2].isupper():
        message = message[:1].lower() + message[1:]
    error = UsageError(message, tip=tip)
    if not isinstance(problem, click.UsageError):
        error.exit_code = problem.exit_code
    return error


def _unexpected(problem: BaseException, invocation: Invocation) -> dict[str, Any]:
    line = " ".join(f"{type(problem).__name__}: {problem}".split()).removesuffix(":")
    parts: dict[str, Any] = {"error": f"something unexpected happened: {line[:300]}", "cause": "", "tip": ""}
    where = _kept(problem, invocation.data_dir)
    if where is not None:
        parts["tip"] = f"this is a mistake of ours; the details are in {where}"
    return parts


def _kept(problem: BaseException, data_dir: Path | None) -> Path | None:
    """Where the traceback was written: with the project's logs, else in a temporary folder of its own."""
    import tempfile

    text = "".join(traceback.format_exception(problem))
    name = f"{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}.txt"
    folder = data_dir / "logs" / "errors" if data_dir else None
    while True:
        try:
            folder = folder or Path(tempfile.mkdtemp(prefix="ostrov-"))
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(f"ostrov {' '.join(sys.argv[1:2])}\n{text}")
            return folder / name
        except OSError:
            if data_dir is None or folder is None or not folder.is_relative_to(data_dir):
                return None
            folder = None
