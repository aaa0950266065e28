"""Judgements, reports and appeals as tables, and what they do to accounts."""

from __future__ import annotations

import msgspec

from ostrov import Connection
from raf.domain.moderation import (
    STRIKES,
    AccountJudged,
    AppealDecided,
    ReportChanged,
    ReportFiled,
    ReportNoted,
    RoleGiven,
    StrikeAppealed,
)

SWITCHES = {
    "sensitive": "UPDATE account SET sensitized = 1 WHERE id = ?",
    "unsensitive": "UPDATE account SET sensitized = 0 WHERE id = ?",
    "disable": "UPDATE account SET disabled = 1 WHERE id = ?",
    "enable": "UPDATE account SET disabled = 0 WHERE id = ?",
    "silence": "UPDATE account SET silenced = 1, quiet = 1 WHERE id = ?",
    "unsilence": "UPDATE account SET silenced = 0, quiet = suspended WHERE id = ?",
    "suspend": "UPDATE account SET suspended = 1, quiet = 1 WHERE id = ?",
    "unsuspend": "UPDATE account SET suspended = 0, quiet = silenced WHERE id = ?",
    "hold": "UPDATE account SET held = 1 WHERE id = ?",
    "approve": "UPDATE account SET held = 0 WHERE id = ?",
    "reject": "DELETE FROM account WHERE id = ?",
}
INSERT_STRIKE = """
INSERT INTO strike (id, account_id, moderator_id, action, text, report_id, status_ids, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
ROLE = "UPDATE account SET role = ? WHERE id = ?"
INSERT_REPORT = """
INSERT INTO report (id, account_id, target_id, category, comment, status_ids, rule_ids, forwarded, created_at, updated_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
CHANGES = {
    "assign": "UPDATE report SET updated_at = ?, assigned_id = ? WHERE id = ?",
    "unassign": "UPDATE report SET updated_at = ?, assigned_id = NULL WHERE id = ?",
    "resolve": "UPDATE report SET updated_at = ?, resolved_at = ?, resolved_by_id = ? WHERE id = ?",
    "reopen": "UPDATE report SET updated_at = ?, resolved_at = NULL, resolved_by_id = NULL WHERE id = ?",
    "classify": "UPDATE report SET updated_at = ?, category = ?, rule_ids = ? WHERE id = ?",
}
INSERT_NOTE = "INSERT INTO report_note (id, report_id, account_id, text, created_at) VALUES (?, ?, ?, ?, ?)"
INSERT_APPEAL = "INSERT INTO appeal (strike_id, account_id, text, created_at) VALUES (?, ?, ?, ?)"
DECIDE = "UPDATE appeal SET decided_at = ?, approved = ?, decided_by_id = ? WHERE strike_id = ?"
OVERRULE = "UPDATE strike SET overruled_at = ? WHERE id = ?"


def judged(connection: Connection, event: AccountJudged) -> None:
    if event.action in SWITCHES:
        connection.execute(SWITCHES[event.action], (event.account_id,))
    if event.action in STRIKES:
        ids = _json(event.status_ids)
        parameters = (event.id, event.account_id, event.moderator_id, event.action, event.text, event.report_id, ids, event.at)
        connection.execute(INSERT_STRIKE, parameters)


def role_given(connection: Connection, event: RoleGiven) -> None:
    connection.execute(ROLE, (event.role, event.account_id))


def filed(connection: Connection, event: ReportFiled) -> None:
    connection.execute(
        INSERT_REPORT,
        (
            *(event.id, event.account_id, event.target_id, event.category, event.comment),
            *(_json(event.status_ids), _json(event.rule_ids), int(event.forwarded), event.at, event.at),
        ),
    )


def changed(connection: Connection, event: ReportChanged) -> None:
    values: dict[str, tuple[object, ...]] = {
        "assign": (event.moderator_id,),
        "resolve": (event.at, event.moderator_id),
        "classify": (event.category, _json(event.rule_ids or ())),
    }
    connection.execute(CHANGES[event.change], (event.at, *values.get(event.change, ()), event.id))


def noted(connection: Connection, event: ReportNoted) -> None:
    connection.execute(INSERT_NOTE, (event.id, event.report_id, event.moderator_id, event.text, event.at))


def appealed(connection: Connection, event: StrikeAppealed) -> None:
    connection.execute(INSERT_APPEAL, (event.strike_id, event.account_id, event.text, event.at))


def decided(connection: Connection, event: AppealDecided) -> None:
    connection.execute(DECIDE, (event.at, int(event.approved), event.moderator_id, event.strike_id))
    if event.approved:
        connection.execute(OVERRULE, (event.at, event.strike_id))


def _json(ids: tuple[int, ...]) -> str:
    return msgspec.json.encode(ids).decode()


PROJECTIONS = {
    AccountJudged: judged,
    RoleGiven: role_given,
    ReportFiled: filed,
    ReportChanged: changed,
    ReportNoted: noted,
    StrikeAppealed: appealed,
    AppealDecided: decided,
}
TABLES = ("report", "report_note", "strike", "appeal")
