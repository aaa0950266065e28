"""Reports: filed by people, worked on by moderators."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from ostrov import Connection
from raf.domain import moderation as e
from raf.domain.visibility import VISIBLE, viewer
from raf.errors import Invalid, Missing
from raf.journal import Journal
from raf.moderation import audit
from raf.moderation.judging import account_of, permitted
from raf.notifications.tasks import tell_of_report
from raf.paging import Paging, newest_first

COLUMNS = (
    "id, account_id, target_id, category, comment, status_ids, rule_ids, forwarded, created_at, updated_at, assigned_id,"
    " resolved_at, resolved_by_id"
)
ONE = f"SELECT {COLUMNS} FROM report WHERE id = ?"
PAGE = f"""
SELECT {COLUMNS} FROM report WHERE id < ? AND id > ?
AND (? IS NULL OR (CASE WHEN resolved_at IS NULL THEN 0 ELSE 1 END) = ?)
AND (? = 0 OR account_id = ?) AND (? = 0 OR target_id = ?) ORDER BY id {{direction}} LIMIT ?"""
SEEN = f"SELECT 1 FROM status s WHERE s.id = ? AND s.account_id = ? AND s.reblog_of_id IS NULL AND {VISIBLE}"
RULE = "SELECT 1 FROM house_rule WHERE id = ?"
NOTES = "SELECT id, report_id, account_id, text, created_at FROM report_note WHERE report_id = ? ORDER BY id"
OPEN = "SELECT count(*) FROM report WHERE resolved_at IS NULL"


class Report(NamedTuple):
    """A row of `report`; lists of ids are JSON."""

    id: int
    account_id: int
    target_id: int
    category: str
    comment: str
    status_ids: str
    rule_ids: str
    forwarded: int
    created_at: float
    updated_at: float
    assigned_id: int | None
    resolved_at: float | None
    resolved_by_id: int | None

    def statuses(self) -> list[int]:
        found: list[int] = msgspec.json.decode(self.status_ids)
        return found

    def rules(self) -> list[int]:
        found: list[int] = msgspec.json.decode(self.rule_ids)
        return found


class Note(NamedTuple):
    """What a moderator wrote to a report."""

    id: int
    report_id: int
    account_id: int
    text: str
    created_at: float


class NewReport(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody reports."""

    target_id: int
    category: str = "other"
    comment: str = ""
    status_ids: tuple[int, ...] = ()
    rule_ids: tuple[int, ...] = ()
    forward: bool = False


def file(connection: Connection, journal: Journal, account_id: int, new: NewReport) -> int:
    """Report an account; the report's id. Raises Missing (account, or a post of theirs the reporter does not see), Invalid."""
    now = journal.begin(connection)
    if account_of(connection, new.target_id).held:
        raise Missing
    _check_comment(new.comment)
    category = "violation" if new.rule_ids else new.category
    if category not in e.CATEGORIES:
        raise Invalid({"category": [("ERR_INCLUSION", "is not included in the list")]})
    _check_rules(connection, new.rule_ids)
    for status_id in new.status_ids:
        if connection.row(SEEN, (status_id, new.target_id, *viewer(account_id))) is None:
            raise Missing
    identity = journal.ids.next(now)
    journal.put(
        connection,
        e.ReportFiled(
            **journal.first(e.reported(identity), now),
            id=identity,
            account_id=account_id,
            target_id=new.target_id,
            category=category,
            comment=new.comment.strip(),
            status_ids=tuple(dict.fromkeys(new.status_ids)),
            rule_ids=tuple(dict.fromkeys(new.rule_ids)),
            forwarded=new.forward,
        ),
    )
    tell_of_report.enqueue_in(connection, identity)
    return identity


def change(
    connection: Connection,
    journal: Journal,
    actor_id: int,
    report_id: int,
    change: str,
    category: str | None = None,
    rule_ids: tuple[int, ...] | None = None,
) -> None:
    """Assign a report to oneself, resolve it and so on, see `ReportChanged`. Raises Forbidden, Missing, Invalid."""
    now = journal.begin(connection)
    permitted(connection, actor_id, "manage_reports")
    report = one(connection, report_id)
    if change == "classify":
        category = category or report.category
        if category not in e.CATEGORIES:
            raise Invalid({"category": [("ERR_INCLUSION", "is not included in the list")]})
        rule_ids = tuple(report.rules()) if rule_ids is None else rule_ids
        _check_rules(connection, rule_ids)
        rule_ids = rule_ids if category == "violation" else ()
    put_change(connection, journal, now, report_id, actor_id, change, category, rule_ids)


def put_change(
    connection: Connection,
    journal: Journal,
    now: float,
    report_id: int,
    actor_id: int,
    change: str,
    category: str | None = None,
    rule_ids: tuple[int, ...] | None = None,
) -> None:
    """Write the change and its audit. Raises Missing."""
    one(connection, report_id)
    journal.put(
        connection,
        e.ReportChanged(
            **journal.next(connection, e.reported(report_id), now),
            id=report_id,
            moderator_id=actor_id,
            change=change,
            category=category,
            rule_ids=rule_ids,
        ),
    )
    audit.record(connection, journal.ids.next(now), now, actor_id, change, "report", str(report_id), category or "")


def note(connection: Connection, journal: Journal, actor_id: int, report_id: int, text: str) -> None:
    """Write a note for the other moderators. Raises Forbidden, Missing, Invalid."""
    now = journal.begin(connection)
    permitted(connection, actor_id, "manage_reports")
    one(connection, report_id)
    if not text.strip():
        raise Invalid({"text": [("ERR_BLANK", "can't be blank")]})
    _check_comment(text, "text")
    stream, identity = e.reported(report_id), journal.ids.next(now)
    journal.put(
        connection,
        e.ReportNoted(
            **journal.next(connection, stream, now),
            id=identity,
            report_id=report_id,
            moderator_id=actor_id,
            text=text.strip(),
        ),
    )


def one(connection: Connection, report_id: int) -> Report:
    """Raises Missing."""
    row = connection.row(ONE, (report_id,))
    if row is None:
        raise Missing
    return Report(*row)


def page(
    connection: Connection, paging: Paging, resolved: bool | None = False, account_id: int = 0, target_id: int = 0
) -> list[Report]:
    """Reports, the latest first; `resolved` None means all of them."""
    state = None if resolved is None else int(resolved)

    def select(direction: str, bounds: tuple[int, int, int]) -> list[Report]:
        below, above, limit = bounds
        sql = PAGE.format(direction=direction)
        if connection.dialect == "postgresql":
            sql = sql.replace("(? IS NULL", "(CAST(? AS INTEGER) IS NULL")
        parameters = (below, above, state, state, account_id, account_id, target_id, target_id, limit)
        return [Report(*row) for row in connection.rows(sql, parameters)]

    return newest_first(paging, select)


def notes(connection: Connection, report_id: int) -> list[Note]:
    """The oldest first."""
    return [Note(*row) for row in connection.rows(NOTES, (report_id,))]


def open_reports(connection: Connection) -> int:
    """How many wait."""
    found: int = connection.value(OPEN)
    return found


def _check_comment(comment: str, field: str = "comment") -> None:
    if len(comment) > e.COMMENT:
        raise Invalid({field: [("ERR_TOO_LONG", f"is too long (maximum is {e.COMMENT} characters)")]})


def _check_rules(connection: Connection, rule_ids: tuple[int, ...]) -> None:
    if any(connection.row(RULE, (rule_id,)) is None for rule_id in rule_ids):
        raise Invalid({"rule_ids": [("ERR_INCLUSION", "must reference valid rules")]})
