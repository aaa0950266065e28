"""What an operator does for the peace of the house, without an account: the actor is the house itself."""

from __future__ import annotations

from pathlib import Path

from ostrov import Ostrov, UsageError, operation
from raf.domain.moderation import LIFTS

PERMISSION = "raf.moderate"
SURFACES = ("cli", "http")


async def _account(application: Ostrov, name: str) -> int:
    """The id of an account, a suspended or waiting one too. Raises UsageError."""
    from raf.network import open_raf

    sql = "SELECT id FROM account WHERE name_key = ?"
    wanted = name.strip().removeprefix("@").lower()
    found = await application.part(open_raf).store.read(lambda connection: connection.value(sql, (wanted,)))
    if found is None:
        raise UsageError(f"nobody here is called {name}", tip="give the user name without the server's")
    return int(found)


@operation("raf.role", permission=PERMISSION, surfaces=SURFACES)
async def role(application: Ostrov, name: str, role: str) -> str:
    """Make somebody `owner`, `admin` or `moderator`; with `none` they are what everybody is."""
    from raf.moderation import judging
    from raf.moderation.moderation import open_moderation

    account_id = await _account(application, name)
    await application.part(open_moderation).write(judging.give_role, 0, account_id, "" if role == "none" else role)
    return f"{name} is {'a member like everybody' if role == 'none' else role} now"


@operation("raf.judge", permission=PERMISSION, surfaces=SURFACES, destructive=True)
async def judge(application: Ostrov, name: str, action: str, text: str = "") -> str:
    """Warn (`none`) or restrict an account: `sensitive`, `disable`, `silence`, `suspend`; it reads the text and may appeal."""
    from raf.moderation.moderation import open_moderation

    if action not in ("none", *LIFTS):
        raise UsageError(f"{action} is no judgement", tip="none, sensitive, disable, silence or suspend")
    strike = await application.part(open_moderation).judge(0, await _account(application, name), action, text)
    return f"{name}: {action}, strike {strike}"


@operation("raf.lift", permission=PERMISSION, surfaces=SURFACES)
async def lift(application: Ostrov, name: str, action: str) -> str:
    """Take a judgement back: `sensitive`, `disable`, `silence` or `suspend`."""
    from raf.moderation.moderation import open_moderation

    if action not in LIFTS:
        raise UsageError(f"{action} cannot be lifted", tip="sensitive, disable, silence or suspend")
    await application.part(open_moderation).lift(0, await _account(application, name), LIFTS[action])
    return f"{name}: {LIFTS[action]}"


@operation("raf.erase", permission=PERMISSION, surfaces=SURFACES, destructive=True)
async def erase(application: Ostrov, name: str) -> str:
    """Delete all that a suspended account left. It does not come back."""
    from raf.moderation.moderation import open_moderation

    await application.part(open_moderation).erase(0, await _account(application, name))
    return f"{name} is erased; a task deletes the posts"


@operation("raf.welcome", permission=PERMISSION, surfaces=SURFACES)
async def welcome(application: Ostrov, name: str, reject: bool = False) -> str:
    """Let in a newcomer who waits for approval, or turn them away."""
    from raf.moderation.moderation import open_moderation

    await application.part(open_moderation).welcome(0, await _account(application, name), approved=not reject)
    return f"{name} is {'turned away' if reject else 'welcome'}"


@operation("raf.reports", permission=PERMISSION, surfaces=SURFACES)
async def reports(application: Ostrov, resolved: bool = False) -> str:
    """List the reports that wait, or those that are resolved."""
    from raf.moderation import reporting
    from raf.moderation.moderation import open_moderation
    from raf.paging import Paging

    moderation = application.part(open_moderation)
    rows = await moderation.store.read(reporting.page, Paging(limit=100), resolved)
    ids = {account_id for row in rows for account_id in (row.account_id, row.target_id)}
    names = {int(account.id): account.acct for account in await moderation.raf.accounts(sorted(ids))}
    lines = [
        f"{row.id} {row.category}: {names.get(row.account_id, '?')} on {names.get(row.target_id, '?')}: {row.comment[:80]}"
        for row in rows
    ]
    return "\n".join(lines) or "no reports"


@operation("raf.block", permission=PERMISSION, surfaces=SURFACES)
async def block(application: Ostrov, kind: str, target: str, severity: str = "") -> str:
    """Block a `domain`, `email-domain`, `address` (network) or `email`; severities are Mastodon's."""
    from raf.moderation import blocking
    from raf.moderation.moderation import open_moderation

    write = application.part(open_moderation).block
    if kind == "domain":
        await write(blocking.block_domain, 0, blocking.DomainForm(domain=target, severity=severity or "suspend"))
    elif kind == "email-domain":
        await write(blocking.block_email_domain, 0, target, severity == "approval")
    elif kind == "address":
        await write(blocking.block_ip, 0, blocking.IpForm(ip=target, severity=severity or "sign_up_block"))
    elif kind == "email":
        await write(blocking.block_email, 0, target, "")
    else:
        raise UsageError(f"{kind} is nothing to block", tip="domain, email-domain, address or email")
    return f"{kind} {target} is blocked"


@operation("raf.rule", permission=PERMISSION, surfaces=SURFACES)
async def rule(application: Ostrov, text: str, hint: str = "") -> str:
    """Add a rule of the house."""
    from raf.moderation import house
    from raf.moderation.moderation import open_moderation

    identity = await application.part(open_moderation).write(house.write_rule, 0, None, text, hint)
    return f"rule {identity} is written"


@operation("raf.announce", permission=PERMISSION, surfaces=SURFACES)
async def announce(application: Ostrov, text: str) -> str:
    """Tell everybody something."""
    from raf.moderation import announcements
    from raf.moderation.moderation import open_moderation

    identity = await application.part(open_moderation).write(announcements.write, 0, announcements.NewNotice(text=text))
    return f"announcement {identity} is out"


@operation("raf.emoji", permission=PERMISSION, surfaces=("cli",))
async def emoji(application: Ostrov, shortcode: str, file: str, category: str = "") -> str:
    """Add a picture of the house, written `:shortcode:` in posts and names."""
    from raf.moderation.moderation import open_moderation

    path = Path(file)
    if not path.is_file():
        raise UsageError(f"{file} is no file", tip="give the path of a picture")
    await application.part(open_moderation).add_emoji(0, shortcode, path, category)
    return f":{shortcode}: may be used"
