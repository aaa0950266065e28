"""Broker servers of a test's own, to be stopped and started: by process id, on a free port, with data in the test's folder."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from glob import glob
from pathlib import Path

RABBITMQ = "/usr/lib/rabbitmq/bin/rabbitmq-server"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Broker:
    """`command` is what starts the server in the foreground; `address` goes into tasks.broker."""

    def __init__(
        self, command: list[str], address: str, port: int, folder: Path, environ: dict[str, str] | None = None
    ) -> None:
        self.address = address
        self._command = command
        self._port = port
        self._log = folder / "broker.log"
        self._environ = environ
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, seconds: float = 40.0) -> None:
        """Back when it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, env=self._environ, start_new_session=True)
        deadline = time.monotonic() + seconds
        while True:
            try:
                socket.create_connection(("127.0.0.1", self._port), 1).close()
                return
            except OSError:
                assert time.monotonic() < deadline, self._log.read_text()[-2000:]
                assert self._process.poll() is None, self._log.read_text()[-2000:]
                time.sleep(0.05)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            self._process = None


def nats(folder: Path) -> Broker:
    port = free_port()
    command = ["nats-server", "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", str(folder / "nats")]
    return Broker(command, f"nats://127.0.0.1:{port}", port, folder)


def redis(folder: Path) -> Broker:
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--appendonly", "yes"]
    return Broker([*command, "--appendfsync", "always", "--save", ""], f"redis://127.0.0.1:{port}/0", port, folder)


def postgresql(folder: Path) -> Broker:
    port, data = free_port(), folder / "postgresql"
    programs = Path(sorted(glob("/usr/lib/postgresql/*/bin"))[-1])
    data.mkdir()
    as_user: list[str] = []
    if os.getuid() == 0:  # a database server refuses to run as root
        shutil.chown(data, "postgres", "postgres")
        let_pass(data)
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]
    initialise = [
        str(programs / "initdb"),
        "-D",
        str(data),
        "-U",
        "ostrov",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "-N",
    ]
    subprocess.run([*as_user, *initialise], check=True, stdout=subprocess.DEVNULL, cwd="/")
    options = ["-p", str(port), "-k", "", "-c", "listen_addresses=127.0.0.1", "-c", "shared_buffers=16MB"]
    command = [*as_user, str(programs / "postgres"), "-D", str(data), *options]
    return Crashing(command, f"postgresql://ostrov@127.0.0.1:{port}/postgres", port, folder)


def let_pass(folder: Path) -> None:
    """Let another user come to this folder; each start of pytest shuts the one of all its runs."""
    for parent in folder.parents:
        if parent.stat().st_mode & 0o001 == 0:
            parent.chmod(parent.stat().st_mode | 0o001)


class Crashing(Broker):
    """PostgreSQL is stopped as a power cut would, and recovers when it starts: to end in order it waits for its clients and for
    a checkpoint, on a busy machine longer than a test has."""

    def start(self, seconds: float = 40.0) -> None:
        if os.getuid() == 0:
            let_pass(self._log.parent / "postgresql")
        super().start(seconds)

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(30)
            self._process = None


def rabbitmq(folder: Path) -> Broker:
    port, data = free_port(), folder / "rabbitmq"
    data.mkdir()
    own = {
        "HOME": data,
        "RABBITMQ_NODENAME": f"ostrov{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": port,
        "RABBITMQ_DIST_PORT": free_port(),
        "ERL_EPMD_PORT": free_port(),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_MNESIA_BASE": data,
        "RABBITMQ_LOG_BASE": data,
        "RABBITMQ_CONF_ENV_FILE": "/dev/null",
        "RABBITMQ_CONFIG_FILE": data / "none",
        "RABBITMQ_ENABLED_PLUGINS_FILE": data / "plugins",
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",
    }
    environ = {**os.environ, **{name: str(value) for name, value in own.items()}}
    return Broker([RABBITMQ], f"amqp://guest:guest@127.0.0.1:{port}//", port, folder, environ)


BROKERS: dict[str, Callable[[Path], Broker]] = {
    "procrastinate": postgresql,
    "taskiq_nats": nats,
    "celery_redis": redis,
    "celery_rabbitmq": rabbitmq,
}
