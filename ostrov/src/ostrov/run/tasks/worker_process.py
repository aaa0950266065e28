"""For tests: real workers in processes of their own, that a test may kill."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

WORKER = """
import asyncio, json, logging, signal, sys
from pathlib import Path
sys.path[:0] = json.loads(sys.argv[3])
logging.basicConfig(level=logging.INFO)
from ostrov import Ostrov
from ostrov.run.tasks.worker import Worker

async def main():
    application = Ostrov.open(Path(sys.argv[1]), json.loads(sys.argv[2]), environ={})
    await application.channel.start()
    worker = Worker(application)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
    await worker.run(lambda: print("ready", flush=True))
    await application.close()

asyncio.run(main())
"""


class WorkerProcess:
    """A worker in a process of its own, to be killed."""

    def __init__(self, root: Path, overrides: list[str], log: Path) -> None:
        paths = [entry for entry in sys.path if entry]
        with log.open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-c", WORKER, str(root), json.dumps(overrides), json.dumps(paths)],
                stdout=subprocess.PIPE,
                stderr=errors,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def wait_ready(self) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"ready\n"

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def close(self) -> None:
        if self.process.poll() is None:
            self.kill()
        assert self.process.stdout is not None
        self.process.stdout.close()
