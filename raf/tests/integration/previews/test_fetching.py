"""Servers that mean harm, each a real one on this machine."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from raf.destination import networks_of
from raf.previews.fetching import Terms, Unreachable, Useless, fetch

HTML = ("text/html",)
Reply = Callable[[socket.socket, str], None]


@contextmanager
def server(reply: Reply) -> Iterator[str]:
    """A server that answers each connection with `reply(connection, path)`; its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(20)

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    def answer(connection: socket.socket) -> None:
        with connection:
            connection.settimeout(20)
            try:
                head = connection.recv(65536).decode()
                reply(connection, head.split(" ")[1])
            except OSError:
                return

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.close()


def terms(**more) -> Terms:
    usual = {"timeout": 1.0, "max_bytes": 50_000, "redirects": 3, "user_agent": "Raf", "allowed": networks_of(["127.0.0.0/8"])}
    return Terms(**(usual | more))


def page(body: bytes, kind: str = "text/html; charset=utf-8", more: str = "") -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode() + body


def test_a_page_is_fetched_with_its_charset_and_where_it_was_at_last() -> None:
    def reply(connection: socket.socket, path: str) -> None:
        if path == "/":
            connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /there#part\r\nContent-Length: 0\r\n\r\n")
        else:
            connection.sendall(page(b"<title>x", "Text/HTML; Charset=KOI8-R"))

    with server(reply) as url:
        found = fetch(url + "/", HTML, terms())
        assert (found.url, found.kind, found.charset, found.body) == (url + "/there", "text/html", "koi8-r", b"<title>x")


def test_nothing_is_asked_of_this_machine_unless_it_is_allowed() -> None:
    asked: list[str] = []
    with server(lambda connection, path: asked.append(path)) as url:
        for address in (url, url.replace("127.0.0.1", "localhost"), url.replace("127.0.0.1", "[::ffff:127.0.0.1]")):
            with pytest.raises(Useless, match="private"):
                fetch(address, HTML, terms(allowed=()))
    assert asked == []


def test_a_redirect_to_a_private_address_is_not_followed() -> None:
    asked: list[str] = []

    def reply(connection: socket.socket, path: str) -> None:
        asked.append(path)
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/secret\r\nContent-Length: 0\r\n\r\n")

    with server(reply) as url, pytest.raises(Useless, match="private"):
        fetch(url + "/a", HTML, terms())
    assert asked == ["/a"]


@pytest.mark.parametrize("there", ["file:///etc/passwd", "gopher://127.0.0.1/", "javascript:1", "http://user:word@127.0.0.1/"])
def test_a_redirect_leads_nowhere_but_into_the_web(there: str) -> None:
    def reply(connection: socket.socket, path: str) -> None:
        connection.sendall(f"HTTP/1.1 302 Found\r\nLocation: {there}\r\nContent-Length: 0\r\n\r\n".encode())

    with server(reply) as url, pytest.raises(Useless):
        fetch(url, HTML, terms())


def test_redirects_in_a_circle_come_to_an_end() -> None:
    count = [0]

    def reply(connection: socket.socket, path: str) -> None:
        count[0] += 1
        connection.sendall(b"HTTP/1.1 301 Moved\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")

    with server(reply) as url, pytest.raises(Useless, match="too often"):
        fetch(url, HTML, terms())
    assert count[0] == 4


def drip(connection: socket.socket, first: bytes, each: bytes) -> None:
    connection.sendall(first)
    for _ in range(400):
        time.sleep(0.05)
        connection.sendall(each)


@pytest.mark.parametrize(
    ("first", "each"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X"),  # headers that never end
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"x"),  # a body that never ends
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"", b""),  # silence
    ],
)
def test_who_answers_a_byte_at_a_time_is_left_when_the_time_is_over(first: bytes, each: bytes) -> None:
    with server(lambda connection, path: drip(connection, first, each)) as url:
        began = time.monotonic()
        with pytest.raises(Unreachable):
            fetch(url, HTML, terms(timeout=0.5))
        assert time.monotonic() - began < 10  # the server would go on for twenty seconds


def test_a_body_without_end_is_cut() -> None:
    def reply(connection: socket.socket, path: str) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            connection.sendall(b"<p>" * 10_000)

    with server(reply) as url:
        assert len(fetch(url, HTML, terms(timeout=10)).body) == 50_000
        with pytest.raises(Useless, match="too large"):
            fetch(url, HTML, terms(timeout=10, whole=True))


def test_a_packed_bomb_is_unpacked_no_further_than_is_read() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    with server(lambda connection, path: connection.sendall(page(bomb, more="Content-Encoding: gzip\r\n"))) as url:
        assert len(fetch(url, HTML, terms(timeout=10)).body) == 50_000


@pytest.mark.parametrize(
    "answer",
    [
        page(b"%PDF", "application/pdf"),
        page(b"x", "application/octet-stream"),
        page(b"x", more="Content-Encoding: br\r\n"),
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 206 Partial Content\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_what_is_no_page_is_not_looked_at_again(answer: bytes) -> None:
    with server(lambda connection, path: connection.sendall(answer)) as url, pytest.raises(Useless):
        fetch(url, HTML, terms())


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 429 Slowly\r\nContent-Length: 0\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n",
        page(b"not packed", more="Content-Encoding: gzip\r\n"),
        b"",
    ],
)
def test_who_does_not_answer_well_today_may_another_day(answer: bytes) -> None:
    with server(lambda connection, path: connection.sendall(answer)) as url, pytest.raises(Unreachable):
        fetch(url, HTML, terms())


def test_an_address_cannot_bring_headers_of_its_own() -> None:
    heads: list[str] = []

    def reply(connection: socket.socket, path: str) -> None:
        heads.append(path)
        connection.sendall(page(b"<title>x"))

    with server(reply) as url:
        fetch(url + "/a b\u0431?q=\u0431 c", HTML, terms())
        fetch(url + "/a\r\nX-Evil: 1", HTML, terms())
    assert heads == ["/a%20b%D0%B1?q=%D0%B1%20c", "/aX-Evil:%201"]
