"""One file from somewhere in the web, which may be anybody's and mean harm: bounded in time, bytes, redirects and place.

Blocks, so it is called in threads. Whatever goes wrong is one of two errors: `Unreachable` may be better another day, `Useless`
will not.
"""

from __future__ import annotations

import http.client
import socket
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from raf.destination import Network, Private, connect
from raf.errors import RafError

REDIRECTS = (301, 302, 303, 307, 308)
PIECE = 16_384
LONGEST_URL = 2000


class Unreachable(RafError):
    """Nobody answered, or not now."""

    status = 502


class Useless(RafError):
    """There is nothing that can be shown, or where no request may go."""


@dataclass(frozen=True)
class Terms:
    """What a fetch may cost. `timeout` is in seconds, for all of it."""

    timeout: float
    max_bytes: int
    redirects: int
    user_agent: str
    allowed: Sequence[Network] = ()
    accept: str = "text/html, application/xhtml+xml"
    whole: bool = False
    """Whether a file that is larger is useless; else what is there of it is taken."""
    shut: Callable[[str], bool] = lambda host: False
    """Whether nothing is asked of a host."""


@dataclass(frozen=True)
class Fetched:
    """What came. `url` is where it was at last, `kind` the media type in lower case, `charset` what HTTP says of it."""

    url: str
    kind: str
    charset: str
    body: bytes


def fetch(url: str, kinds: tuple[str, ...], terms: Terms) -> Fetched:
    """GET a file whose type begins with one of `kinds`. Raises Unreachable, Useless."""
    ends = time.monotonic() + terms.timeout
    for _ in range(terms.redirects + 1):
        found = _one(url, kinds, terms, ends)
        if isinstance(found, Fetched):
            return found
        url = found
    raise Useless("it redirects too often")


def _one(url: str, kinds: tuple[str, ...], terms: Terms, ends: float) -> Fetched | str:
    """The file, or the address it redirects to."""
    parts = urlsplit(url)
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError as problem:
        raise Useless("its address makes no sense") from problem
    secure = parts.scheme == "https"
    if parts.scheme not in ("http", "https") or not host or parts.username is not None or len(url) > LONGEST_URL:
        raise Useless("its address is not one of the web")
    if terms.shut(host):
        raise Useless(f"the server {host} is blocked")
    connection = _connect(host, port or (443 if secure else 80), secure, terms, ends)
    guard = threading.Timer(max(0.01, ends - time.monotonic()), _cut, [connection.sock])
    guard.daemon = True
    guard.start()
    try:
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (
            f"?{quote(parts.query, safe=_QUERY)}" if parts.query else ""
        )
        connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
        shown = f"[{host}]" if ":" in host else host.encode("idna").decode()
        headers = {
            "Host": shown if port is None else f"{shown}:{port}",
            "User-Agent": terms.user_agent,
            "Accept": terms.accept,
            "Accept-Encoding": "gzip",
            "Connection": "close",
        }
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        _hurry(ends)
        if answer.status in REDIRECTS and (there := answer.headers.get("location")):
            return urlunsplit(urlsplit(urljoin(url, there.strip()))._replace(fragment=""))
        _judge(answer.status)
        kind = answer.headers.get_content_type()
        if not kind.startswith(kinds):
            raise Useless(f"it is {kind}")
        body = _read(answer, terms, ends)
        return Fetched(url, kind, answer.headers.get_content_charset() or "", body)
    except (OSError, http.client.HTTPException, ValueError, zlib.error) as problem:
        late = time.monotonic() >= ends
        raise Unreachable("it takes too long" if late else f"it does not answer as it should: {problem}") from problem
    finally:
        guard.cancel()
        connection.close()


_QUERY = "/%:@!$&'()*+,;=~-._?[]"


def _connect(host: str, port: int, secure: bool, terms: Terms, ends: float) -> http.client.HTTPConnection:
    try:
        return connect(host, port, secure=secure, timeout=max(0.1, ends - time.monotonic()), allowed=terms.allowed)
    except Private as problem:
        raise Useless(problem.error) from problem
    except (socket.gaierror, UnicodeError) as problem:
        raise Unreachable(f"{host} is not known") from problem
    except (OSError, ValueError) as problem:
        raise Unreachable(f"{host} does not answer: {problem}") from problem


def _judge(status: int) -> None:
    if status in (408, 425, 429) or status >= 500:
        raise Unreachable(f"it answers {status}")
    if status != 200:
        raise Useless(f"it answers {status}")


def _read(answer: http.client.HTTPResponse, terms: Terms, ends: float) -> bytes:
    """The body, unpacked: no more than is allowed of either, whatever the sender says of its length."""
    packed = answer.headers.get("content-encoding", "identity").strip().lower()
    if packed not in ("identity", "gzip", "x-gzip", ""):
        raise Useless(f"it is packed as {packed}")
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 16) if packed.endswith("gzip") else None
    body, taken = bytearray(), 0
    while len(body) <= terms.max_bytes and taken <= terms.max_bytes:
        _hurry(ends)
        piece = answer.read1(PIECE)
        if not piece:
            _hurry(ends)
            return bytes(body)
        taken += len(piece)
        body += piece if unpack is None else unpack.decompress(piece, terms.max_bytes + 1 - len(body))
    if terms.whole:
        raise Useless("it is too large")
    return bytes(body[: terms.max_bytes])


def _hurry(ends: float) -> None:
    """What was cut off looks like an end."""
    if time.monotonic() >= ends:
        raise Unreachable("it takes too long")


def _cut(connected: socket.socket | None) -> None:
    """The time is over: whoever reads from it, reads no more."""
    if connected is not None:
        try:
            connected.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
