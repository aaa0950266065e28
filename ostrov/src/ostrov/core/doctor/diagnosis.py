"""Asking every check, whatever state the project is in."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from ostrov.core.component import Check, Finding
from ostrov.core.errors import OstrovError
from ostrov.core.reference import load

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

LEVELS = ("ok", "warning", "failure")


class Answer(msgspec.Struct, frozen=True):
    """A finding with the check it comes from."""

    check: str
    level: str
    message: str
    tip: str = ""


class Diagnosis(msgspec.Struct, frozen=True):
    """All answers. `exit_code` is 1 when something fails, 0 with warnings only."""

    findings: list[Answer]
    exit_code: int

    def count(self, level: str) -> int:
        return sum(answer.level == level for answer in self.findings)


def examine(open_application: Callable[[], Ostrov]) -> Diagnosis:
    """Ask all checks. A project that cannot be opened is one failure, beside what can be said without it."""
    from ostrov.core.doctor.machine import python

    try:
        application = open_application()
    except OstrovError as problem:
        return _diagnosis([_answer("python", python(None)), _failed("settings", problem)])
    answers: list[Answer] = []
    with asyncio.Runner() as runner:
        try:
            for component in application.components.values():
                for check in component.checks:
                    answers += runner.run(ask(application, check))
        finally:
            runner.run(application.close())
    return _diagnosis(answers)


async def ask(application: Ostrov, check: Check) -> list[Answer]:
    """The answers of one check. One that breaks down has failed."""
    try:
        found: Any = load(check.run)(application)
        if inspect.isawaitable(found):
            found = await found
    except OstrovError as problem:
        return [_failed(check.name, problem)]
    except Exception as problem:
        return [Answer(check.name, "failure", f"the check broke down: {type(problem).__name__}: {problem}")]
    findings: Iterable[Finding] = [found] if isinstance(found, Finding) else found
    return [_answer(check.name, finding) for finding in findings]


def _answer(check: str, finding: Finding) -> Answer:
    level = finding.level if finding.level in LEVELS else "failure"
    return Answer(check, level, finding.message, finding.tip)


def _failed(check: str, problem: OstrovError) -> Answer:
    return Answer(check, "failure", ": ".join(filter(None, [problem.error, problem.cause])), problem.tip)


def _diagnosis(answers: list[Answer]) -> Diagnosis:
    return Diagnosis(answers, int(any(answer.level == "failure" for answer in answers)))
