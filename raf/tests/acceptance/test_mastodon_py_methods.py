"""Every public method of Mastodon.py: called here against a running Raf, or named below with the reason why not."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from PIL import Image
from raf.tests.acceptance.clients import MastodonPy

if TYPE_CHECKING:
    from raf.tests.acceptance.conftest import Server

pytestmark = pytest.mark.long
PASSWORD = "soy milk and coconut"
ALL = "read write follow push profile admin:read admin:write"

NEWER = "is of Mastodon 4.5 and newer, the library refuses to ask this version for it"
REPORTS = "figures and reviewed trends are for a server's staff on its console here"
LEFT_OUT: dict[str, str] = dict.fromkeys(
    [
        *("admin_approve_trending_link", "admin_approve_trending_status", "admin_approve_trending_tag", "admin_dimensions"),
        *("admin_measures", "admin_reject_trending_link", "admin_reject_trending_status", "admin_reject_trending_tag"),
        *("admin_retention", "admin_trending_links", "admin_trending_statuses", "admin_trending_tags"),
    ],
    REPORTS,
) | {
    "annual_report": "a year in review is not made here",
    "annual_report_read": "a year in review is not made here",
    "annual_reports": "a year in review is not made here",
    "await_async_refresh": "nothing here is refreshed behind an answer",
    "get_async_refresh_info": "nothing here is refreshed behind an answer",
    "get_async_refresh_status": "nothing here is refreshed behind an answer",
    "email_resend_confirmation": "needs a relay of mail; tried with the letters",
    "follows": "was taken out of Mastodon 3.0: accounts are followed by their ids",
    "reports": "was taken out of Mastodon 2.5",
    "search_v1": "was taken out of Mastodon 3.0",
    "status_card": "was taken out of Mastodon 3.0: the card is in the post",
    "status_translate": "nothing is translated, and the instance says so",
    "oauth_userinfo": "asks by https only, which a server on this machine does not speak; tried in test_oauth.py",
    "push_subscription_generate_keys": "makes keys without the server, by a further package",
    "stream_open_websocket": "needs a further package; WebSockets are tried in test_streaming.py",
    "push_subscription_decrypt_push": "decrypts a draft of Web Push that no server sends any more",
    "set_language": "sets a default of the library itself",
    "persistable_login_credentials": "reads the library's own state",
    "decode_blurhash": "draws a picture without the server",
    "get_status_length": "counts without the server",
    "generate_media_edit_attributes": "builds a dictionary without the server",
    "clear_caches": "empties the library's own caches",
}

NOTED = """
CALLED = set()
class Noted(Mastodon):
    def __getattribute__(self, name):
        if not name.startswith("_") and callable(getattr(type(self), name, None)):
            CALLED.add(name)
        return super().__getattribute__(name)
def client(token):
    return Noted(access_token=token, api_base_url=url, ratelimit_method="throw")
"""
"""Calls of the library's own methods to each other count too: they reach the server just the same."""

ACCOUNTS = """
olga, boris, vera = map(client, given["tokens"])
me, b, v = olga.me(), boris.account_verify_credentials(), vera.me()
changed = olga.account_update_credentials(display_name="Olga", note="soy", avatar=given["picture"], header=given["picture"],
    locked=False, bot=False, discoverable=True, fields=[("milk", "oat")])
assert changed.display_name == "Olga" and changed.fields[0].value == "oat"
assert "missing" not in olga.account_delete_avatar().avatar and olga.account_delete_header().header
assert olga.account(b).acct == "boris" and [one.acct for one in olga.accounts([b, v])] == ["boris", "vera"]
assert olga.account_lookup("vera").id == v.id and olga.account_search("bori")[0].id == b.id
assert olga.account_follow(b, reblogs=False, notify=True).notifying
assert boris.account_follow(v).following and vera.account_follow(me).following
assert olga.account_followers(b)[0].id == me.id and olga.account_following(me)[0].id == b.id
assert olga.account_relationships([b, v])[0].following
assert olga.account_familiar_followers([v])[0].accounts[0].id == b.id
assert olga.account_remove_from_followers(v).followed_by is False
assert olga.account_note_set(b, "good").note == "good"
assert olga.account_endorse(b).endorsed and olga.endorsements()[0].id == b.id
assert not olga.account_unendorse(b).endorsed and olga.account_pin(b).endorsed and not olga.account_unpin(b).endorsed
assert olga.account_mute(v, duration=60).muting and olga.mutes()[0].id == v.id and not olga.account_unmute(v).muting
assert olga.account_block(v).blocking and olga.blocks()[0].id == v.id and not olga.account_unblock(v).blocking
olga.domain_block("bad.example"); assert olga.domain_blocks() == ["bad.example"]; olga.domain_unblock("bad.example")
olga.account_update_credentials(locked=True)
assert vera.account_follow(me).requested and boris.account_follow(me).requested
assert {one.acct for one in olga.follow_requests()} == {"boris", "vera"}
olga.follow_request_authorize(b); olga.follow_request_reject(v); olga.account_update_credentials(locked=False)
assert not olga.account_unfollow(b).following
assert olga.preferences()["posting:default:visibility"] == "public"
tag = olga.featured_tag_create("soy"); assert olga.featured_tags()[0].name == "soy"
assert olga.account_featured_tags(me)[0].name == "soy"; olga.featured_tag_delete(tag)
olga.status_post("#oat"); assert olga.featured_tag_suggestions()[0].name == "oat"
assert olga.tag("oat").name == "oat" and olga.tag_follow("oat").following and olga.followed_tags()[0].name == "oat"
assert not olga.tag_unfollow("oat").following and olga.tag_feature("oat").featuring and not olga.tag_unfeature("oat").featuring
people = olga.list_create("friends", replies_policy="none", exclusive=True); olga.account_follow(b)
assert olga.list_update(people, "good friends", replies_policy="list").title == "good friends" and olga.list(people).title
olga.list_accounts_add(people, [b])
assert olga.list_accounts(people)[0].id == b.id and olga.account_lists(b)[0].id == people.id
said = boris.status_post("for a list"); assert olga.timeline_list(people)[0].id == said.id and olga.lists()
olga.list_accounts_delete(people, [b]); olga.list_delete(people)
assert isinstance(olga.directory(limit=5), list) and isinstance(olga.suggestions(), list)
olga.suggestions_v1(); olga.suggestions_v2(); olga.suggestion_delete(v)
"""

