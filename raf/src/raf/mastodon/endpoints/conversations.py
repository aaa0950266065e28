"""`/api/v1/conversations`: direct posts by thread."""

from __future__ import annotations

from litestar.params import FromPath

from raf.conversations.conversations import Conversations, open_conversations
from raf.entities import Conversation
from raf.mastodon.access import person
from raf.mastodon.answers import encode
from raf.mastodon.endpoint import Asked, delete, get, post

WRITE = person("write:conversations")


@get("/api/v1/conversations", person("read:statuses"), list[Conversation], paged=True)
async def index(call: Asked) -> bytes:
    """The last post of each thread, the newest first."""
    paging = call.paging(20, 40)
    found = await _conversations(call).all(call.account_id, paging)
    call.link(found.older, found.newer)
    return encode(found.items)


@post("/api/v1/conversations/{conversation_id:int}/read", WRITE, Conversation)
async def read(call: Asked, conversation_id: FromPath[int]) -> bytes:
    """It is read."""
    return encode(await _conversations(call).mark(call.account_id, conversation_id))


@post("/api/v1/conversations/{conversation_id:int}/unread", WRITE, Conversation)
async def unread(call: Asked, conversation_id: FromPath[int]) -> bytes:
    """It is not, after all."""
    return encode(await _conversations(call).mark(call.account_id, conversation_id, is_read=False))


@delete("/api/v1/conversations/{conversation_id:int}", WRITE)
async def destroy(call: Asked, conversation_id: FromPath[int]) -> bytes:
    """Put it away until somebody says more."""
    await _conversations(call).put_away(call.account_id, conversation_id)
    return b"{}"


def _conversations(call: Asked) -> Conversations:
    return call.house.application.part(open_conversations)


HANDLERS = [index, read, unread, destroy]
