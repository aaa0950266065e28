"""What was acknowledged stays, whatever is killed."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from pathlib import Path

import pytest

from ostrov import Connection, Row
from raf.testing import ALL, network, people

WRITER = """
import asyncio, sys
from pathlib import Path
from raf.testing import network, say

async def main(folder, account, *overrides):
    async with network(Path(folder), overrides) as raf:
        async def talk():
            while True:
                print(await say(raf, int(account), "am I durable?"), flush=True)
        await asyncio.gather(*(talk() for _ in range(8)))

asyncio.run(main(*sys.argv[1:]))
"""


def pairs(connection: Connection) -> list[Row]:
    """Events of posts without a row, and rows without an event."""
    return connection.rows(
        "SELECT originator_id FROM stored_events WHERE topic = 'raf.posted'"
        " AND NOT EXISTS (SELECT 1 FROM status WHERE 'p' || status.id = originator_id)"
        " UNION ALL SELECT 'p' || id FROM status WHERE NOT EXISTS"
        " (SELECT 1 FROM stored_events WHERE originator_id = 'p' || status.id)"
    )


@pytest.mark.long
async def test_a_killed_server_loses_no_acknowledged_post(tmp_path: Path, database: list[str]) -> None:
    acknowledged: list[int] = []
    async with network(tmp_path, database) as raf:
        ada, boris = await people(raf, "ada", "boris")
        await raf.follow(boris, ada)
    for turn in range(4):
        writer = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", WRITER, str(tmp_path), str(ada), *database),
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        assert writer.stdout is not None
        stop_after = random.Random(turn).randint(20, 400)
        for _ in range(stop_after):
            acknowledged.append(int(await writer.stdout.readline()))
        writer.send_signal(signal.SIGKILL)
        acknowledged += [int(line) for line in (await writer.stdout.read()).split(b"\n")[:-1] if line]
        await writer.wait()
    assert len(set(acknowledged)) == len(acknowledged) > 80
    async with network(tmp_path, database) as raf:
        home = await raf.home(boris, ALL)
        everything = await raf.store.read(lambda connection: {i for (i,) in connection.rows("SELECT id FROM status")})
        assert set(acknowledged) <= everything
        assert set(home) == set(sorted(everything)[-len(home) :])
        assert await raf.store.read(pairs) == []
        assert (await raf.account(ada)).statuses_count == len(everything)
