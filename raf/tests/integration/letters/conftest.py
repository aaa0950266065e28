"""A network that sends its letters to a real mail server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from ostrov import run_tasks
from ostrov.testing import running
from raf.letters.testing import Mailbox, relay
from raf.network import Raf, open_raf
from raf.web.testing import Site, visitors


@dataclass
class Town:
    """A house, its visitors and the mail server."""

    raf: Raf
    site: Site
    mailbox: Mailbox

    async def post(self, ahead: str = "0s") -> None:
        """Let everything that waits be done, the mail carried."""
        await run_tasks(self.raf.application, ahead=ahead)


Towns = Callable[..., AbstractAsyncContextManager[Town]]


@pytest.fixture
def mail() -> Iterator[tuple[Mailbox, int]]:
    with relay() as found:
        yield found


@pytest.fixture
def town(tmp_path: Path, mail: tuple[Mailbox, int], database: list[str]) -> Towns:
    """Open a house; words of settings may be added."""

    @asynccontextmanager
    async def opened(*overrides: str) -> AsyncIterator[Town]:
        mailbox, port = mail
        settings = [
            *database,
            *("raf.identity.argon2_memory=8", "raf.identity.argon2_time=1", "web.url=http://127.0.0.1:8000"),
            *("raf.mail.host=127.0.0.1", f"raf.mail.port={port}", "raf.mail.security=none"),
            "raf.mail.sender=Raf <raf@example.net>",
            *overrides,
        ]
        async with running(tmp_path / "project", ["raf"], settings) as application, visitors(application) as site:
            yield Town(application.part(open_raf), site, mailbox)

    return opened
