"""What an operator can do with processes, from the command line, the console and chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ostrov.core.application import Ostrov
from ostrov.core.operations.operation import operation

if TYPE_CHECKING:
    from ostrov.core.supervisor.row import ProcessRow

MANAGE = "processes.manage"


@operation("processes.list", permission="console.view", audited=False)
async def list_processes(application: Ostrov) -> list[ProcessRow]:
    """List the processes of the running project, the supervisor first."""
    from ostrov.core.supervisor.control import process_rows

    return await process_rows(application)


@operation("processes.restart", permission=MANAGE, by_position=("name",))
async def restart_process(application: Ostrov, name: str = "") -> str:
    """Restart a process, or the one that runs a service; without a name all of them, one after another.

    Returns at once: what asks may itself be restarted. A process that listens is replaced without a refused connection.
    """
    from ostrov.core.supervisor.control import ask

    answer = await ask(application, "restart", names=[name] if name else [], wait=False)
    return f"restarting {', '.join(answer['restarted'])}"


@operation("processes.stop", permission=MANAGE, destructive=True)
async def stop_process(application: Ostrov, name: str) -> str:
    """Stop a process and leave it stopped until it is started again."""
    from ostrov.core.supervisor.control import ask

    answer = await ask(application, "stop", names=[name], wait=False)
    return f"stopping {', '.join(answer['stopped'])}"


@operation("processes.start", permission=MANAGE)
async def start_process(application: Ostrov, name: str) -> str:
    """Start a process that was stopped or has failed."""
    from ostrov.core.supervisor.control import ask

    answer = await ask(application, "start", names=[name], wait=False)
    return f"starting {', '.join(answer['started'])}" if answer["started"] else f"{name} runs already"


@operation("processes.signal", permission=MANAGE, surfaces=("cli", "http"), by_position=("signal",))
async def signal_process(application: Ostrov, name: str, signal: str = "HUP") -> str:
    """Send a signal (HUP, USR1, …) to a process; USR1 writes the stacks of its threads to its log."""
    from ostrov.core.supervisor.control import ask

    answer = await ask(application, "signal", names=[name], signal_name=signal)
    return f"sent {signal} to {', '.join(answer['signalled'])}"
