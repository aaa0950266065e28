"""What a push says, in the language of who gets it, in the shape Mastodon's clients read (`Web::NotificationSerializer`)."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import msgspec

from raf.entities import Notification, Status

LONGEST = 140
TAGS = re.compile(r"<[^>]+>")
BREAKS = re.compile(r"</p>|<br\s*/?>")
TITLES = {
    "en": {
        "mention": "{name} mentioned you",
        "status": "{name} posted",
        "reblog": "{name} boosted your post",
        "follow": "{name} follows you now",
        "follow_request": "{name} asks to follow you",
        "favourite": "{name} likes your post",
        "poll": "A poll has ended",
        "update": "{name} edited a post you boosted",
        "quote": "{name} quoted your post",
        "admin.sign_up": "{name} signed up",
        "admin.report": "A new report",
        "moderation_warning": "The moderators have something to tell you",
        "": "News from {name}",
    },
    "ru": {
        "mention": "{name}: упоминание вас",
        "status": "{name}: новый пост",
        "reblog": "{name}: буст вашего поста",
        "follow": "{name} теперь читает вас",
        "follow_request": "{name} просится в читатели",
        "favourite": "{name}: ваш пост нравится",
        "poll": "Опрос завершён",
        "update": "{name}: правка поста, который вы бустнули",
        "quote": "{name}: цитата вашего поста",
        "admin.sign_up": "{name}: новая учётная запись",
        "admin.report": "Новая жалоба",
        "moderation_warning": "Модераторам есть что вам сказать",
        "": "Новости: {name}",
    },
}


class Said(msgspec.Struct):
    """The content of a push. `access_token` tells a client which of its accounts it is for. `url` is where a click leads."""

    notification_id: int
    notification_type: str
    icon: str
    title: str
    body: str
    preferred_locale: str
    url: str
    access_token: str = ""


def said_of(note: Notification, language: str, site: str, token: str = "") -> Said:
    """The words for a notification."""
    titles = TITLES.get(language, TITLES["en"])
    name = note.account.display_name or note.account.username
    status = note.status if isinstance(note.status, Status) else None
    return Said(
        notification_id=int(note.id),
        notification_type=note.type,
        icon=note.account.avatar_static,
        title=titles.get(note.type, titles[""]).format(name=name),
        body=_excerpt(status.spoiler_text or status.content) if status else f"@{note.account.acct}",
        preferred_locale=language,
        url=site + _place(note, status),
        access_token=token,
    )


def _place(note: Notification, status: Status | None) -> str:
    if note.type == "moderation_warning":
        return "/standing"
    if note.type == "admin.report":
        report: Any = note.report
        return f"/moderation/reports/{report.id}"
    return f"/@{status.account.acct}/{status.id}" if status else f"/@{note.account.acct}"


def _excerpt(html: str) -> str:
    text = unescape(TAGS.sub("", BREAKS.sub(" ", html))).strip()
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
