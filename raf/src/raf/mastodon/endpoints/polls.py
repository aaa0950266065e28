"""`/api/v1/polls`: looking and voting."""

from __future__ import annotations

import msgspec
from litestar.params import FromPath

from raf.entities import Poll
from raf.mastodon.access import person, reader
from raf.mastodon.answers import encode
from raf.mastodon.call import Id
from raf.mastodon.endpoint import Asked, get, post
from raf.polls.polls import open_polls


class VoteForm(msgspec.Struct):
    """The places of the chosen answers, from 0."""

    choices: list[Id] = []


@get("/api/v1/polls/{poll_id:int}", reader("read:statuses"), Poll)
async def show(call: Asked, poll_id: FromPath[int]) -> bytes:
    """A poll as it stands."""
    return encode(await call.house.application.part(open_polls).poll(poll_id, call.viewer_id))


@post("/api/v1/polls/{poll_id:int}/votes", person("write:statuses"), Poll, form=VoteForm)
async def vote(call: Asked, poll_id: FromPath[int]) -> bytes:
    """Choose answers; the poll as it stands then."""
    polls = call.house.application.part(open_polls)
    said = await call.form(VoteForm)
    await polls.vote(call.account_id, poll_id, said.choices)
    return encode(await polls.poll(poll_id, call.account_id))


HANDLERS = [show, vote]
