"""Every command of the terminal client `toot`, with its options, against a running Raf."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from raf.tests.acceptance.clients import Toot
from raf.tests.acceptance.test_toot import logged_in, picture

if TYPE_CHECKING:
    from raf.tests.acceptance.conftest import Server

pytestmark = pytest.mark.long
USED: set[str] = set()
"""The commands that the tests of this file ran."""
PAGE = ("--no-pager", "--no-clear")
ESCAPE = re.compile(r"\x1b(?:\[[0-9;?]*[a-zA-Z]|[()][0-9A-Z])|[\x0e\x0f]")


class Noted(Toot):
    """Notes which commands it is asked for."""

    def __call__(self, *arguments: str, answer: str = "") -> str:
        words = [word for word in arguments[:2] if re.fullmatch(r"[a-z][a-z_-]*", word)]
        USED.update((*words[:1], " ".join(words)))
        return super().__call__(*arguments, answer=answer)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("terminals")


@pytest.fixture(scope="module")
def anna(raf: Server, home: Path) -> Toot:
    logged_in(raf, "anna", home)
    return Noted(raf.url, home / "anna")


@pytest.fixture(scope="module")
def boris(raf: Server, home: Path) -> Toot:
    logged_in(raf, "boris", home)
    return Noted(raf.url, home / "boris")


def until(condition: Callable[[], Any], seconds: float = 30) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


def ids(statuses: list[Any]) -> list[str]:
    return [one["id"] for one in statuses]


def spoken(toot: Toot, *arguments: str) -> Any:
    """The JSON that is printed after what an upload says of itself."""
    told = toot(*arguments, "--json")
    return json.loads(told[told.index("{") :])


def test_posts_with_a_link_that_is_talked_about_are_read(anna: Toot, boris: Toot) -> None:
    link = "https://example.org/menu"
    for toot in (anna, boris):
        toot("update-account", "--discoverable")  # trends are of people who want to be found
    said = {toot.json("post", f"look {link}")["id"] for toot in (anna, boris)}
    assert said <= set(ids(anna.json("timelines", "link", link, *PAGE)))


def test_a_post_has_every_option_that_toot_knows(anna: Toot, home: Path) -> None:
    cup = str(picture(home))
    rich = spoken(
        anna,
        *("post", "raf **of** everything #soy", "--media", cup, "--description", "a cup", "--thumbnail", cup),
        *("--visibility", "unlisted", "--sensitive", "--spoiler-text", "coffee", "--language", "en"),
        *("--content-type", "text/plain"),
    )
    assert (rich["visibility"], rich["sensitive"], rich["spoiler_text"], rich["language"]) == ("unlisted", True, "coffee", "en")
    assert rich["media_attachments"][0]["description"] == "a cup"
    assert anna.json("post", "and more", "--reply-last")["in_reply_to_id"] == rich["id"]
    assert anna.json("post", "and more", "--reply-to", rich["id"])["in_reply_to_id"] == rich["id"]
    later = anna.json("post", "later", "--scheduled-in", "1 day")
    assert later["params"]["text"] == "later"
    assert anna.json("post", "later", "--scheduled-at", "2040-01-02T03:04:05Z")["scheduled_at"] == "2040-01-02T03:04:05.000Z"
    assert anna("post", "--using", f"anna@{anna.url.removeprefix('http://')}", "by name")


def test_a_poll_is_asked_shown_and_voted_on(anna: Toot, boris: Toot) -> None:
    options = ("--poll-option", "soy", "--poll-option", "oat", "--poll-option", "rice")
    asked = anna.json("post", "milk?", *options, "--poll-expires-in", "2 hours", "--poll-multiple", "--poll-hide-totals")
    poll = asked["poll"]
    assert (poll["multiple"], poll["options"][0]["votes_count"]) == (True, None)
    assert "soy" in boris("polls", "show", poll["id"])
    boris("polls", "vote", poll["id"], "0", "2")
    assert boris.json("polls", "show", poll["id"])["own_votes"] == [0, 2]


def test_a_file_is_uploaded_alone(anna: Toot, home: Path) -> None:
    sent = anna.json("upload", str(picture(home)), "--description", "a cup")
    assert (sent["type"], sent["description"]) == ("image", "a cup")


def test_a_post_is_liked_boosted_kept_pinned_and_all_of_it_undone(anna: Toot, boris: Toot) -> None:
    post = anna.json("post", "raf")["id"]
    for command, undo, counted in (
        ("favourite", "unfavourite", "favourited"),
        ("reblog", "unreblog", "reblogged"),
        ("bookmark", "unbookmark", "bookmarked"),
    ):
        boris(command, post)
        assert boris.json("status", post)[counted] is True
        if command == "reblog":
            assert "boris" in anna("reblogged-by", post)
        if command == "bookmark":
            assert "raf" in boris("bookmarks", "--once", "--reverse", "--count", "5")
        if command == "favourite":
            assert post in ids(boris.json("timelines", "favourites", *PAGE))
        boris(undo, post)
        assert boris.json("status", post)[counted] is False
    boris("reblog", post, "--visibility", "private")
    anna("pin", post)
    anna("unpin", post)
    assert "raf" in anna("thread", post)
    anna("delete", post)
    assert "raf" not in anna("timelines", "account", "anna", *PAGE).splitlines()


def test_people_follow_block_and_mute(anna: Toot, boris: Toot) -> None:
    boris("follow", "anna")
    assert "anna" in boris("following")
    assert "boris" in anna("followers")
    boris("unfollow", "anna")
    for command, listed, undo in (("block", "blocked", "unblock"), ("mute", "muted", "unmute")):
        boris(command, "anna")
        assert "anna" in boris(listed)
        boris(undo, "anna")
        assert "anna" not in boris(listed)


def test_requests_to_follow_are_answered(anna: Toot, boris: Toot) -> None:
    anna("update-account", "--locked")
    try:
        boris("follow", "anna")
        assert "boris" in anna("follow-requests", "list")
        anna("follow-requests", "reject", "boris")
        assert "boris" not in anna("follow-requests", "list")
        boris("follow", "anna")
        anna("follow-requests", "accept", "boris")
        assert "boris" in anna("followers")
    finally:
        anna("update-account", "--no-locked")


def test_a_profile_is_changed_in_every_way(anna: Toot, home: Path) -> None:
    cup = str(picture(home))
    words = ("--display-name", "Anna", "--note", "soy", "--avatar", cup, "--header", cup, "--bot", "--discoverable")
    changed = anna.json("update-account", *words, "--privacy", "unlisted", "--sensitive", "--language", "ru")
    assert (changed["display_name"], changed["bot"], changed["discoverable"]) == ("Anna", True, True)
    assert changed["source"]["language"] == "ru"
    assert "Anna" in anna("whois", "anna")
    assert "Anna" in anna("whoami")
    back = ("--no-bot", "--no-discoverable", "--privacy", "public", "--no-sensitive")
    assert anna.json("update-account", *back)["source"]["privacy"] == "public"


def test_lists_are_made_filled_read_and_deleted(anna: Toot, boris: Toot) -> None:
    anna("follow", "boris")
    said = boris.json("post", "for a list")["id"]
    anna("lists", "create", "friends", "--replies-policy", "followed")
    anna("lists", "add", "friends", "boris")
    assert "friends" in anna("lists", "list")
    assert "boris" in anna("lists", "accounts", "friends")
    assert said in ids(until(lambda: anna.json("timelines", "list", "friends", *PAGE)))
    anna("lists", "remove", "friends", "boris")
    assert "boris" not in anna("lists", "accounts", "friends")
    anna("lists", "delete", "friends")
    assert "friends" not in anna("lists", "list")


def test_tags_are_followed_shown_on_the_profile_and_looked_at(anna: Toot) -> None:
    anna("post", "a #coconut")
    anna("tags", "follow", "coconut")
    assert "coconut" in anna("tags", "followed")
    anna("tags", "feature", "coconut")
    assert "coconut" in anna("tags", "featured")
    assert "coconut" in anna("tags", "info", "coconut")
    anna("tags", "unfeature", "coconut")
    assert "coconut" not in anna("tags", "featured")
    anna("tags", "unfollow", "coconut")
    assert "coconut" not in anna("tags", "followed")


def test_timelines_are_read_with_every_option(raf: Server, anna: Toot, boris: Toot) -> None:
    first, second = (
        boris.json("post", f"{number} #raf #{tag} https://example.org/raf")["id"] for number, tag in ((1, "a"), (2, "b"))
    )
    anna("follow", "boris")
    bounds = ("--max-id", str(int(second) + 1), "--since-id", str(int(first) - 1), "--limit", "5")
    server = ("--instance", raf.url)
    for words in (
        ("home",),
        ("public", "--local"),
        ("public", *server),
        ("tag", "raf"),
        ("tag", "raf", "--local", "--any", "a", "--none", "none"),
        ("account", "boris"),
    ):
        assert ids(anna.json("timelines", *words, *bounds, *PAGE)) == [second, first], words
        assert "raf" in anna("timelines", *words, *bounds, *PAGE)
    assert ids(anna.json("timelines", "tag", "raf", "--all", "b", *PAGE)) == [second]
    assert anna.json("timelines", "public", "--remote", *PAGE) == []
    assert anna.json("timelines", "tag", "raf", "--only-media", *PAGE) == []
    assert isinstance(anna.json("timelines", "trending", "--offset", "0", "--limit", "5", *server, *PAGE), list)
    assert ids(anna.json("timelines", "home", "--min-id", first, *PAGE))[-1] == second
    for words in ((), ("--public", "--local"), ("--tag", "raf"), ("--account", "boris"), ("--instance", raf.url, "--public")):
        assert "raf" in anna("timeline", "--once", "--count", "5", "--reverse", *words)


def test_notifications_are_read_chosen_and_cleared(anna: Toot, boris: Toot) -> None:
    boris("post", "@anna look")
    until(lambda: "look" in anna("notifications", "--type", "mention"))
    assert "look" in anna("notifications", "--mentions", "--reverse")
    assert all(one["type"] != "mention" for one in anna.json("notifications", "--exclude-type", "mention"))
    anna("notifications", "--clear")
    assert anna.json("notifications") == []


def test_a_search_finds_people_tags_and_posts(anna: Toot, boris: Toot) -> None:
    anna("post", "cardamom #spices")
    assert boris.json("search", "anna", "--type", "accounts", "--resolve", "--limit", "5")["accounts"][0]["acct"] == "anna"
    assert boris.json("search", "#spices", "--type", "hashtags", "--offset", "0")["hashtags"][0]["name"] == "spices"
    mine = until(lambda: anna.json("search", "cardamom", "--type", "statuses")["statuses"])
    assert anna.json("search", "cardamom", "--type", "statuses", "--max-id", mine[-1]["id"])["statuses"] == []
    assert "spices" in boris("search", "spices")


def test_the_server_and_the_log_ins_are_described(raf: Server, anna: Toot) -> None:
    assert anna.json("instance", raf.url)["version"].startswith("4.4.0")
    assert "Raf" in anna("instance")
    assert "anna" in anna("auth")
    host = raf.url.removeprefix("http://")
    anna("activate", f"anna@{host}")
    assert "4.4.0" in anna("diag", "--server", "--files")


def test_the_interface_of_a_whole_terminal_shows_the_timeline(raf: Server, anna: Toot) -> None:
    USED.update(("tui", "tui tui"))
    anna("post", "seen in a terminal")
    screen = tui(anna, "seen in a terminal")
    assert "seen in a terminal" in screen


def tui(toot: Toot, wanted: str) -> str:
    """What `toot tui` draws until it shows `wanted`. Before it begins it may want its own end noted."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    environ = toot._environ | {"TERM": "xterm", "LINES": "40", "COLUMNS": "120"}
    running = subprocess.Popen([toot._program, "tui"], stdin=slave, stdout=slave, stderr=slave, env=environ)
    os.close(slave)
    raw, drawn, read, deadline = b"", "", 0, time.monotonic() + 60
    try:
        while wanted not in drawn and running.poll() is None and time.monotonic() < deadline:
            if select.select([master], [], [], 0.2)[0]:
                raw += os.read(master, 65536)
                drawn = ESCAPE.sub("", raw.decode(errors="replace"))
                if not read and "press Enter to continue" in drawn:
                    read = os.write(master, b"\n")
        return drawn
    finally:
        running.kill()
        running.wait()
        os.close(master)


def test_a_person_logs_out(raf: Server, home: Path) -> None:
    logged_in(raf, "vera", home)
    USED.add("login_cli")
    toot = Noted(raf.url, home / "vera")
    assert "vera" in toot("auth")
    toot("logout", f"vera@{raf.url.removeprefix('http://')}")
    assert "vera" not in toot("auth")


def test_no_command_of_toot_is_left_out(anna: Toot) -> None:
    elsewhere = {"login"}  # tried in test_toot.py, in a browser
    groups = ("lists", "tags", "polls", "timelines", "follow-requests")
    known = set(commands(anna("--help"))) | {f"{group} {one}" for group in groups for one in commands(anna(group, "--help"))}
    assert len(known) > 60
    assert known - USED - elsewhere == set()


def commands(told: str) -> list[str]:
    """The names in a help text's table of commands."""
    return re.findall(r"^  ([a-z][a-z_-]*) ", told.partition("Commands:")[2], re.MULTILINE)
