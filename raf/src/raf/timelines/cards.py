"""Cards of links come after their posts: what shows such a post is made anew, and who looks at it hears of it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import msgspec

from raf import live
from raf.previews.rows import Holder
from raf.timelines.delivery import deliver, post_publicly

if TYPE_CHECKING:
    from ostrov import Message
    from raf.timelines.memory import Memory

LOG = logging.getLogger(__name__)
DECODE = msgspec.json.Decoder(list[Holder]).decode


def heard(memory: Memory, message: Message) -> None:
    """Posts whose card is there now, told by any process."""
    try:
        found = DECODE(message.body)
    except msgspec.MsgspecError:
        LOG.warning("a message about cards cannot be read; what is remembered is dropped")
        memory.forget()
        return
    for post in found:
        shown(memory, post)


def shown(memory: Memory, post: Holder) -> None:
    """`status.update` to whoever has the post before them. Nothing says that it was edited: it was not."""
    memory.document_changed(post.status_id)
    content = live.body("status.update", post.status_id)
    for reader in list(memory.readers.watching(post.account_id)):
        if reader.home is None or post.status_id in reader.home.ids:
            deliver(reader, content)
    memory.board.post(f"raf.thread.{post.conversation_id}", content)
    if post.visibility == "public" and post.account_id not in memory.quiet:
        post_publicly(memory, "status.update", post.status_id, False)
