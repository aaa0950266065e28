"""Whether who moderates has shown more than a password (OWASP ASVS 4.3.1): the desk and the admin API open to no other."""

from __future__ import annotations

from typing import Final

from ostrov import Connection, Ostrov, base_url
from raf.errors import Forbidden
from raf.settings import RafSettings

GUARDED: Final = """
SELECT EXISTS (SELECT 1 FROM second_factor WHERE account_id = ? AND confirmed_at IS NOT NULL)
OR EXISTS (SELECT 1 FROM passkey WHERE account_id = ?)"""


class Unguarded(Forbidden):
    """Whoever moderates has only a password."""

    def __init__(self) -> None:
        super().__init__("Moderators need an authenticator or a passkey here: set one up under Settings, Security")


class Staff:
    """`asked`: whether moderators must have a second factor or a passkey."""

    def __init__(self, application: Ostrov) -> None:
        settings: RafSettings = application.settings.raf
        wanted = settings.identity.staff_second_factor
        self.asked = base_url(application).startswith("https:") if wanted is None else wanted
        self._store = application.store

    async def require(self, account_id: int | None) -> None:
        """Raises Unguarded. Nobody in particular is for others to refuse."""
        if self.asked and account_id is not None and not await self._store.read(is_guarded, account_id):
            raise Unguarded


def is_guarded(connection: Connection, account_id: int) -> bool:
    """Whether more than a password opens an account."""
    return bool(connection.value(GUARDED, (account_id, account_id)))


def open_staff(application: Ostrov) -> Staff:
    """What moderators must have."""
    return Staff(application)
