"""What all of Raf's tests have: databases with its tables in them."""

from __future__ import annotations

import pytest


@pytest.fixture
def components() -> list[str]:
    return ["raf"]
