"""Letters whose links open something: an address is proved, a password replaced, an address changed."""

from __future__ import annotations

from raf.tests.integration.letters.members import NEW, member

from raf.factors import totp
from raf.factors.factors import open_factors
from raf.web.testing import PASSWORD


async def test_an_account_opens_when_its_address_is_confirmed(town) -> None:
    async with town() as here:
        visitor = here.site.visitor()
        page = await visitor.sign_up("alice")
        assert "alice@example.org" in page.text
        assert (await visitor.get("/home")).path == "/confirm"
        await here.post()
        link = here.mailbox.link("/confirm", "alice@example.org")
        looked = await here.site.visitor().get(link)  # a program that looks at links in mail
        assert looked.status == 200
        assert (await visitor.get("/home")).path == "/confirm"
        done = await (await visitor.get(link)).submit("/confirm")
        assert done.path == "/local"
        assert (await visitor.get("/home")).path == "/home"
        again = await visitor.get(link)
        assert again.status == 404
        assert "opens nothing" in again.text


async def test_who_mistyped_the_address_gets_the_letter_at_another(town) -> None:
    async with town() as here:
        visitor = here.site.visitor()
        await visitor.sign_up("bob")
        await here.post()
        old = here.mailbox.link("/confirm", "bob@example.org")
        await (await visitor.get("/confirm")).submit("/confirm/address", email="robert@example.org")
        await here.post()
        assert (await visitor.get(old)).status == 404
        page = await visitor.get(here.mailbox.link("/confirm", "robert@example.org"))
        assert (await page.submit("/confirm")).path == "/local"


async def test_letters_to_confirm_are_not_sent_without_end(town) -> None:
    async with town() as here:
        visitor = here.site.visitor()
        await visitor.sign_up("bob")
        for _ in range(3):
            await (await visitor.get("/confirm")).submit("/confirm/again")
        page = await (await visitor.get("/confirm")).submit("/confirm/again")
        assert page.status == 429
        await here.post()
        assert len(here.mailbox.letters) == 4


async def test_a_forgotten_password_is_replaced_by_a_letter_and_nobody_stays_logged_in(town) -> None:
    async with town() as here:
        alice = await member(here, "alice")
        stranger = here.site.visitor()
        page = await (await stranger.get("/forgotten")).submit("/forgotten", name="alice@example.org")
        await here.post()
        link = here.mailbox.link("/reset", "alice@example.org")
        done = await (await stranger.get(link)).submit("/reset", password=NEW)
        assert done.path == "/log-in"
        assert (await alice.get("/home")).path.startswith("/log-in")
        assert (await (await stranger.get("/log-in")).submit("/log-in", name="alice", password=PASSWORD)).status == 401
        page = await (await stranger.get("/log-in")).submit("/log-in", name="alice", password=NEW)
        assert page.path == "/home"
        assert (await stranger.get(link)).status == 404
        await here.post()
        assert "Your password is changed" in [letter["Subject"] for letter in here.mailbox.to("alice@example.org")]


async def test_a_link_for_a_new_password_is_over_in_an_hour(town) -> None:
    async with town() as here:
        await member(here, "alice")
        stranger = here.site.visitor()
        await (await stranger.get("/forgotten")).submit("/forgotten", name="alice")
        await here.post()
        link = here.mailbox.link("/reset", "alice@example.org")
        for age, status in ((3540, 200), (120, 404)):

            def pass_time(connection, seconds: int = age) -> None:
                connection.execute("UPDATE letter_key SET created_at = created_at - ?", (seconds,))

            await here.raf.application.store.write(pass_time)
            assert (await stranger.get(link)).status == status


async def test_nobody_learns_from_the_answer_whether_an_address_is_known(town) -> None:
    async with town() as here:
        await member(here, "alice")
        answers = []
        for name in ("alice@example.org", "nobody@example.org"):
            page = await (await here.site.visitor().get("/forgotten")).submit("/forgotten", name=name)
            answers.append((page.status, page.path, page.text))
        assert answers[0] == answers[1]
        await here.post()
        assert here.mailbox.to("nobody@example.org") == []


async def test_a_mailbox_is_not_filled_by_who_keeps_asking(town) -> None:
    async with town() as here:
        await member(here, "alice")
        before = len(here.mailbox.letters)
        stranger = here.site.visitor()
        for _ in range(3):
            await (await stranger.get("/forgotten")).submit("/forgotten", name="alice")
            await here.post()
        assert len(here.mailbox.letters) == before + 1


async def test_a_new_password_does_not_pass_by_the_second_factor(town) -> None:
    async with town() as here:
        alice = await member(here, "alice")
        account_id = int((await here.raf.account_by_name("alice")).id)
        factors = here.raf.application.part(open_factors)
        secret = await factors.offer(account_id)
        await factors.confirm(account_id, PASSWORD, totp.code_of(secret, totp.step_of(factors.clock())))
        await (await alice.get("/forgotten")).submit("/forgotten", name="alice")
        await here.post()
        stranger = here.site.visitor()
        await (await stranger.get(here.mailbox.link("/reset", "alice@example.org"))).submit("/reset", password=NEW)
        page = await (await stranger.get("/log-in")).submit("/log-in", name="alice", password=NEW)
        assert page.path.startswith("/log-in/code")


async def test_an_address_changes_when_both_mailboxes_agree(town) -> None:
    async with town() as here:
        alice = await member(here, "alice")
        page = await (await alice.get("/settings/security")).submit(
            "/settings/security/email", email="new@example.org", email_password=PASSWORD
        )
        assert "new@example.org" in page.text
        await here.post()
        stranger = here.site.visitor()
        await (await stranger.get(here.mailbox.link("/confirm", "new@example.org"))).submit("/confirm")
        assert (
            await (await stranger.get("/log-in")).submit("/log-in", name="new@example.org", password=PASSWORD)
        ).status == 401
        await (await alice.get(here.mailbox.link("/confirm", "alice@example.org"))).submit("/confirm")
        page = await (await stranger.get("/log-in")).submit("/log-in", name="new@example.org", password=PASSWORD)
        assert page.path == "/home"
        await here.post()
        for address in ("alice@example.org", "new@example.org"):
            assert "Your address at Raf is changed" in [letter["Subject"] for letter in here.mailbox.to(address)]


async def test_a_change_of_address_can_be_stopped(town) -> None:
    async with town() as here:
        alice = await member(here, "alice")
        await (await alice.get("/settings/security")).submit(
            "/settings/security/email", email="thief@example.org", email_password=PASSWORD
        )
        await here.post()
        form = await alice.get("/settings/security")
        await alice.post("/settings/security/email/stop", form.form("/settings/security/email").values)
        page = await (await here.site.visitor().get("/confirm")).visitor.get(here.mailbox.link("/confirm", "thief@example.org"))
        assert page.status == 404


async def test_no_secret_of_a_link_is_kept(town) -> None:
    async with town() as here:
        await here.site.visitor().sign_up("alice")
        await here.post()
        key = here.mailbox.link("/confirm", "alice@example.org").partition("key=")[2]

        def everything(connection) -> str:
            tables = ("letter", "letter_key")
            return repr([connection.rows(f"SELECT * FROM {table}") for table in tables])

        assert len(key) == 43
        assert key not in await here.raf.store.read(everything)
