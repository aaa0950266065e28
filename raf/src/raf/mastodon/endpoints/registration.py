"""`POST /api/v1/accounts`: sign up from an application."""

from __future__ import annotations

import time

import msgspec
from litestar import Response

from raf.entities import Token
from raf.errors import Invalid
from raf.identity.registration import LOCALES
from raf.mastodon.access import OutOfScope, Unauthorized, application
from raf.mastodon.answers import details, encode
from raf.mastodon.endpoint import JSON, Asked, post
from raf.network import NewAccount


class NewMember(msgspec.Struct):
    """What somebody fills in."""

    username: str = ""
    email: str = ""
    password: str = ""
    agreement: bool = False
    locale: str = "en"
    reason: str = ""
    invite_code: str = ""


@post("/api/v1/accounts", application("write:accounts"), Token, form=NewMember)
async def create(call: Asked) -> Response[bytes]:
    """Open an account; a token for it, with the scopes the application registered for."""
    access = call.access
    if access is None:
        raise Unauthorized
    if access.account_id is not None:  # a person's token opens no further accounts
        raise OutOfScope
    asked = await call.form(NewMember)
    locale = asked.locale.partition("-")[0].lower()
    new = NewAccount(
        username=asked.username,
        email=asked.email,
        password=asked.password,
        agreement=asked.agreement,
        locale=locale if locale in LOCALES else "en",
        application_id=access.application_id,
        reason=asked.reason,
        invite=asked.invite_code,
    )
    try:
        account_id = await call.house.raf.sign_up(new, address=call.address)
    except Invalid as problem:
        return Response(encode(details(problem)), status_code=problem.status, media_type=JSON)
    client = await call.house.oauth.application_of(access)
    token, scopes = await call.house.oauth.issue_token(client, account_id, " ".join(client.scopes))
    body = Token(access_token=token, scope=" ".join(scopes), created_at=int(time.time()))
    return Response(encode(body), media_type=JSON)


HANDLERS = [create]
