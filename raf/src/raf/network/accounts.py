"""Signing up and in, and what accounts show of themselves."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

from ostrov import Connection
from raf import entities
from raf.accounts import profiles
from raf.accounts import reading as accounts
from raf.domain.profiles import checked
from raf.errors import Missing
from raf.forms import ProfileChange
from raf.identity.identity import open_identity
from raf.identity.registration import NewAccount
from raf.moderation import admission
from raf.network.ground import Ground


class Accounts(Ground):
    """People."""

    async def sign_up(
        self, new: NewAccount, *, address: str = "", vouched: Callable[[Connection, int], None] | None = None
    ) -> int:
        """Open an account; its id. `vouched` is called in the transaction for somebody whom another place vouches for.

        Raises Invalid, TooMany.
        """
        identity = self.application.part(open_identity)
        admit = partial(
            admission.admit, journal=self.journal, settings=self.settings.identity, address=address, vouched=vouched
        )
        return await identity.sign_up(new, admit, address=address, vouched=vouched is not None)

    async def log_in(self, name: str, password: str, *, address: str = "") -> int:
        """The account of a user name or e-mail address. Raises WrongPassword, TooMany."""
        return await self.application.part(open_identity).log_in(name, password, address=address)

    async def update_profile(self, account_id: int, change: ProfileChange) -> None:
        """Change what an account shows of itself. Raises Invalid."""
        await self._write(profiles.change_profile, account_id, checked(change, self.settings.posts))

    async def account_by_name(self, name: str) -> entities.Account:
        """By `username`, `@username` or `username@this.host`, upper and lower case alike. Raises Missing."""
        username, _, host = name.strip().removeprefix("@").partition("@")
        if host and host.lower() not in (urlsplit(self.url).netloc, urlsplit(self.url).hostname):
            raise Missing
        account_id = await self.store.read(accounts.id_of_name, username)
        if account_id is None:
            raise Missing
        return await self.account(account_id)

    async def credential_account(self, account_id: int) -> entities.CredentialAccount:
        """An account as its owner sees it. Raises Missing."""

        def read(connection: Connection) -> entities.CredentialAccount:
            self.portrayal.learn(connection)
            found = accounts.rows(connection, [account_id])
            if not found:
                raise Missing
            return self.portrayal.credential_account(found[0], accounts.follow_requests(connection, account_id))

        return await self.store.read(read)

    async def search_accounts(
        self, query: str, limit: int = 40, offset: int = 0, *, viewer_id: int | None = None, following: bool = False
    ) -> list[entities.Account]:
        """Accounts that are called so or say this of themselves, see `raf.search`."""
        from raf.search.search import open_search

        ids = await self.application.part(open_search).people(query, viewer_id, limit, offset, following=following)
        return await self.timelines.accounts(ids)
