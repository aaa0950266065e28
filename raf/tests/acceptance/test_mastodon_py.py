"""The library Mastodon.py against a running Raf."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from raf.tests.acceptance.clients import MastodonPy
from raf.tests.integration.media.test_films import film

if TYPE_CHECKING:
    from raf.tests.acceptance.conftest import Server

pytestmark = pytest.mark.long
PASSWORD = "soy milk and coconut"


def test_a_program_signs_somebody_up_and_logs_in(raf: Server) -> None:
    result = MastodonPy(raf.url).run(
        """
client_id, secret = Mastodon.create_app("Cup", api_base_url=url, scopes=["read", "write", "follow", "push"])
api = Mastodon(client_id, secret, api_base_url=url)
token = api.create_account("mpy_anna", given["password"], "mpy_anna@example.org", agreement=True, locale="en")
me = api.account_verify_credentials()
other = Mastodon(client_id, secret, api_base_url=url)
other.log_in("mpy_anna@example.org", given["password"], scopes=["read", "write"], allow_http=True)
again = other.account_verify_credentials()
other.revoke_access_token(allow_http=True)
try:
    Mastodon(access_token=token + "x", api_base_url=url).account_verify_credentials()
    refused = ""
except library.MastodonUnauthorizedError as problem:
    refused = str(problem)
result = {"name": me.username, "same": me.id == again.id, "app": api.app_verify_credentials().name, "refused": refused,
          "instance": api.instance().domain, "nodeinfo": api.instance_nodeinfo().software.name,
          "version": api.retrieve_mastodon_version()}
""",
        password=PASSWORD,
    )
    assert result["name"] == "mpy_anna"
    assert result["same"] is True
    assert result["app"] == "Cup"
    assert "The access token is invalid" in result["refused"]
    assert raf.url.endswith(result["instance"])
    assert result["nodeinfo"] == "raf"
    assert result["version"] == "4.4.0"


def test_a_post_with_a_picture_is_read_at_home_and_answered(raf: Server, tmp_path: Path) -> None:
    cup = tmp_path / "cup.png"
    Image.effect_noise((1200, 900), 60).save(cup, "PNG")
    result = MastodonPy(raf.url).run(
        """
boris, vera = (Mastodon(access_token=token, api_base_url=url) for token in given["tokens"])
them = vera.account_lookup("mpy_boris")
assert vera.account_follow(them)["following"]
picture = boris.media_post(given["picture"], description="a cup", focus=(0.1, -0.2), synchronous=True)
assert picture.url and picture.blurhash
posted = boris.status_post("Raf with a picture #coconut", media_ids=[picture], visibility="public", language="en",
                           idempotency_key="k")
assert boris.status_post("Raf with a picture #coconut", media_ids=[picture], idempotency_key="k").id == posted.id
home = vera.timeline_home()
assert home[0].id == posted.id and home[0].media_attachments[0].description == "a cup"
reply = vera.status_reply(posted, "looks good")
vera.status_favourite(posted)
boost = vera.status_reblog(posted)
context = boris.status_context(posted)
assert [one.id for one in context.descendants] == [reply.id]
kinds = until(lambda: (lambda told: sorted(one.type for one in told) if len(told) >= 4 else None)(boris.notifications()))
vera.status_bookmark(posted)
assert vera.bookmarks()[0].id == posted.id and vera.favourites()[0].id == posted.id
assert boris.status_favourited_by(posted)[0].acct == "mpy_vera"
assert boris.status_reblogged_by(posted)[0].acct == "mpy_vera"
edited = boris.status_update(posted, "Raf with a better picture", media_ids=[picture])
assert len(boris.status_history(posted)) == 2
assert boris.status_source(posted).text == "Raf with a better picture"
assert boris.timeline_hashtag("coconut") == []
assert vera.timeline_local()[0].id in (posted.id, reply.id)
assert boris.search("mpy_vera").accounts[0].acct == "mpy_vera"
boris.status_pin(posted)
assert vera.account_statuses(them, pinned=True)[0].id == posted.id
assert vera.account_relationships(them)[0].following
boris.markers_set(["home"], [posted])
assert boris.markers_get(["home"])["home"].last_read_id
boris.status_delete(posted)
try:
    vera.status(posted)
    gone = False
except library.MastodonNotFoundError:
    gone = True
result = {"kinds": kinds, "gone": gone, "application": posted.application.name if posted.application else None,
          "reblog": boost.reblog.id == posted.id, "text": edited.content}
""",
        tokens=[raf.sign_up("mpy_boris"), raf.sign_up("mpy_vera")],
        picture=str(cup),
    )
    assert result == {
        "kinds": ["favourite", "follow", "mention", "reblog"],
        "gone": True,
        "application": "Tests",
        "reblog": True,
        "text": "<p>Raf with a better picture</p>",
    }


def test_pages_lead_through_a_long_timeline(raf: Server) -> None:
    result = MastodonPy(raf.url).run(
        """
