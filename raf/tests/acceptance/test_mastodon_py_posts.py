"""The library Mastodon.py asks, votes, schedules and talks on a running Raf."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from raf.tests.acceptance.clients import MastodonPy

if TYPE_CHECKING:
    from raf.tests.acceptance.conftest import Server

pytestmark = pytest.mark.long


def test_polls_scheduled_posts_and_conversations_are_as_the_library_knows_them(raf: Server) -> None:
    result = MastodonPy(raf.url).run(
        """
import datetime
zoya, yuri = (Mastodon(access_token=token, api_base_url=url) for token in given["tokens"])
asked = zoya.status_post("which?", poll=zoya.make_poll(["soy", "oat"], 600, multiple=True, hide_totals=False))
poll = yuri.poll_vote(asked.poll, [0, 1])
again = yuri.poll(asked.poll)
try:
    yuri.poll_vote(asked.poll, [1])
    refused = ""
except library.MastodonAPIError as problem:
    refused = str(problem)
later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
waiting = zoya.status_post("later", scheduled_at=later)
listed = zoya.scheduled_statuses()
moved = zoya.scheduled_status_update(waiting, later + datetime.timedelta(hours=1))
zoya.scheduled_status_delete(waiting)
said = zoya.status_post("@mpy_yuri a word?", visibility="direct")
talk = yuri.conversations()[0]
yuri.conversations_read(talk)
history = yuri.status_history(asked)
result = {
    "options": [(option.title, option.votes_count) for option in again.options],
    "voted": [poll.voted, again.own_votes, again.voters_count], "ends": again.expires_at > later - datetime.timedelta(hours=1),
    "refused": "already voted" in refused,
    "waiting": [one.params.text for one in listed], "moved": (moved.scheduled_at - waiting.scheduled_at).total_seconds(),
    "left": len(zoya.scheduled_statuses()),
    "talk": [talk.unread, talk.accounts[0].acct, talk.last_status.id == said.id, yuri.conversations()[0].unread],
    "history": len(history),
}
""",
        tokens=[raf.sign_up("mpy_zoya"), raf.sign_up("mpy_yuri")],
    )
    assert result == {
        "options": [["soy", 1], ["oat", 1]],
        "voted": [True, [0, 1], 1],
        "ends": True,
        "refused": True,
        "waiting": ["later"],
        "moved": 3600.0,
        "left": 0,
        "talk": [True, "mpy_zoya", True, False],
        "history": 1,
    }
