"""Raf's pages over an empty database."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from PIL import Image

from ostrov.testing import running
from raf.testing import CHEAP
from raf.web.testing import Site, visitors

OpenSite = Callable[..., AbstractAsyncContextManager[Site]]


@pytest.fixture
def open_site(tmp_path: Path, request: pytest.FixtureRequest) -> OpenSite:
    """`async with open_site(*overrides) as site: …`; on each database in tests that use the fixture `database`."""
    database = request.getfixturevalue("database") if "database" in request.fixturenames else []

    @asynccontextmanager
    async def opened(*overrides: str) -> AsyncIterator[Site]:
        settings = ["raf.identity.sign_ups_of_address=1000", *CHEAP, *database, *overrides]
        async with running(tmp_path, ["raf"], settings) as application, visitors(application) as site:
            yield site

    return opened


@pytest.fixture
def picture() -> bytes:
    """A small photograph-like picture."""
    image = Image.new("RGB", (64, 48))
    image.putdata([(x * 4, y * 5, 90) for y in range(48) for x in range(64)])
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()
