"""Posts made of posts: quoting one, and writing one's own anew."""

from __future__ import annotations

from dataclasses import replace

from litestar import get

from raf.domain.quotes import EVERYBODY
from raf.errors import Forbidden
from raf.polls import reading as polls
from raf.quotes.quotes import open_quotes
from raf.web.answer import Answer
from raf.web.drafts import DAY, Draft, PollDraft
from raf.web.parameters import Here, Id


@get("/posts/{post_id:int}/quote")
async def quote_page(visit: Here, post_id: Id) -> Answer:
    """A page to quote a post on."""
    account_id = visit.member()
    status = await visit.house.raf.status(post_id, account_id)
    post = status.reblog or status
    draft = replace(await Draft.new(visit, back=f"/@{post.account.acct}/{post.id}"), quoted=post, keep="")
    shown = (await visit.house.posts(visit, [int(post.id)]))[0]
    return await visit.house.page(visit, "compose.html", heading=visit.language.say("Quote"), draft=draft, replied=shown)


@get("/posts/{post_id:int}/redraft")
async def redraft_page(visit: Here, post_id: Id) -> Answer:
    """A page to write one's own post anew on; the old one goes when the new one comes."""
    account_id = visit.member()
    raf = visit.house.raf
    status = await raf.status(post_id, account_id)
    if status.account.id != str(account_id) or status.reblog is not None:
        raise Forbidden
    draft = await redraft_of(visit, status.id)
    return await visit.house.page(
        visit, "compose.html", heading=visit.language.say("Write the post anew"), draft=draft, replied=None
    )


async def redraft_of(visit: Here, post_id: str) -> Draft:
    """The composer filled with what the old post says. Raises Missing."""
    account_id = visit.member()
    raf = visit.house.raf
    status = await raf.status(int(post_id), account_id)
    source = await raf.status_source(account_id, int(post_id))
    edited = Draft.edit(visit, status, source, back="/home")
    reply_to = await raf.statuses([int(status.in_reply_to_id)], account_id) if status.in_reply_to_id else []
    quoted = status.quote.quoted_status if status.quote else None
    terms = await raf.store.read(polls.terms, int(post_id))
    return replace(
        edited,
        action="/compose",
        send=visit.language.say("Post"),
        name=f"anew-{status.id}",
        in_reply_to=reply_to[0] if reply_to else None,
        quoted=quoted or None,
        redraft_of=status.id,
        may_attach=True,
        may_choose_visibility=True,
        may_ask=True,
        poll=replace(PollDraft.of(terms), length=DAY, ends=0.0) if terms else None,
        quote_policy=await visit.house.application.part(open_quotes).policy(int(post_id)) or EVERYBODY,
    )


HANDLERS = (quote_page, redraft_page)
