"""A post before it is sent: what the composer holds."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from raf import entities
from raf.domain.events import PollTerms
from raf.domain.quotes import EVERYBODY
from raf.web import unfinished
from raf.web.languages import Language

if TYPE_CHECKING:
    from raf.web.visit import Visit

STRICTNESS = {"public": 0, "unlisted": 1, "private": 2, "direct": 3}
DAY = "86400"
AS_IT_IS = "keep"
"""The length of a poll that ends when it was to end before."""


@dataclass(frozen=True)
class PollDraft:
    """A poll before it is sent. `length` is in seconds, or `AS_IT_IS`; `ends` tells when one that is out already ends."""

    options: tuple[str, ...] = ()
    length: str = DAY
    multiple: bool = False
    secret: bool = False
    ends: float = 0.0

    @classmethod
    def of(cls, terms: PollTerms) -> PollDraft:
        """The poll of a post that is out; one that is over needs a new length."""
        ends = terms.expires_at or 0.0
        length = AS_IT_IS if ends > time.time() else DAY
        return cls(terms.options, length, terms.multiple, terms.hide_totals, ends if length == AS_IT_IS else 0.0)


@dataclass(frozen=True)
class Draft:
    """`keep` names the place in the browser where an unfinished text waits, "" nowhere; `back_again`: it has waited."""

    action: str
    next: str
    send: str
    name: str = "new"
    text: str = ""
    spoiler_text: str = ""
    visibility: str = "public"
    quote_policy: str = EVERYBODY
    sensitive: bool = False
    language: str = "en"
    scheduled_at: str = ""
    keep: str = ""
    back_again: bool = False
    wrong: str = ""
    in_reply_to: entities.Status | None = None
    media: tuple[entities.MediaAttachment, ...] = ()
    may_attach: bool = True
    may_ask: bool = True
    may_choose_visibility: bool = True
    poll: PollDraft | None = None
    quoted: entities.Status | None = None
    redraft_of: str = ""

    @classmethod
    async def new(cls, visit: Visit, back: str, text: str = "", visibility: str = "") -> Draft:
        """An empty one, with the account's defaults."""
        source = (await visit.own_account()).source
        draft = cls(
            action="/compose",
            next=back,
            send=visit.language.say("Post"),
            text=text,
            visibility=visibility if visibility in STRICTNESS else source.privacy,
            sensitive=source.sensitive,
            language=source.language or visit.language.code,
            keep="" if text else "new",
        )
        return draft if text else draft.taken_up(visit)

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
            sensitive=account.source.sensitive,
            language=account.source.language or known_language(visit.language, post.language),
            keep=f"to-{post.id}",
            in_reply_to=post,
        ).taken_up(visit)

    @classmethod
    def edit(
        cls, visit: Visit, post: entities.Status, source: entities.StatusSource, back: str, terms: PollTerms | None = None
    ) -> Draft:
        """A new version of a post; `terms` are those of its poll."""
        return cls(
            action=f"/posts/{post.id}/edit",
            next=back,
            send=visit.language.say("Save"),
            name=f"edit-{post.id}",
            text=source.text,
            spoiler_text=source.spoiler_text,
            visibility=post.visibility,
            sensitive=post.sensitive,
            language=known_language(visit.language, post.language),
            media=tuple(post.media_attachments),
            may_attach=False,
            may_ask=not post.media_attachments,
            may_choose_visibility=False,
            poll=PollDraft.of(terms) if terms else None,
        )

    def taken_up(self, visit: Visit) -> Draft:
        """With what was put aside for it in this browser (see `raf.web.unfinished`)."""
        kept = unfinished.found(visit, self.keep)
        if kept is None:
            return self
        visibility = max(kept.visibility, self.visibility, key=STRICTNESS.__getitem__) if self.in_reply_to else kept.visibility
        return replace(
            self,
            text=kept.text,
            spoiler_text=kept.spoiler_text,
            visibility=visibility,
            quote_policy=kept.quote_policy or self.quote_policy,
            language=kept.language or self.language,
            back_again=True,
        )


def known_language(language: Language, code: str | None) -> str:
    known = {known for known, _ in language.other_languages}
    return code if code in known else language.code
