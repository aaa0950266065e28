"""What moderators and those they judge do. Streams: mj one an account, mr one a report, mh one an appeal."""

from __future__ import annotations

from typing import ClassVar, Final

from raf.domain.events import RafEvent

STRIKES: Final = ("none", "delete_statuses", "mark_statuses_as_sensitive", "sensitive", "disable", "silence", "suspend")
"""What is told to the account, and may be appealed. `none` is a warning."""
LIFTS: Final = {"sensitive": "unsensitive", "disable": "enable", "silence": "unsilence", "suspend": "unsuspend"}
"""What takes a judgement back."""
CATEGORIES: Final = ("spam", "legal", "violation", "other")
APPEAL_DAYS: Final = 20
"""A strike may be appealed for so long (app/models/account_warning.rb)."""
COMMENT: Final = 1000
"""Characters of a report's comment."""
APPEAL: Final = 2000
"""Characters of an appeal."""


def judged(account_id: int) -> str:
    """The stream of what was decided about an account."""
    return f"mj{account_id}"


def reported(report_id: int) -> str:
    return f"mr{report_id}"


def appealed(strike_id: int) -> str:
    return f"mh{strike_id}"


class AccountJudged(RafEvent, frozen=True):
    """`action` is one of `STRIKES` or what lifts it, `hold`, `approve` or `reject` of a new account, or `erase`.

    `moderator_id` 0 is the house itself.
    """

    topic: ClassVar[str] = "raf.account_judged"

    id: int
    account_id: int
    moderator_id: int
    action: str
    text: str = ""
    report_id: int | None = None
    status_ids: tuple[int, ...] = ()
    quiet: bool = False
    """Whether the public timeline shows nothing of the account from now on."""


class RoleGiven(RafEvent, frozen=True):
    """`role` is empty for what everybody is."""

    topic: ClassVar[str] = "raf.role_given"

    account_id: int
    giver_id: int
    role: str = ""


class ReportFiled(RafEvent, frozen=True):
    topic: ClassVar[str] = "raf.report_filed"

    id: int
    account_id: int
    target_id: int
    category: str = "other"
    comment: str = ""
    status_ids: tuple[int, ...] = ()
    rule_ids: tuple[int, ...] = ()
    forwarded: bool = False


class ReportChanged(RafEvent, frozen=True):
    """`change` is assign, unassign, resolve, reopen or classify; only the last brings a category and rules."""

    topic: ClassVar[str] = "raf.report_changed"

    id: int
    moderator_id: int
    change: str
    category: str | None = None
    rule_ids: tuple[int, ...] | None = None


class ReportNoted(RafEvent, frozen=True):
    topic: ClassVar[str] = "raf.report_noted"

    id: int
    report_id: int
    moderator_id: int
    text: str


class StrikeAppealed(RafEvent, frozen=True):
    topic: ClassVar[str] = "raf.strike_appealed"

    strike_id: int
    account_id: int
    text: str


class AppealDecided(RafEvent, frozen=True):
    topic: ClassVar[str] = "raf.appeal_decided"

    strike_id: int
    moderator_id: int
    approved: bool = False
