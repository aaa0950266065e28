"""Nothing outlives the project, however it ends."""

from __future__ import annotations

import os
import signal

WITH_GRANDCHILDREN = """
async def parent(context):
    plain = subprocess.Popen(["sleep", "1000"])
    own_session = subprocess.Popen(["sleep", "1000"], start_new_session=True)
    reparented = subprocess.run(["sh", "-c", "setsid sleep 1000 >/dev/null 2>&1 & echo $!"], stdout=subprocess.PIPE, check=True)
    (HERE / "plain").write_text(str(plain.pid))
    (HERE / "own_session").write_text(str(own_session.pid))
    (HERE / "reparented").write_text(reparented.stdout.decode())
    context.ready()
    await context.stopping.wait()
    await asyncio.sleep(float(os.environ.get("SLOW_STOP", "0")))

component = Component(name="sample", services=[Service("parent", run=parent, stop_timeout=1)])
"""


def family(sample) -> list[int]:
    return [sample.rows()["parent"].pid, *(sample.number(name) for name in ("plain", "own_session", "reparented"))]


def test_a_killed_supervisor_leaves_no_process(sample) -> None:
    sample.component(WITH_GRANDCHILDREN)
    process = sample.up()
    pids = family(sample)
    assert all(sample.alive(pid) for pid in pids)
    process.send_signal(signal.SIGKILL)
    sample.until(lambda: not any(sample.alive(pid) for pid in pids), 10)


def test_a_killed_supervisor_leaves_no_process_even_when_one_does_not_stop(sample) -> None:
    sample.component(WITH_GRANDCHILDREN)
    sample.environ["SLOW_STOP"] = "1000"
    process = sample.up()
    pids = family(sample)
    process.send_signal(signal.SIGKILL)
    sample.until(lambda: not any(sample.alive(pid) for pid in pids), 10)


def test_a_supervisor_killed_while_a_process_starts_leaves_none(sample) -> None:
    sample.component("""
        (HERE / "pids").open("a").write(f"{os.getpid()} ")

        async def idle(context):
            context.ready()
            await context.stopping.wait()

        component = Component(name="sample", services=[Service("idle", run=idle)])
        """)
    process = sample.launch()
    sample.until(lambda: sample.file("pids").exists() and len(sample.file("pids").read_text().split()) == 2)
    process.send_signal(signal.SIGKILL)
    pids = [int(word) for word in sample.file("pids").read_text().split()]
    process.wait()
    sample.until(lambda: not any(sample.alive(pid) for pid in pids), 10)


def test_a_killed_process_takes_its_children_with_it_and_is_started_again(sample) -> None:
    sample.component(WITH_GRANDCHILDREN)
    sample.up()
    pids = family(sample)
    os.kill(pids[0], signal.SIGKILL)
    sample.until(lambda: not any(sample.alive(pid) for pid in pids), 10)
    sample.until(lambda: sample.rows()["parent"].state == "ready")
    assert sample.rows()["parent"].last_exit == "killed by SIGKILL"


def test_a_process_that_stops_leaves_no_grandchild(sample) -> None:
    sample.component(WITH_GRANDCHILDREN)
    process = sample.up()
    pids = family(sample)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert not any(sample.alive(pid) for pid in pids)


def test_up_after_a_kill_waits_for_what_the_killed_one_left(sample) -> None:
    sample.component(WITH_GRANDCHILDREN)
    sample.environ["SLOW_STOP"] = "0.7"
    process = sample.up()
    pids = family(sample)
    process.send_signal(signal.SIGKILL)
    process.wait()
    sample.up()
    assert not any(sample.alive(pid) for pid in pids)
