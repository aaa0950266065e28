"""The `web` section, and the address people reach this project at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from ostrov.core.component import Listen
from ostrov.core.settings.declared import Secret
from ostrov.core.supervisor.addresses import address_url, bound_port

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

Seconds = Annotated[float, msgspec.Meta(gt=0)]


class WebSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Where the web service listens, and what it lets in. Times are seconds, sizes bytes."""

    host: str = "127.0.0.1"
    """The address it listens on; 0.0.0.0 is all of the machine."""
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8000
    """0 takes any free port; `ostrov ps` says which."""
    url: Annotated[
        str, msgspec.Meta(pattern=r"^(https?://[^\s/]+(/\S*)?)?$", description="an address such as https://raf.example")
    ] = ""
    """The address people reach it at, such as https://raf.example; empty means http://host:port."""
    workers: Annotated[int, msgspec.Meta(ge=1, le=256)] = 1
    """Processes that share the port."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks whose X-Forwarded-For and X-Forwarded-Proto are believed."""
    access_log: bool = False
    """A line in the log for each request; of its address the path alone, for the rest may be a secret."""
    metrics: bool = True
    """Whether /metrics answers Prometheus: requests of this machine, and with a token those of others."""
    metrics_token: Secret = ""
    """When it is set, /metrics answers only who sends it, as `Authorization: Bearer TOKEN`."""
    backlog: Annotated[int, msgspec.Meta(ge=1)] = 2048
    """Connections that wait while nobody accepts, as during a restart."""
    connections: Annotated[int, msgspec.Meta(ge=1)] = 10_000
    """At once, a process; more are answered 503."""
    header_bytes: Annotated[int, msgspec.Meta(ge=1024)] = 32 * 1024
    """Of one request; more is answered 431."""
    body_bytes: Annotated[int, msgspec.Meta(ge=0)] = 100 * 1024 * 1024
    """Of one request; more is answered 413."""
    receive_timeout: Seconds = 30.0
    """A request whose head is not complete, or whose body's next byte does not come, within this time is dropped."""
    keep_alive: Seconds = 30.0
    """An idle connection is closed after this time."""
    stream_grace: Annotated[float, msgspec.Meta(ge=0)] = 1.0
    """At stop, how long a stream (server-sent events) may go on."""
    stop_grace: Seconds = 5.0
    """At stop, how long a request may take to finish."""


def base_url(application: Ostrov) -> str:
    """The public base URL without a slash at its end. With `web.port=0` it is known only while the project is up."""
    web: WebSettings = application.settings.web
    return web.url.rstrip("/") or address_url(web.host, web.port or bound_port(application, "web") or 0)


def listens(application: Ostrov) -> list[Listen]:
    """The sockets the supervisor binds for the web service."""
    web: WebSettings = application.settings.web
    return [Listen(web.host, web.port, web.backlog, setting="web.port", url=web.url)]


def instances(application: Ostrov) -> int:
    """How many processes serve the web."""
    workers: int = application.settings.web.workers
    return workers
