"""A client with the password of an account that asks for codes."""

from __future__ import annotations

import time
from typing import Any

import pytest

from raf.factors import totp
from raf.factors.factors import open_factors


@pytest.mark.parametrize(("guarded", "status"), [(False, 200), (True, 400)])
async def test_a_password_alone_is_no_grant_once_codes_are_asked_for(
    api: Any, database: list[str], guarded: bool, status: int
) -> None:
    async with api(database) as raf:
        anna = await raf.person("anna")
        factors = raf.application.part(open_factors)
        if guarded:
            secret = await factors.offer(anna.account_id)
            code = totp.code_of(secret, totp.step_of(time.time()))
            await factors.confirm(anna.account_id, "soy milk and coconut", code)
        form = {
            "grant_type": "password",
            "client_id": raf.program.client_id,
            "client_secret": raf.secret,
            "username": "anna@example.org",
            "password": "soy milk and coconut",
            "scope": "read",
        }
        answer = await raf.client.post("/oauth/token", data=form)
        assert answer.status_code == status
        assert answer.json().get("error") == ("invalid_grant" if guarded else None)
        assert (await anna.get("/api/v1/accounts/verify_credentials"))["username"] == "anna"  # tokens from before stay
