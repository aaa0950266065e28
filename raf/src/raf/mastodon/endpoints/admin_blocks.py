"""`/api/v1/admin/…_blocks` and `domain_allows`: whom the house does not let in."""

from __future__ import annotations

import msgspec
from litestar.params import FromPath

from raf.mastodon.access import person
from raf.mastodon.answers import encode
from raf.mastodon.call import Call
from raf.mastodon.endpoint import Asked, delete, get, post, put
from raf.mastodon.endpoints.admin_accounts import moderation_of
from raf.moderation import blocking, shapes
from raf.moderation.blocking import ALLOW, CANONICAL, DOMAIN, EMAIL, IP, DomainForm, IpForm, Kind

PATHS: dict[str, tuple[Kind, type[msgspec.Struct]]] = {
    "domain_blocks": (DOMAIN, shapes.DomainBlock),
    "domain_allows": (ALLOW, shapes.DomainAllow),
    "email_domain_blocks": (EMAIL, shapes.EmailDomainBlock),
    "ip_blocks": (IP, shapes.IpBlock),
    "canonical_email_blocks": (CANONICAL, shapes.CanonicalEmailBlock),
}
ROOT = "/api/v1/admin/"


class EmailDomainForm(msgspec.Struct):
    """An e-mail domain; with approval its sign-ups are held, not refused."""

    domain: str = ""
    allow_with_approval: bool = False


class EmailForm(msgspec.Struct):
    """An address, or the digest of one."""

    email: str = ""
    canonical_email_hash: str = ""


async def shown(call: Call, kind: Kind, identity: int) -> bytes:
    """One block."""
    moderation = moderation_of(call)
    await moderation.require(call.account_id, kind.permission)
    return encode(blocking.entity(kind, await moderation.store.read(blocking.one, kind, identity)))


async def listed(call: Call, kind: Kind) -> bytes:
    """Blocks of a kind, the latest first."""
    moderation, paging = moderation_of(call), call.paging(100, 200)
    await moderation.require(call.account_id, kind.permission)
    rows = await moderation.store.read(blocking.page, kind, paging)
    older, newer = (rows[-1][0], rows[0][0]) if rows else (None, None)
    return call.listing([blocking.entity(kind, row) for row in rows], paging.limit, older, newer)


async def removed(call: Call, kind: Kind, identity: int) -> bytes:
    """Take a block away."""
    await moderation_of(call).block(blocking.remove, call.account_id, kind, identity)
    return b"{}"


def reading(path: str, kind: Kind, entity: type[msgspec.Struct]) -> list[object]:
    """The handlers that all kinds have: list, show, remove."""
    scopes = person("admin:read", f"admin:read:{path}"), person("admin:write", f"admin:write:{path}")

    @get(ROOT + path, scopes[0], list[entity], paged=True)  # type: ignore[valid-type]
    async def index(call: Asked) -> bytes:
        """All of this kind, the latest first."""
        return await listed(call, kind)

    @get(f"{ROOT}{path}/{{identity:int}}", scopes[0], entity)
    async def show(call: Asked, identity: FromPath[int]) -> bytes:
        """One of this kind."""
        return await shown(call, kind, identity)

    @delete(f"{ROOT}{path}/{{identity:int}}", scopes[1])
    async def remove(call: Asked, identity: FromPath[int]) -> bytes:
        """Take it away."""
        return await removed(call, kind, identity)

    return [index, show, remove]


@post(f"{ROOT}domain_blocks", person("admin:write", "admin:write:domain_blocks"), shapes.DomainBlock, form=DomainForm)
async def block_domain(call: Asked) -> bytes:
    """Block a server."""
    said = await call.form(DomainForm)
    return await shown(call, DOMAIN, await moderation_of(call).block(blocking.block_domain, call.account_id, said))


@put(
    f"{ROOT}domain_blocks/{{identity:int}}",
    person("admin:write", "admin:write:domain_blocks"),
    shapes.DomainBlock,
    form=DomainForm,
)
async def change_domain(call: Asked, identity: FromPath[int]) -> bytes:
    """Change how a server is blocked."""
    said = await call.form(DomainForm)
    await moderation_of(call).block(blocking.block_domain, call.account_id, said, identity)
    return await shown(call, DOMAIN, identity)


@post(f"{ROOT}domain_allows", person("admin:write", "admin:write:domain_allows"), shapes.DomainAllow, form=EmailDomainForm)
async def allow_domain(call: Asked) -> bytes:
    """Allow a server."""
    said = await call.form(EmailDomainForm)
    return await shown(call, ALLOW, await moderation_of(call).block(blocking.allow_domain, call.account_id, said.domain))


@post(
    f"{ROOT}email_domain_blocks",
    person("admin:write", "admin:write:email_domain_blocks"),
    shapes.EmailDomainBlock,
    form=EmailDomainForm,
)
async def block_email_domain(call: Asked) -> bytes:
    """Refuse or hold sign-ups from an e-mail domain."""
    said = await call.form(EmailDomainForm)
    command = blocking.block_email_domain
    identity = await moderation_of(call).block(command, call.account_id, said.domain, said.allow_with_approval)
    return await shown(call, EMAIL, identity)


@post(f"{ROOT}ip_blocks", person("admin:write", "admin:write:ip_blocks"), shapes.IpBlock, form=IpForm)
async def block_ip(call: Asked) -> bytes:
    """Restrict a network address."""
    said = await call.form(IpForm)
    return await shown(call, IP, await moderation_of(call).block(blocking.block_ip, call.account_id, said))


@put(f"{ROOT}ip_blocks/{{identity:int}}", person("admin:write", "admin:write:ip_blocks"), shapes.IpBlock, form=IpForm)
async def change_ip(call: Asked, identity: FromPath[int]) -> bytes:
    """Change that."""
    said = await call.form(IpForm)
    await moderation_of(call).block(blocking.block_ip, call.account_id, said, identity)
    return await shown(call, IP, identity)


@post(
    f"{ROOT}canonical_email_blocks",
    person("admin:write", "admin:write:canonical_email_blocks"),
    shapes.CanonicalEmailBlock,
    form=EmailForm,
)
async def block_email(call: Asked) -> bytes:
    """Refuse an e-mail address."""
    said = await call.form(EmailForm)
    command = blocking.block_email
    identity = await moderation_of(call).block(command, call.account_id, said.email, said.canonical_email_hash)
    return await shown(call, CANONICAL, identity)


@post(
    f"{ROOT}canonical_email_blocks/test",
    person("admin:read", "admin:read:canonical_email_blocks"),
    list[shapes.CanonicalEmailBlock],
    form=EmailForm,
)
async def test_email(call: Asked) -> bytes:
    """Which blocks an address meets."""
    said, moderation = await call.form(EmailForm), moderation_of(call)
    await moderation.require(call.account_id, CANONICAL.permission)
    rows = await moderation.store.read(blocking.blocked_emails, said.email)
    return encode([blocking.entity(CANONICAL, row) for row in rows])


HANDLERS = [
    *(handler for path, (kind, entity) in PATHS.items() for handler in reading(path, kind, entity)),
    *(block_domain, change_domain, allow_domain, block_email_domain, block_ip, change_ip, block_email, test_email),
]
