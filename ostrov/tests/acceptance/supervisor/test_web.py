"""The web service as the supervisor runs it: one port, kept through restarts."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
import urllib.error
import urllib.request

import pytest

from ostrov.core.supervisor import commands
from ostrov.core.supervisor.errors import StartFailed
from ostrov.core.supervisor.specification import project_processes

APP = """
def text(body):
    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            return
        told = body if isinstance(body, bytes) else body(scope)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", str(len(told)).encode())]})
        await send({"type": "http.response.body", "body": told})
    return app

def home(application):
    return text(lambda scope: f"{os.getpid()} {scope['path']} {scope['root_path']!r}".encode())

def api(application):
    return text(b"api")

def stream(application):
    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        while True:
            await send({"type": "http.response.body", "body": b"data: tick\\n\\n", "more_body": True})
            await asyncio.sleep(0.1)
    return app

def slow(application):
    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            return
        await asyncio.sleep(0.8)
        await text(b"late but whole")(scope, receive, send)
    return app

mounts = [Mount("/", home), Mount("/api", api), Mount("/stream", stream), Mount("/slow", slow)]
component = Component(name="sample", mounts=mounts)
"""


def web_alone(sample) -> tuple[str, ...]:
    """Overrides that run the web service alone, on a port of its own."""
    names = [name for spec in project_processes(sample.application()) for name in spec.service_names if name != "web"]
    return (f"supervisor.without=[{','.join(names)}]", "web.port=0")


def up(sample, *overrides: str):
    process = sample.up(*web_alone(sample), *overrides, only_ours=False)
    return process, commands.status(sample.application()).url


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def test_mounts_share_one_port_and_see_the_full_path(sample) -> None:
    sample.component(APP)
    _, url = up(sample)
    assert get(f"{url}/some/where").split(" ", 1)[1] == "/some/where ''"
    assert get(f"{url}/api") == get(f"{url}/api/v1/x") == "api"
    assert get(f"{url}/apiary").endswith("/apiary ''")
    assert json.loads(get(f"{url}/healthz")) == {"status": "ok"}
    assert json.loads(get(f"{url}/readyz")) == {"status": "ready", "store": "ok"}


def test_the_chosen_port_is_told_when_any_was_asked_for(sample) -> None:
    sample.component(APP)
    _, url = up(sample)
    port = int(url.rpartition(":")[2])
    assert sample.rows()["web"].listens == (f"127.0.0.1:{port}",)
    from ostrov import base_url

    assert base_url(sample.application("web.port=0")) == url
    assert f"sample is up at {url}" in sample.said()


def test_a_restart_refuses_no_connection(sample) -> None:
    sample.component(APP)
    _, url = up(sample)
    before = get(url).split()[0]
    failures: list[Exception] = []
    answers: list[str] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            try:
                answers.append(get(url).split()[0])
            except (OSError, urllib.error.URLError) as problem:
                failures.append(problem)

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    sample.until(lambda: len(answers) > 20)
    commands.restart(sample.application(), ["web"])
    count = len(answers)
    sample.until(lambda: len(answers) > count + 20)
    over.set()
    for asker in askers:
        asker.join()
    assert failures == []
    assert answers[0] == before
    assert answers[-1] != before
    row = sample.rows()["web"]
    assert (row.state, row.restarts, row.last_exit) == ("ready", 1, "replaced")


def test_a_crash_refuses_no_connection(sample) -> None:
    sample.component(APP)
    _, url = up(sample)
    import os
    import signal

    pid = int(get(url).split()[0])
    os.kill(pid, signal.SIGKILL)
    assert int(get(url).split()[0]) != pid, "the connection waited for the next process"


def test_a_new_process_that_does_not_start_leaves_the_old_one_serving(sample) -> None:
    sample.component(APP)
    _, url = up(sample)
    before = get(url).split()[0]
    sample.component("raise RuntimeError('half an edit')")
    with pytest.raises(StartFailed, match="the new web did not become ready; the one before goes on"):
        commands.restart(sample.application(), ["web"])
    assert get(url).split()[0] == before
    assert sample.rows()["web"].state == "ready"


def test_streams_do_not_delay_the_stop_and_requests_are_finished(sample) -> None:
    sample.component(APP)
    process, url = up(sample, "web.stream_grace=0.3")
    stream = urllib.request.urlopen(f"{url}/stream", timeout=10)
    assert stream.read(12) == b"data: tick\n\n"
    answers: list[str] = []
    asker = threading.Thread(target=lambda: answers.append(get(f"{url}/slow")))
    asker.start()
    time.sleep(0.2)
    started = time.monotonic()
    process.terminate()
    assert process.wait(10) == 0
    assert time.monotonic() - started < 3
    asker.join()
    assert answers == ["late but whole"]


def test_several_processes_share_the_port(sample) -> None:
    sample.component(APP)
    _, url = up(sample, "web.workers=2")
    pids = {row.pid for name, row in sample.rows().items() if name in ("web", "web-2")}
    assert len(pids) == 2
    for held in pids:  # who takes a connection is the kernel's choice, so one of them is held while the other must
        os.kill(held, signal.SIGSTOP)
        try:
            assert {int(get(url).split()[0])} == pids - {held}
        finally:
            os.kill(held, signal.SIGCONT)
    assert commands.restart(sample.application(), ["web-2"]) == ["web-2"]


def test_a_mount_that_cannot_be_built_is_named(sample) -> None:
    sample.component("component = Component(name='sample', mounts=[Mount('/api', 'missing_module:build')])")
    process = sample.launch(*web_alone(sample), only_ours=False, quick=False)
    assert process.wait(15) == 1
    assert "component sample: its mount /api cannot be built" in sample.said()
    assert "missing_module" in sample.said()


def test_a_port_is_free_again_after_the_stop(sample) -> None:
    sample.component(APP)
    process, url = up(sample)
    get(url)
    process.terminate()
    process.wait(10)
    port = int(url.rpartition(":")[2])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 1)
