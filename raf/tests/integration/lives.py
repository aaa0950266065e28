"""A whole life on a network: somebody who does everything that can be done here, with secrets in all they say."""

from __future__ import annotations

import io
import json
import time
import zipfile
from pathlib import Path

from PIL import Image

from ostrov import run_tasks
from raf.acquaintance.acquaintance import open_acquaintance
from raf.archive.archive import open_archive
from raf.factors.factors import open_factors
from raf.filters.filters import open_filters
from raf.filters.forms import FilterChange, KeywordChange
from raf.forms import NewPoll, NewPost, PostChange, ProfileChange
from raf.identity import NewAccount, open_identity
from raf.lists.forms import ListChange
from raf.lists.lists import open_lists
from raf.moderation import appeals, judging, reporting
from raf.moderation.moderation import open_moderation
from raf.moderation.reporting import NewReport
from raf.network import Raf
from raf.polls.polls import open_polls
from raf.quotes.quotes import open_quotes
from raf.scheduling.scheduling import open_scheduling
from raf.tags.tags import open_tags
from raf.testing import say

PASSWORD = "soy milk and coconut"
SECRETS = ("zanzibar", "Занзибар", "wombat", "quokka", "narwhal", "axolotl", "okapi")
"""Words that only the one who lives says."""


def picture(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (shade, 120, 60)).save(out, "PNG")
    return out.getvalue()


async def member(raf: Raf, name: str) -> int:
    """Somebody with an account as people open it."""
    new = NewAccount(username=name, email=f"{name}@example.org", password=PASSWORD, agreement=True)
    return await raf.sign_up(new)


def boxed(folder: Path) -> Path:
    """The archive of an account elsewhere, with one post."""
    actor, everybody = "https://old.example/users/okapi", "https://www.w3.org/ns/activitystreams#Public"
    note = {"id": f"{actor}/statuses/1", "type": "Note", "attributedTo": actor, "published": "2019-05-01T10:00:00Z"}
    note |= {"to": [everybody], "cc": [], "content": "quokka of long ago"}
    path = folder / "archive.zip"
    with zipfile.ZipFile(path, "w") as box:
        box.writestr("actor.json", json.dumps({"id": actor, "type": "Person"}))
        items = [{"type": "Create", "actor": actor, "object": note}]
        box.writestr("outbox.json", json.dumps({"type": "OrderedCollection", "orderedItems": items}))
    return path


async def live(raf: Raf, anna: int, vera: int, mod: int, folder: Path) -> dict[str, int]:
    """What `anna` does among others, and others with her; some of the ids. `mod` becomes a moderator."""
    made = await _write(raf, anna, vera)
    await _relate(raf, anna, vera, mod)
    await _be_judged(raf, anna, vera, mod, made["answer"])
    archive = raf.application.part(open_archive)
    await archive.order(anna)
    await run_tasks(raf.application)
    await archive.bring_sheet(anna, "following", "merge", "narwhal.csv", b"vera\nwombat@elsewhere.example\n")
    await run_tasks(raf.application)
    await archive.bring_archive(anna, "quokka.zip", boxed(folder))
    await run_tasks(raf.application)
    return made