POSTS = """
olga, boris, vera = map(client, given["tokens"])
me = olga.me()
picture = olga.media_post(given["picture"], description="a cup", synchronous=True)
assert olga.media(picture).id == picture.id and olga.media_update(picture, description="my cup").description == "my cup"
first = olga.status_post("one #soy https://example.org/raf", media_ids=[picture], idempotency_key="k", language="en")
assert olga.toot("two").content and olga.statuses([first])[0].id == first.id
edits = [olga.generate_media_edit_attributes(picture, description="cup")]
assert olga.status_update(first, "one more #soy", media_attributes=edits).edited_at
assert len(olga.status_history(first)) == 2 and olga.status_source(first).text == "one more #soy"
assert olga.status(first).id == first.id
reply = boris.status_reply(first, "yes"); assert olga.status_context(first).descendants[0].id == reply.id
assert boris.status_favourite(first).favourited and boris.favourites()[0].id == first.id
assert olga.status_favourited_by(first)[0].acct == "boris" and not boris.status_unfavourite(first).favourited
assert boris.status_reblog(first).reblog.id == first.id and olga.status_reblogged_by(first)[0].acct == "boris"
boris.status_unreblog(first); assert boris.status_bookmark(first).bookmarked and boris.bookmarks()[0].id == first.id
boris.status_unbookmark(first); assert olga.status_mute(first).muted and not olga.status_unmute(first).muted
assert olga.status_pin(first).pinned and olga.account_statuses(me, pinned=True)[0].id == first.id
assert not olga.status_unpin(first).pinned
asked = olga.status_post("milk?", poll=olga.make_poll(["soy", "oat"], 3600, hide_totals=True)).poll
assert boris.poll(asked).options[1].title == "oat" and boris.poll_vote(asked, [1]).own_votes == [1]
import datetime
later = olga.status_post("later", scheduled_at=datetime.datetime(2040, 1, 1, tzinfo=datetime.UTC))
assert olga.scheduled_statuses()[0].id == later.id and olga.scheduled_status(later).params.text == "later"
olga.scheduled_status_update(later, datetime.datetime(2041, 1, 1)); olga.scheduled_status_delete(later)
assert vera.timeline("public")[0].id and vera.timeline_public(local=True)
assert vera.timeline_local() and olga.timeline_home()
assert vera.timeline_hashtag("soy")[0].id == first.id and olga.timeline_is_available("public", local=True)
for one in (olga, boris):
    one.account_update_credentials(discoverable=True)
    one.status_post("look https://example.org/menu #menu")
assert vera.timeline_link("https://example.org/menu")
vera.trends(); vera.trending_tags(); vera.trending_statuses(); vera.trending_links()
page = olga.account_statuses(me, limit=1); more = olga.fetch_next(page)
assert olga.fetch_previous(more)[0].id == page[0].id and olga.get_pagination_info(page, "next")
assert len(olga.fetch_remaining(page)) >= 3 and next(olga.pagination_iterator(page))
assert next(olga.pagination_page_iterator(page))
assert vera.search("olga").accounts and vera.search_v2("olga", result_type="accounts").accounts
boris.status_post("@olga in secret", visibility="direct"); talk = until(lambda: olga.conversations())[0]
assert olga.conversations_read(talk).unread is False
until(lambda: len(olga.notifications(types=["mention", "poll", "favourite", "reblog"])) >= 2)
told = olga.notifications()
assert olga.notifications(id=told[0])
assert olga.notifications_unread_count().count >= 1 and olga.unread_grouped_notifications_count() is not None
groups = olga.grouped_notifications(expand_accounts="full"); key = groups.notification_groups[0].group_key
assert olga.grouped_notification(key).accounts and olga.grouped_notification_accounts(key)
olga.dismiss_grouped_notification(key); olga.notifications_dismiss(olga.notifications()[0])
assert olga.markers_set(["home"], [first]) and olga.markers_get(["home"])["home"].last_read_id
policy = olga.update_notifications_policy(for_not_following="filter")
assert olga.notifications_policy().for_not_following == "filter"
for word in ("a", "b", "c", "d"): vera.status_post("@olga " + word) if word in "ab" else None
asking = until(lambda: olga.notification_requests())[0]
assert olga.notification_request(asking).account.acct == "vera" and olga.notifications_merged()
olga.dismiss_notification_request(asking); vera.status_post("@olga c"); asking = until(lambda: olga.notification_requests())[0]
olga.accept_notification_request(asking); olga.accept_multiple_notification_requests([asking.id])
olga.dismiss_multiple_notification_requests([asking.id])
olga.update_notifications_policy(for_not_following="accept"); olga.notifications_clear(); assert olga.notifications() == []
filtered = olga.create_filter_v2("milk", ["home"], "warn", keywords_attributes=[{"keyword": "cow", "whole_word": True}])
assert olga.filter_v2(filtered).title == "milk" and olga.update_filter_v2(filtered, title="milks").title == "milks"
assert olga.filters_v2()
word = olga.add_filter_keyword_v2(filtered, "goat"); assert len(olga.filter_keywords_v2(filtered)) == 2
olga.delete_filter_keyword_v2(word); held = olga.add_filter_status_v2(filtered, first)
assert olga.filter_statuses_v2(filtered)[0].id == held.id and olga.filter_status_v2(held).status_id == first.id
olga.delete_filter_status_v2(held); olga.delete_filter_v2(filtered)
old = olga.filter_create("cow", ["home"])
assert olga.filter(old).phrase == "cow" and olga.filter_update(old, phrase="cows").phrase == "cows"
assert olga.filters_apply(olga.timeline_home(), olga.filters(), "home"); olga.filter_delete(old)
import base64
public = {name: base64.b64decode(given["keys"][name]) for name in ("pubkey", "auth")}
olga.push_subscription_set("https://push.example/1", public, mention_events=True)
assert olga.push_subscription().alerts.mention
assert olga.push_subscription_update(mention_events=False, policy="none").policy == "none"; olga.push_subscription_delete()
olga.status_delete(first)
"""

