"""The `raf.identity` section."""

from __future__ import annotations

from typing import Annotated

import msgspec

Positive = Annotated[int, msgspec.Meta(ge=1)]


class IdentitySettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Accounts' credentials, browser sessions, and how often somebody may try."""

    registrations: bool = True
    """Whether strangers may sign up."""
    approval: bool = False
    """Whether moderators look at who signs up before they are let in; the invited are in at once."""
    invitations: bool = True
    """Whether everybody here may invite others; moderators always may."""
    session_days: Positive = 30
    """A browser session ends this many days after the log-in, used or not."""
    argon2_time: Positive = 2
    """Passes over the memory of a hash."""
    argon2_memory: Annotated[int, msgspec.Meta(ge=8)] = 19456
    """KiB a password takes to hash (OWASP's minimum for argon2id with two passes); a login holds it for some 20 ms."""
    argon2_threads: Positive = 2
    """Passwords hashed at the same time."""
    log_in_tries: Positive = 5
    """Wrong passwords for one account before it must wait; each further one doubles the wait, to five minutes."""
    log_in_tries_of_address: Positive = 20
    """The same for one network address, to an hour."""
    sign_ups_of_address: Positive = 5
    """Accounts one network address may make in half an hour (as Mastodon)."""
    staff_second_factor: bool | None = None
    """Whether moderators must have an authenticator or a passkey before the desk and the admin API open to them; unset: when
    the address of the house begins with https (OWASP ASVS 4.3.1)."""
    key_file: str = "keys/secrets.key"
    """The key that seals authenticators' secrets, relative to `data_dir`, made at first use. Several machines share it."""
