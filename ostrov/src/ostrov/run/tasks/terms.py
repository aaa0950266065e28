"""What a run was enqueued with that only its worker asks for. It stands in the ledger's column `plan`, beside what a step of a
workflow has there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ostrov.run.tasks.errors import NotATask

if TYPE_CHECKING:
    from ostrov.run.tasks.placement import Placement
    from ostrov.run.tasks.task import TaskOptions

EXPIRED = ""
"""What stands in the ledger for a result that was there and is no longer kept; no JSON is empty."""


class Terms(msgspec.Struct, omit_defaults=True):
    """Seconds; None means: as the task says."""

    soft_timeout: float | None = None
    keep_result: float | None = None


NO_TERMS = Terms()
_decoder = msgspec.json.Decoder(Terms)


def verify(name: str, soft: float | None, timeout: float | None, keep: float | None) -> None:
    """Look at what a task's code or `using` says. Raises NotATask for a soft timeout that cannot come before the timeout, and
    for lengths of time that are none."""
    for word, length in (("timeout", timeout), ("soft_timeout", soft)):
        if length is not None and length <= 0:
            raise NotATask(f"task {name}: {word}={length:g} is not a length of time", tip="leave it out to have no such bound")
    if soft is not None and timeout is not None and soft >= timeout:
        raise NotATask(
            f"task {name}: its soft timeout of {soft:g} s does not come before its timeout of {timeout:g} s",
            tip="make soft_timeout shorter: the time between them is there to clean up",
        )
    if keep is not None and keep < 0:
        raise NotATask(f"task {name}: keep_result={keep:g} is not a length of time", tip="0 keeps no result")


def terms_of(plan: str | None) -> Terms:
    """The terms of a run from the ledger."""
    return NO_TERMS if plan is None else _decoder.decode(plan)


def kept(result: str | None, keep: float | None, now: float, needed: bool) -> tuple[str | None, float | None]:
    """What is written down of the result of a run that was successful, and until when it is kept. One that is `needed` (a
    step's, by those that follow) stays until its workflow is over and history is tidied up."""
    if result is None or keep is None:
        return result, None
    return (result, now + keep) if keep > 0 or needed else (EXPIRED, None)


def encoded(placement: Placement) -> str | None:
    """The terms that `using` has set, as the ledger keeps them."""
    if placement.soft_timeout is None and placement.keep_result is None:
        return None
    return msgspec.json.encode(Terms(placement.soft_timeout, placement.keep_result)).decode()


def soft_timeout(plan: str | None, options: TaskOptions) -> float | None:
    """Seconds after which SoftTimeout is raised in this run."""
    own = terms_of(plan).soft_timeout
    return options.soft_timeout if own is None else own


def keep_result(plan: str | None, options: TaskOptions) -> float | None:
    """Seconds that the result of this run is kept; None for as long as its history."""
    own = terms_of(plan).keep_result
    return options.keep_result if own is None else own
