"""Passkeys with an authenticator made of software, over the pages' own forms."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256

from raf.web.testing import ADDRESS, PASSWORD, Page, Site, Visitor

ADD, ENTER = "/settings/security/passkeys", "/log-in/passkey"
OVERRIDES = f"web.url={ADDRESS}"


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Key:
    """A device's key; it answers as a browser would for it."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.identity = os.urandom(32)
        self.count = 0
        self.flags = 0x05  # the person is there, and is verified
        self.origin = ADDRESS

    def data(self, host: str, attested: bool) -> bytes:
        self.count += 1
        flags = self.flags | (0x40 if attested else 0)
        data = hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")
        if attested:
            public = cbor.encode(dict(ES256.from_cryptography_key(self.private.public_key())))
            data += bytes(16) + len(self.identity).to_bytes(2, "big") + self.identity + public
        return data

    def answer(self, options: dict[str, Any], kind: str) -> str:
        client = json.dumps({"type": f"webauthn.{kind}", "challenge": options["challenge"], "origin": self.origin}).encode()
        host = options["rp"]["id"] if kind == "create" else options["rpId"]
        data = self.data(host, kind == "create")
        response = {"clientDataJSON": text(client)}
        if kind == "create":
            response["attestationObject"] = text(cbor.encode({"fmt": "none", "attStmt": {}, "authData": data}))
        else:
            signed = data + hashlib.sha256(client).digest()
            response["signature"] = text(self.private.sign(signed, ec.ECDSA(hashes.SHA256())))
            response["authenticatorData"] = text(data)
        identity = text(self.identity)
        return json.dumps({"id": identity, "rawId": identity, "type": "public-key", "response": response})


async def begun(page: Page, action: str, **values: str) -> tuple[dict[str, list[str]], str, dict[str, Any]]:
    """The form, and what its script was answered."""
    form = page.form(action).values
    answer = await page.visitor.post(f"{action}/begin", form | {name: [value] for name, value in values.items()})
    assert answer.status == 200, answer.text
    found = json.loads(answer.html)
    return form, found["token"], found["options"]


async def added(visitor: Visitor, key: Key) -> Page:
    form, token, options = await begun(await visitor.get("/settings/security"), ADD, key_password=PASSWORD)
    return await visitor.post(ADD, form | {"token": token, "answer": key.answer(options, "create"), "key_name": "My phone"})


async def entered(site: Site, key: Key) -> Page:
    page = await site.visitor().get("/log-in")
    form, token, options = await begun(page, ENTER)
    return await page.visitor.post(ENTER, form | {"token": token, "answer": key.answer(options, "get")})


async def test_a_passkey_lets_its_person_in_without_a_password(open_site, database) -> None:  # type: ignore[no-untyped-def]
    async with open_site(OVERRIDES) as site:
        visitor, key = await site.member("anna"), Key()
        await site.member("vera")
        assert "My phone" in (await added(visitor, key)).text
        page = await entered(site, key)
        assert (page.path, "@anna" in page.text) == ("/home", True)
        assert (await entered(site, Key())).status == 422
        page = await visitor.get("/settings/security")
        assert "used" in page.text
        remove = next(form.action for form in page.found.forms if form.action.endswith("/remove"))
        assert "My phone" not in (await page.submit(remove)).text
        assert (await entered(site, key)).status == 422


async def test_one_key_is_one_account_s(open_site, database) -> None:  # type: ignore[no-untyped-def]
    async with open_site(OVERRIDES) as site:
        key = Key()
        await added(await site.member("anna"), key)
        page = await added(await site.member("vera"), key)
        assert (page.status, "cannot be added" in page.text) == (422, True)
        assert "@anna" in (await entered(site, key)).text


@pytest.mark.parametrize("fault", ["origin", "person", "copy", "challenge", "signature", "nonsense"])
async def test_nobody_else_gets_in_with_it(open_site, fault: str) -> None:  # type: ignore[no-untyped-def]
    async with open_site(OVERRIDES) as site:
        key = Key()
        await added(await site.member("anna"), key)
        assert (await entered(site, key)).path == "/home"
        page = await site.visitor().get("/log-in")
        form, token, options = await begun(page, ENTER)
        if fault == "origin":
            key.origin = "https://fishing.example"
        if fault == "person":
            key.flags = 0x01  # nobody was verified
        if fault == "copy":
            key.count = 0  # it counts from before it was copied
        if fault == "challenge":
            options["challenge"] = text(os.urandom(32))
        if fault == "signature":
            key.private = ec.generate_private_key(ec.SECP256R1())
        answer = '{"rawId": [1]}' if fault == "nonsense" else key.answer(options, "get")
        page = await page.visitor.post(ENTER, form | {"token": token, "answer": answer})
        assert (page.status, page.path) == (422, ENTER)


async def test_an_answer_is_good_once(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site(OVERRIDES) as site:
        key = Key()
        await added(await site.member("anna"), key)
        page = await site.visitor().get("/log-in")
        form, token, options = await begun(page, ENTER)
        sent = form | {"token": token, "answer": key.answer(options, "get")}
        assert (await page.visitor.post(ENTER, sent)).path == "/home"
        other = await site.visitor().get("/log-in")
        again = other.form(ENTER).values | {"token": token, "answer": sent["answer"]}
        assert (await other.visitor.post(ENTER, again)).status == 422


async def test_adding_one_takes_the_password(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site(OVERRIDES) as site:
        visitor = await site.member("anna")
        page = await visitor.get("/settings/security")
        answer = await visitor.post(f"{ADD}/begin", page.form(ADD).values | {"key_password": ["wrong"]})
        assert (answer.status, json.loads(answer.html)) == (401, {"error": "This is not your password."})
