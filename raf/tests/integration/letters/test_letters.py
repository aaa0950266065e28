"""Letters that tell of what concerns an account, and how they get away."""

from __future__ import annotations

import pytest
from raf.tests.integration.letters.members import NEW, member

from raf.factors import totp
from raf.factors.factors import open_factors
from raf.identity.presence import open_presence
from raf.letters.testing import words
from raf.moderation.moderation import open_moderation
from raf.web.testing import PASSWORD


async def test_a_letter_is_text_and_html_in_the_language_of_its_reader(town) -> None:
    async with town() as here:
        await here.site.visitor("ru").sign_up("masha")
        await here.post()
        letter = here.mailbox.newest()
        assert letter["Subject"] == "Подтвердите адрес для Raf"
        assert letter["From"] == "Raf <raf@example.net>"
        assert letter["To"] == "masha@example.org"
        assert letter["Auto-Submitted"] == "auto-generated"
        assert "Подтвердить адрес" in words(letter)
        html = words(letter, "html")
        assert '<html lang="ru">' in html
        assert "src=" not in html  # nothing is loaded from anywhere


async def test_every_change_of_what_lets_one_in_is_told(town) -> None:
    async with town() as here:
        await member(here, "alice")
        account_id = int((await here.raf.account_by_name("alice")).id)
        factors = here.raf.application.part(open_factors)
        secret = await factors.offer(account_id)
        code = totp.code_of(secret, totp.step_of(factors.clock()))
        for change, subject in (
            (lambda: factors.confirm(account_id, PASSWORD, code), "Two factors are on"),
            (lambda: factors.renew_codes(account_id, PASSWORD), "You have new recovery codes"),
            (lambda: factors.remove(account_id, PASSWORD), "Two factors are off"),
            (lambda: factors.identity.change_password(account_id, PASSWORD, NEW), "Your password is changed"),
        ):
            await change()
            await here.post()
            letter = here.mailbox.newest()
            assert (letter["Subject"], letter["To"]) == (subject, "alice@example.org")
            assert secret not in words(letter)


async def test_a_log_in_from_an_unknown_browser_is_told_and_from_a_known_one_is_not(town) -> None:
    async with town() as here:
        alice = await member(here, "alice")
        await here.post()
        await alice.post("/log-out", (await alice.get("/settings/preferences")).form("/log-out").values)
        await (await alice.get("/log-in")).submit("/log-in", name="alice", password=PASSWORD)
        await here.post()
        assert "A new log-in to Raf" not in [letter["Subject"] for letter in here.mailbox.to("alice@example.org")]
        await (await here.site.visitor().get("/log-in")).submit("/log-in", name="alice", password=PASSWORD)
        await here.post()
        assert here.mailbox.newest()["Subject"] == "A new log-in to Raf"


async def test_a_judgement_is_told_with_the_way_to_appeal(town) -> None:
    async with town() as here:
        await member(here, "alice")
        account_id = int((await here.raf.account_by_name("alice")).id)
        await here.raf.application.part(open_moderation).judge(0, account_id, "silence", "Too loud <b>at night</b>")
        await here.post()
        letter = here.mailbox.newest()
        assert "/standing" in words(letter)
        assert "> Too loud <b>at night</b>" in words(letter)
        assert "Too loud &lt;b&gt;at night&lt;/b&gt;" in words(letter, "html")


async def test_a_newcomer_hears_whether_the_moderators_let_them_in(town) -> None:
    from raf.moderation import judging

    async with town("raf.identity.approval=true") as here:
        for name, good in (("alice", True), ("mallory", False)):
            await member(here, name)
            account_id = int(
                await here.raf.store.read(lambda c, n=name: c.value("SELECT id FROM account WHERE username = ?", (n,)))
            )
            await here.raf.command(judging.welcome, 0, account_id, approved=good)
            await here.post()
        assert here.mailbox.to("alice@example.org")[-1]["Subject"] == "Your account at Raf is open"
        assert here.mailbox.to("mallory@example.org")[-1]["Subject"] == "Your account at Raf was not opened"


async def test_news_are_written_to_who_is_away_and_end_with_one_click(town) -> None:
    async with town() as here:
        await member(here, "alice")
        bob = await member(here, "bob")
        await bob.write("@alice good morning")
        await bob.write("@alice and good night")
        await here.post()
        await here.raf.store.write(lambda connection: connection.execute("UPDATE presence SET seen_at = 0"))
        before = len(here.mailbox.letters)
        await here.post(ahead="15 minutes")
        assert len(here.mailbox.letters) == before + 1
        letter = here.mailbox.newest()
        assert letter["To"] == "alice@example.org"
        assert "good morning" in words(letter)
        assert "good night" in words(letter)
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        address = letter["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:8000")
        answer = await here.site.visitor().client.post(address, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        await bob.write("@alice are you there?")
        await here.post(ahead="15 minutes")
        assert len(here.mailbox.letters) == before + 1


async def test_who_is_here_gets_no_letter_about_news(town) -> None:
    async with town() as here:
        await member(here, "alice")
        bob = await member(here, "bob")
        await bob.write("@alice good morning")
        await here.post()
        before = len(here.mailbox.letters)
        await here.post(ahead="15 minutes")
        assert len(here.mailbox.letters) == before


async def test_who_only_listens_is_here_too(town) -> None:
    async with town() as here:
        await member(here, "alice")
        bob = await member(here, "bob")
        await here.raf.store.write(lambda connection: connection.execute("DELETE FROM presence"))
        here.raf.application.part(open_presence).forget()
        account_id = int((await here.raf.account_by_name("alice")).id)
        with await here.raf.live(account_id, ("user",)):
            await here.raf.attendance.note()
        await bob.write("@alice good morning")
        await here.post()
        before = len(here.mailbox.letters)
        await here.post(ahead="15 minutes")
        assert len(here.mailbox.letters) == before


@pytest.mark.parametrize("answer", ["451 greylisted, come back", "421 busy"])
async def test_a_relay_that_asks_to_come_back_gets_the_letter_once(town, answer: str) -> None:
    async with town() as here:
        here.mailbox.answers = [answer]
        await here.site.visitor().sign_up("alice")
        await here.post()
        assert here.mailbox.letters == []
        await here.post(ahead="1 hour")
        await here.post(ahead="1 day")
        assert len(here.mailbox.letters) == 1


async def test_a_letter_that_is_refused_for_good_is_written_down_and_not_tried_again(town) -> None:
    async with town() as here:
        here.mailbox.refused_recipients["alice@example.org"] = "550 no such mailbox"
        await here.site.visitor().sign_up("alice")
        await here.post(ahead="1 day")
        row = await here.raf.store.read(lambda connection: connection.row("SELECT state, error, about FROM letter"))
        assert row is not None
        assert row[0] == "refused"
        assert "no such mailbox" in row[1]


async def test_a_house_without_mail_takes_addresses_as_they_are(town) -> None:
    async with town("raf.mail.host=") as here:
        visitor = here.site.visitor()
        page = await visitor.sign_up("alice")
        assert page.path == "/local"
        assert "sends no mail" in (await visitor.get("/forgotten")).text
        assert "sends no e-mail" in (await visitor.get("/about")).text
        await here.post()
        assert here.mailbox.letters == []
