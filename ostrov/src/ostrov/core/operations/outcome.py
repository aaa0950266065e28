"""What a call came to."""

from __future__ import annotations

from typing import Any

import msgspec


class Outcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """`state` is planned, pending, queued or finished. `plan` is text or rows; `need` counts the approvals still missing.

    `run` is 0 for operations that are not audited. `result` is what the function returned, as it returned it.
    """

    run: int
    operation: str
    state: str
    result: Any = None
    plan: Any = None
    digest: str = ""
    need: int = 0
