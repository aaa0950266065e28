"""The one face of moderation that API, pages and operations use: `application.part(open_moderation)`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from ostrov import Connection, Ostrov
from raf.domain.roles import Role
from raf.identity.recognized import TOPIC as REVOKED
from raf.journal import Journal
from raf.media.library import open_library
from raf.moderation import appeals, blocking, emojis, judging, reporting
from raf.moderation.guard import TOPIC as GUARD
from raf.network import open_raf

P = ParamSpec("P")
T = TypeVar("T")


class Moderation:
    """Runs the commands of this package. `actor_id` 0 is the house itself: an operator's operation."""

    def __init__(self, application: Ostrov) -> None:
        self.application = application
        self.raf = application.part(open_raf)
        self.store = application.store

    async def write(
        self, command: Callable[Concatenate[Connection, Journal, P], T], *arguments: P.args, **options: P.kwargs
    ) -> T:
        """Run a command in a transaction, again when another process took its stream's version or its id."""
        return await self.raf.command(command, *arguments, **options)

    async def block(
        self, command: Callable[Concatenate[Connection, Journal, P], T], *arguments: P.args, **options: P.kwargs
    ) -> T:
        """Run a command of `blocking`; every process looks at the network addresses anew, and at the cards of links."""
        done = await self.write(command, *arguments, **options)
        self.application.channel.publish(GUARD, b"")
        if command is blocking.block_domain or blocking.DOMAIN in arguments:
            self.raf.wire.forget_everywhere()
        return done

    async def require(self, actor_id: int, permission: str) -> Role:
        """The actor's role. Raises Forbidden when it does not allow this."""
        return await self.store.read(judging.permitted, actor_id, permission)

    async def judge(
        self,
        actor_id: int,
        account_id: int,
        action: str,
        text: str = "",
        report_id: int | None = None,
        status_ids: tuple[int, ...] = (),
    ) -> int:
        """Give a strike; its id. Raises Forbidden, Missing, Invalid, Refused."""
        strike = await self.write(judging.judge, actor_id, account_id, action, text, report_id, status_ids)
        self._look_again()
        return strike

    async def lift(self, actor_id: int, account_id: int, action: str) -> None:
        """Take a judgement back. Raises Forbidden, Missing."""
        await self.write(judging.lift, actor_id, account_id, action)
        self._look_again()

    async def welcome(self, actor_id: int, account_id: int, *, approved: bool) -> None:
        """Let a newcomer in or turn them away. Raises Forbidden, Missing, Refused."""
        await self.write(judging.welcome, actor_id, account_id, approved=approved)
        self._look_again()

    async def erase(self, actor_id: int, account_id: int) -> None:
        """Delete all that a suspended account left, as if it had gone itself. Raises Forbidden, Missing, Refused."""
        from raf.departure.departure import open_departure

        decide = partial(judging.erase, actor_id=actor_id, account_id=account_id)
        await self.application.part(open_departure).close_for(account_id, decide)
        self._look_again()

    async def decide_appeal(self, actor_id: int, strike_id: int, *, approved: bool) -> None:
        """Raises Forbidden, Missing, Refused."""
        await self.write(appeals.decide, actor_id, strike_id, approved=approved)
        self._look_again()

    async def report(self, account_id: int, new: reporting.NewReport) -> reporting.Report:
        """File a report. Raises Missing, Invalid."""
        identity = await self.write(reporting.file, account_id, new)
        return await self.store.read(reporting.one, identity)

    async def add_emoji(self, actor_id: int, shortcode: str, picture: bytes | Path, category: str = "") -> int:
        """Keep a picture under a name of its own; its id. Raises Forbidden, Invalid."""
        await self.require(actor_id, "manage_custom_emojis")
        emojis.check_name(shortcode)
        file = await self.application.part(open_library).portrait(actor_id, picture, "emoji")
        identity = await self.write(emojis.add, actor_id, shortcode, file, category or None)
        self.raf.wire.forget_everywhere()
        return identity

    async def change_emoji(self, actor_id: int, identity: int, category: str, *, visible: bool, usable: bool) -> None:
        """Raises Forbidden, Missing."""
        await self.write(emojis.change, actor_id, identity, category or None, visible, usable)
        self.raf.wire.forget_everywhere()

    async def delete_emoji(self, actor_id: int, identity: int) -> None:
        """Raises Forbidden, Missing."""
        await self.write(emojis.delete, actor_id, identity)
        self.raf.wire.forget_everywhere()

    def _look_again(self) -> None:
        """What processes remember of tokens and sessions is looked up anew."""
        self.application.channel.publish(REVOKED, b"")


def open_moderation(application: Ostrov) -> Moderation:
    """The moderation of an application."""
    return Moderation(application)
