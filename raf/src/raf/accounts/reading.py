"""Accounts as entities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec import UNSET

from ostrov import Connection
from raf import entities
from raf.domain.pictures import names_in
from raf.domain.roles import Role, role_of
from raf.media.attachments import Attachment, entity_of
from raf.media.portraits import default_avatar, default_header
from raf.times import day, iso, midnight

A = TypeVar("A", bound=entities.Account)
StatusVersion = tuple[str, str, int, float, list[Attachment], str | None]
"""Content, warning, sensitive, time and files of one version of a post."""


class AccountRow(NamedTuple):
    """A row of `account`."""

    id: int
    username: str
    domain: str
    display_name: str
    note: str
    note_html: str
    avatar: str | None
    header: str | None
    locked: int
    bot: int
    discoverable: int
    indexable: int
    hide_collections: int
    suspended: int
    fields: str
    default_visibility: str
    default_sensitive: int
    default_language: str | None
    created_at: float
    last_status_at: float | None
    followers_count: int
    following_count: int
    statuses_count: int
    silenced: int
    sensitized: int
    disabled: int
    held: int
    role: str


COLUMNS = ", ".join(f"account.{name}" for name in AccountRow._fields)
BY_IDS = f"SELECT {COLUMNS} FROM account WHERE id IN ({{marks}})"
BY_NAME = "SELECT id FROM account WHERE name_key = ? AND suspended = 0 AND held = 0"
PICTURES = "SELECT shortcode, file, static_file, category, visible FROM custom_emoji WHERE disabled = 0"
REQUESTS = "SELECT count(*) FROM follow_request WHERE target_id = ?"

GONE: dict[str, Any] = {
    "display_name": "",
    "note": "",
    "note_html": "",
    "avatar": None,
    "header": None,
    "fields": "[]",
    "statuses_count": 0,
}
"""What is not shown of a suspended account."""


def rows(connection: Connection, ids: Sequence[int]) -> list[AccountRow]:
    """The accounts that exist, in no order."""
    if not ids:
        return []
    return [AccountRow(*row) for row in connection.rows(BY_IDS.format(marks=", ".join("?" * len(ids))), ids)]


def id_of_name(connection: Connection, name: str) -> int | None:
    """The account called so, upper and lower case alike."""
    found: int | None = connection.value(BY_NAME, (name.lower(),))
    return found


def follow_requests(connection: Connection, account_id: int) -> int:
    """How many wait to be allowed to follow."""
    found: int = connection.value(REQUESTS, (account_id,))
    return found


def role_entity(role: Role) -> entities.Role:
    """A role as Mastodon's API writes it."""
    return entities.Role(
        id=str(role.id), name=role.name, permissions=str(role.bits), color=role.color, highlighted=role.rank > 0
    )


class Portrayal:
    """Makes entities of rows. `url` is the public address without a slash at its end."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._pictures: dict[str, entities.CustomEmoji] = {}
        self._known = False

    def learn(self, connection: Connection) -> None:
        """Know the pictures of the house, before names and posts are made that may hold them."""
        if not self._known:
            self._known = True
            base = f"{self.url}/media/"
            self._pictures = {
                shortcode: entities.CustomEmoji(
                    shortcode=shortcode,
                    url=base + file,
                    static_url=base + static_file,
                    visible_in_picker=bool(visible),
                    category=category,
                )
                for shortcode, file, static_file, category, visible in connection.rows(PICTURES)
            }

    def forget(self) -> None:
        """The pictures have changed."""
        self._known = False

    def pictured(self, *texts: str) -> list[entities.CustomEmoji]:
        """The pictures of the house that these texts name."""
        if not self._pictures:
            return []
        return [self._pictures[name] for name in names_in(*texts) if name in self._pictures]

    def account(self, row: AccountRow) -> entities.Account:
        return self._fill(row, entities.Account)

    def muted_account(self, row: AccountRow, expires_at: float | None) -> entities.MutedAccount:
        return self._fill(row, entities.MutedAccount, mute_expires_at=None if expires_at is None else iso(expires_at))

    def credential_account(self, row: AccountRow, requests: int) -> entities.CredentialAccount:
        source = entities.Source(
            privacy=row.default_visibility,
            sensitive=bool(row.default_sensitive),
            language=row.default_language,
            note=row.note,
            fields=[entities.Field(name=name, value=value) for name, value, _ in msgspec.json.decode(row.fields)],
            follow_requests_count=requests,
            hide_collections=bool(row.hide_collections),
            discoverable=bool(row.discoverable),
            indexable=bool(row.indexable),
        )
        role = role_entity(role_of(row.role))
        return self._fill(row, entities.CredentialAccount, source=source, role=role)

    def mention(self, account_id: int, username: str, domain: str) -> entities.Mention:
        acct = f"{username}@{domain}" if domain else username
        return entities.Mention(id=str(account_id), username=username, acct=acct, url=f"{self.url}/@{acct}")

    def edit(self, version: StatusVersion, author: entities.Account) -> entities.StatusEdit:
        content, spoiler_text, sensitive, created_at, media, options = version
        return entities.StatusEdit(
            content=self.outward(content),
            spoiler_text=spoiler_text,
            sensitive=bool(sensitive),
            created_at=iso(created_at),
            account=author,
            media_attachments=[entity_of(attachment, f"{self.url}/media/") for attachment in media],
            poll={"options": [{"title": title} for title in msgspec.json.decode(options)]} if options else UNSET,
        )

    def outward(self, html: str) -> str:
        """HTML as it is sent out: local addresses get the public one before them."""
        return html.replace('href="/', f'href="{self.url}/') if 'href="/' in html else html

    def _fill(self, row: AccountRow, kind: type[A], **more: Any) -> A:
        if row.suspended:
            row = row._replace(**GONE)
        role = role_of(row.role) if row.role else None
        acct = f"{row.username}@{row.domain}" if row.domain else row.username
        avatar = f"{self.url}/media/{row.avatar or default_avatar(row.username)}"
        header = f"{self.url}/media/{row.header or default_header(row.username)}"
        return kind(
            id=str(row.id),
            username=row.username,
            acct=acct,
            display_name=row.display_name,
            locked=bool(row.locked),
            bot=bool(row.bot),
            discoverable=bool(row.discoverable),
            indexable=bool(row.indexable),
            created_at=midnight(row.created_at),
            note=self.outward(row.note_html),
            url=f"{self.url}/@{acct}",
            uri=f"{self.url}/users/{row.username}",
            avatar=avatar,
            avatar_static=avatar,
            header=header,
            header_static=header,
            followers_count=row.followers_count,
            following_count=row.following_count,
            statuses_count=row.statuses_count,
            last_status_at=None if row.last_status_at is None else day(row.last_status_at),
            hide_collections=bool(row.hide_collections),
            fields=[entities.Field(name=name, value=self.outward(html)) for name, _, html in msgspec.json.decode(row.fields)],
            emojis=self.pictured(row.display_name, row.note, row.fields),
            roles=[entities.AccountRole(id=str(role.id), name=role.name, color=role.color)] if role else [],
            suspended=True if row.suspended else UNSET,
            limited=True if row.silenced else UNSET,
            **more,
        )