async def _write(raf: Raf, anna: int, vera: int) -> dict[str, int]:
    for shade in (1, 3):
        avatar = await raf.portrait(anna, picture(shade), "avatar")
        await raf.update_profile(
            anna, ProfileChange(display_name="wombat", note="I live in Zanzibar", fields=[("quokka", "narwhal")], avatar=avatar)
        )
    media = await raf.upload(anna, picture(2), "an axolotl")
    await raf.upload(anna, picture(4), "an axolotl that nobody saw")
    post = await say(raf, anna, "zanzibar for @vera #okapi", media_ids=(media,), spoiler_text="Занзибар")
    await raf.edit_post(anna, post, PostChange(text="zanzibar again"))
    early = await say(raf, anna, "deleted narwhal")
    await raf.delete_post(anna, early)
    answer = await say(raf, vera, "I see", in_reply_to_id=post)
    asked = await say(raf, vera, "yes or no?", poll=NewPoll(options=("yes", "no"), expires_in=3600))
    await raf.application.part(open_polls).vote(anna, asked, [1])
    own = await say(raf, anna, "which?", poll=NewPoll(options=("wombat", "quokka"), expires_in=3600, multiple=True))
    await raf.application.part(open_polls).vote(vera, own, [0, 1])
    await raf.edit_post(anna, own, PostChange(poll=NewPoll(options=("wombat", "okapi"), expires_in=3600)))
    quoting, quoted = await say(raf, anna, "look, narwhal", quoted_id=answer), await say(raf, vera, "so it is", quoted_id=post)
    await raf.application.part(open_quotes).revoke(vera, answer, quoting)
    await raf.application.part(open_quotes).set_policy(anna, post, "followers")
    await say(raf, anna, "for you alone, @vera: wombat", visibility="direct")
    await raf.favourite(anna, answer)
    await raf.bookmark(anna, answer)
    await raf.reblog(anna, answer)
    await raf.mute_conversation(anna, asked)
    await raf.pin(anna, post)
    await raf.reblog(vera, post)
    await raf.favourite(vera, post)
    waiting = NewPost(text="narwhal, tomorrow", idempotency_key="okapi")
    await raf.application.part(open_scheduling).schedule(anna, waiting, time.time() + 86_400)
    return {"post": post, "answer": answer, "media": media, "asked": asked, "quoted": quoted}


async def _relate(raf: Raf, anna: int, vera: int, mod: int) -> None:
    for one, other in ((anna, vera), (vera, anna)):
        await raf.follow(one, other, languages=["ru"])
    locked = await member(raf, "locked")
    await raf.update_profile(locked, ProfileChange(locked=True))
    await raf.follow(anna, locked)
    await raf.follow(mod, locked)
    await raf.reject_follow(locked, mod)
    stranger = await member(raf, "stranger")
    await raf.block(anna, stranger)
    await raf.mute(anna, mod, duration=3600)
    await raf.block(stranger, anna)
    tags = raf.application.part(open_tags)
    await tags.follow(anna, "okapi")
    await tags.follow(anna, "coconut")
    await tags.unfollow(anna, "coconut")
    await tags.feature(anna, "okapi")
    lists = raf.application.part(open_lists)
    await lists.add(anna, (await lists.create(anna, ListChange(title="quokka"))).id, [vera])
    await lists.add(vera, (await lists.create(vera, ListChange(title="friends"))).id, [anna])
    known = raf.application.part(open_acquaintance)
    for one, other in ((anna, vera), (vera, anna)):
        await known.note(one, other, "wombat" if one == anna else "nice")
        await known.endorse(one, other)
    await raf.application.part(open_filters).create(
        anna, FilterChange(title="okapi", contexts=("home",), keywords=(KeywordChange(keyword="narwhal"),))
    )
    await raf.set_markers(anna, {"home": 7})
    await raf.application.part(open_factors).offer(anna)
    await raf.application.part(open_identity).open_session(anna, address="192.0.2.9")


async def _be_judged(raf: Raf, anna: int, vera: int, mod: int, answer: int) -> None:
    moderation = raf.application.part(open_moderation)
    await moderation.write(judging.give_role, 0, mod, "moderator")
    first = await moderation.report(anna, NewReport(target_id=vera, comment="axolotl", status_ids=(answer,)))
    await moderation.write(reporting.note, mod, first.id, "what does she mean?")
    await moderation.write(reporting.change, mod, first.id, "assign")
    await moderation.write(reporting.change, mod, first.id, "classify", "spam", None)
    second = await moderation.report(vera, NewReport(target_id=anna, comment="loud"))
    strike = await moderation.judge(mod, anna, "silence", "shh", second.id)
    await moderation.write(appeals.appeal, anna, strike, "okapi was right")
    await moderation.decide_appeal(mod, strike, approved=True)
    await moderation.judge(mod, anna, "sensitive", "careful")
    await moderation.lift(mod, anna, "unsensitive")
