"""`/oauth/token`, `/oauth/revoke`, `/oauth/userinfo` (RFC 6749, RFC 7009). The page is in `authorization.py`."""

from __future__ import annotations

import base64
import binascii
import time
from typing import Annotated
from urllib.parse import unquote_plus

import msgspec
from litestar import Response

from raf.entities import Token
from raf.errors import WrongPassword
from raf.factors.factors import open_factors
from raf.identity.applications import OAuthApplication
from raf.identity.oauth import OAuthError, allowed_scopes
from raf.mastodon.access import ANYONE, person
from raf.mastodon.answers import encode
from raf.mastodon.call import Call
from raf.mastodon.endpoint import JSON, Asked, get, post
from raf.mastodon.promise import one_of
from raf.mastodon.shapes import UserInfo

NO_STORE = {"cache-control": "no-store", "pragma": "no-cache"}


class TokenForm(msgspec.Struct):
    """What a client sends for a token."""

    grant_type: Annotated[str, one_of("authorization_code", "password", "client_credentials")] = ""
    client_id: str = ""
    client_secret: str = ""
    code: str = ""
    redirect_uri: str = ""
    code_verifier: str = ""
    username: str = ""
    password: str = ""
    scope: str = ""


class RevokeForm(msgspec.Struct):
    """What a client sends to give a token up."""

    token: str = ""
    client_id: str = ""
    client_secret: str = ""


@post("/oauth/token", ANYONE, Token, form=TokenForm)
async def token(call: Asked) -> Response[bytes]:
    """Exchange a code, a password, or only the client's own secret for a token."""
    form = await call.form(TokenForm)
    if not form.grant_type:
        raise OAuthError("invalid_request", "Missing required parameter: grant_type.")
    if form.grant_type not in ("authorization_code", "password", "client_credentials"):
        raise OAuthError("unsupported_grant_type")
    oauth = call.house.oauth
    client = await _client(call, form.client_id, form.client_secret)
    if form.grant_type == "authorization_code":
        done = await oauth.exchange(client, form.code, form.redirect_uri, form.code_verifier)
        issued, scopes = done.token, done.scopes
    elif form.grant_type == "password":
        allowed_scopes(client, form.scope)
        try:
            account_id = await call.house.raf.log_in(form.username, form.password, address=call.address)
        except WrongPassword as problem:
            raise OAuthError("invalid_grant") from problem
        if await call.house.application.part(open_factors).needed(account_id):  # the password alone proves too little
            raise OAuthError("invalid_grant")
        issued, scopes = await oauth.issue_token(client, account_id, form.scope)
    else:
        issued, scopes = await oauth.issue_token(client, None, form.scope)
    body = Token(access_token=issued, scope=" ".join(scopes), created_at=int(time.time()))
    return Response(encode(body), media_type=JSON, status_code=200, headers=NO_STORE)


@post("/oauth/revoke", ANYONE, form=RevokeForm)
async def revoke(call: Asked) -> bytes:
    """Let a token open nothing any more. An unknown one is no error (RFC 7009 §2.2)."""
    form = await call.form(RevokeForm)
    try:
        client = await _client(call, form.client_id, form.client_secret)
    except OAuthError as problem:
        raise OAuthError("unauthorized_client") from problem
    await call.house.oauth.revoke(client, form.token)
    return b"{}"


async def _userinfo(call: Call) -> bytes:
    account = await call.house.raf.account(call.account_id)
    return encode(
        {
            "iss": call.house.url + "/",
            "sub": account.uri,
            "name": account.display_name or account.username,
            "preferred_username": account.username,
            "profile": account.url,
            "picture": account.avatar,
        }
    )


@get("/oauth/userinfo", person("profile", "read:accounts"), UserInfo)
async def userinfo(call: Asked) -> bytes:
    """Who a token belongs to, in OpenID Connect's words."""
    return await _userinfo(call)


@post("/oauth/userinfo", person("profile", "read:accounts"), UserInfo)
async def userinfo_posted(call: Asked) -> bytes:
    """The same, asked by POST."""
    return await _userinfo(call)


async def _client(call: Call, client_id: str, secret: str) -> OAuthApplication:
    """The client that proves itself, in the body or by HTTP Basic (RFC 6749 §2.3.1). Raises OAuthError."""
    authorization = call.header(b"authorization")
    if authorization[:6].lower() == "basic ":
        try:
            pair = base64.b64decode(authorization[6:].strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError, ValueError) as problem:
            raise OAuthError("invalid_client") from problem
        client_id, _, secret = (unquote_plus(part) for part in pair.partition(":"))
    return await call.house.oauth.authenticate_client(client_id, secret)


HANDLERS = [token, revoke, userinfo, userinfo_posted]
