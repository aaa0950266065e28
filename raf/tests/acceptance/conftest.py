"""A project with Raf that runs as people run it: `ostrov up`, with its supervisor, web process and worker."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from ostrov.testing import make_project

PASSWORD = "soy milk and coconut"


class Server:
    """A running Raf at `url`."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}"
        self._environ = {name: value for name, value in os.environ.items() if not name.startswith("OSTROV_")}

    def settle(self, *overrides: str) -> None:
        """Settings of every command from now on, in its environment."""
        for name, _, value in (override.partition("=") for override in overrides):
            self._environ[f"OSTROV_{name.upper().replace('.', '__')}"] = value

    def ostrov(self, *arguments: str) -> str:
        """Run a command of `ostrov`; what it prints. Fails when it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "ostrov", "--project", str(self.folder), *arguments],
            capture_output=True,
            text=True,
            env=self._environ,
            timeout=90,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def register(self, scopes: str = "read write follow push") -> dict[str, str]:
        """A client for the tests' own requests."""
        form = {"client_name": "Tests", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": scopes}
        answer = httpx.post(f"{self.url}/api/v1/apps", json=form)
        answer.raise_for_status()
        program: dict[str, str] = answer.json()
        return program

    def sign_up(self, name: str, scopes: str = "read write follow push") -> str:
        """Open an account as a program does; its token."""
        program = self.register(scopes)
        own = {"client_id": program["client_id"], "client_secret": program["client_secret"]}
        answer = httpx.post(f"{self.url}/oauth/token", data={"grant_type": "client_credentials", "scope": "read write", **own})
        form = {"username": name, "email": f"{name}@example.org", "password": PASSWORD, "agreement": "true"}
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        made = httpx.post(f"{self.url}/api/v1/accounts", data=form, headers=headers)
        assert made.status_code == 200, made.text
        token: str = made.json()["access_token"]
        return token


@contextmanager
def serving(folder: Path, *overrides: str) -> Iterator[Server]:
    """Raf in a project of its own, up and ready; down at the end."""
    project = make_project(folder, ["raf"], name="raf")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Server(project, port)
    limits = ["raf.api.rate_limit=5000", "raf.identity.sign_ups_of_address=100", "raf.identity.log_in_tries_of_address=100"]
    server.settle(f"web.port={port}", *limits, *overrides)
    server.ostrov("up", "--detach")
    try:
        server.ostrov("wait")
        yield server
    finally:
        server.ostrov("down")


@pytest.fixture(scope="module")
def raf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Raf for the tests of a file."""
    with serving(tmp_path_factory.mktemp("raf")) as server:
        yield server
