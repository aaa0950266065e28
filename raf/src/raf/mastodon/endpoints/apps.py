"""`/api/v1/apps`: programs register themselves."""

from __future__ import annotations

import msgspec

from raf.entities import Application
from raf.errors import TooMany
from raf.identity.applications import OAuthApplication, check_application
from raf.identity.attempts import subject_of_address
from raf.mastodon.access import ANYONE, application
from raf.mastodon.answers import encode
from raf.mastodon.call import Call
from raf.mastodon.endpoint import Asked, get, post
from raf.push.push import open_push


class NewApp(msgspec.Struct):
    """`redirect_uris` is one, several in lines, or a list."""

    client_name: str = ""
    redirect_uris: list[str] = []
    scopes: str = ""
    website: str | None = None


@post("/api/v1/apps", ANYONE, Application, form=NewApp)
async def create(call: Asked) -> bytes:
    """Register a client; its secret is in this answer and nowhere else."""
    asked = await call.form(NewApp)
    new = check_application(asked.client_name, asked.redirect_uris, asked.scopes, asked.website)
    window = call.house.application_windows.take(subject_of_address(call.address))
    if window.remaining < 0:
        raise TooMany(1800)
    found, secret = await call.house.oauth.register(new)
    shown = shape(found, await _vapid_key(call))
    shown.client_id = found.client_id
    shown.client_secret = secret
    shown.client_secret_expires_at = 0
    return encode(shown)


@get("/api/v1/apps/verify_credentials", application(), Application)
async def verify_credentials(call: Asked) -> bytes:
    """The client a token was issued to."""
    assert call.access is not None
    return encode(shape(await call.house.oauth.application_of(call.access), await _vapid_key(call)))


async def _vapid_key(call: Call) -> str:
    return (await call.house.application.part(open_push).vapid()).public


def shape(found: OAuthApplication, vapid_key: str = "") -> Application:
    """The entity, without secrets."""
    return Application(
        id=str(found.id),
        name=found.name,
        website=found.website,
        scopes=list(found.scopes),
        redirect_uris=list(found.redirect_uris),
        redirect_uri="\n".join(found.redirect_uris),
        vapid_key=vapid_key,
    )


HANDLERS = [create, verify_credentials]
