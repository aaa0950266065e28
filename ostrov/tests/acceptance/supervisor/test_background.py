"""Up in the background, wait, down."""

from __future__ import annotations

import os
import shutil
import time

import pytest

from ostrov.core.supervisor import commands
from ostrov.core.supervisor.errors import NotUp, StartFailed

SLOW = """
async def slow(context):
    await asyncio.sleep(0.3)
    context.ready()
    await context.stopping.wait()

component = Component(name="sample", services=[Service("slow", run=slow)])
"""


def test_in_the_background_up_returns_when_all_is_ready_and_down_when_all_is_gone(sample) -> None:
    sample.component(SLOW)
    process = sample.launch(how="background")
    assert process.wait(15) == 0, sample.said()
    assert "sample is up" in sample.said()
    rows = sample.rows()
    assert rows["slow"].state == "ready"
    assert os.getsid(rows["supervisor"].pid) != os.getsid(0), "it has left the session of the terminal"
    assert commands.down(sample.application()) is True
    assert not any(sample.alive(row.pid) for row in rows.values())
    assert commands.down(sample.application()) is False
    with pytest.raises(NotUp):
        commands.status(sample.application())


def test_in_the_background_a_failure_is_shown_with_the_end_of_its_log(sample) -> None:
    sample.component("""
        async def broken(context):
            print("the reason of it all")
            os._exit(9)

        component = Component(name="sample", services=[Service("broken", run=broken, critical=True)])
        """)
    process = sample.launch("supervisor.restarts=1", how="background")
    assert process.wait(15) == 1
    assert "broken did not start" in sample.said()
    assert "the reason of it all" in sample.said()
    with pytest.raises(NotUp):
        commands.status(sample.application())


def test_in_the_background_a_process_that_fails_alone_leaves_the_others_up_and_the_code_says_so(sample) -> None:
    sample.component(
        SLOW.replace("services=[", "services=[Service('broken', run=broken), ").replace(
            "component =", "async def broken(context):\n    os._exit(9)\n\ncomponent ="
        )
    )
    process = sample.launch("supervisor.restarts=0", how="background")
    assert process.wait(15) == 1
    assert "broken did not start" in sample.said()
    assert sample.rows()["slow"].state == "ready"


def test_an_error_before_the_start_is_told_in_front(sample) -> None:
    sample.component(SLOW)
    process = sample.launch("supervisor.own=[nothing]", how="background")
    assert process.wait(10) == 2
    assert "there is no service 'nothing'" in sample.said()


def test_wait_returns_when_all_is_ready_also_when_it_began_before_up(sample) -> None:
    sample.component(SLOW)
    sample.launch()
    rows = commands.wait(sample.application(), timeout=15)
    assert [(row.name, row.state) for row in rows] == [("slow", "ready")]


def test_wait_says_what_is_not_ready_in_time(sample) -> None:
    sample.component(SLOW.replace("0.3", "1000"))
    sample.launch()
    sample.until(lambda: (sample.folder / "var/run/control.sock").exists())
    started = time.monotonic()
    with pytest.raises(StartFailed, match="not ready") as caught:
        commands.wait(sample.application(), ["slow"], timeout=0.5)
    assert "slow is starting" in caught.value.cause
    assert time.monotonic() - started < 3


def test_wait_for_a_project_that_is_not_up_ends_at_its_time(sample) -> None:
    sample.component(SLOW)
    with pytest.raises(NotUp):
        commands.wait(sample.application(), timeout=0.3)


def test_a_project_whose_data_is_elsewhere_is_found_without_saying_where(sample) -> None:
    sample.component(SLOW)
    process = sample.launch("data_dir=elsewhere", how="background")
    assert process.wait(15) == 0
    assert commands.status(sample.application()).data_dir == str(sample.folder / "elsewhere")
    with pytest.raises(NotUp):
        commands.status(sample.application("data_dir=var"))
    assert commands.down(sample.application()) is True


def test_a_project_whose_data_was_removed_under_it_is_still_found(sample) -> None:
    sample.component(SLOW)
    process = sample.up("data_dir=lost")
    other = sample.up("data_dir=other")
    shutil.rmtree(sample.folder / "lost")
    assert commands.status(sample.application("data_dir=lost")).pid == process.pid
    assert commands.down(sample.application("data_dir=lost")) is True
    assert process.wait(5) == 0
    assert commands.status(sample.application("data_dir=other")).pid == other.pid
    with pytest.raises(NotUp):
        commands.status(sample.application("data_dir=lost"))


def test_down_works_by_signal_when_the_control_socket_is_lost(sample) -> None:
    sample.component(SLOW)
    process = sample.up()
    (sample.folder / "var/run/control.sock").unlink()
    assert commands.down(sample.application("data_dir=var")) is True
    assert process.wait(5) == 0


def test_a_deep_folder_of_data_is_no_obstacle(sample) -> None:
    sample.component(SLOW)
    deep = "/".join(["a-rather-long-name-of-a-folder"] * 6)
    process = sample.launch(f"data_dir={deep}", how="background")
    assert process.wait(15) == 0, sample.said()
    assert sample.rows(f"data_dir={deep}")["slow"].state == "ready"
    assert commands.down(sample.application(f"data_dir={deep}")) is True
