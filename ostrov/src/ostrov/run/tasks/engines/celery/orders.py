"""What is asked of workers through Celery's remote control, as the buttons of Flower do, and means something else here.

Revoking a task cancels its run. A worker is not shut down, and its pool does not grow: that is the supervisor's business.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ostrov.core.errors import OstrovError
from ostrov.run.tasks import control
from ostrov.run.tasks.tasks import open_tasks

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

REFUSED = {
    "shutdown": "stop it with: ostrov down, or restart it with: ostrov restart worker",
    "pool_grow": "set tasks.slots, and restart it with: ostrov restart worker",
    "pool_shrink": "set tasks.slots, and restart it with: ostrov restart worker",
    "pool_restart": "restart it with: ostrov restart worker",
    "autoscale": "set tasks.slots, and restart it with: ostrov restart worker",
    "add_consumer": "set tasks.queues, and restart it with: ostrov restart worker",
    "cancel_consumer": "pause the queue with: ostrov tasks pause",
    "rate_limit": "say it in the code: @task(rate=…)",
    "time_limit": "say it in the code: @task(timeout=…)",
}
"""Commands that are not followed, with what to do instead."""


class Orders:
    """`commands` are handlers of remote control by name; they are called in Celery's thread."""

    def __init__(self, application: Ostrov) -> None:
        self._application = application
        self.commands: dict[str, Callable[..., Any]] = {"revoke": self._cancel, "terminate": self._cancel}
        self.commands |= {name: self._refusal(instead) for name, instead in REFUSED.items()}

    def _cancel(self, state: Any, task_id: Any = None, signal: Any = None, **_: Any) -> dict[str, str]:
        """Every worker gets this: the first one cancels, the others find it done and say so."""
        told: list[str] = []
        runs = [task_id] if isinstance(task_id, str) else list(task_id or ())
        connection = self._application.store.connect()
        try:
            for run in runs:
                connection.begin()
                try:
                    control.cancel(connection, str(run), time.time())
                except OstrovError as problem:
                    connection.rollback()
                    told.append(str(problem.error))
                else:
                    connection.commit()
                    told.append(f"run {run} is cancelled")
        finally:
            connection.close()
        self._application.part(open_tasks).engine.knock()
        return {"ok": "; ".join(told)}

    def _refusal(self, instead: str) -> Callable[..., Any]:
        def refuse(state: Any, **_: Any) -> dict[str, str]:
            return {"error": f"this worker is Ostrov's: {instead}"}

        return refuse
