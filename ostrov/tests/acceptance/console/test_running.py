"""The console of a running project, over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.long


def read_until(lines: Iterator[str], wanted: str) -> None:
    for line in lines:
        if wanted in line:
            return
    raise AssertionError(f"the stream ended without {wanted}")


def test_a_page_hears_that_a_process_was_restarted_from_the_console(project: Any) -> None:
    before = project.pid("worker")
    client = project.client()
    with client.stream("GET", f"{project.address}/live?topics=processes", timeout=20) as stream:
        lines = stream.iter_lines()
        read_until(lines, "retry")
        project.call(client, "processes.restart", name="worker")
        read_until(lines, "event: changed")
    project.ostrov("wait")
    assert project.pid("worker") not in (before, 0)
    assert "processes.restart" in client.get(f"{project.address}/audit").text


def test_processes_and_logs_are_those_of_the_running_project(project: Any) -> None:
    client = project.client("vera")
    page = client.get(f"{project.address}/processes").text
    assert all(f'id="process-{name}"' in page for name in ("supervisor", "worker", "web"))
    assert "Restart</button>" not in page
    page = client.get(f"{project.address}/logs?service=supervisor&q=ready").text
    assert "web is ready" in page
    with client.stream("GET", f"{project.address}/logs/stream?service=supervisor&after=1", timeout=20) as stream:
        lines = stream.iter_lines()
        read_until(lines, "is ready after")


def test_streams_end_at_once_when_the_web_process_is_replaced(project: Any) -> None:
    client = project.client()
    with client.stream("GET", f"{project.address}/live?topics=operations", timeout=20) as stream:
        lines = stream.iter_lines()
        read_until(lines, "retry")
        project.ostrov("restart", "web")
        for _ in lines:
            pass  # it ends, cleanly
    assert client.get(f"{project.address}/me").status_code == 200


def test_a_session_outlives_a_restart_and_the_api_answers_on_the_same_port(project: Any) -> None:
    link = project.ostrov("operators", "token", "--name", "ann")
    token = next(word for word in link.split() if word.startswith("ost_"))
    headers = {"authorization": f"Bearer {token}"}
    answer = httpx.post(f"{project.address}/api/operations/orchard.water", json={"tree": "oak"}, headers=headers)
    assert answer.json()["result"] == "oak got 3 litres"
    assert "orchard.water" in project.ostrov("audit", "show")
