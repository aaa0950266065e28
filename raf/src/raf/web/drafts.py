"""A post before it is sent: what the composer holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from raf import entities
from raf.web.languages import Language

if TYPE_CHECKING:
    from raf.web.visit import Visit

STRICTNESS = {"public": 0, "unlisted": 1, "private": 2, "direct": 3}


@dataclass(frozen=True)
class Draft:
    """`keep` names the place in the browser where an unfinished text waits; "" keeps it nowhere."""

    action: str
    next: str
    send: str
    name: str = "new"
    text: str = ""
    spoiler_text: str = ""
    visibility: str = "public"
    language: str = "en"
    keep: str = ""
    wrong: str = ""
    in_reply_to: entities.Status | None = None
    media: tuple[entities.MediaAttachment, ...] = ()
    may_attach: bool = True
    may_choose_visibility: bool = True
    poll: tuple[str, ...] = ()
    quoted: entities.Status | None = None
    redraft_of: str = ""

    @classmethod
    async def new(cls, visit: Visit, back: str, text: str = "", visibility: str = "") -> Draft:
        """An empty one, with the account's defaults."""
        source = (await visit.own_account()).source
        return cls(
            action="/compose",
            next=back,
            send=visit.language.say("Post"),
            text=text,
            visibility=visibility if visibility in STRICTNESS else source.privacy,
            language=source.language or visit.language.code,
            keep="" if text else "new",
        )

    @classmethod
    async def reply(cls, visit: Visit, post: entities.Status, back: str) -> Draft:
        """An answer: it mentions whom the post mentions, and is seen by no more people than the post."""
        account = await visit.own_account()
        names = [post.account.acct, *(mention.acct for mention in post.mentions)]
        mentioned = [name for name in dict.fromkeys(names) if name != account.acct]
        visibility = max(post.visibility, account.source.privacy, key=STRICTNESS.__getitem__)
        return cls(
            action="/compose",
            next=back,
            send=visit.language.say("Reply"),
            name=f"to-{post.id}",
            text="".join(f"@{name} " for name in mentioned),
            spoiler_text=post.spoiler_text,
            visibility=visibility,
            language=account.source.language or known_language(visit.language, post.language),
            keep=f"to-{post.id}",
            in_reply_to=post,
        )

    @classmethod
    def edit(cls, visit: Visit, post: entities.Status, source: entities.StatusSource, back: str) -> Draft:
        """A new version of a post."""
        return cls(
            action=f"/posts/{post.id}/edit",
            next=back,
            send=visit.language.say("Save"),
            name=f"edit-{post.id}",
            text=source.text,
            spoiler_text=source.spoiler_text,
            visibility=post.visibility,
            language=known_language(visit.language, post.language),
            media=tuple(post.media_attachments),
            may_attach=False,
            may_choose_visibility=False,
        )


def known_language(language: Language, code: str | None) -> str:
    known = {known for known, _ in language.other_languages}
    return code if code in known else language.code
