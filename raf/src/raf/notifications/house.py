"""What the house tells: moderators of reports, people of judgements on them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ostrov import Connection, Ostrov
from raf.domain.roles import role_of
from raf.notifications.reading import NotificationRow
from raf.notifications.shapes import AccountWarning, Appealed
from raf.notifications.telling import Told
from raf.times import iso

if TYPE_CHECKING:
    from raf.moderation.reporting import Report

STAFF = "SELECT id, role FROM account WHERE role <> '' AND suspended = 0 AND disabled = 0 ORDER BY id"
REPORTER = "SELECT account_id FROM report WHERE id = ?"
STRUCK = "SELECT account_id FROM strike WHERE id = ? AND overruled_at IS NULL"
STRIKE = "SELECT account_id, action, text, status_ids, created_at FROM strike WHERE id = ?"


def told_of_report(connection: Connection, report_id: int) -> list[Told]:
    """Whoever works on reports hears of a new one."""
    reporter: int | None = connection.value(REPORTER, (report_id,))
    if reporter is None:
        return []
    staff = [account_id for account_id, role in connection.rows(STAFF) if role_of(role).may("manage_reports")]
    return [Told(account_id, "admin.report", reporter, report_id) for account_id in staff]


def told_of_strike(connection: Connection, strike_id: int) -> list[Told]:
    """Who was judged hears of it, in the name of the house."""
    struck: int | None = connection.value(STRUCK, (strike_id,))
    return [] if struck is None else [Told(struck, "moderation_warning", struck, strike_id)]


async def subjects(application: Ostrov, rows: Iterable[NotificationRow]) -> dict[tuple[str, int], Any]:
    """The reports and strikes that notifications speak of, as entities, by kind and id."""
    from raf.moderation import portraying
    from raf.moderation.moderation import open_moderation

    moderation = application.part(open_moderation)
    found: dict[tuple[str, int], Any] = {}
    for row in rows:
        key = (row.kind, row.status_id)
        if key in found:
            continue
        if row.kind == "admin.report":
            report = await application.store.read(_report, row.status_id)
            if report is not None:
                found[key] = await portraying.report(moderation, report)
        elif row.kind == "moderation_warning":
            warning = await _warning(application, row.status_id)
            if warning is not None:
                found[key] = warning
    return found


def _report(connection: Connection, report_id: int) -> Report | None:
    from raf.moderation.reporting import ONE, Report

    row = connection.row(ONE, (report_id,))
    return Report(*row) if row is not None else None


async def _warning(application: Ostrov, strike_id: int) -> AccountWarning | None:
    import msgspec

    from raf.moderation.appeals import APPEAL, Appeal
    from raf.network import open_raf

    def read(connection: Connection) -> tuple[Any, Any]:
        return connection.row(STRIKE, (strike_id,)), connection.row(APPEAL, (strike_id,))

    strike, appeal = await application.store.read(read)
    if strike is None:
        return None
    account_id, action, text, status_ids, created_at = strike
    said = Appeal(*appeal) if appeal is not None else None
    ids = msgspec.json.decode(status_ids)
    return AccountWarning(
        id=str(strike_id),
        action=action,
        text=text,
        status_ids=[str(identity) for identity in ids] or None,
        target_account=await application.part(open_raf).account(account_id),
        appeal=None if said is None else Appealed(text=said.text, state=_state(said)),
        created_at=iso(created_at),
    )


def _state(appeal: Any) -> str:
    if appeal.decided_at is None:
        return "pending"
    return "approved" if appeal.approved else "rejected"
