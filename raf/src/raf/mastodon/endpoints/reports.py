"""`POST /api/v1/reports`: tell the moderators of somebody."""

from __future__ import annotations

from typing import Annotated

import msgspec

from raf.domain.moderation import CATEGORIES
from raf.errors import Invalid
from raf.mastodon.access import person
from raf.mastodon.answers import encode
from raf.mastodon.call import Id
from raf.mastodon.endpoint import Asked, post
from raf.mastodon.promise import one_of
from raf.moderation.moderation import open_moderation
from raf.moderation.portraying import report
from raf.moderation.reporting import NewReport
from raf.moderation.shapes import Report


class ReportForm(msgspec.Struct):
    """Whom, which posts of theirs, and why."""

    account_id: Id | None = None
    status_ids: list[Id] = []
    comment: str = ""
    forward: bool = False
    category: Annotated[str, one_of(*CATEGORIES)] = "other"
    rule_ids: list[Id] = []


@post("/api/v1/reports", person("write:reports"), Report, form=ReportForm)
async def create(call: Asked) -> bytes:
    """File a report."""
    said = await call.form(ReportForm)
    if said.account_id is None:
        raise Invalid({"account_id": [("ERR_BLANK", "can't be blank")]})
    moderation = call.house.application.part(open_moderation)
    new = NewReport(
        target_id=said.account_id,
        category=said.category,
        comment=said.comment,
        status_ids=tuple(said.status_ids),
        rule_ids=tuple(said.rule_ids),
        forward=said.forward,
    )
    return encode(await report(moderation, await moderation.report(call.account_id, new)))


HANDLERS = [create]
