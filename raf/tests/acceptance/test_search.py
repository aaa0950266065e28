"""Searching with the library Mastodon.py, and the service that keeps the index of a running Raf."""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING

import pytest
from raf.tests.acceptance.clients import MastodonPy

if TYPE_CHECKING:
    from raf.tests.acceptance.conftest import Server

pytestmark = pytest.mark.long


def test_a_client_searches_and_explores(raf: Server) -> None:
    result = MastodonPy(raf.url).run(
        """
anna, boris = (Mastodon(access_token=token, api_base_url=url) for token in given["tokens"])
public = anna.status_post("Кокосовый раф на соевом молоке #кофейня https://raf.example/menu", language="ru")
anna.status_post("кокосовая тайна", visibility="direct")
boris.status_favourite(public)
found = boris.search_v2("кокосового", result_type="statuses")
result = {
    "statuses": [status.id for status in found.statuses] == [public.id],
    "own": len(anna.search_v2("кокосовый").statuses),
    "operators": len(boris.search_v2("раф from:srch_anna language:ru has:link -is:reply during:2020-01-01").statuses),
    "tags": [tag.name for tag in boris.search_v2("#кофе").hashtags],
    "accounts": [account.acct for account in boris.search_v2("srch_an", resolve=True).accounts],
    "account_search": [account.acct for account in boris.account_search("srch_anna")],
    "trending": ["кофейня" in [tag.name for tag in boris.trending_tags()],
                 public.id in [status.id for status in boris.trending_statuses()],
                 [link.url for link in boris.trending_links()]],
    "directory": [account.acct for account in boris.directory(order="new", local=True)][:2],
    "suggested": [account.acct for account in boris.suggestions()],
}
boris.suggestion_delete(anna.me())
result["dismissed"] = "srch_anna" not in [account.acct for account in boris.suggestions()]
""",
        tokens=[raf.sign_up("srch_anna"), raf.sign_up("srch_boris")],
    )
    assert result["statuses"] is True
    assert (result["own"], result["operators"]) == (2, 0)
    assert result["tags"] == ["кофейня"]
    assert result["accounts"] == result["account_search"] == ["srch_anna"]
    assert result["trending"] == [True, True, ["https://raf.example/menu"]]
    assert result["directory"] == ["srch_boris", "srch_anna"]
    assert "srch_anna" in result["suggested"]
    assert result["dismissed"] is True


def test_the_index_is_kept_while_nobody_searches(raf: Server) -> None:
    result = MastodonPy(raf.url).run(
        """
api = Mastodon(access_token=given["token"], api_base_url=url)
result = {"id": api.status_post("Корица и мускатный орех").id}
""",
        token=raf.sign_up("srch_vera"),
    )
    path = next(raf.folder.rglob("ostrov.db"))
    until = time.monotonic() + 30
    found = None
    while found is None and time.monotonic() < until:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
            found = connection.execute("SELECT rowid FROM search_post_words WHERE words MATCH 'кориц'").fetchone()
        time.sleep(0.1)
    assert found == (int(result["id"]),)
