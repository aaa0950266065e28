"""Start in order, restart, give up, stop."""

from __future__ import annotations

import contextlib
import os
import signal
import time

IDLE = """
async def idle(context):
    context.ready()
    await context.stopping.wait()
"""


def test_a_service_starts_when_what_it_comes_after_is_ready(sample) -> None:
    sample.component("""
        async def slow(context):
            await asyncio.sleep(0.3)
            (HERE / "slow").write_text("ready")
            context.ready()
            await context.stopping.wait()
            (HERE / "stops").open("a").write("slow ")

        async def later(context):
            (HERE / "saw").write_text((HERE / "slow").read_text())
            context.ready()
            await context.stopping.wait()
            (HERE / "stops").open("a").write("later ")

        component = Component(name="sample", services=[Service("later", run=later, after=("slow",)), Service("slow", run=slow)])
        """)
    process = sample.up()
    assert sample.file("saw").read_text() == "ready"
    assert sample.rows()["later"].restarts == 0
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert sample.file("stops").read_text() == "later slow ", "they stop in reverse order"


def test_what_nobody_waits_for_gives_way_to_the_rest(sample) -> None:
    sample.component("""
        async def tell(context):
            (HERE / context.name).write_text(str(os.getpriority(os.PRIO_PROCESS, 0)))
            context.ready()
            await context.stopping.wait()

        component = Component(name="sample", services=[Service("mail", run=tell, nice=7), Service("shop", run=tell)])
        """)
    own = os.getpriority(os.PRIO_PROCESS, 0)
    sample.up()
    assert sample.file("shop").read_text() == str(own)
    assert sample.file("mail").read_text() == str(max(own, 7))


def test_the_order_holds_inside_one_process_too(sample) -> None:
    sample.component("""
        async def slow(context):
            await asyncio.sleep(0.2)
            (HERE / "order").open("a").write("slow ")
            context.ready()
            await context.stopping.wait()
            (HERE / "order").open("a").write("-slow ")

        async def later(context):
            (HERE / "order").open("a").write("later ")
            context.ready()
            await context.stopping.wait()
            await asyncio.sleep(0.1)
            (HERE / "order").open("a").write("-later ")

        component = Component(name="sample", services=[
            Service("later", run=later, after=("slow",), group="both"), Service("slow", run=slow, group="both")])
        """)
    process = sample.up()
    assert [row.services for row in sample.rows().values()] == [(), ("slow", "later")]
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0
    assert sample.file("order").read_text() == "slow later -later -slow "


def test_a_service_of_a_group_gets_its_own_process_by_a_setting(sample) -> None:
    sample.component(
        IDLE
        + """
component = Component(name="sample", services=[Service("one", run=idle, group="both"), Service("two", run=idle, group="both")])
"""
    )
    sample.up("supervisor.own=[two]")
    assert set(sample.rows()) == {"supervisor", "two", "both"}


def test_a_service_that_crashes_is_restarted_and_its_last_exit_is_known(sample) -> None:
    sample.component("""
        async def shaky(context):
            count = len(list(HERE.glob("life*")))
            (HERE / f"life{count}").touch()
            if count < 2:
                raise ValueError("not yet")
            context.ready()
            await context.stopping.wait()

        component = Component(name="sample", services=[Service("shaky", run=shaky)])
        """)
    sample.up()
    row = sample.rows()["shaky"]
    assert (row.state, row.restarts, row.last_exit) == ("ready", 2, "exit code 1")
    assert "service shaky failed: ValueError: not yet" in sample.said()
    assert row.rss > 1_000_000
    assert row.uptime > 0


def test_a_crash_of_one_service_takes_its_process_down_and_says_which(sample) -> None:
    sample.component("""
        async def good(context):
            (HERE / "good").open("a").write("+")
            context.ready()
            await context.stopping.wait()
            (HERE / "good").open("a").write("-")

        async def bad(context):
            context.ready()
            while not (HERE / "crash").exists():
                if await context.sleep(0.02):
                    return
            (HERE / "crash").unlink()
            raise RuntimeError("the crash")

        services = [Service("good", run=good, group="both"), Service("bad", run=bad, group="both")]
        component = Component(name="sample", services=services)
        """)
    sample.up()
    sample.file("crash").touch()
    sample.until(lambda: sample.file("good").read_text() == "+-+")
    sample.until(lambda: sample.rows()["both"].state == "ready")
    assert "service bad failed: RuntimeError: the crash" in sample.said()


def test_too_many_restarts_are_a_failure_and_a_restart_by_hand_begins_anew(sample) -> None:
    sample.component(
        IDLE
        + """
async def broken(context):
    if (HERE / "mended").exists():
        return await idle(context)
    os._exit(3)

component = Component(name="sample", services=[Service("idle", run=idle), Service("broken", run=broken)])
"""
    )
    from ostrov.core.supervisor import commands

    sample.launch("supervisor.restarts=2")
    sample.until(lambda: "up without broken" in sample.said())
    assert sample.rows()["broken"].state == "failed"
    assert sample.rows()["broken"].restarts == 2
    assert sample.rows()["idle"].state == "ready"
    assert "more than 2 restarts within 60 s, the last after exit code 3" in sample.said()
    sample.file("mended").touch()
    assert commands.restart(sample.application(), ["broken"]) == ["broken"]
    assert sample.rows()["broken"].state == "ready"


def test_closing_the_terminal_stops_the_project(sample) -> None:
    sample.component(IDLE + "component = Component(name='sample', services=[Service('one', run=idle)])")
    pid, terminal = sample.on_terminal()
    service = sample.rows()["one"].pid
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert not sample.alive(service)


