"""A place in the web."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from raf.tests.integration.previews.places import Place, serving


@pytest.fixture
def place() -> Iterator[Place]:
    with serving(Place()) as found:
        yield found
