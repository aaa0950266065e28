"""The page of notifications, its requests and its settings, without scripts, on both databases."""

from __future__ import annotations

import re

import pytest

from ostrov import Connection, run_tasks
from raf.moderation.moderation import open_moderation
from raf.moderation.reporting import NewReport
from raf.network import NewPost, open_raf
from raf.push.push import open_push
from raf.testing import people, say

KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}


async def test_what_belongs_together_is_one_line_with_everybody_behind_it(open_site, database: list[str]) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        member = await site.member("ada")
        raf = site.application.part(open_raf)
        ada = int((await raf.account_by_name("ada")).id)
        fans = await people(raf, "boris", "vera", "gleb")
        post = await say(raf, ada, "A cup for everybody")
        for fan in fans:
            await raf.favourite(fan, post)
            await run_tasks(site.application)
        await raf.post(fans[0], NewPost(text="@ada thank you", in_reply_to_id=post))
        await run_tasks(site.application)
        page = await member.get("/notifications")
        assert "gleb and 2 more like your post" in page.text
        assert page.text.count("A cup for everybody") == 1
        assert "thank you" in page.text
        everybody = await member.get(next(link for link in page.found.links if "/notifications/groups/" in link))
        assert all(name in everybody.text for name in ("boris", "vera", "gleb"))
        likes = await member.get("/notifications?only=likes")
        assert "like your post" in likes.text
        assert "thank you" not in likes.text
        assert "All quiet" in (await member.get("/notifications?only=boosts")).text
        russian = await (await member.get("/settings/preferences")).submit("/appearance", language="ru")
        assert russian.status == 200
        assert "gleb и ещё 2 человека отмечают ваш пост" in (await member.get("/notifications")).text


async def test_a_stranger_is_let_in_or_put_away(open_site, database: list[str]) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        member = await site.member("ada")
        raf = site.application.part(open_raf)
        boris, vera = await people(raf, "boris", "vera")
        await say(raf, boris, "@ada a word in private", visibility="direct")
        await say(raf, vera, "@ada buy my cups", visibility="direct")
        await run_tasks(site.application)
        page = await member.get("/notifications")
        assert "2 people you do not know wrote to you" in page.text
        assert "a word in private" not in page.text
        waiting = await member.get("/notifications/requests")
        assert "a word in private" in waiting.text
        paths = [link for link in waiting.found.links if re.fullmatch(r"/notifications/requests/\d+", link)]
        one = await member.get(paths[1])
        assert "a word in private" in one.text
        assert "buy my cups" not in one.text
        page = await one.press(f"{paths[1]}/accept")
        assert "Let in." in page.text
        page = await page.press(f"{paths[0]}/dismiss")
        assert "Nobody waits" in page.text
        page = await member.get("/notifications")
        assert "a word in private" in page.text
        assert "buy my cups" not in page.text
        other = await site.member("eve")
        assert (await other.get(paths[0])).status == 404


async def test_whose_news_comes_is_set_on_a_page(open_site, database: list[str]) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        member = await site.member("ada")
        page = await member.get("/settings/notifications")
        assert page.form("/settings/notifications").values["for_private_mentions"] == ["filter"]
        page = await page.submit("/settings/notifications", for_new_accounts="drop", for_private_mentions="accept")
        assert "Saved." in page.text
        values = page.form("/settings/notifications").values
        assert (values["for_new_accounts"], values["for_private_mentions"]) == (["drop"], ["accept"])
        assert values["for_not_following"] == ["accept"]


async def test_a_browser_is_pushed_to_until_it_logs_out(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        member = await site.member("ada")
        page = await member.get("/settings/notifications")
        key = re.search(r'data-push-key="([^"]+)"', page.html)
        assert key is not None
        assert key[1] == (await site.application.part(open_push).vapid()).public
        token = page.form("/settings/notifications").values["csrf_token"][0]
        sent = {"csrf_token": token, "endpoint": "https://push.example/1", **KEYS}
        assert (await member.post("/settings/notifications/push", {**sent, "endpoint": "http://10.0.0.1/"})).status == 400
        assert (await member.post("/settings/notifications/push", {**sent, "csrf_token": "x"})).status == 403
        page = await member.post("/settings/notifications/push", sent)
        form = page.form("/settings/notifications/push/change")
        assert form.values["mention"] == ["1"]
        page = await page.submit("/settings/notifications/push/change", mention=None, policy="followed")
        form = page.form("/settings/notifications/push/change")
        assert (form.values["mention"], form.values["policy"]) == ([], ["followed"])
        page = await page.submit("/settings/notifications/push/stop")
        assert "data-push-key" in page.html
        await member.post("/settings/notifications/push", sent)
        push = site.application.part(open_push)
        assert await push.prune() == 0
        await (await member.get("/settings/preferences")).submit("/log-out")
        assert await push.prune() == 1


async def test_the_worker_stands_for_the_whole_site(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        worker = await site.visitor().get("/service-worker.js")
        assert worker.response.headers["content-type"].startswith("text/javascript")
        assert "showNotification" in worker.html


@pytest.mark.parametrize("path", ["/notifications/requests", "/settings/notifications", "/notifications/groups/follow-1"])
async def test_strangers_are_asked_to_log_in(open_site, path: str) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        assert "/log-in" in (await site.visitor().get(path)).path


async def test_news_of_the_house_lead_to_its_pages(open_site, database: list[str]) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        member = await site.member("ada")
        raf = site.application.part(open_raf)
        ada = int((await raf.account_by_name("ada")).id)
        boris, vera = await people(raf, "boris", "vera")

        def appoint(connection: Connection) -> None:
            connection.execute("UPDATE account SET role = 'owner' WHERE id = ?", (ada,))

        await raf.store.write(appoint)
        moderation = site.application.part(open_moderation)
        report = await moderation.report(boris, NewReport(target_id=vera, comment="She sells tea"))
        await moderation.judge(0, ada, "none", "Mind the rules")
        await run_tasks(site.application)
        page = await member.get("/notifications")
        assert "boris reports vera" in page.text
        assert "She sells tea" in page.text
        assert f"/moderation/reports/{report.id}" in page.found.links
        assert "The moderators have something to tell you" in page.text
        assert "Mind the rules" in page.text
        assert "/standing" in page.found.links
