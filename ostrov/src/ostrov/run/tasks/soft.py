"""Soft timeouts: `SoftTimeout` is raised in a task's own code, so that it can clean up before the hard timeout ends it."""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Callable, Coroutine, Generator
from typing import Any, TypeVar

R = TypeVar("R")


class SoftTimeout(asyncio.CancelledError):
    """Raised in a task when its `soft_timeout` has passed. A task that lets it through fails as one that is out of time.

    It is a CancelledError, so `except Exception` does not swallow it, and task groups and libraries that clean up when they are
    cancelled do so.
    """

    def __init__(self, text: str = "the task's soft timeout has passed") -> None:
        super().__init__(text)


class Softly:
    """Awaits a coroutine in which a cancellation of the current asyncio task arrives as SoftTimeout while `soft()` says so."""

    def __init__(self, coroutine: Coroutine[Any, Any, R], soft: Callable[[], bool]) -> None:
        self._coroutine = coroutine
        self._soft = soft

    def __await__(self) -> Generator[Any, Any, Any]:
        value: Any = None
        problem: BaseException | None = None
        while True:
            try:
                awaited = self._coroutine.send(value) if problem is None else self._coroutine.throw(problem)
            except StopIteration as returned:
                return returned.value
            value = problem = None
            try:
                value = yield awaited
            except asyncio.CancelledError as cancelled:
                if self._soft():
                    current = asyncio.current_task()
                    assert current is not None
                    current.uncancel()  # for timeouts and task groups within: nobody cancelled the task
                    problem = SoftTimeout()
                else:
                    problem = cancelled
            except BaseException as other:  # GeneratorExit, when the loop is closed
                problem = other


def is_soft(problem: BaseException) -> bool:
    """Whether it is SoftTimeout, also as the only thing that a task group gives back."""
    if isinstance(problem, BaseExceptionGroup):
        return problem.split(SoftTimeout)[1] is None
    return isinstance(problem, SoftTimeout)


def raise_in_thread(thread: int) -> None:
    """Raise SoftTimeout in another thread, by its identifier, when that next runs Python code."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(SoftTimeout))


def call_off(thread: int) -> None:
    """What was to be raised in a thread is not, if it has not been yet."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), None)
