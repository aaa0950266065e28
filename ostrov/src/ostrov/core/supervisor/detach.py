"""Going to the background: the person's process waits for one report of the other, which goes on alone."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec


class Report(msgspec.Struct, kw_only=True):
    """What the background process says once it is ready or has failed: text for a person, and the exit code."""

    text: str
    exit_code: int


def detach(run: Callable[[Callable[[Report], None]], int], output: Path) -> Report | None:
    """Run `run(report)` in a process of its own session, with its output appended to a file.

    Returns, in the first process, the report; None when the other died without one. The second process never returns.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    reading, writing = os.pipe()
    first = os.fork()
    if first == 0:
        os.close(reading)
        os.setsid()
        if os.fork() != 0:
            os._exit(0)  # no leader of a session can be given a terminal
        _in_background(run, output, writing)
    os.close(writing)
    os.waitpid(first, 0)
    with os.fdopen(reading, "rb") as pipe:
        number = int(pipe.readline() or b"0")
        try:
            data = pipe.readline()
        except KeyboardInterrupt:
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGTERM)
            pipe.read()
            return Report(text="stopped", exit_code=130)
    return msgspec.json.decode(data, type=Report) if data else None


def _in_background(run: Callable[[Callable[[Report], None]], int], output: Path, writing: int) -> None:
    code = 1
    try:
        os.write(writing, b"%d\n" % os.getpid())
        _redirect(output)

        def report(said: Report) -> None:
            nonlocal writing
            if writing >= 0:
                with contextlib.suppress(OSError):  # nobody waits any more
                    os.write(writing, msgspec.json.encode(said) + b"\n")
                os.close(writing)
                writing = -1

        code = run(report)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _redirect(output: Path) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        written = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    except OSError:
        written = nothing
    os.dup2(written, 1)
    os.dup2(written, 2)
    for descriptor in {nothing, written}:
        if descriptor > 2:
            os.close(descriptor)