api = Mastodon(access_token=given["token"], api_base_url=url)
sent = [api.status_post(f"{number}").id for number in range(25)]
first = api.account_statuses(api.me(), limit=10)
read = [one.id for one in api.fetch_remaining(first)]
back = api.fetch_previous(api.fetch_next(first))
result = {"all": read == sent[::-1], "back": [one.id for one in back] == [one.id for one in first],
          "limit": api.ratelimit_limit, "left": api.ratelimit_remaining < api.ratelimit_limit}
""",
        token=raf.sign_up("mpy_gleb"),
    )
    assert result == {"all": True, "back": True, "limit": 5000, "left": True}


def test_a_listener_hears_of_posts_edits_deletions_and_notifications(raf: Server) -> None:
    result = MastodonPy(raf.url).run(
        """
class Ear(StreamListener):
    def __init__(self): self.heard = []
    def on_update(self, status): self.heard.append(("update", status.content))
    def on_status_update(self, status): self.heard.append(("edit", status.content))
    def on_delete(self, status_id): self.heard.append(("delete", str(status_id)))
    def on_notification(self, notification): self.heard.append((notification.type, notification.account.acct))

dora, egor = (Mastodon(access_token=token, api_base_url=url) for token in given["tokens"])
dora.account_follow(egor.me())
mine, everybody, tagged = Ear(), Ear(), Ear()
assert dora.stream_healthy()
handles = [dora.stream_user(mine, run_async=True), dora.stream_public(everybody, run_async=True, local=True),
           dora.stream_hashtag("raf", tagged, run_async=True)]
until(lambda: all(handle.is_receiving() for handle in handles))
posted = egor.status_post("hello #raf")
until(lambda: mine.heard and everybody.heard and tagged.heard)
egor.status_update(posted, "hello again #raf")
until(lambda: any(kind == "edit" for kind, _ in mine.heard))
egor.status_post("@mpy_dora look", visibility="direct")
until(lambda: any(kind == "mention" for kind, _ in mine.heard))
egor.status_delete(posted)
until(lambda: ("delete", str(posted.id)) in mine.heard)
result = {"mine": [kind for kind, _ in mine.heard], "everybody": [kind for kind, _ in everybody.heard],
          "first": mine.heard[0][1], "secret": any("look" in str(what) for _, what in everybody.heard)}
print(json.dumps(result), flush=True)
os._exit(0)  # closing a handle waits for the stream's next beat
""",
        tokens=[raf.sign_up("mpy_dora"), raf.sign_up("mpy_egor")],
    )
    assert {"update", "edit", "mention", "delete"} <= set(result["mine"])
    assert result["everybody"][0] == "update"
    assert "hello" in result["first"]
    assert result["secret"] is False


def test_a_film_and_a_sound_are_posted_and_play(raf: Server, tmp_path: Path) -> None:
    film(tmp_path / "cup.webm", "libvpx", "libopus")
    film(tmp_path / "tune.ogg", None, "libopus")
    result = MastodonPy(raf.url).run(
        """
import urllib.request
api = Mastodon(access_token=given["token"], api_base_url=url)
film = api.media_post(given["film"], description="a cup turns red", synchronous=True)
sound = api.media_post(given["sound"], mime_type="audio/ogg", description="a tune", synchronous=True)
posts = [api.status_post("Look", media_ids=[film]), api.status_post("Listen", media_ids=[sound])]
shown = [post.media_attachments[0] for post in posts]
def head(address):
    with urllib.request.urlopen(urllib.request.Request(address, headers={"Range": "bytes=0-15"})) as answer:
        return [answer.status, answer.headers["content-type"], answer.read().hex()]
try:
    api.status_post("Both", media_ids=[api.media_post(given[kind], mime_type=said, synchronous=True)
                                     for kind, said in (("film", "video/webm"), ("sound", "audio/ogg"))])
    refused = ""
except library.MastodonAPIError as problem:
    refused = str(problem)
result = {"kinds": [one.type for one in shown], "said": [one.description for one in shown],
          "length": [one.meta.original.duration for one in shown], "poster": bool(shown[0].preview_url and shown[0].blurhash),
          "heads": [head(one.url) for one in shown], "refused": refused}
""",
        token=raf.sign_up("mpy_zoya"),
        film=str(tmp_path / "cup.webm"),
        sound=str(tmp_path / "tune.ogg"),
    )
    assert result["kinds"] == ["video", "audio"]
    assert result["said"] == ["a cup turns red", "a tune"]
    assert result["length"] == [pytest.approx(1.2, abs=0.15)] * 2
    assert result["poster"] is True
    assert [head[:2] for head in result["heads"]] == [[206, "video/mp4"], [206, "audio/mpeg"]]
    assert bytes.fromhex(result["heads"][0][2])[4:8] == b"ftyp"
    assert "Cannot attach a video" in result["refused"]
