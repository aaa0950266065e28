"""What programs read before they speak to us: OAuth's metadata (RFC 8414) and NodeInfo."""

from __future__ import annotations

import time

from litestar import Response

from raf.identity.scopes import SCOPES
from raf.mastodon import RAF_VERSION
from raf.mastodon.access import ANYONE
from raf.mastodon.answers import encode
from raf.mastodon.endpoint import Asked, get
from raf.mastodon.promise import Words
from raf.mastodon.selections.activity import COUNTED, usage
from raf.mastodon.shapes import AuthorizationServer, NodeInfo, NodeInfoLinks

SCHEMA = "http://nodeinfo.diaspora.software/ns/schema/2.0"


@get("/.well-known/oauth-authorization-server", ANYONE, AuthorizationServer)
async def authorization_server(call: Asked) -> bytes:
    """RFC 8414."""
    url = call.house.url
    return encode(
        {
            "issuer": f"{url}/",
            "service_documentation": "https://docs.joinmastodon.org/",
            "authorization_endpoint": f"{url}/oauth/authorize",
            "token_endpoint": f"{url}/oauth/token",
            "app_registration_endpoint": f"{url}/api/v1/apps",
            "revocation_endpoint": f"{url}/oauth/revoke",
            "userinfo_endpoint": f"{url}/oauth/userinfo",
            "scopes_supported": SCOPES,
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "client_credentials", "password"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
        }
    )


@get("/.well-known/nodeinfo", ANYONE, NodeInfoLinks)
async def nodeinfo_links(call: Asked) -> bytes:
    """Where NodeInfo is."""
    return encode({"links": [{"rel": SCHEMA, "href": f"{call.house.url}/nodeinfo/2.0"}]})


@get("/nodeinfo/2.0", ANYONE, NodeInfo)
async def nodeinfo(call: Asked) -> Response[bytes]:
    """NodeInfo 2.0."""
    settings = call.house.application.settings.raf
    users, active_month, active_half_year, posts = await call.house.counted(COUNTED, usage, time.time())
    body = {
        "version": "2.0",
        "software": {"name": "raf", "version": RAF_VERSION},
        "protocols": [],
        "services": {"outbound": [], "inbound": []},
        "usage": {
            "users": {"total": users, "activeMonth": active_month, "activeHalfyear": active_half_year},
            "localPosts": posts,
        },
        "openRegistrations": settings.identity.registrations,
        "metadata": {"nodeName": settings.title, "nodeDescription": settings.description},
    }
    return Response(encode(body), media_type=f'application/json; profile="{SCHEMA}#"; charset=utf-8')


@get("/health", ANYONE, Words)
async def health(call: Asked) -> Response[bytes]:
    """Whether the server answers, for watchers and balancers."""
    return Response(b"OK", media_type="text/plain")


HANDLERS = [authorization_server, nodeinfo_links, nodeinfo, health]
