"""`/api/v1/admin/reports`."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar.params import FromPath

from raf.domain.moderation import CATEGORIES
from raf.mastodon.access import person
from raf.mastodon.answers import encode
from raf.mastodon.call import Call, Id
from raf.mastodon.endpoint import Asked, get, post, put
from raf.mastodon.endpoints.admin_accounts import moderation_of
from raf.mastodon.promise import one_of
from raf.moderation import reporting
from raf.moderation.portraying import admin_reports
from raf.moderation.shapes import AdminReport

READ = person("admin:read", "admin:read:reports")
WRITE = person("admin:write", "admin:write:reports")
ONE = "/api/v1/admin/reports/{report_id:int}"
CHANGES = {"assign_to_self": "assign", "unassign": "unassign", "resolve": "resolve", "reopen": "reopen"}


class ReportsQuery(msgspec.Struct):
    """Which reports: those that wait, unless `resolved`."""

    resolved: bool = False
    account_id: Id = 0
    target_account_id: Id = 0


class ClassifyForm(msgspec.Struct):
    """What a report is about."""

    category: Annotated[str, one_of(*CATEGORIES)] | None = None
    rule_ids: list[Id] | None = None


async def shown(call: Call, report_id: int) -> bytes:
    """One report."""
    moderation = moderation_of(call)
    await moderation.require(call.account_id, "manage_reports")
    row = await moderation.store.read(reporting.one, report_id)
    return encode((await admin_reports(moderation, [row], call.account_id))[0])


@get("/api/v1/admin/reports", READ, list[AdminReport], query=ReportsQuery, paged=True)
async def index(call: Asked) -> bytes:
    """Reports, the latest first."""
    moderation, asked, paging = moderation_of(call), call.query(ReportsQuery), call.paging(100, 200)
    await moderation.require(call.account_id, "manage_reports")
    rows = await moderation.store.read(reporting.page, paging, asked.resolved, asked.account_id, asked.target_account_id)
    found = await admin_reports(moderation, rows, call.account_id)
    older, newer = (rows[-1].id, rows[0].id) if rows else (None, None)
    return call.listing(found, paging.limit, older, newer)


@get(ONE, READ, AdminReport)
async def show(call: Asked, report_id: FromPath[int]) -> bytes:
    """A report."""
    return await shown(call, report_id)


@put(ONE, WRITE, AdminReport, form=ClassifyForm)
async def classify(call: Asked, report_id: FromPath[int]) -> bytes:
    """Say what it is about."""
    said = await call.form(ClassifyForm)
    rules = None if said.rule_ids is None else tuple(said.rule_ids)
    await moderation_of(call).write(reporting.change, call.account_id, report_id, "classify", said.category, rules)
    return await shown(call, report_id)


@post([f"{ONE}/{word}" for word in CHANGES], WRITE, AdminReport)
async def change(call: Asked, report_id: FromPath[int]) -> bytes:
    """Take it on, leave it to others, close or reopen it."""
    word = str(call.scope["path"]).rstrip("/").rpartition("/")[2]
    await moderation_of(call).write(reporting.change, call.account_id, report_id, CHANGES[word])
    return await shown(call, report_id)


HANDLERS = [index, show, classify, change]
