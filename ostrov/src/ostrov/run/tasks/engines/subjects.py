"""How a project and its queues are called in NATS: its servers and stream, and the subjects of queues and levels."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import parse_qs, unquote_to_bytes, urlsplit

from ostrov.core.errors import SettingsError

LEVELS = ("high", "normal", "low")
EMPTY = "="


class Address(NamedTuple):
    """What `tasks.broker` says: NATS servers of one cluster, the stream of this project, and how many of them keep it."""

    servers: list[str]
    stream: str
    replicas: int


def address(broker: str, project: str) -> Address:
    """Read `nats://[USER:PASSWORD@]HOST:PORT[,nats://…][/STREAM][?replicas=3]`. Raises SettingsError."""
    text, _, query = broker.partition("?")
    parts = [urlsplit(server.strip()) for server in text.split(",")]
    if any(part.scheme not in ("nats", "tls", "ws", "wss") or not part.hostname for part in parts):
        raise SettingsError(
            "tasks.broker is no address of a NATS server", tip="the engine taskiq wants nats://HOST:4222, several with commas"
        )
    stream = parts[-1].path.strip("/") or f"ostrov_{token(project)}"
    if not re.fullmatch(r"[A-Za-z0-9_=-]+", stream):
        raise SettingsError(
            f"tasks.broker names a stream that cannot be: {stream}", tip="letters, digits, - and _: nats://HOST:4222/STREAM"
        )
    replicas = parse_qs(query).get("replicas", ["1"])[0]
    if replicas not in ("1", "3", "5"):
        raise SettingsError(f"tasks.broker wants {replicas} replicas", tip="1, 3 or 5")
    return Address([f"{part.scheme}://{part.netloc}" for part in parts], stream, int(replicas))


def level(priority: int) -> str:
    """The class of a priority: above zero, zero, below."""
    return "high" if priority > 0 else "low" if priority < 0 else "normal"


def token(queue: str) -> str:
    """A queue's name as a part of a subject and of a consumer's name."""
    return re.sub(r"[^A-Za-z0-9_-]", lambda found: "".join(f"={byte:02X}" for byte in found[0].encode()), queue) or EMPTY


def queue_of(part: str) -> str:
    """The queue's name that `token` made this of."""
    return "" if part == EMPTY else unquote_to_bytes(part.replace("=", "%")).decode()