def test_ctrl_c_reaches_the_supervisor_alone_and_stops_the_project(sample) -> None:
    sample.component("""
        async def one(context):
            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, (HERE / "interrupted").touch)
            context.ready()
            await context.stopping.wait()

        component = Component(name="sample", services=[Service("one", run=one)])
        """)
    pid, terminal = sample.on_terminal()
    os.write(terminal, b"\x03")
    shown = b""
    with contextlib.suppress(OSError):
        while data := os.read(terminal, 4096):
            shown += data
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert b"stopping: Ctrl-C" in shown
    assert not sample.file("interrupted").exists()
    os.close(terminal)


def test_what_comes_after_a_failed_service_is_failed_until_that_is_mended(sample) -> None:
    from ostrov.core.supervisor import commands

    sample.component(
        IDLE
        + """
async def broken(context):
    if (HERE / "mended").exists():
        return await idle(context)
    os._exit(3)

services = [Service("idle", run=idle), Service("broken", run=broken), Service("later", run=idle, after=("broken",))]
component = Component(name="sample", services=services)
"""
    )
    process = sample.launch("supervisor.restarts=1", how="background")
    assert process.wait(20) == 1, "up does not wait for ever"
    assert "later failed: it comes after broken, which has failed" in sample.said()
    assert {name: row.state for name, row in sample.rows().items() if name != "supervisor"} == {
        "idle": "ready",
        "broken": "failed",
        "later": "failed",
    }
    sample.file("mended").touch()
    commands.restart(sample.application(), ["broken"])
    sample.until(lambda: sample.rows()["later"].state == "ready")


def test_every_change_of_state_is_told_on_the_channel(sample) -> None:
    import asyncio

    import msgspec

    from ostrov.core.supervisor.control import ask
    from ostrov.core.supervisor.row import ProcessRow

    sample.component(IDLE + "component = Component(name='sample', services=[Service('one', run=idle)])")
    sample.up()

    async def states_of_a_restart() -> list[str]:
        application = sample.application()
        await application.channel.start()
        states: list[str] = []
        with application.channel.subscribe(["processes"]) as mailbox:
            await ask(application, "restart", names=["one"])
            while "ready" not in states:
                messages = await mailbox.take(5)
                states += [msgspec.json.decode(message.body, type=ProcessRow).state for message in messages]
        await application.close()
        return states

    assert asyncio.run(states_of_a_restart()) == ["stopping", "stopped", "starting", "ready"]


def test_a_critical_service_that_fails_takes_the_project_down(sample) -> None:
    sample.component(
        IDLE
        + """
async def broken(context):
    os._exit(3)

component = Component(name="sample", services=[Service("idle", run=idle), Service("broken", run=broken, critical=True)])
"""
    )
    process = sample.launch("supervisor.restarts=1")
    assert process.wait(20) == 1
    assert "stopping: broken cannot be kept alive" in sample.said()


def test_a_service_that_cannot_be_imported_fails_at_once_and_says_why(sample) -> None:
    sample.component("""
        component = Component(name="sample", services=[Service("gone", run="no_such_module:serve", critical=True)])
        """)
    process = sample.launch(quick=False)
    assert process.wait(10) == 1
    assert "cannot load no_such_module:serve" in sample.said()
    assert "starting it again will not help" in sample.said()


def test_a_process_that_is_never_ready_is_ended(sample) -> None:
    sample.component("""
        async def mute(context):
            await context.stopping.wait()

        component = Component(name="sample", services=[Service("mute", run=mute, critical=True)])
        """)
    process = sample.launch("supervisor.ready_timeout=0.6", "supervisor.restarts=1")
    assert process.wait(20) == 1
    assert "not ready within 0.6 s" in sample.said()


def test_a_process_that_ignores_term_is_killed_with_its_children(sample) -> None:
    sample.component("""
        async def stubborn(context):
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            child = subprocess.Popen(["sleep", "1000"])
            (HERE / "child").write_text(str(child.pid))
            context.ready()
            await asyncio.sleep(1000)

        component = Component(name="sample", services=[Service("stubborn", run=stubborn, stop_timeout=0.5)])
        """)
    process = sample.up()
    pid, child = sample.rows()["stubborn"].pid, sample.number("child")
    started = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert time.monotonic() - started < 5
    assert not sample.alive(pid)
    assert not sample.alive(child)


def test_a_second_ctrl_c_kills_at_once(sample) -> None:
    sample.component("""
        async def stubborn(context):
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            context.ready()
            await asyncio.sleep(1000)

        component = Component(name="sample", services=[Service("stubborn", run=stubborn, stop_timeout=60)])
        """)
    process = sample.up()
    process.send_signal(signal.SIGINT)
    sample.until(lambda: "stubborn stopping" in sample.said())
    process.send_signal(signal.SIGINT)
    process.wait(5)
    assert "killing everything" in sample.said()


def test_hang_up_restarts_everything_in_turn(sample) -> None:
    sample.component(
        IDLE + "component = Component(name='sample', services=[Service('one', run=idle), Service('two', run=idle)])"
    )
    process = sample.up()
    before = {name: row.pid for name, row in sample.rows().items()}
    process.send_signal(signal.SIGHUP)

    def renewed() -> bool:
        rows = sample.rows()
        return all(rows[name].state == "ready" and rows[name].pid != before[name] for name in ("one", "two"))

    sample.until(renewed)
    assert sample.rows()["supervisor"].pid == before["supervisor"]
