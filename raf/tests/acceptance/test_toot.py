"""The terminal client `toot` against a running Raf."""

from __future__ import annotations

import io
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from PIL import Image
from raf.tests.acceptance.clients import Toot

if TYPE_CHECKING:
    from raf.tests.acceptance.conftest import Server

pytestmark = pytest.mark.long
PASSWORD = "soy milk and coconut"


def logged_in(raf: Server, name: str, home: Path) -> Toot:
    raf.sign_up(name)
    toot = Toot(raf.url, home / name)
    toot("login_cli", "-i", raf.url, "-e", f"{name}@example.org", "-p", PASSWORD)
    return toot


def picture(folder: Path) -> Path:
    path = folder / "cup.jpg"
    Image.effect_noise((800, 600), 60).convert("RGB").save(path, "JPEG")
    return path


def test_a_person_posts_a_picture_from_the_terminal_and_reads_it_at_home(raf: Server, tmp_path: Path) -> None:
    anna = logged_in(raf, "toot_anna", tmp_path)
    assert "toot_anna" in anna("whoami")
    said = anna(
        "post", "Раф на кокосовом", "--media", str(picture(tmp_path)), "--description", "a cup", "--visibility", "public"
    )
    assert raf.url in said
    home = (
        anna("timelines", "home", "--no-pager", "--limit", "5")
        if "home" in anna("timelines", "--help")
        else anna("timeline", "--once")
    )
    assert "Раф на кокосовом" in home
    url = re.search(r"https?://\S+", said)
    assert url is not None
    status = anna.json("status", url[0].rsplit("/", 1)[1])
    attachment = status["media_attachments"][0]
    assert attachment["description"] == "a cup"
    assert attachment["blurhash"]
    for address in (attachment["url"], attachment["preview_url"]):
        served = httpx.get(address)
        assert served.status_code == 200
        Image.open(io.BytesIO(served.content)).load()


def test_people_talk_from_their_terminals(raf: Server, tmp_path: Path) -> None:
    boris, vera = logged_in(raf, "toot_boris", tmp_path), logged_in(raf, "toot_vera", tmp_path)
    first = vera.json("post", "soy or coconut?")
    boris("follow", "toot_vera")
    assert "toot_vera" in boris("following", "toot_boris")
    reply = boris.json("post", "@toot_vera coconut", "--reply-to", first["id"])
    boris("favourite", first["id"])
    boris("reblog", first["id"])
    boris("bookmark", first["id"])
    thread = vera("thread", first["id"])
    assert "soy or coconut?" in thread
    assert "coconut" in thread
    assert "soy or coconut?" in boris("bookmarks")
    deadline = time.monotonic() + 20
    while not all(word in (told := vera("notifications")) for word in ("favourited", "mentioned", "boosted", "follows")):
        assert time.monotonic() < deadline, told
        time.sleep(0.1)
    boris("unfavourite", first["id"])
    boris("unreblog", first["id"])
    seen = vera.json("status", first["id"])
    assert (seen["favourites_count"], seen["reblogs_count"], seen["replies_count"]) == (0, 0, 1)
    boris("delete", reply["id"])
    assert "soy or coconut?" in boris("search", "toot_vera") or "toot_vera" in boris("search", "toot_vera")
    boris("mute", "toot_vera")
    assert "toot_vera" in boris("muted")
    boris("unmute", "toot_vera")
    boris("unfollow", "toot_vera")


def test_a_person_logs_in_through_the_browser(raf: Server, tmp_path: Path) -> None:
    raf.sign_up("toot_gleb")
    toot = Toot(raf.url, tmp_path / "gleb")
    with httpx.Client(base_url=raf.url, follow_redirects=True) as browser:
        program = raf.register()  # only to know what the page looks like before toot asks for it
        asked = {
            "response_type": "code",
            "redirect_uri": "urn:ietf:wg:oauth:2.0:oob",
            "scope": "read write follow",
            "client_id": program["client_id"],
        }
        assert browser.get("/oauth/authorize/", params=asked).url.path == "/log-in"
        toot_url = start_login(toot)
        page = browser.get(toot_url)
        form = hidden(page) | {"name": "toot_gleb", "password": PASSWORD}
        page = browser.post("/log-in", data=form)
        assert page.url.path.rstrip("/") == "/oauth/authorize", page.text
        assert "toot" in page.text
        shown = browser.post("/oauth/authorize", data=hidden(page) | {"decision": "allow"})
        code = re.search(r'readonly value="([^"]+)"', shown.text)
        assert code is not None
    toot("login", "-i", raf.url, answer=f"n\n{code[1]}\n")
    assert "toot_gleb" in toot("whoami")


def start_login(toot: Toot) -> str:
    """The address that toot asks a person to open. Its client is kept, so the next `login` uses the same."""
    import subprocess

    done = subprocess.run(
        [toot._program, "login", "-i", toot.url],
        input="n\n",
        capture_output=True,
        text=True,
        env=toot._environ,
        timeout=30,
        check=False,
    )
    found = re.search(r"https?://\S+/oauth/authorize/\S+", done.stdout)
    assert found is not None, done.stdout + done.stderr
    return found[0]


def hidden(page: httpx.Response) -> dict[str, str]:
    """The hidden fields of a page's form."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text)
    return {name: value.replace("&amp;", "&").replace("&#34;", '"') for name, value in found}


def test_a_person_changes_the_profile_from_the_terminal(raf: Server, tmp_path: Path) -> None:
    dora = logged_in(raf, "toot_dora", tmp_path)
    dora(
        "update_account",
        "--display-name",
        "Дора ☕",
        "--note",
        "soy",
        "--avatar",
        str(picture(tmp_path)),
        "--privacy",
        "unlisted",
    )
    me = dora.json("whoami")
    assert me["display_name"] == "Дора ☕"
    assert me["source"]["privacy"] == "unlisted"
    assert httpx.get(me["avatar"]).status_code == 200
