"""The moderators' desk: what waits, reports, and people."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from litestar import get, post
from litestar.params import FromQuery

from ostrov import Connection
from raf.domain.moderation import LIFTS, STRIKES
from raf.domain.roles import ROLES, Role, outranks, role_of
from raf.errors import Missing
from raf.moderation import appealing, audit, judging, reporting
from raf.moderation.moderation import Moderation, open_moderation
from raf.moderation.people import STATES, Wanted
from raf.moderation.portraying import admin_accounts, evidence, listed
from raf.paging import Paging
from raf.web.answer import Answer, redirect
from raf.web.deeds import deeds
from raf.web.forms import read_form
from raf.web.paging import address, paging
from raf.web.parameters import Here, Id, MaxId, Word
from raf.web.refusals import NOTHING, Sent, refusal_of
from raf.web.visit import Visit

PAGE = 40
JUDGEMENTS = ("none", "sensitive", "disable", "silence", "suspend")
REPORT_CHANGES = ("assign", "unassign", "resolve", "reopen")


def moderation_of(visit: Visit) -> Moderation:
    """The moderation of the house."""
    return visit.house.application.part(open_moderation)


async def permitted(visit: Visit, permission: str) -> Role:
    """The visitor's role. Raises LogInFirst, Forbidden."""
    return await moderation_of(visit).require(visit.member(), permission)


async def desk(visit: Visit, template: str, tab: str, sent: Sent = NOTHING, **context: Any) -> Answer:
    """A page of the desk with its menu; `sent` is the form that was refused, whose page it is again."""
    role = role_of((await visit.own_account()).role.name)
    return await visit.house.page(
        visit, template, status=sent.status, place_now="moderation", tab=tab, role=role, sent=sent, **context
    )


@get("/moderation")
async def overview(visit: Here) -> Answer:
    """What waits, and what was done last."""
    await permitted(visit, "view_dashboard")

    def read(connection: Connection) -> dict[str, Any]:
        return {
            "reports": reporting.open_reports(connection),
            "held": appealing.held(connection),
            "appeals": len(appealing.waiting(connection)),
            "acts": audit.acts(connection, Paging(limit=8)),
        }

    found = await visit.house.raf.store.read(read)
    found["acts"] = deeds(visit.language, found["acts"])
    return await desk(visit, "moderation.html", "overview", **found)


@get("/moderation/reports")
async def reports(visit: Here, resolved: FromQuery[bool] = False, max_id: MaxId = None) -> Answer:
    """Reports that wait, or those that are resolved."""
    await permitted(visit, "manage_reports")
    raf = visit.house.raf
    rows = await raf.store.read(reporting.page, paging(max_id, limit=PAGE), resolved)
    ids = sorted({account_id for row in rows for account_id in (row.account_id, row.target_id, row.assigned_id or 0)})
    people = {int(account.id): account for account in await raf.accounts(ids)}
    more = {"resolved": "1"} if resolved else {}
    older = address("/moderation/reports", max_id=str(rows[-1].id), **more) if len(rows) == PAGE else ""
    return await desk(visit, "moderation_reports.html", "reports", reports=rows, people=people, resolved=resolved, older=older)


@get("/moderation/reports/{report_id:int}")
async def report(visit: Here, report_id: Id) -> Answer:
    """One report with its evidence, notes and what can be done."""
    return await show_report(visit, report_id)


async def show_report(visit: Visit, report_id: int, sent: Sent = NOTHING) -> Answer:
    await permitted(visit, "manage_reports")
    house, raf = visit.house, visit.house.raf
    row = await raf.store.read(reporting.one, report_id)
    notes = await raf.store.read(reporting.notes, report_id)
    ids = {row.account_id, row.target_id, row.assigned_id or 0, row.resolved_by_id or 0, *(note.account_id for note in notes)}
    people = {int(account.id): account for account in await raf.accounts(sorted(ids))}
    if row.target_id not in people or row.account_id not in people:
        raise Missing
    rules = {rule.id: rule for rule in await house.rules(visit.language)}
    return await desk(
        visit,
        "moderation_report.html",
        "reports",
        sent,
        report=row,
        people=people,
        notes=notes,
        statuses=await evidence(moderation_of(visit), row),
        rules=[rules[str(identity)] for identity in row.rules() if str(identity) in rules],
        acts=deeds(visit.language, await raf.store.read(audit.acts, Paging(limit=30), "report", str(report_id))),
        open_about=len(await raf.store.read(reporting.page, Paging(limit=100), False, 0, row.target_id)),
    )


@post("/moderation/reports/{report_id:int}/{action:str}", status_code=200)
async def change_report(visit: Here, report_id: Id, action: Word) -> Answer:
    """Take it on, leave it, close it, write a note, or judge who is reported."""
    moderation, actor_id = moderation_of(visit), visit.member()
    form = await read_form(visit)
    if action == "note":
        doing: Awaitable[object] = moderation.write(reporting.note, actor_id, report_id, form.text("text"))
    elif action == "judge":
        row = await moderation.store.read(reporting.one, report_id)
        chosen = [int(value) for value in form.all("status_ids") if value.isdecimal() and len(value) < 19]
        verdict = form.text("verdict")
        if verdict not in STRIKES:
            raise Missing
        posts = tuple(chosen or row.statuses())
        doing = moderation.judge(actor_id, row.target_id, verdict, form.text("text"), report_id, posts)
    elif action in REPORT_CHANGES:
        doing = moderation.write(reporting.change, actor_id, report_id, action)
    else:
        raise Missing
    if sent := await refusal_of(visit, form, doing):
        return await show_report(visit, report_id, sent)
    visit.tell("done")
    return redirect(f"/moderation/reports/{report_id}", visit.cookies)


