"""Lists, filters, tags, notes and recommendations by Mastodon.py against a running Raf."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from raf.tests.acceptance.clients import MastodonPy, Toot

if TYPE_CHECKING:
    from pathlib import Path

    from raf.tests.acceptance.conftest import Server

pytestmark = pytest.mark.long


def test_a_list_is_kept_read_and_heard(raf: Server) -> None:
    result = MastodonPy(raf.url).run(
        """
class Ear(StreamListener):
    def __init__(self): self.heard = []
    def on_update(self, status): self.heard.append(status.content)

anna, boris, vera = (Mastodon(access_token=token, api_base_url=url) for token in given["tokens"])
them, other = boris.me(), vera.me()
for person in (them, other):
    anna.account_follow(person)
made = anna.list_create("Friends", replies_policy="none", exclusive=True)
anna.list_accounts_add(made, [them])
assert anna.list(made).title == "Friends" and anna.lists()[0].id == made.id
assert [one.acct for one in anna.list_accounts(made)] == ["lists_boris"]
assert [one.id for one in anna.account_lists(them)] == [made.id]
ear = Ear()
handle = anna.stream_list(made.id, ear, run_async=True)
until(handle.is_receiving)
said = boris.status_post("at the table")
vera.status_post("elsewhere")
until(lambda: ear.heard)
handle.close()
shown = [one.content for one in anna.timeline_list(made)]
home = [one.content for one in anna.timeline_home()]
changed = anna.list_update(made, "Guests", replies_policy="followed", exclusive=False)
anna.list_accounts_delete(made, [them])
assert anna.list_accounts(made) == []
anna.list_delete(made)
result = {"heard": ear.heard, "shown": shown, "home": home, "rule": changed.replies_policy, "left": len(anna.lists())}
""",
        tokens=[raf.sign_up(f"lists_{name}") for name in ("anna", "boris", "vera")],
    )
    assert result == {
        "heard": ["<p>at the table</p>"],
        "shown": ["<p>at the table</p>"],
        "home": ["<p>elsewhere</p>"],
        "rule": "followed",
        "left": 0,
    }


def test_filters_of_both_versions_are_kept_and_applied(raf: Server) -> None:
    result = MastodonPy(raf.url).run(
        """
anna = Mastodon(access_token=given["token"], api_base_url=url)
posted = anna.status_post("soon: the season finale")
made = anna.create_filter_v2("Spoilers", ["home", "public"], "hide", expires_in=3600,
                             keywords_attributes=[{"keyword": "finale", "whole_word": True}])
word = anna.add_filter_keyword_v2(made.id, "episode", True)
assert [one.keyword for one in anna.filter_keywords_v2(made.id)] == ["finale", "episode"]
kept = anna.add_filter_status_v2(made.id, posted.id)
assert anna.filter_statuses_v2(made.id)[0].status_id == str(posted.id)
found = anna.status(posted).filtered[0]
anna.delete_filter_keyword_v2(word.id)
anna.delete_filter_status_v2(kept.id)
assert len(anna.filter_v2(made.id).keywords) == 1 and len(anna.filters_v2()) == 1
anna.update_filter_v2(made.id, title="Endings")
old = anna.filters()[0]
first = anna.filter_create("cliffhanger", ["home"], irreversible=True, whole_word=False)
changed = anna.filter_update(first, phrase="twist", context=["thread"])
left = anna.filters_apply(anna.timeline_home(), anna.filters(), "home")
anna.filter_delete(first)
anna.delete_filter_v2(made.id)
result = {"match": [found.filter.title, found.keyword_matches, found.status_matches == [str(posted.id)]],
          "old": [old.phrase, old.irreversible], "changed": [changed.phrase, changed.context], "left": len(left),
          "none": [len(anna.filters()), len(anna.filters_v2())]}
""",
        token=raf.sign_up("filters_anna"),
    )
    assert result == {
        "match": ["Spoilers", ["finale"], True],
        "old": ["finale", True],
        "changed": ["twist", ["thread"]],
        "left": 0,
        "none": [0, 0],
    }


def test_tags_are_followed_and_shown_and_people_noted_and_recommended(raf: Server) -> None:
    result = MastodonPy(raf.url).run(
        """
anna, boris, vera = (Mastodon(access_token=token, api_base_url=url) for token in given["tokens"])
tag = anna.tag_follow("кофе")
boris.status_post("утро #кофе")
home = [one.content for one in anna.timeline_home()]
followed = [one.name for one in anna.followed_tags()]
after = anna.tag_unfollow("кофе")
shown = boris.featured_tag_create("кофе")
assert [one.name for one in anna.account_featured_tags(boris.me())] == ["кофе"]
boris.featured_tag_delete(shown)
assert boris.featured_tags() == [] and len(boris.featured_tag_suggestions()) == 1
them = boris.me()
anna.account_follow(them)
note = anna.account_note_set(them, "good beans")
recommended = anna.account_pin(them)
people = [one.acct for one in anna.endorsements()]
anna.account_unpin(them)
boris.account_follow(vera.me())
familiar = [one.acct for one in anna.account_familiar_followers(vera.me())[0].accounts]
preferences = anna.preferences()
result = {"tag": [tag.following, after.following], "home": len(home), "followed": followed, "uses": shown.statuses_count,
          "note": note.note, "endorsed": recommended.endorsed, "people": people, "familiar": familiar,
          "privacy": preferences["posting:default:visibility"]}
""",
        tokens=[raf.sign_up(f"tags_{name}") for name in ("anna", "boris", "vera")],
    )
    assert result == {
        "tag": [True, False],
        "home": 1,
        "followed": ["кофе"],
        "uses": "1",
        "note": "good beans",
        "endorsed": True,
        "people": ["tags_boris"],
        "familiar": ["tags_boris"],
        "privacy": "public",
    }


def test_toot_keeps_lists_and_tags_from_the_terminal(raf: Server, tmp_path: Path) -> None:
    boris = raf.sign_up("toot_lists_boris")
    raf.sign_up("toot_lists_anna")
    toot = Toot(raf.url, tmp_path)
    toot("login_cli", "-i", raf.url, "-e", "toot_lists_anna@example.org", "-p", "soy milk and coconut")
    toot("follow", "toot_lists_boris")
    toot("lists", "create", "Friends")
    toot("lists", "add", "Friends", "toot_lists_boris")
    assert "Friends" in toot("lists", "list")
    assert "toot_lists_boris" in toot("lists", "accounts", "Friends")
    toot("lists", "remove", "Friends", "toot_lists_boris")
    assert "toot_lists_boris" not in toot("lists", "accounts", "Friends")
    toot("lists", "delete", "Friends")
    toot("tags", "follow", "coffee")
    assert "coffee" in toot("tags", "followed")
    MastodonPy(raf.url).run(
        "Mastodon(access_token=given['token'], api_base_url=url).status_post('a cup of #coffee'); result = 1", token=boris
    )
    toot("tags", "feature", "coffee")
    assert "coffee" in toot("tags", "featured")
    toot("tags", "unfeature", "coffee")
    toot("tags", "unfollow", "coffee")
    assert "coffee" not in toot("tags", "followed")
