"""Sockets bound before anything starts."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from ostrov import Listen
from ostrov.core.supervisor.addresses import address_url
from ostrov.core.supervisor.errors import PortTaken
from ostrov.core.supervisor.listening import bind, port_holder


def test_any_free_port_is_the_same_on_every_address_of_the_host() -> None:
    sockets = bind(Listen("localhost", 0))
    try:
        assert len({one.getsockname()[1] for one in sockets}) == 1
        assert not sockets[0].getblocking()
    finally:
        for one in sockets:
            one.close()


def test_a_port_in_use_names_its_holder_and_another_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=f"port {port} is in use") as caught:
            bind(Listen("127.0.0.1", port, setting="web.port"))
    assert f"pid {os.getpid()} (" in caught.value.cause
    assert f"web.port={port + 1}" in caught.value.tip or "web.port=" in caught.value.tip
    assert caught.value.exit_code == 75


def test_a_holders_command_line_tells_no_password() -> None:
    script = "import socket, sys; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); input()"
    words = [sys.executable, "-c", "import sys; exec(sys.argv[2])", "db.url=postgresql://ann:hush@h/x", script]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        port = int(process.stdout.readline())
        held = port_holder(port)
        process.stdin.close()
    assert f"pid {process.pid} (" in held
    assert "ann:********@h" in held


def test_a_host_that_is_not_ours_is_said() -> None:
    with pytest.raises(PortTaken, match=r"cannot listen on 192\.0\.2\.1:0") as caught:
        bind(Listen("192.0.2.1", 0, setting="web.port"))  # TEST-NET-1, RFC 5737
    assert caught.value.tip == "change web.host"
    with pytest.raises(PortTaken, match=r"cannot listen on no\.such\.host\.invalid"):
        bind(Listen("no.such.host.invalid", 0, setting="web.port"))


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("raf.example", "http://raf.example:80"),
    ],
)
def test_the_url_of_an_address_can_be_opened(host: str, url: str) -> None:
    assert address_url(host, 80) == url