STAFF = """
olga, boris, vera = map(client, given["tokens"])
b, v = boris.me(), vera.me()
assert olga.admin_accounts() and olga.admin_accounts_v1() and olga.admin_accounts_v2(username="boris")[0].id == b.id
assert olga.admin_account(b).account.id == b.id
told = vera.report(b, comment="?", category="spam"); report = olga.admin_reports()[0]
assert olga.admin_report(report).id == told.id and olga.admin_report_assign(report).assigned_account
olga.admin_report_unassign(report)
assert olga.admin_report_resolve(report).action_taken and not olga.admin_report_reopen(report).action_taken
for action, undo in (("sensitive", olga.admin_account_unsensitive), ("silence", olga.admin_account_unsilence),
                     ("disable", olga.admin_account_enable), ("suspend", olga.admin_account_unsuspend)):
    olga.admin_account_moderate(b, action=action, text="?"); undo(b)
for method in (olga.admin_account_approve, olga.admin_account_reject):
    try: method(b)
    except library.MastodonAPIError as problem: assert problem.args[1] in (403, 404, 422), problem
domain = olga.admin_create_domain_block("bad.example", severity="silence"); assert olga.admin_domain_blocks()
assert olga.admin_update_domain_block(domain, severity="suspend").severity == "suspend"; olga.admin_delete_domain_block(domain)
allowed = olga.admin_create_domain_allow("good.example"); assert olga.admin_domain_allows() and olga.admin_domain_allow(allowed)
olga.admin_delete_domain_allow(allowed)
spam = olga.admin_create_email_domain_block("spam.example")
assert olga.admin_email_domain_blocks() and olga.admin_email_domain_block(spam)
olga.admin_delete_email_domain_block(spam)
ip = olga.admin_create_ip_block("192.0.2.1", "no_access"); assert olga.admin_ip_blocks() and olga.admin_ip_block(ip)
assert olga.admin_update_ip_block(ip, severity="sign_up_block").severity == "sign_up_block"; olga.admin_delete_ip_block(ip)
email = olga.admin_create_canonical_email_block(email="bad@example.org")
assert olga.admin_canonical_email_blocks() and olga.admin_canonical_email_block(email)
assert olga.admin_test_canonical_email_block("bad@example.org")
olga.admin_delete_canonical_email_block(email)
news = olga.announcements()[0]; olga.announcement_reaction_create(news, "☕")
olga.announcement_reaction_delete(news, "☕"); olga.announcement_dismiss(news)
olga.admin_account_moderate(v, action="suspend"); assert olga.admin_account_delete(v).id == v.id
"""

