"""Where the running project listens: written by the supervisor once its sockets are bound, read by every process."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

FILE = "addresses.json"
ANY = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}  # noqa: S104 - where everybody listens, this machine asks itself


def address_url(host: str, port: int) -> str:
    """The URL of a listening address."""
    return f"http://{ANY.get(host, f'[{host}]' if ':' in host else host)}:{port}"


def write_addresses(run_dir: Path, ports: Mapping[str, int]) -> None:
    """Record the port each service listens at."""
    import json

    (run_dir / FILE).write_text(json.dumps(dict(ports)))


def remove_addresses(run_dir: Path) -> None:
    """Nothing listens any more."""
    with contextlib.suppress(OSError):
        (run_dir / FILE).unlink()


def bound_port(application: Ostrov, service: str) -> int | None:
    """The port a service of the running project listens at; None when it is not up."""
    import json

    try:
        ports = json.loads((application.run_dir / FILE).read_text())
        return int(ports[service])
    except (OSError, ValueError, KeyError):
        return None
