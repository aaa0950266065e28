"""Asking, voting, the end of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from ostrov import run_tasks
from raf.errors import Invalid, Missing, Refused
from raf.forms import NewPoll, PostChange
from raf.polls.polls import open_polls
from raf.testing import network, people, say

DRINK = NewPoll(options=("soy", "coconut", "oat"), expires_in=3600)
BOTH = NewPoll(options=("soy", "coconut", "oat"), expires_in=3600, multiple=True)


async def test_a_vote_is_counted_once_however_often_it_is_sent(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as here, network(tmp_path, database) as there:
        ada, boris, vera = await people(here, "ada", "boris", "vera")
        asked = await say(here, ada, "which?", poll=DRINK)
        pages = [here.application.part(open_polls), there.application.part(open_polls)]
        tries = [polls.vote(who, asked, [1]) for polls in pages for who in (boris, vera) for _ in range(3)]
        results = await asyncio.gather(*tries, return_exceptions=True)
        assert sum(result is None for result in results) == 2
        assert all("already voted" in str(result) for result in results if result is not None)
        here.memory.forget()
        shown = (await here.status(asked, boris)).poll
        assert shown is not None
        assert [option.votes_count for option in shown.options] == [0, 2, 0]
        assert (shown.votes_count, shown.voters_count, shown.voted, shown.own_votes) == (2, 2, True, [1])
        mine, stranger = (await here.status(asked, ada)).poll, (await here.status(asked, None)).poll
        assert mine is not None
        assert (mine.voted, mine.own_votes) == (True, []), "who asks has nothing to choose"
        assert stranger is not None
        assert not stranger.voted


async def test_of_many_answers_each_may_be_chosen_once_and_a_person_counts_once(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris = await people(raf, "ada", "boris")
        asked = await say(raf, ada, "which?", poll=BOTH)
        polls = raf.application.part(open_polls)
        await polls.vote(boris, asked, [0, 2, 0])
        await polls.vote(boris, asked, [1])
        with pytest.raises(Invalid, match="already voted"):
            await polls.vote(boris, asked, [2])
        shown = await polls.poll(asked, boris)
        assert ([option.votes_count for option in shown.options], shown.voters_count) == ([1, 1, 1], 1)
        assert shown.own_votes == [0, 1, 2]


@pytest.mark.parametrize(
    ("poll", "words"),
    [
        (NewPoll(options=("one", " "), expires_in=600), "Choices must have more than one item"),
        (NewPoll(options=("1", "2", "3", "4", "5"), expires_in=600), "Choices can't contain more than 4 items"),
        (NewPoll(options=("a", "a"), expires_in=600), "Choices contain duplicate items"),
        (NewPoll(options=("a", "b" * 51), expires_in=600), "Choices cannot be longer than 50 characters each"),
        (NewPoll(options=("a", "b"), expires_in=299), "Deadline is too soon"),
        (NewPoll(options=("a", "b"), expires_in=1e9), "Deadline is too far into the future"),
        (NewPoll(options=("a", "b")), "Deadline can't be blank"),
        (NewPoll(options=("", " ")), "Choices can't be blank, Choices must have more than one item, Deadline can't be blank"),
        (NewPoll(options=("a", "b"), expires_in=float("nan")), "Deadline is too far into the future"),
    ],
)
async def test_a_poll_that_makes_no_sense_is_refused_in_mastodons_words(tmp_path: Path, poll: NewPoll, words: str) -> None:
    async with network(tmp_path) as raf:
        (ada,) = await people(raf, "ada")
        with pytest.raises(Invalid, match=f"Validation failed: {words}"):
            await say(raf, ada, "which?", poll=poll)


async def test_nobody_votes_for_what_is_not_there_in_their_own_poll_or_in_one_they_may_not_see(
    tmp_path: Path, database: list[str]
) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris = await people(raf, "ada", "boris")
        asked = await say(raf, ada, "which?", poll=DRINK)
        secret = await say(raf, ada, "which?", poll=DRINK, visibility="private")
        plain = await say(raf, ada, "no question")
        polls = raf.application.part(open_polls)
        with pytest.raises(Invalid, match="does not exist"):
            await polls.vote(boris, asked, [3])
        with pytest.raises(Invalid, match="your own polls"):
            await polls.vote(ada, asked, [0])
        for hidden in (secret, plain):
            with pytest.raises(Missing):
                await polls.vote(boris, hidden, [0])
            with pytest.raises(Missing):
                await polls.poll(hidden, boris)


async def test_at_its_end_everybody_with_a_part_in_it_is_told_and_nobody_votes(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris, vera = await people(raf, "ada", "boris", "vera")
        asked = await say(raf, ada, "which?", poll=NewPoll(options=("a", "b"), expires_in=300, hide_totals=True))
        polls = raf.application.part(open_polls)
        await polls.vote(boris, asked, [0])
        before = await polls.poll(asked, boris)
        assert [option.votes_count for option in before.options] == [None, None], "the numbers are secret until the end"
        await run_tasks(raf.application)
        assert await raf.notifications(boris) == []
        await raf.store.write(lambda connection: connection.execute("UPDATE poll SET expires_at = expires_at - 301"))
        raf.memory.forget()
        with pytest.raises(Invalid, match="already ended"):
            await polls.vote(vera, asked, [0])
        after = (await raf.status(asked, boris)).poll
        assert after is not None
        assert after.expired
        assert [option.votes_count for option in after.options] == [1, 0]
        await raf.store.write(lambda connection: connection.execute("UPDATE poll SET expires_at = expires_at + 301"))
        await run_tasks(raf.application, ahead=301)
        told = {who: [note.type for note in await raf.notifications(who)] for who in (ada, boris, vera)}
        assert told == {ada: ["poll"], boris: ["poll"], vera: []}


async def test_other_answers_are_another_question_and_votes_for_the_old_one_are_void(
    tmp_path: Path, database: list[str]
) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris = await people(raf, "ada", "boris")
        asked = await say(raf, ada, "which?", poll=DRINK)
        polls = raf.application.part(open_polls)
        await polls.vote(boris, asked, [0])
        await raf.edit_post(ada, asked, PostChange(text="which one?"))
        assert (await polls.poll(asked, boris)).votes_count == 1, "another text is the same question"
        await raf.edit_post(ada, asked, PostChange(poll=NewPoll(options=("tea", "soy"), expires_in=3600)))
        changed = await polls.poll(asked, boris)
        assert (changed.votes_count, changed.voters_count, changed.voted) == (0, 0, False)
        await polls.vote(boris, asked, [1])
        history = await raf.status_history(asked, boris)
        assert history[0].poll == {"options": [{"title": title} for title in DRINK.options]}
        assert history[-1].poll == {"options": [{"title": "tea"}, {"title": "soy"}]}
        await raf.edit_post(ada, asked, PostChange(poll=None))
        assert (await raf.status(asked, boris)).poll is None
        with pytest.raises(Refused, match="Cannot attach more than 4 files"):
            await say(raf, ada, "which?", poll=DRINK, media_ids=(1,))


async def test_a_rebuild_from_events_counts_the_same(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris, vera = await people(raf, "ada", "boris", "vera")
        asked = await say(raf, ada, "which?", poll=BOTH)
        gone = await say(raf, ada, "which?", poll=BOTH)
        polls = raf.application.part(open_polls)
        await polls.vote(boris, asked, [0, 2])
        await polls.vote(vera, asked, [2])
        await polls.vote(vera, gone, [2])
        await raf.delete_post(ada, gone)
        before = (await polls.poll(asked, boris), await raf.documents([asked], boris))
        await raf.events.rebuild()
        raf.memory.forget()
        assert (await polls.poll(asked, boris), await raf.documents([asked], boris)) == before
        rows = await raf.store.read(lambda connection: connection.rows("SELECT DISTINCT status_id FROM poll_vote"))
        assert [tuple(row) for row in rows] == [(asked,)]
