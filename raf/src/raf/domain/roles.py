"""Roles and what they allow, as Mastodon's bits (app/models/user_role.rb, Mastodon 4.4)."""

from __future__ import annotations

from typing import Final, NamedTuple

BITS: Final = (
    *("administrator", "view_devops", "view_audit_log", "view_dashboard", "manage_reports", "manage_federation"),
    *("manage_settings", "manage_blocks", "manage_taxonomies", "manage_appeals", "manage_users", "manage_invites"),
    *("manage_rules", "manage_announcements", "manage_custom_emojis", "manage_webhooks", "invite_users", "manage_roles"),
    *("manage_user_access", "delete_user_data"),
)
"""The names of the permissions, from the lowest bit."""
EVERYTHING: Final = (1 << len(BITS)) - 1


class Role(NamedTuple):
    """`rank`: who ranks higher may act on who ranks lower. `bits` as Mastodon writes them."""

    id: int
    name: str
    rank: int
    bits: int
    color: str = ""

    def may(self, permission: str) -> bool:
        """Whether it allows this; an administrator may do everything."""
        return bool(self.bits & 1) or bool(self.bits & bit(permission))


def bit(permission: str) -> int:
    """The bit of a permission's name."""
    return 1 << BITS.index(permission)


def _bits(*permissions: str) -> int:
    return sum(bit(permission) for permission in permissions)


EVERYBODY: Final = Role(-99, "", 0, _bits("invite_users"))
MODERATOR: Final = Role(
    *(1, "moderator", 10),
    _bits(
        *("view_dashboard", "view_audit_log", "manage_users", "manage_reports", "manage_taxonomies", "manage_appeals"),
        *("invite_users",),
    ),
    "#2c7a5b",
)
ADMIN: Final = Role(2, "admin", 100, EVERYTHING & ~_bits("administrator", "view_devops"), "#a8532a")
OWNER: Final = Role(3, "owner", 1000, EVERYTHING, "#7b4a2e")
ROLES: Final = {role.name: role for role in (EVERYBODY, MODERATOR, ADMIN, OWNER)}


def role_of(name: str) -> Role:
    """The role of this name; an unknown one allows what everybody may."""
    return ROLES.get(name, EVERYBODY)


def outranks(one: Role, other: Role) -> bool:
    """Whether one may act on the other's account."""
    return one.rank > other.rank