@get("/moderation/people")
async def people(visit: Here, kind: FromQuery[str] = "", q: FromQuery[str] = "", max_id: MaxId = None) -> Answer:
    """Everybody, in some state, or whose name or address begins so."""
    await permitted(visit, "manage_users")
    state = kind if kind in (*STATES, "staff") else ""
    mail = "@" in q.strip().lstrip("@")
    wanted = Wanted(
        state="" if state == "staff" else state,
        staff=state == "staff",
        email=q.strip() if mail else "",
        username="" if mail else q.strip().lstrip("@"),
    )
    found = await listed(moderation_of(visit), wanted, paging(max_id, limit=PAGE))
    older = address("/moderation/people", kind=state, q=q, max_id=found[-1].id) if len(found) == PAGE else ""
    return await desk(visit, "moderation_people.html", "people", found=found, state=state, q=q, older=older)


@get("/moderation/people/{account_id:int}")
async def one(visit: Here, account_id: Id) -> Answer:
    """Somebody, what was decided about them, and what can be done."""
    return await show_person(visit, account_id)


async def show_person(visit: Visit, account_id: int, sent: Sent = NOTHING) -> Answer:
    role, moderation = await permitted(visit, "manage_users"), moderation_of(visit)
    found = await admin_accounts(moderation, [account_id])
    if not found:
        raise Missing
    theirs = role_of(found[0].role.name if found[0].role else "")
    return await desk(
        visit,
        "moderation_person.html",
        "people",
        sent,
        person=found[0],
        strikes=await moderation.store.read(appealing.strikes_of, account_id),
        about=await moderation.store.read(reporting.page, Paging(limit=20), None, 0, account_id),
        within_reach=outranks(role, theirs) and account_id != visit.account_id,
        roles=[given for given in ROLES.values() if outranks(role, given)] if role.may("manage_roles") else [],
        lifts=LIFTS,
    )


@post("/moderation/people/{account_id:int}/{action:str}", status_code=200)
async def change_person(visit: Here, account_id: Id, action: Word) -> Answer:
    """Judge, lift, let in, turn away, erase, give a role."""
    moderation, actor_id = moderation_of(visit), visit.member()
    form = await read_form(visit)
    where = f"/moderation/people/{account_id}"
    if action == "judge":
        verdict = form.text("verdict")
        if verdict not in JUDGEMENTS:
            raise Missing
        doing: Awaitable[object] = moderation.judge(actor_id, account_id, verdict, form.text("text"))
    elif action in LIFTS.values():
        doing = moderation.lift(actor_id, account_id, action)
    elif action in ("approve", "reject"):
        doing = moderation.welcome(actor_id, account_id, approved=action == "approve")
        where = "/moderation/people?kind=pending"
    elif action == "erase":
        doing = moderation.erase(actor_id, account_id)
    elif action == "role":
        doing = moderation.write(judging.give_role, actor_id, account_id, form.text("role"))
    else:
        raise Missing
    if sent := await refusal_of(visit, form, doing):
        return await show_person(visit, account_id, sent)
    visit.tell("done")
    return redirect(where, visit.cookies)


@get("/moderation/appeals")
async def appeals(visit: Here) -> Answer:
    """What people say against judgements."""
    await permitted(visit, "manage_appeals")
    raf = visit.house.raf
    rows = await raf.store.read(appealing.waiting)
    names = {int(account.id): account for account in await raf.accounts(sorted({row.account_id for row in rows}))}
    return await desk(visit, "moderation_appeals.html", "appeals", appeals=rows, people=names)


@post("/moderation/appeals/{strike_id:int}/{word:str}", status_code=200)
async def decide(visit: Here, strike_id: Id, word: Word) -> Answer:
    """Grant an appeal or not."""
    actor_id = visit.member()
    await read_form(visit)
    if word not in ("approve", "reject"):
        raise Missing
    await moderation_of(visit).decide_appeal(actor_id, strike_id, approved=word == "approve")
    visit.tell("done")
    return redirect("/moderation/appeals", visit.cookies)


@get("/moderation/audit")
async def acts(visit: Here, max_id: MaxId = None) -> Answer:
    """Who did what."""
    await permitted(visit, "view_audit_log")
    rows = await visit.house.raf.store.read(audit.acts, paging(max_id, limit=PAGE))
    older = address("/moderation/audit", max_id=str(rows[-1].id)) if len(rows) == PAGE else ""
    return await desk(visit, "moderation_audit.html", "audit", acts=deeds(visit.language, rows), older=older)


HANDLERS = (overview, reports, report, change_report, people, one, change_person, appeals, decide, acts)
