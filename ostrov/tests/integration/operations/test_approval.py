"""Approval is of a plan, by somebody else, while it is still the plan."""

from __future__ import annotations

import asyncio

import pytest

from ostrov import Actor
from ostrov.core.errors import Conflict, Denied, OstrovError
from ostrov.core.operations.operators import remove_operator, set_role

from .conftest import SHELL, Harbour, OpenHarbour


async def ask(h: Harbour, actor: Actor = SHELL) -> tuple[int, str]:
    outcome = await h.door.call("ships.sink", {"name": "aurora"}, actor, "chat", "thread 7")
    assert (outcome.state, outcome.need, h.ships) == ("pending", 1, ["aurora"])
    return outcome.run, outcome.digest


async def test_what_needs_approval_runs_when_it_has_it(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        ann = await h.operator("ann")
        run, digest = await ask(h)
        outcome = await h.door.approve(run, ann, digest[:12], "http")
        assert (outcome.state, outcome.result, h.ships) == ("finished", "aurora is gone", [])
        assert await h.steps() == ["requested", "approved", "started", "finished"]
        (call,) = h.calls
        assert (call.actor.name, call.surface, call.reference, call.run) == ("cli:root", "chat", "thread 7", run)
        assert (await h.door.run(run)).approvers == ("ann",)


async def test_nobody_approves_their_own(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        ann = await h.operator("ann")
        run, digest = await ask(h, ann)
        with pytest.raises(Denied, match="your own"):
            await h.door.approve(run, ann, digest, "http")
        with pytest.raises(Denied, match="your own"):  # from the shell of the same name neither
            await h.door.approve(run, Actor("cli:ann", frozenset({"*"})), digest, "cli")
        assert h.ships == ["aurora"]
        assert await h.steps() == ["requested", "denied", "denied"]


async def test_a_plan_that_has_changed_cannot_be_approved(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        ann = await h.operator("ann")
        run, digest = await ask(h)
        h.ships.append("boreas")
        with pytest.raises(Conflict, match="has changed"):
            await h.door.approve(run, ann, digest, "http")
        assert h.ships == ["aurora", "boreas"]
        assert (await h.door.run(run)).state == "stale"
        with pytest.raises(Conflict, match="waits for no approval"):
            await h.door.approve(run, ann, digest, "http")


@pytest.mark.parametrize("wrong", ["", "0123456", "f" * 64, "{short}"])
async def test_another_digest_approves_nothing(harbour: OpenHarbour, wrong: str) -> None:
    async with harbour() as h:
        ann = await h.operator("ann")
        run, digest = await ask(h)
        with pytest.raises(Conflict, match="not the digest"):
            await h.door.approve(run, ann, wrong.format(short=digest[:7]), "http")
        assert (await h.door.run(run)).state == "pending"


@pytest.mark.parametrize("held", [{"operations.approve"}, {"ships.manage"}, set()])
async def test_an_approver_needs_both_permissions(harbour: OpenHarbour, held: set[str]) -> None:
    async with harbour() as h:
        run, digest = await ask(h)
        with pytest.raises(Denied):
            await h.door.approve(run, Actor("eve", frozenset(held)), digest, "http")
        with pytest.raises(Denied):
            await h.door.reject(run, Actor("eve", frozenset(held)), "http")
        assert (await h.door.run(run)).state == "pending"
        assert await h.steps() == ["requested", "denied", "denied"]


async def test_two_approvals_are_of_two_people(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        ann, bob = await h.operator("ann"), await h.operator("bob")
        asked = await h.door.call("fleet.scuttle", {}, SHELL, "cli")
        first = await h.door.approve(asked.run, ann, asked.digest, "http")
        assert (first.state, first.need) == ("pending", 1)
        with pytest.raises(Conflict, match="already"):
            await h.door.approve(asked.run, ann, asked.digest, "http")
        with pytest.raises(Conflict, match="already"):
            await h.door.approve(asked.run, Actor("cli:ann", frozenset({"*"})), asked.digest, "cli")
        last = await h.door.approve(asked.run, bob, asked.digest, "http")
        assert (last.state, last.result) == ("finished", 1)


async def test_two_who_approve_at_once_run_it_once(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        people = [await h.operator(name) for name in ("ann", "bob", "cid", "dan")]
        run, digest = await ask(h)
        outcomes = await asyncio.gather(*(h.door.approve(run, p, digest, "http") for p in people), return_exceptions=True)
        assert sum(not isinstance(outcome, BaseException) for outcome in outcomes) == 1
        assert all(isinstance(o, OstrovError) for o in outcomes if isinstance(o, BaseException))
        assert (await h.steps()).count("started") == 1


async def test_a_rejected_run_is_over(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        ann = await h.operator("ann")
        run, digest = await ask(h)
        assert (await h.door.reject(run, ann, "http", "too early")).state == "rejected"
        (entry, _) = await h.door.audit()
        assert (entry.step, entry.actor, entry.detail) == ("rejected", "ann", {"reason": "too early"})
        with pytest.raises(Conflict, match="it is rejected"):
            await h.door.approve(run, ann, digest, "http")


async def test_who_asked_may_take_it_back(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        asker = Actor("pia", frozenset({"ships.manage"}))
        run, _ = await ask(h, asker)
        assert (await h.door.reject(run, asker, "http")).state == "rejected"


async def test_a_request_expires(harbour: OpenHarbour) -> None:
    async with harbour("operations.approval_hours=0.00000001") as h:
        ann = await h.operator("ann")
        run, digest = await ask(h)
        assert await h.door.pending(ann) == []
        with pytest.raises(Conflict, match="it is expired"):
            await h.door.approve(run, ann, digest, "http")
        assert (await h.steps())[-1] == "expired"


async def test_an_asker_who_lost_the_right_meanwhile_gets_nothing(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        ann, bob = await h.operator("ann"), await h.operator("bob")
        for change in (lambda c: set_role(c, "bob", "viewer"), lambda c: remove_operator(c, "bob")):
            run, digest = await ask(h, bob)
            await h.application.store.write(change)
            with pytest.raises(Denied, match="bob"):
                await h.door.approve(run, ann, digest, "http")
            assert (await h.door.run(run)).state == "stale"
        assert h.ships == ["aurora"]


async def test_what_waits_is_listed_for_those_who_may_decide_and_who_asked(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        ann = await h.operator("ann")
        asker = Actor("pia", frozenset({"ships.manage"}))
        run, _ = await ask(h, asker)
        for actor, sees in ((ann, True), (asker, True), (Actor("eve", frozenset({"*.view"})), False)):
            assert [r.id for r in await h.door.pending(actor)] == [run] * sees


async def test_a_long_operation_is_queued_by_its_last_approval(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        ann = await h.operator("ann")
        queued: list[int] = []
        h.door.all["ships.sink"].long = True
        h.door.run_later(lambda connection, run: queued.append(run))
        run, digest = await ask(h)
        assert queued == []
        assert (await h.door.approve(run, ann, digest, "http")).state == "queued"
        assert queued == [run]
        assert (await h.door.execute(run)).result == "aurora is gone"
