"""What an idle process does not hold: every library below is megabytes that somebody pays for who has no use for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ostrov.testing import make_project

PROGRAMS = {
    "web": """
from ostrov.run.web.mounts import build_mounts
build_mounts(application)
""",
    "worker": """
import asyncio
import ostrov.run.tasks.worker
import raf.search.service
async def write():
    await application.store.write(lambda connection: connection.value("SELECT 1"))
asyncio.run(write())
""",
}
ABSENT = {
    "web": ("babel", "cryptography", "psycopg", "PIL", "av", "sqlalchemy", "alembic", "snowballstemmer"),
    "worker": ("psycopg", "litestar", "jinja2", "babel", "cryptography", "PIL", "av", "sqlalchemy", "raf.timelines.documents"),
}


@pytest.mark.parametrize("process", PROGRAMS)
def test_an_idle_process_has_loaded_only_what_it_uses(process: str, tmp_path: Path) -> None:
    folder = make_project(tmp_path, ["raf"], "raf")
    program = f"import sys\nfrom ostrov import Ostrov\napplication = Ostrov.open({str(folder)!r})\n{PROGRAMS[process]}"
    program += f"\nprint([name for name in {ABSENT[process]!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
