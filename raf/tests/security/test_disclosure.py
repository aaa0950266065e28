"""What is asked without a link to it: folders, files that lie beside code, methods nobody uses, what lies on the disk."""

from __future__ import annotations

import re
import ssl
import stat
from pathlib import Path
from typing import Any

import pytest
from raf.tests.integration.web.test_moderation_pages import staff

SOURCES = [*(Path(__file__).parents[2] / "src/raf").rglob("*.py")]
BESIDE = (
    *(".git/config", ".git/HEAD", ".svn/entries", ".DS_Store", "Thumbs.db", ".env", "ostrov.toml", ".secrets.toml", "raf.py"),
    *("__pycache__/", "raf.css.bak", "raf.css~", ".raf.css.swp", "backup.zip", "dump.sql", "ostrov.db", "raf-sealing.key"),
)
UNUSED = ("TRACE", "TRACK", "CONNECT", "PROPFIND", "MKCOL", "DEBUG", "NONSENSE")


@pytest.mark.parametrize("folder", ["/", "/static/", "/static/css/", "/static/js/", "/media/", "/media/media_attachments/"])
async def test_nothing_beside_the_pages_is_handed_out(folder: str, open_site: Any) -> None:
    async with open_site() as site:
        member = await site.member("member")
        for name in BESIDE:
            assert (await member.client.get(folder + name)).status_code == 404, name
        if folder != "/":
            assert (await member.client.get(folder)).status_code == 404


@pytest.mark.parametrize("path", ["/", "/home", "/compose", "/static/raf.css", "/settings/security"])
async def test_pages_take_no_method_that_they_do_not_use(path: str, open_site: Any) -> None:
    async with open_site() as site:
        member = await site.member("member")
        for method in (*UNUSED, "PUT", "DELETE", "PATCH"):
            answer = await member.client.request(method, path, headers={"X-Echo": "zq-echo"})
            assert answer.status_code in (404, 405, 501), method
            assert "zq-echo" not in answer.text


@pytest.mark.parametrize("path", ["/api/v1/statuses/1", "/api/v1/timelines/home", "/oauth/token", "/api/v2/instance"])
async def test_the_api_takes_no_method_that_it_does_not_use(path: str, api: Any) -> None:
    async with api() as raf:
        anna = await raf.person("anna")
        for method in (*UNUSED, "PATCH"):
            answer = await anna.ask(method, path)
            assert (answer.status_code, answer.json()) == (404, {"error": "Not Found"}), method


async def test_what_is_uploaded_lies_where_nobody_else_looks_and_is_no_program(open_site: Any, picture: bytes) -> None:
    async with open_site() as site:
        member = await site.member("member")
        page = await member.get("/settings/profile")
        page = await page.submit("/settings/profile", files={"avatar": ("run.sh", picture, "application/x-sh")})
        assert page.status == 200
        folder = site.application.data_path
        assert stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0
        files = [path for path in (folder / "media").rglob("*") if path.is_file()]
        assert files
        for path in files:
            assert path.stat().st_mode & 0o111 == 0, path
            assert "run" not in path.name


def test_other_hosts_are_reached_by_present_tls_alone_and_proved() -> None:
    """Every connection of ours begins with Python's default context, and nobody loosens it."""
    assert ssl.create_default_context().minimum_version >= ssl.TLSVersion.TLSv1_2
    assert ssl.create_default_context().verify_mode == ssl.CERT_REQUIRED
    loosened = re.compile(
        r"CERT_NONE|check_hostname\s*=\s*False|_create_unverified|minimum_version|PROTOCOL_TLS|ssl\.SSLContext\(|verify=False"
    )
    assert [path.name for path in SOURCES if loosened.search(path.read_text()) and path.name != "testing.py"] == []


async def test_the_word_on_privacy_can_be_read_and_nobody_comes_in_unasked(open_site: Any) -> None:
    async with open_site() as site:
        visitor = site.visitor()
        form = {"username": "anna", "email": "anna@example.org", "password": "soy milk & coconut at dawn"}
        page = await (await visitor.get("/sign-up")).submit("/sign-up", **form)
        assert page.status == 422, "who has not agreed is not taken in"
        owner = await staff(site)
        page = await owner.get("/moderation/house")
        await page.submit("/moderation/texts/privacy", text="We keep your address and tell nobody.")
        assert "We keep your address" in (await visitor.get("/privacy")).text
        assert "/privacy" in (await visitor.get("/about")).found.links
