"""What the house tells: moderators of reports and newcomers, people of judgements on them; on both databases."""

from __future__ import annotations

from pathlib import Path

from ostrov import Connection, run_tasks
from raf.identity.registration import NewAccount
from raf.moderation.moderation import open_moderation
from raf.moderation.reporting import NewReport
from raf.network import Raf
from raf.notifications.notifications import open_notifications
from raf.testing import network, people, say


async def appoint(raf: Raf, account_id: int, role: str = "moderator") -> None:
    def write(connection: Connection) -> None:
        connection.execute("UPDATE account SET role = ? WHERE id = ?", (role, account_id))

    await raf.store.write(write)


async def test_moderators_hear_of_reports_and_nobody_else_does(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris, vera, moderator = await people(raf, "ada", "boris", "vera", "moderator")
        await appoint(raf, moderator)
        post = await say(raf, boris, "buy my cups")
        moderation = raf.application.part(open_moderation)
        for comment in ("spam", "again"):
            new = NewReport(target_id=boris, category="spam", comment=comment, status_ids=(post,))
            report = await moderation.report(ada, new)
        await run_tasks(raf.application)
        notes = await raf.notifications(moderator)
        assert [(note.type, note.account.username, note.report.comment) for note in notes] == [
            ("admin.report", "ada", "again"),
            ("admin.report", "ada", "spam"),
        ]
        assert notes[0].report.id == str(report.id)
        assert notes[0].report.target_account.username == "boris"
        groups = (await raf.application.part(open_notifications).groups(moderator)).notification_groups
        assert [group.report.comment for group in groups] == ["again", "spam"]
        for somebody in (ada, boris, vera):
            assert await raf.notifications(somebody) == []


async def test_moderators_hear_of_newcomers_in_one_group(tmp_path: Path, database: list[str]) -> None:
    fast = ["raf.identity.argon2_memory=64", "raf.identity.argon2_time=1"]
    async with network(tmp_path, [*database, *fast]) as raf:
        moderator, plain = await people(raf, "moderator", "plain")
        await appoint(raf, moderator)
        for name in ("ada", "boris"):
            new = NewAccount(username=name, email=f"{name}@example.org", password="soy milk and coconut", agreement=True)
            await raf.sign_up(new)
        await run_tasks(raf.application)
        (group,) = (await raf.application.part(open_notifications).groups(moderator)).notification_groups
        assert (group.type, group.notifications_count) == ("admin.sign_up", 2)
        assert await raf.notifications(plain) == []


async def test_who_is_judged_hears_of_it(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, owner = await people(raf, "ada", "owner")
        await appoint(raf, owner, "owner")
        moderation = raf.application.part(open_moderation)
        strike = await moderation.judge(owner, ada, "none", "Mind the rules")
        await run_tasks(raf.application)
        (note,) = await raf.notifications(ada)
        assert (note.type, note.account.username) == ("moderation_warning", "ada")
        warning = note.moderation_warning
        assert (warning.id, warning.action, warning.text, warning.appeal) == (str(strike), "none", "Mind the rules", None)
        (group,) = (await raf.application.part(open_notifications).groups(ada)).notification_groups
        assert group.moderation_warning.id == str(strike)
        assert await raf.notifications(owner) == []
