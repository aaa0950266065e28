"""`Letters`: what the house writes to people. `letters = application.part(open_letters)`."""

from __future__ import annotations

import asyncio
import logging
import time
from functools import cached_property
from typing import Any

import msgspec

from ostrov import Connection, Ostrov, base_url
from raf.errors import Missing
from raf.identity import credentials
from raf.letters import news, rows
from raf.letters.engine import Carrier, Undeliverable, Unsent, open_carrier
from raf.letters.message import Envelope, mailbox, make_message, sender_of
from raf.letters.posting import post
from raf.letters.rows import LIVES, LetterRow
from raf.letters.settings import MailSettings
from raf.letters.typesetting import set_in_type
from raf.letters.wording import KEYS, LETTERS, Occasion
from raf.web.languages import Language, read_languages

LOG = logging.getLogger("raf.mail")
USERNAME = "SELECT username FROM account WHERE id = ?"
RECENT_RESET = "SELECT 1 FROM letter_key WHERE account_id = ? AND purpose = 'reset' AND created_at > ?"
RESET_EVERY = 300.0
"""Seconds between two letters to one account about a forgotten password: nobody's mailbox is filled by others."""


class Letters:
    """The outgoing mail of one application."""

    def __init__(self, application: Ostrov) -> None:
        self.application = application
        self.settings: MailSettings = application.settings.raf.mail
        self.store = application.store
        self.carrier: Carrier = open_carrier(self.settings)

    @cached_property
    def _languages(self) -> dict[str, Language]:
        return read_languages()

    async def deliver(self, letter_id: int) -> str:
        """Send a letter that waits; its state afterwards. Raises Unsent to be called again."""
        letter = await self.store.read(rows.letter_of, letter_id)
        if letter is None or letter.state != "waiting":
            return letter.state if letter is not None else "gone"
        purpose = KEYS.get(letter.kind)
        if purpose is not None and time.time() - letter.created_at > LIVES[purpose]:
            await self.store.write(rows.end_letter, letter_id, "dropped", time.time(), "it came too late to be of use")
            return "dropped"
        state, said = "sent", ""
        try:
            said = await self._send(letter, purpose)
        except Undeliverable as problem:
            state, said = "refused", str(problem)
            LOG.warning("letter %d (%s) to account %d came back: %s", letter.id, letter.kind, letter.account_id, problem)
        await self.store.write(rows.end_letter, letter_id, state, time.time(), said if state == "refused" else "")
        return state

    async def _send(self, letter: LetterRow, purpose: str | None) -> str:
        """Set a letter in type and hand it over. A link's secret is made now, so it stands in no table and in no argument."""

        def prepare(connection: Connection) -> tuple[str, str, str]:
            name = connection.value(USERNAME, (letter.account_id,)) or ""
            key = ""
            if purpose is not None:
                key = rows.make_key(connection, letter.account_id, purpose, letter.recipient, time.time())
            stop = news.stop_key(connection, letter.account_id) if letter.kind == "news" else ""
            return name, key, stop

        name, key, stop = await self.store.write(prepare)
        settings = self.application.settings.raf
        url, title = base_url(self.application), settings.title
        language = self._languages.get(letter.locale) or self._languages["en"]
        stop = f"{url}/letters/stop?key={stop}" if stop else ""
        about: dict[str, Any] = msgspec.json.decode(letter.about)
        made = LETTERS[letter.kind](Occasion(language, title, url, name, about, key, stop))
        try:
            recipient = mailbox(letter.recipient)
        except (ValueError, UnicodeError) as problem:
            raise Undeliverable(f"{letter.recipient} is no address") from problem
        try:
            sender = sender_of(self.settings.sender, title, url)
            reply_to = mailbox(self.settings.reply_to) if self.settings.reply_to else None
        except (ValueError, UnicodeError) as problem:
            raise Unsent("raf.mail.sender or raf.mail.reply_to is no address", cause=str(problem)) from problem
        envelope = Envelope(letter.id, sender, recipient, letter.created_at, reply_to, stop)
        message = make_message(made, set_in_type(made, language=language.code, title=title, url=url), envelope)
        return await asyncio.to_thread(self.carrier.carry, message, sender.addr_spec, recipient.addr_spec)

    async def write_reset(self, name: str, address: str) -> bool:
        """Write to who forgot a password; whether there is somebody to write to. It came from network `address`."""

        def write(connection: Connection) -> bool:
            found = credentials.find_credential(connection, name)
            if found is None or connection.value(RECENT_RESET, (found.account_id, time.time() - RESET_EVERY)):
                return False
            return bool(post(connection, found.account_id, "reset"))

        written = await self.store.write(write)
        if written:
            LOG.info("a new password was asked for from %s", address or "somewhere")
        return written

    async def write_news(self, account_id: int) -> bool:
        """Tell somebody who is away what waits for them; whether anything does."""
        about = await news.gathered(self.application, account_id)
        if about is None:
            return False
        return bool(await self.store.write(post, account_id, "news", **about))

    async def stop_news(self, key: str) -> None:
        """Write no more about notifications. Raises Missing."""
        if not await self.store.write(news.stop, key):
            raise Missing

    async def prune(self) -> int:
        """Forget letters sent long ago, and links that open nothing any more; how many."""
        now = time.time()
        return await self.store.write(rows.prune, now - self.settings.keep_days * rows.DAY, now)


def open_letters(application: Ostrov) -> Letters:
    """The letters of an application."""
    return Letters(application)
