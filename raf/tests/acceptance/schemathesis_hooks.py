"""What schemathesis is told in its own environment: ids that exist, so that most requests reach what they are about.

Read by `test_openapi.py`. The ids come in `RAF_IDS`, lists by the name of a path's parameter; what is deleted and judged is
taken from those under `doomed.` and the name, so that the others stay.
"""

from __future__ import annotations

import json
import os
import random
from typing import Any

import schemathesis  # type: ignore[import-not-found,unused-ignore]

IDS: dict[str, list[str]] = json.loads(os.environ["RAF_IDS"])
CHANCE = random.Random(7)
BODIES = {"account_id": "account_id", "account_ids": "account_id", "status_id": "status_id", "status_ids": "status_id"}
BODIES |= {"in_reply_to_id": "status_id", "quoted_status_id": "status_id"}
"""Which ids a field of a body takes."""
ENDS = ("/action", "/reject", "/revoke", "/dismiss")


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Mostly ids of things that are there; never a block of the network that the test itself comes from."""
    ending = case.method.upper() == "DELETE" or case.path.endswith(ENDS)
    for name in case.path_parameters or ():
        known = IDS.get(f"doomed.{name}" if ending else name)
        if known and CHANCE.random() < 0.8:
            case.path_parameters[name] = CHANCE.choice(known)
    if isinstance(case.body, dict):
        for name in case.body.keys() & BODIES.keys():
            if CHANCE.random() < 0.6:
                known = CHANCE.choice(IDS[BODIES[name]])
                case.body[name] = [known] if name.endswith("_ids") else known
    if case.path.startswith("/api/v1/admin/ip_blocks") and isinstance(case.body, dict) and isinstance(case.body.get("ip"), str):
        case.body["ip"] = f"192.0.2.{CHANCE.randrange(256)}"