SERVER = """
client_id, secret = Noted.create_app("Cup", api_base_url=url); CALLED.add("create_app")
api = Noted(client_id, secret, api_base_url=url)
assert "code" in api.auth_request_url(allow_http=True) and api.oauth_authorization_server_info().token_endpoint
assert api.create_account("dora", given["password"], "dora@example.org", agreement=True)
fresh = Noted(client_id, secret, api_base_url=url); fresh.log_in("dora@example.org", given["password"], allow_http=True)
assert fresh.app_verify_credentials().name == "Cup"
assert api.instance().domain and api.instance_v1().uri and api.instance_v2().domain and api.instance_health()
assert api.instance_peers() == [] and len(api.instance_activity()) == 12 and api.instance_rules() and api.instance_languages()
assert api.instance_extended_description().content and api.instance_domain_blocks() is not None and api.custom_emojis() == []
assert api.instance_translation_languages() == {} and api.instance_nodeinfo().software.name == "raf"
try: api.instance_terms_of_service()
except library.MastodonNotFoundError: pass
assert api.verify_minimum_version("4.4.0") and api.get_supported_version() and api.retrieve_mastodon_version() == "4.4.0"
assert api.get_approx_server_time() and api.stream_healthy()
class Ear(StreamListener):
    def __init__(self): self.heard = []
    def on_update(self, status): self.heard.append(status.content)
people = fresh.list_create("all"); ear = Ear()
handles = [fresh.stream_hashtag("raf", ear, run_async=True), fresh.stream_list(people, ear, run_async=True)]
tell = fresh.stream_user, fresh.stream_user_notifications, fresh.stream_public, fresh.stream_local, fresh.stream_direct
for stream in tell:
    handles.append(stream(ear, run_async=True))
until(lambda: all(handle.is_receiving() for handle in handles))
fresh.status_post("heard #raf"); until(lambda: len(ear.heard) >= 4)
fresh.revoke_access_token(allow_http=True)
print(json.dumps(sorted(CALLED)), flush=True)
os._exit(0)  # closing a handle waits for the stream's next beat
"""


@pytest.fixture(scope="module")
def tokens(raf: Server) -> list[str]:
    found = [raf.sign_up(name, ALL) for name in ("olga", "boris", "vera")]
    raf.ostrov("raf", "role", "olga", "owner")
    raf.ostrov("raf", "announce", "There is coconut raf")
    return found


@pytest.fixture(scope="module")
def called() -> set[str]:
    """What the tests of this file called."""
    return set()


def keys() -> dict[str, str]:
    """What a browser hands out for pushes, in base64: a point of P-256 and a secret."""
    point = ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return {"pubkey": base64.b64encode(point).decode(), "auth": base64.b64encode(bytes(16)).decode()}


@pytest.mark.parametrize("script", [ACCOUNTS, POSTS, STAFF, SERVER], ids=["accounts", "posts", "staff", "server"])
def test_methods_work(raf: Server, tokens: list[str], called: set[str], script: str, tmp_path: Path) -> None:
    cup = tmp_path / "cup.png"
    Image.effect_noise((600, 400), 60).save(cup, "PNG")
    run = MastodonPy(raf.url).run
    found: Any = run(
        NOTED + script + "\nresult = sorted(CALLED)", tokens=tokens, picture=str(cup), password=PASSWORD, keys=keys()
    )
    called.update(found)


def test_every_public_method_was_called_or_is_left_out_for_a_reason(raf: Server, called: set[str]) -> None:
    public, newer = MastodonPy(raf.url).run(
        """
import inspect, re
public = [name for name, method in inspect.getmembers(Mastodon) if not name.startswith("_") and callable(method)]
def newer(name):
    added = re.search(r"Added: Mastodon v(\\d+)\\.(\\d+)", getattr(Mastodon, name).__doc__ or "")
    return added is not None and (int(added[1]), int(added[2])) > (4, 4)
result = [public, [name for name in public if newer(name)]]
"""
    )
    assert len(public) > 250
    assert set(public) - set(newer) - LEFT_OUT.keys() - called == set()
    assert LEFT_OUT.keys() <= set(public)
