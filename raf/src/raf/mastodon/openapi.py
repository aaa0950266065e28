"""The OpenAPI 3.1 document of the client API, made of what stands beside each endpoint's path, of its rule of access and of
the entities. It is made when somebody asks for it and kept packed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import msgspec
from litestar.handlers import HTTPRouteHandler

from raf import entities
from raf.mastodon import RAF_VERSION, direct, streaming
from raf.mastodon.access import ANYONE, Rule
from raf.mastodon.call import PageQuery
from raf.mastodon.promise import Page, Promise
from raf.mastodon.schemas import Json, Schemas
from raf.mastodon.uploads import UploadedFile
from raf.mastodon.wording import SENTENCES

DESCRIPTION = (
    "Mastodon's client API as this server speaks it. Names nest in forms and addresses as in Rails: `poll[options][]=a`. "
    "An id is text. Every failed request answers an `Error`."
)
ID: Json = {"type": "string", "pattern": "^[0-9]{1,18}$"}
PARAMETER = re.compile(r"\{(\w+):(int|str)\}")
REFUSALS = {
    400: "What was sent cannot be read.",
    401: "There is no token, or it opens nothing.",
    403: "The token's scopes do not cover this, or it is not allowed.",
    404: "There is no such record, or none that may be seen.",
    413: "The request is too large.",
    422: "What was sent breaks a rule, or the token is no person's.",
    429: "Too many requests; `Retry-After` says for how many seconds.",
}
LIMITS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
HEADERS: Json = {
    "X-RateLimit-Limit": {"description": "Requests in a period.", "schema": {"type": "integer"}},
    "X-RateLimit-Remaining": {"description": "Requests left in this one.", "schema": {"type": "integer"}},
    "X-RateLimit-Reset": {"description": "When it ends.", "schema": {"type": "string", "format": "date-time"}},
    "Link": {"description": "The pages around this one (RFC 8288), if there are any.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}},
}
KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same key again is the same post again.",
    "schema": {"type": "string", "maxLength": 255, "pattern": "^[!-~]*$"},
}


class Endpoint(NamedTuple):
    """One method of one path, as it is mounted; `noun` is what it is about."""

    method: str
    path: str
    rule: Rule
    promise: Promise
    noun: str
    words: str


def endpoints(handlers: Iterable[HTTPRouteHandler]) -> Iterator[Endpoint]:
    """Every endpoint there is: the hottest, the streams, and these handlers."""
    for (method, path), (rule, answer) in direct.ENDPOINTS.items():
        words = (answer.__doc__ or "").removeprefix(f"`{method} {path}`: ")
        yield Endpoint(method, path, rule, direct.PROMISES[method, path], path.split("/")[3], words)
    for path, rule, promise, words in streaming.described():
        yield Endpoint("GET", path, rule, promise, "streaming", words)
    for handler in handlers:
        function, opt = handler.fn, handler.opt
        noun = function.__module__.rpartition(".")[2]
        for path in sorted(handler.paths):
            for method in sorted(handler.http_methods):
                yield Endpoint(method, path, opt["rule"], opt["promise"], noun, function.__doc__ or "")


def document(found: Iterable[Endpoint], url: str) -> Json:
    """The whole document; `url` is the server's public address."""
    found = list(found)
    schemas = Schemas(found)
    paths: Json = {}
    for endpoint in found:
        address = PARAMETER.sub(r"{\1}", endpoint.path)
        paths.setdefault(address, {})[endpoint.method.lower()] = _operation(endpoint, schemas)
    schemas.forget_queries()
    return {
        "openapi": "3.1.0",
        "info": {"title": "Raf", "version": RAF_VERSION, "description": DESCRIPTION},
        "servers": [{"url": url}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.components.items())),
            "responses": _refused(schemas),
            "headers": HEADERS,
            "securitySchemes": {"token": _oauth(url)},
        },
    }


@lru_cache(maxsize=1)
def packed(url: str) -> bytes:
    """The document of every mounted endpoint, as JSON."""
    from raf.mastodon.routes import HANDLERS

    return msgspec.json.encode(document(endpoints(HANDLERS), url))


def _oauth(url: str) -> Json:
    token, scopes = f"{url}/oauth/token", dict(SENTENCES)
    return {
        "type": "oauth2",
        "flows": {
            "authorizationCode": {"authorizationUrl": f"{url}/oauth/authorize", "tokenUrl": token, "scopes": scopes},
            "password": {"tokenUrl": token, "scopes": scopes},
            "clientCredentials": {"tokenUrl": token, "scopes": scopes},
        },
    }


