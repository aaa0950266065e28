"""The local channel: what one process publishes, the others see."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from ostrov.core.channel import Channel, Message
from ostrov.core.channel.channels.local import LARGEST, LocalChannel


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / ("a long folder name that no Unix address can hold " * 2) / "channel"


async def started(folder: Path) -> LocalChannel:
    channel = LocalChannel(folder)
    await channel.start()
    return channel


async def test_a_message_reaches_every_process_and_oneself_once(folder: Path) -> None:
    one, two = await started(folder), await started(folder)
    with one.subscribe(["raf.home.7"]) as here, two.subscribe(["raf.home.7", "other"]) as there:
        one.publish("raf.home.7", b"hello")
        assert await here.take(5) == [Message("raf.home.7", b"hello")]
        assert await there.take(5) == [Message("raf.home.7", b"hello")]
        assert await here.take(0.01) == []
    await one.close()
    await two.close()


async def test_another_process_hears_and_answers(folder: Path) -> None:
    program = textwrap.dedent(
        """
        import asyncio, sys
        from pathlib import Path
        from ostrov.core.channel.channels.local import LocalChannel

        async def main():
            channel = LocalChannel(Path(sys.argv[1]))
            await channel.start()
            with channel.subscribe(["ask"]) as mailbox:
                print("ready", flush=True)
                (message,) = await mailbox.take(30)
                channel.publish("answer", message.body[::-1])
            await channel.close()

        asyncio.run(main())
        """
    )
    channel = await started(folder)
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", program, str(folder), stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert await child.stdout.readline() == b"ready\n"
    with channel.subscribe(["answer"]) as mailbox:
        channel.publish("ask", b"raf")
        assert await mailbox.take(10) == [Message("answer", b"far")]
    assert await child.wait() == 0
    await channel.close()


async def test_a_killed_process_leaves_no_socket_behind_for_long(folder: Path) -> None:
    one, two = await started(folder), await started(folder)
    assert two._inbox is not None
    asyncio.get_running_loop().remove_reader(two._inbox)
    two._inbox.close()  # as SIGKILL would: the socket's file stays
    assert len(list(folder.iterdir())) == 2
    one.publish("anything")
    assert len(list(folder.iterdir())) == 1
    await one.close()


async def test_a_reader_that_falls_behind_is_told_so_and_does_not_grow() -> None:
    channel = Channel()
    with channel.subscribe(["busy"], limit=3) as mailbox:
        for number in range(4):
            channel.publish("busy", str(number).encode())
        assert await mailbox.take(1) == []
        assert mailbox.lost


async def test_a_message_too_large_for_a_datagram_arrives_as_its_topic(folder: Path) -> None:
    one, two = await started(folder), await started(folder)
    with two.subscribe(["large"]) as mailbox:
        one.publish("large", b"x" * (LARGEST + 1))
        assert await mailbox.take(5) == [Message("large", b"")]
    await one.close()
    await two.close()


async def test_a_closed_mailbox_hears_nothing_more() -> None:
    channel = Channel()
    mailbox = channel.subscribe(["a"])
    mailbox.close()
    channel.publish("a")
    assert await mailbox.take(0.01) == []
    assert channel._subscribers == {}
