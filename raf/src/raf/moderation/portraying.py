"""Makes the entities of moderation of its rows."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET

from ostrov import Connection
from raf import entities
from raf.accounts.reading import AccountRow, role_entity
from raf.accounts.reading import rows as account_rows
from raf.domain.roles import role_of
from raf.moderation import people, shapes
from raf.moderation.house import rules_of
from raf.moderation.moderation import Moderation
from raf.moderation.people import PersonRow
from raf.moderation.reporting import Report
from raf.paging import Paging
from raf.times import iso


def instant(at: float | None) -> str | None:
    """A time as the API writes it, None for none."""
    return None if at is None else iso(at)


async def admin_accounts(moderation: Moderation, ids: Sequence[int]) -> list[shapes.AdminAccount]:
    """In the order asked; those that do not exist are left out."""

    def read(connection: Connection) -> tuple[dict[int, PersonRow], dict[int, list[tuple[str, float]]], list[AccountRow]]:
        found = {identity: people.addresses(connection, identity) for identity in ids}
        moderation.raf.portrayal.learn(connection)
        return people.rows(connection, ids), found, account_rows(connection, ids)

    rows, addresses, shown = await moderation.store.read(read)
    accounts = {row.id: moderation.raf.portrayal.account(row) for row in shown}
    return [_admin_account(rows[i], addresses[i], accounts[i]) for i in ids if i in rows and i in accounts]


def _admin_account(row: PersonRow, addresses: list[tuple[str, float]], account: entities.Account) -> shapes.AdminAccount:
    ips = [shapes.Address(ip=ip, used_at=iso(at)) for ip, at in addresses]
    if not ips and row.sign_up_address:
        ips = [shapes.Address(ip=row.sign_up_address, used_at=iso(row.created_at))]
    return shapes.AdminAccount(
        id=str(row.id),
        username=row.username,
        domain=row.domain or None,
        created_at=iso(row.created_at),
        email=row.email,
        ip=ips[0].ip if ips else None,
        ips=ips,
        locale=row.locale,
        invite_request=row.reason or None,
        role=role_entity(role_of(row.role)),
        confirmed=True,
        approved=not row.held,
        disabled=bool(row.disabled),
        silenced=bool(row.silenced),
        suspended=bool(row.suspended),
        sensitized=bool(row.sensitized),
        account=account,
        created_by_application_id=UNSET if row.application_id is None else str(row.application_id),
        invited_by_account_id=UNSET if row.invited_by is None else str(row.invited_by),
    )


async def report(moderation: Moderation, row: Report) -> shapes.Report:
    """A report as its maker sees it."""
    return shapes.Report(
        id=str(row.id),
        action_taken=row.resolved_at is not None,
        action_taken_at=instant(row.resolved_at),
        category=row.category,
        comment=row.comment,
        forwarded=bool(row.forwarded),
        created_at=iso(row.created_at),
        status_ids=[str(identity) for identity in row.statuses()] or None,
        rule_ids=[str(identity) for identity in row.rules()] or None,
        target_account=await moderation.raf.account(row.target_id),
    )


async def admin_reports(moderation: Moderation, rows: Sequence[Report], viewer_id: int) -> list[shapes.AdminReport]:
    """Reports as moderators see them: the posts reported are shown whoever they were written for."""
    ids = {i for row in rows for i in (row.account_id, row.target_id, row.assigned_id, row.resolved_by_id) if i is not None}
    accounts = {account.id: account for account in await admin_accounts(moderation, sorted(ids))}
    rules = {rule.id: rule for rule in await moderation.store.read(rules_of)}
    return [
        shapes.AdminReport(
            id=str(row.id),
            action_taken=row.resolved_at is not None,
            action_taken_at=instant(row.resolved_at),
            category=row.category,
            comment=row.comment,
            forwarded=bool(row.forwarded),
            created_at=iso(row.created_at),
            updated_at=iso(row.updated_at),
            account=accounts[str(row.account_id)],
            target_account=accounts[str(row.target_id)],
            assigned_account=accounts.get(str(row.assigned_id)),
            action_taken_by_account=accounts.get(str(row.resolved_by_id)),
            statuses=await evidence(moderation, row),
            rules=[rules[str(identity)] for identity in row.rules() if str(identity) in rules],
        )
        for row in rows
        if {str(row.account_id), str(row.target_id)} <= accounts.keys()
    ]


async def evidence(moderation: Moderation, row: Report) -> list[entities.Status]:
    """The posts of a report, as their author sees them: who reported could see them, so may who judges."""
    return await moderation.raf.statuses(row.statuses(), row.target_id)


async def listed(moderation: Moderation, wanted: people.Wanted, paging: Paging) -> list[shapes.AdminAccount]:
    """Accounts that moderators look for, the newest first."""
    return await admin_accounts(moderation, await moderation.store.read(people.find, wanted, paging))
