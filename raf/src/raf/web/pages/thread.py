"""One post with what it answers and what answers it."""

from __future__ import annotations

from litestar import get

from raf import entities
from raf.errors import Missing
from raf.filters.sifting import sift
from raf.web.answer import Answer, redirect
from raf.web.drafts import Draft
from raf.web.languages import trusted
from raf.web.parameters import Here, Id, Word
from raf.web.rendering import excerpt
from raf.web.visit import Visit


@get("/{handle:str}/{post_id:int}")
async def thread(visit: Here, handle: Word, post_id: Id) -> Answer:
    """The thread of a post."""
    house, raf = visit.house, visit.house.raf
    status = await status_at(visit, handle, post_id)
    home = f"/@{status.account.acct}/{status.id}"
    if visit.path != home:
        return redirect(home, visit.cookies)
    above, below = await raf.context(post_id, visit.account_id)
    document = sift([await raf.document(post_id, visit.account_id)], "thread", visit.account_id, keep=True)[0]
    return await house.page(
        visit,
        "thread.html",
        focus=trusted(house.fragments.post(document, visit.language, visit.account_id, "focus").decode()),
        above=await house.posts(visit, above, "above", where="thread"),
        below=await house.posts(visit, below, where="thread"),
        focus_id=post_id,
        author=status.account.display_name or status.account.username,
        words_of_post=status.spoiler_text or excerpt(status.content, 60),
        draft=await Draft.reply(visit, status, back=home) if visit.session else None,
    )


@get("/posts/{post_id:int}")
async def by_id(visit: Here, post_id: Id) -> Answer:
    """A post by its id alone."""
    status = await status_at(visit, "", post_id)
    return redirect(f"/@{status.account.acct}/{status.id}", visit.cookies)


async def status_at(visit: Visit, handle: str, post_id: int) -> entities.Status:
    """The post; a boost's address leads to the post in it. Raises Missing."""
    if handle and not handle.startswith("@"):
        raise Missing
    status = await visit.house.raf.status(post_id, visit.account_id)
    return status.reblog or status


HANDLERS = (thread, by_id)