# ---- one endpoint ---------------------------------------------------------------------------------------------------


def _operation(endpoint: Endpoint, schemas: Schemas) -> Json:
    takes = endpoint.promise.takes
    told: Json = {
        "operationId": re.sub(r"\W+", "_", f"{endpoint.method.lower()}{endpoint.path.replace(':int', '')}").strip("_"),
        "tags": [endpoint.noun],
        "summary": endpoint.words.strip().partition("\n")[0],
        "security": _security(endpoint.rule),
        "parameters": _parameters(endpoint, schemas),
        "responses": _responses(endpoint, schemas),
    }
    if "form" in takes or "parts" in takes:
        body = schemas.form(endpoint)
        files = UploadedFile in takes.get("parts", {}).values()
        kinds = ["multipart/form-data"] if files else ["application/json", "application/x-www-form-urlencoded"]
        told["requestBody"] = {"content": {kind: {"schema": body} for kind in kinds}}
    return told


def _security(rule: Rule) -> list[Json]:
    """One of these must be there; the empty one needs no token."""
    needed: list[Json] = [{"token": [scope]} for scope in rule.scopes] or [{"token": []}]
    return {"anyone": [], "reader": [{}, *needed]}.get(rule.who, needed)


def _parameters(endpoint: Endpoint, schemas: Schemas) -> list[Json]:
    found: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": ID if kind == "int" else {"type": "string", "minLength": 1}}
        for name, kind in PARAMETER.findall(endpoint.path)
    ]
    takes = endpoint.promise.takes
    asked: Json = {}
    if takes.get("paged"):
        asked |= schemas.fields(PageQuery)
    if "query" in takes:
        asked |= schemas.fields(takes["query"])
    for name, schema in asked.items():
        many = schema.get("type") == "array" or any(one.get("type") == "array" for one in schema.get("anyOf", ()))
        found.append({"name": f"{name}[]" if many else name, "in": "query", "schema": schema})
    if endpoint[:2] == ("POST", "/api/v1/statuses"):
        found.append(KEY)
    return found


def _responses(endpoint: Endpoint, schemas: Schemas) -> Json:
    gives, takes = endpoint.promise
    limited = endpoint.path.startswith("/api/")
    headers = _headers(*LIMITS) if limited else {}
    linked = _headers("Link") if takes.get("paged") or takes.get("linked") else {}
    found: Json = {}
    for status, entity in {200: gives, **takes.get("also", {})}.items():
        found[str(status)] = {"description": "Done.", "headers": headers | linked, "content": schemas.content(entity)}
    if gives is Page:
        found["303"] = {"description": "The way to the log-in, or back to the client."}
    kind = "page." if gives is Page else "" if limited else "unlimited."
    found |= {str(status): {"$ref": f"#/components/responses/{kind}{status}"} for status in _refusals(endpoint)}
    return found


def _headers(*names: str) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _refused(schemas: Schemas) -> Json:
    """The answers to requests that failed: of the API, of what has no rate limit, and of pages."""
    found: Json = {}
    for status, words in REFUSALS.items():
        wait = _headers("Retry-After") if status == 429 else {}
        error = schemas.content(entities.Error)
        found[str(status)] = {"description": words, "headers": _headers(*LIMITS) | wait, "content": error}
        found[f"unlimited.{status}"] = {"description": words, "headers": wait, "content": error}
        found[f"page.{status}"] = {"description": words, "content": schemas.content(Page)}
    return found


def _refusals(endpoint: Endpoint) -> list[int]:
    rule, takes = endpoint.rule, endpoint.promise.takes
    sent = "form" in takes or "parts" in takes
    found = {403}
    if rule != ANYONE or endpoint.path.startswith("/oauth/"):
        found.add(401)
    if sent or takes.get("paged") or "query" in takes or endpoint.path.startswith("/oauth/"):
        found.add(400)
    if sent:
        found |= {404, 413, 422}
    if rule.who == "person" or endpoint.method != "GET":
        found.add(422)
    if "{" in endpoint.path or takes.get("absent"):
        found.add(404)
    if endpoint.path.startswith("/api/") or sent:
        found.add(429)
    return sorted(found)
