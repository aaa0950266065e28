"""The same processes under systemd: the protocol it speaks, and the units that are printed for it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys

import pytest

from ostrov.core.supervisor.systemd import units

COMPONENT = """
async def first(context):
    context.status("counting")
    (HERE / "sockets").write_text(" ".join(str(one.getsockname()[1]) for one in context.sockets))
    context.ready()
    await context.stopping.wait()

async def second(context):
    context.ready()
    await context.stopping.wait()

def listens(application):
    from ostrov import Listen
    return [Listen("127.0.0.1", 0)]

component = Component(name="sample", services=[
    Service("first", run=first, group="both", listens=listens), Service("second", run=second, group="both", after=("first",)),
    Service("third", run=second, after=("second",), stop_timeout=3)])
"""


class Systemd:
    """What systemd is to a service: a socket it is notified on, and a listening socket handed over as descriptor 3."""

    def __init__(self, sample) -> None:
        self.inbox = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.inbox.bind(str(sample.folder / "notify"))
        self.inbox.settimeout(10)
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        start = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.set_inheritable(3, True)\n"
        start += "os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1', LISTEN_FDNAMES=sys.argv[2])\n"
        start += "os.execv(sys.executable, [sys.executable, '-m', 'ostrov.core.supervisor.host', *sys.argv[3:]])"
        words = ["--project", str(sample.folder), "both", "first", "second"]
        self.process = subprocess.Popen(
            [sys.executable, "-c", start, str(self.listening.fileno()), "first", *words],
            env={**sample.environ, "NOTIFY_SOCKET": str(sample.folder / "notify")},
            pass_fds=[self.listening.fileno()],
        )

    def told(self) -> list[str]:
        return self.inbox.recv(4096).decode().split("\n")

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.inbox.close()
        self.listening.close()


def test_a_process_runs_under_systemd_as_it_is(sample) -> None:
    sample.component(COMPONENT)
    systemd = Systemd(sample)
    try:
        assert "STATUS=first: counting" in systemd.told()
        assert systemd.told() == ["X_OSTROV_READY=first"]
        assert systemd.told() == ["X_OSTROV_READY=second", "READY=1"]
        assert sample.number("sockets") == systemd.port
        systemd.process.send_signal(signal.SIGTERM)
        assert systemd.told() == ["STOPPING=1"]
        assert systemd.process.wait(10) == 0
    finally:
        systemd.close()


def test_a_listener_without_a_handed_socket_binds_its_own(sample) -> None:
    sample.component(COMPONENT)
    host = [sys.executable, "-m", "ostrov.core.supervisor.host", "--project", str(sample.folder), "both", "first", "second"]
    process = subprocess.Popen(host, env=sample.environ)
    try:
        assert sample.number("sockets") > 0
    finally:
        process.terminate()
        assert process.wait(10) == 0


def test_the_supervisor_itself_may_be_a_unit(sample) -> None:
    sample.component(COMPONENT)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as inbox:
        inbox.bind(str(sample.folder / "notify"))
        inbox.settimeout(15)
        sample.environ["NOTIFY_SOCKET"] = str(sample.folder / "notify")
        process = sample.launch()
        assert inbox.recv(4096).decode().split("\n") == ["READY=1", "STATUS=all processes are ready"]
        process.terminate()
        assert inbox.recv(4096) == b"STOPPING=1"
        assert process.wait(10) == 0


def test_units_come_from_the_same_specification(sample) -> None:
    sample.component(COMPONENT.replace('"127.0.0.1", 0', '"127.0.0.1", 8123'))
    written = units(sample.application(sample.only_ours), ['web.url="https://a%b"'], user="nobody")
    assert set(written) == {
        "sample.target",
        "sample-migrate.service",
        "sample-first.socket",
        "sample-both.service",
        "sample-third.service",
    }
    both, third, port = written["sample-both.service"], written["sample-third.service"], written["sample-first.socket"]
    command = f"-m ostrov.core.supervisor.host --project {sample.folder} both first second"
    assert f"ExecStart={sys.executable} {command}\n" in both
    for line in (
        "Type=notify",
        "NonBlocking=yes",
        "Sockets=sample-first.socket",
        "NoNewPrivileges=yes",
        "User=nobody",
        "KillMode=mixed",
    ):
        assert f"\n{line}\n" in both
    assert f"ReadWritePaths={sample.folder}/var\n" in both
    assert 'Environment="OSTROV_OVERRIDES=[\\"web.url=\\\\\\"https://a%%b\\\\\\"\\"]"\n' in both
    assert "After=sample-migrate.service sample-both.service network.target\n" in third
    assert "TimeoutStopSec=3\n" in third
    assert "ListenStream=127.0.0.1:8123\nBacklog=2048\nFileDescriptorName=first\nService=sample-both.service\n" in port


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here (package systemd)")
def test_systemd_accepts_the_units(sample, tmp_path) -> None:
    sample.component(COMPONENT.replace('"127.0.0.1", 0', '"127.0.0.1", 8123'))
    folder = tmp_path / "units"
    folder.mkdir()
    for name, text in units(sample.application(), ["web.url=https://a%b c"], user="root").items():
        (folder / name).write_text(text)
    names = sorted(str(path) for path in folder.iterdir())
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *names],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:"},
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [line for line in checked.stderr.splitlines() if str(folder) in line or "sample" in line]
    assert complaints == []
    assert checked.returncode == 0, checked.stderr
