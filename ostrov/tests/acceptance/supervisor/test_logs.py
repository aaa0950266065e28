"""What processes say: with their name before it, in memory, in files, to followers; and a disk that is full."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from ostrov.core.errors import NotFound
from ostrov.core.supervisor import commands

TALKS = """
async def talks(context):
    context.ready()
    context.status("talking")
    print("first words")
    number = 0
    while not context.stopping.is_set():
        if (HERE / "say").exists():
            print((HERE / "say").read_text(), flush=True)
            (HERE / "say").unlink()
        await asyncio.sleep(0.02)
    print("last words", end="")

component = Component(name="sample", services=[Service("talks", run=talks, group="chorus")])
"""


def say(sample, text: str) -> None:
    sample.file("say.new").write_text(text)
    sample.file("say.new").rename(sample.file("say"))
    sample.until(lambda: not sample.file("say").exists())


def test_lines_stand_on_the_terminal_with_the_name_of_their_process(sample) -> None:
    sample.component(TALKS)
    process = sample.up()
    process.terminate()
    process.wait(10)
    lines = sample.said().splitlines()
    assert "chorus     │ first words" in lines
    assert "chorus     │ last words" in lines, "also a line without an end"
    assert any(line.startswith("supervisor │ chorus is ready after") for line in lines)


def test_the_last_lines_are_there_while_the_project_runs_and_after(sample) -> None:
    sample.component(TALKS)
    process = sample.up()
    say(sample, "мир и ostrov")
    application = sample.application()
    sample.until(lambda: [line.text for line in commands.logs(application, "chorus")] == ["first words", "мир и ostrov"])
    assert [line.text for line in commands.logs(application, "talks", 1)] == ["мир и ostrov"], (
        "a service is found in its process"
    )
    with pytest.raises(NotFound, match="there is no process or service 'tolks'"):
        commands.logs(application, "tolks")
    process.terminate()
    process.wait(10)
    assert [line.text for line in commands.logs(application, "chorus")] == ["first words", "мир и ostrov", "last words"]
    together = commands.logs(application)
    assert {line.process for line in together} == {"supervisor", "chorus"}
    assert [line.at for line in together] == sorted(line.at for line in together)


def test_a_follower_sees_each_new_line_until_the_project_stops(sample) -> None:
    sample.component(TALKS)
    process = sample.up()
    seen: list[str] = []

    def follow() -> None:
        seen.extend(line.text for line in commands.follow(sample.application(), "chorus", 1))

    follower = threading.Thread(target=follow)
    follower.start()
    sample.until(lambda: "following" in str(commands.status(sample.application())) or follower.is_alive())
    for word in ("one", "two"):
        say(sample, word)
    process.terminate()
    process.wait(10)
    follower.join(10)
    assert not follower.is_alive()
    assert seen[-3:] == ["one", "two", "last words"]


def test_a_status_is_shown_beside_the_process(sample) -> None:
    sample.component(TALKS)
    sample.up()
    sample.until(lambda: sample.rows()["chorus"].status == "talking")


def test_a_log_file_is_put_aside_when_it_grows(sample) -> None:
    sample.component(TALKS)
    process = sample.up("supervisor.log_bytes=4096", "supervisor.log_files=3")
    for _ in range(5):
        say(sample, "\n".join(["x" * 98] * 30))
    process.terminate()
    process.wait(10)
    folder = sample.folder / "var" / "logs"
    kept = sorted(path.name for path in folder.glob("chorus.log*"))
    assert kept == ["chorus.log", "chorus.log.1", "chorus.log.2"]
    assert all(path.stat().st_size < 8192 for path in folder.glob("chorus.log*"))


def test_a_full_disk_is_said_once_and_stops_nothing(sample) -> None:
    """A limit on the size of files stands for the disk: what a process writes beyond it fails."""
    sample.component(TALKS)
    with sample.output.open("wb") as terminal:
        reader = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=terminal)
    process = sample.up("supervisor.log_bytes=100000", file_limit=6000, output=reader.stdin.fileno())
    reader.stdin.close()
    for _ in range(6):
        say(sample, "\n".join(["y" * 98] * 20))
    say(sample, "still here")
    sample.until(lambda: "still here" in sample.said())
    assert sample.said().count("chorus.log cannot be written: File too large; the project goes on without it") == 1
    assert sample.rows()["chorus"].state == "ready"
    assert commands.logs(sample.application(), "chorus", 1)[0].text == "still here"
    process.terminate()
    assert process.wait(10) == 0
    reader.wait(10)


def test_a_terminal_that_does_not_read_stops_nothing(sample) -> None:
    sample.component(TALKS)
    reading, writing = os.pipe()
    process = sample.launch(output=writing)
    os.close(writing)
    commands.wait(sample.application(), timeout=20)
    for _ in range(4):
        say(sample, "\n".join(["z" * 98] * 500))
    say(sample, "through")
    sample.until(lambda: commands.logs(sample.application(), "chorus", 1)[0].text == "through")
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0
    os.close(reading)


def test_colours_are_for_terminals(sample) -> None:
    sample.component(TALKS)
    leader, follower = os.openpty()
    process = sample.launch(output=follower)
    os.close(follower)
    commands.wait(sample.application(), timeout=20)
    process.terminate()
    process.wait(10)
    shown = b""
    try:
        while data := os.read(leader, 65536):
            shown += data
    except OSError:
        pass
    assert "\x1b[36mchorus    \x1b[0m │ first words".encode() in shown
    assert b"\x1b" not in (sample.folder / "var/logs/chorus.log").read_bytes()


def test_the_supervisor_stays_small(sample) -> None:
    sample.component(TALKS)
    sample.up()
    row = sample.rows()["supervisor"]
    assert row.rss <= 25 * 1024 * 1024, f"{row.rss / 1e6:.1f} MB"
    loaded = subprocess.run(
        [sys.executable, "-c", IMPORTED], env=sample.environ, cwd=sample.folder, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"litestar", "sqlalchemy", "alembic", "uvicorn", "jinja2", "uvloop", "psycopg", "ssl"} & set(loaded)


IMPORTED = """
import sys, os
from ostrov.core.supervisor import up
up._import_asyncio_without_tls()
import ostrov.core.supervisor.supervisor as supervisor
async def stop_at_once(self, control):
    return 0
supervisor.Supervisor.run = stop_at_once
sys.stdout, out = open(os.devnull, "w"), sys.stdout
up.up(None, ["web.port=0", "data_dir=other"])
print(*{name.partition(".")[0] for name in sys.modules}, file=out)
"""
