"""One door: permission, validation, plan, run, audit."""

from __future__ import annotations

import asyncio
import json

import pytest

from ostrov import Actor, run_tasks
from ostrov.core.errors import Conflict, Denied, NotFound, OstrovError, UsageError
from ostrov.core.operations.arguments import ArgumentError

from .conftest import SHELL, OpenHarbour

VIEWER = Actor("vera", frozenset({"*.view"}))


async def test_a_call_runs_and_is_told_of_in_the_audit(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        outcome = await h.door.call("ships.add", {"name": "boreas"}, SHELL, "cli", "from a test")
        assert (outcome.state, outcome.result) == ("finished", "boreas is in")
        assert h.ships == ["aurora", "boreas"]
        finished, started = await h.door.audit()
        assert (started.step, finished.step) == ("started", "finished")
        assert started.run == finished.run == outcome.run
        assert started.detail["arguments"] == {"name": "boreas"}
        assert (started.actor, started.surface, started.reference) == ("cli:root", "cli", "from a test")
        run = await h.door.run(outcome.run)
        assert (run.state, run.result) == ("finished", "boreas is in")
        assert run.created_at <= run.started_at <= run.finished_at


async def test_an_operation_knows_who_called_it(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        outcome = await h.door.call("ships.add", {"name": "boreas"}, SHELL, "http", "form")
        (call,) = h.calls
        assert (call.actor, call.surface, call.reference, call.run) == (SHELL, "http", "form", outcome.run)
        assert call.application is h.application


async def test_without_the_permission_nothing_runs_and_the_try_is_kept(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        with pytest.raises(Denied, match="vera may not") as problem:
            await h.door.call("ships.add", {"name": "boreas"}, VIEWER, "http")
        assert "ships.manage" in problem.value.cause
        assert h.ships == ["aurora"]
        (entry,) = await h.door.audit()
        assert (entry.step, entry.actor, entry.operation) == ("denied", "vera", "ships.add")


async def test_permission_comes_before_validation(harbour: OpenHarbour) -> None:
    """Who may not call it learns nothing about its arguments."""
    async with harbour() as h:
        with pytest.raises(Denied):
            await h.door.call("ships.add", {"nonsense": 1}, VIEWER, "http")


async def test_wrong_arguments_run_nothing_and_leave_no_trace(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        with pytest.raises(ArgumentError):
            await h.door.call("ships.add", {"nmae": "boreas"}, SHELL, "cli")
        assert await h.door.audit() == []
        assert h.ships == ["aurora"]


async def test_what_one_may_not_do_is_not_shown(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        names = {o.name for o in h.door.visible(VIEWER, "cli")}
        assert "ships.list" in names
        assert "ships.add" not in names
        assert "ships.paint" in {o.name for o in h.door.visible(SHELL, "cli")}
        assert "ships.paint" not in {o.name for o in h.door.visible(SHELL, "http")}


async def test_a_name_that_is_none_is_answered_with_the_nearest_that_the_actor_may_call(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        with pytest.raises(NotFound, match=r"did you mean ships\.add"):
            await h.door.call("ships.ad", {}, SHELL, "cli")
        with pytest.raises(NotFound) as problem:
            await h.door.call("ships.ad", {}, VIEWER, "cli")
        assert "ships.add" not in str(problem.value)
        with pytest.raises(NotFound):
            await h.door.call("ships.paint", {}, SHELL, "chat")


async def test_a_dry_run_changes_nothing_and_is_kept_as_planned(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        outcome = await h.door.call("ships.sink", {"name": "aurora"}, SHELL, "cli", dry_run=True)
        assert outcome.state == "planned"
        assert outcome.plan == [{"ship": "aurora", "sinks": True}]
        assert h.ships == ["aurora"]
        assert await h.steps() == ["planned"]


async def test_only_the_plan_that_was_shown_is_run(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        planned = await h.door.call("ships.sink", {"name": "aurora"}, SHELL, "cli", dry_run=True)
        h.ships.append("boreas")
        with pytest.raises(Conflict, match="not the one that was shown"):
            await h.door.call("ships.sink", {"name": "aurora"}, SHELL, "cli", expect=planned.digest)
        again = await h.door.call("ships.sink", {"name": "aurora"}, SHELL, "cli", dry_run=True)
        outcome = await h.door.call("ships.sink", {"name": "aurora"}, SHELL, "cli", expect=again.digest)
        assert outcome.state == "pending"


async def test_what_an_operation_raises_is_raised_after_its_audit_entry(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        with pytest.raises(RuntimeError, match="the rope broke"):
            await h.door.call("ships.fail", {}, SHELL, "cli")
        assert await h.steps() == ["started", "failed"]
        (run,) = await h.door.runs()
        assert (run.state, run.error) == ("failed", "RuntimeError: the rope broke: ")


async def test_what_merely_looks_leaves_no_row(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        outcome = await h.door.call("ships.list", {}, VIEWER, "chat")
        assert (outcome.run, outcome.result) == (0, ["aurora"])
        assert await h.door.audit() == []
        assert await h.door.runs() == []


async def test_a_result_that_must_not_be_kept_is_shown_once(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        outcome = await h.door.call("ships.link", {}, SHELL, "cli")
        assert outcome.result == "https://example.com/once"
        assert (await h.door.run(outcome.run)).result is None


async def test_a_caller_who_goes_away_leaves_nothing_half_done(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        call = asyncio.ensure_future(h.door.call("ships.wait", {"name": "ann"}, SHELL, "cli"))
        await h.started.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert (await h.door.runs())[0].state == "running"
        h.wait.set()
        await h.door.close()
        assert (await h.door.runs())[0].result == "ann waited"


async def test_closing_interrupts_what_takes_too_long_and_says_so(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        call = asyncio.ensure_future(h.door.call("ships.wait", {}, SHELL, "cli"))
        await h.started.wait()
        await h.door.close(grace=0.05)
        with pytest.raises(asyncio.CancelledError):
            await call
        (run,) = await h.door.runs()
        assert (run.state, run.error) == ("failed", "interrupted; what was under way may have been done")


async def test_a_long_operation_goes_where_later_puts_it(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        queued: list[int] = []
        h.door.run_later(lambda connection, run: queued.append(run))
        outcome = await h.door.call("ships.wait", {"name": "ann"}, SHELL, "http")
        assert (outcome.state, queued) == ("queued", [outcome.run])
        h.wait.set()
        done = await h.door.execute(outcome.run)
        assert done.result == "ann waited"
        assert await h.steps() == ["queued", "started", "finished"]
        with pytest.raises(Conflict, match="is not queued"):
            await h.door.execute(outcome.run)


async def test_a_long_operation_that_was_asked_for_in_a_browser_is_performed_by_a_worker(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        outcome = await h.door.call("ships.wait", {"name": "ann"}, SHELL, "http")
        assert (outcome.state, outcome.result) == ("queued", None)
        h.wait.set()
        assert await run_tasks(h.application) == 1
        run = await h.door.run(outcome.run)
        assert (run.state, run.result) == ("finished", "ann waited")
        assert await h.steps() == ["queued", "started", "finished"]


async def test_a_long_operation_that_fails_in_a_worker_says_so_where_it_was_asked_for(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        outcome = await h.door.call("ships.wait", {"name": "ann"}, SHELL, "http")
        h.wait.wait = fail  # type: ignore[method-assign]
        assert await run_tasks(h.application) == 1
        run = await h.door.run(outcome.run)
        assert (run.state, run.error) == ("failed", "OSError: the harbour is closed")


async def fail() -> bool:
    raise OSError("the harbour is closed")


async def test_at_the_command_line_a_long_operation_is_waited_for(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        h.wait.set()
        assert (await h.door.call("ships.wait", {"name": "ann"}, SHELL, "cli")).result == "ann waited"


async def test_a_run_whose_process_died_is_closed_by_the_next_call(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        call = asyncio.ensure_future(h.door.call("ships.wait", {}, SHELL, "cli"))
        await h.started.wait()
        await h.application.store.write(
            lambda connection: connection.execute(
                "UPDATE operation_run SET process = 'another-boot:1:1' WHERE state = 'running'"
            )
        )
        await h.door.call("ships.add", {"name": "boreas"}, SHELL, "cli")
        dead = (await h.door.runs())[-1]
        assert (dead.state, dead.error) == ("failed", "the process that ran it ended before it did")
        h.wait.set()
        await call
        assert (await h.door.run(dead.id)).state == "failed"


async def test_a_run_of_a_living_process_is_left_alone(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        call = asyncio.ensure_future(h.door.call("ships.wait", {}, SHELL, "cli"))
        await h.started.wait()
        await h.door.call("ships.add", {"name": "boreas"}, SHELL, "cli")
        assert (await h.door.runs())[-1].state == "running"
        h.wait.set()
        await call


async def test_each_change_of_a_run_is_published(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        with h.application.channel.subscribe(["operations"]) as mailbox:
            outcome = await h.door.call("ships.add", {"name": "boreas"}, SHELL, "chat", "thread 7")
            news = [json.loads(message.body) for message in await mailbox.take(5)]
        assert [item["state"] for item in news] == ["running", "finished"]
        assert news[1] == {
            "run": outcome.run,
            "operation": "ships.add",
            "state": "finished",
            "actor": "cli:root",
            "surface": "chat",
            "reference": "thread 7",
        }


async def test_a_replay_passes_permission_again(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        first = await h.door.call("ships.add", {"name": "boreas"}, SHELL, "cli")
        again = await h.door.replay(first.run, SHELL, "cli")
        assert h.ships == ["aurora", "boreas", "boreas"]
        assert (await h.door.run(again.run)).reference == f"replay of {first.run}"
        with pytest.raises(Denied):
            await h.door.replay(first.run, VIEWER, "cli")


async def test_a_run_with_secrets_cannot_be_replayed(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        with pytest.raises(RuntimeError):
            await h.door.call("ships.fail", {"password": "sesame12"}, SHELL, "cli")
        (run,) = await h.door.runs()
        with pytest.raises(UsageError, match="secret"):
            await h.door.replay(run.id, SHELL, "cli")


async def test_a_run_that_does_not_exist_is_told(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        for doing in (h.door.approve(99, SHELL, "0123456789", "cli"), h.door.reject(99, SHELL, "cli"), h.door.execute(99)):
            with pytest.raises(NotFound, match="no run 99"):
                await doing


async def test_two_components_may_not_share_a_name(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        h.application.components["double"] = h.application.components["harbour"].__class__("double", operations=h.operations())
        with pytest.raises(OstrovError, match="two operations"):
            h.door.visible(SHELL, "cli")
