"""`/oauth/authorize`: a person in a browser lets an application in, or does not.

Everything that the page shows is checked again when its form comes back. A code goes to an address that the client registered,
and nowhere else; what is wrong with the client or the address is told here, never sent there.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec
from litestar import Request, Response

from raf.errors import Forbidden, RafError
from raf.identity.applications import OUT_OF_BAND, OAuthApplication, is_redirect_uri
from raf.identity.csrf import FIELD
from raf.identity.oauth import DESCRIPTIONS, OAuthError, allowed_scopes
from raf.identity.tokens import CHALLENGE, Code
from raf.mastodon.access import ANYONE
from raf.mastodon.call import Call
from raf.mastodon.endpoint import Asked, get, post
from raf.mastodon.gate import CALL
from raf.mastodon.parameters import convert
from raf.mastodon.promise import Page
from raf.mastodon.wording import sentences
from raf.web import problems
from raf.web.answer import HTML, Answer, redirect
from raf.web.house import open_house
from raf.web.problems import PAGE
from raf.web.security import security_headers
from raf.web.visit import Visit

AnyRequest = Request[Any, Any, Any]
LOOPBACK = re.compile(r"http://(127\.0\.0\.1|\[::1\])(:\d+)?(/|$)")
SOURCE = re.compile(r"[a-z][a-z0-9+.-]*:(//[A-Za-z0-9.:\[\]-]+)?")


class Question(msgspec.Struct):
    """What a client asks for."""

    client_id: str = ""
    redirect_uri: str = ""
    response_type: str = ""
    scope: str = ""
    state: str = ""
    code_challenge: str = ""
    code_challenge_method: str = ""


class Refusal(RafError):
    """An error that is told to the client at its own address."""

    def __init__(self, code: str) -> None:
        super().__init__(DESCRIPTIONS[code])
        self.code = code


@get("/oauth/authorize", ANYONE, Page, query=Question)
async def ask(call: Asked, request: AnyRequest) -> Answer:
    """The page that asks."""
    visit = await call.house.application.part(open_house).visit(request)
    question = call.query(Question)
    try:
        client, uri = await _addressed(call, question)
        try:
            scopes = _checked(client, question)
        except Refusal as problem:
            return _sent_back(call, visit, uri, question, {"error": problem.code, "error_description": problem.error})
        visit.member()
        hidden = {name: value for name, value in msgspec.structs.asdict(question).items() if value}
        page = await visit.house.page(
            visit,
            "authorize.html",
            bare=True,
            application=client,
            permissions=sentences(visit.language, scopes),
            action="/oauth/authorize",
            hidden=hidden,
        )
    except RafError as problem:
        return _trouble(visit, request, problem)
    return _secured(page, visit, form_action=f"'self' {_source(uri)}".strip())


@post("/oauth/authorize", ANYONE, Page, form=Question)
async def decide(call: Asked, request: AnyRequest) -> Answer:
    """What the person decided."""
    visit = await call.house.application.part(open_house).visit(request)
    try:
        tree = await call.tree()
        token = tree.get(FIELD, "")
        if not isinstance(token, str) or not visit.csrf_holds(token):
            raise Forbidden("This form is out of date")
        account_id = visit.member()
        question = convert(tree, Question)
        client, uri = await _addressed(call, question)
        try:
            scopes = _checked(client, question)
            if tree.get("decision") != "allow":
                raise Refusal("access_denied")
        except Refusal as problem:
            return _sent_back(call, visit, uri, question, {"error": problem.code, "error_description": problem.error})
        code = await call.house.oauth.issue_code(Code(client.id, account_id, uri, scopes, question.code_challenge))
    except RafError as problem:
        return _trouble(visit, request, problem)
    return _sent_back(call, visit, uri, question, {"code": code})


@get("/oauth/authorize/native", ANYONE, Page)
async def native(call: Asked, request: AnyRequest) -> Answer:
    """Shows a code to the person, who carries it into an application that has no address."""
    visit = await call.house.application.part(open_house).visit(request)
    code = str(dict(parse_qsl(call.scope["query_string"].decode("latin-1"))).get("code", ""))[:200]
    page = await visit.house.page(visit, "code.html", bare=True, code=code)
    return _secured(page, visit)


async def _addressed(call: Call, question: Question) -> tuple[OAuthApplication, str]:
    """The client and the address its answer goes to. Raises OAuthError, which is never sent to that address."""
    client = await call.house.oauth.find_client(question.client_id)
    uri = question.redirect_uri
    if not uri and len(client.redirect_uris) == 1:
        uri = client.redirect_uris[0]
    if not any(_same_address(uri, registered) for registered in client.redirect_uris):
        raise OAuthError("invalid_redirect_uri")
    return client, uri


def _same_address(uri: str, registered: str) -> bool:
    """Equal, but for the port of a program on this person's own machine (RFC 8252 §7.3)."""
    if uri == registered:
        return True
    if not LOOPBACK.match(registered) or not LOOPBACK.match(uri) or not is_redirect_uri(uri):
        return False
    asked, known = urlsplit(uri), urlsplit(registered)
    return (asked.hostname, asked.path, asked.query, asked.fragment) == (known.hostname, known.path, known.query, "")


def _checked(client: OAuthApplication, question: Question) -> tuple[str, ...]:
    """The scopes asked for. Raises Refusal."""
    if question.response_type != "code":
        raise Refusal("unsupported_response_type")
    if question.code_challenge_method not in ("", "S256") or (question.code_challenge_method and not question.code_challenge):
        raise Refusal("invalid_code_challenge_method")
    if question.code_challenge and (
        question.code_challenge_method != "S256" or not CHALLENGE.fullmatch(question.code_challenge)
    ):
        raise Refusal("invalid_code_challenge_method")
    try:
        return allowed_scopes(client, question.scope)
    except OAuthError as problem:
        raise Refusal(problem.code) from problem


def _sent_back(call: Call, visit: Visit, uri: str, question: Question, answer: dict[str, str]) -> Answer:
    """The person's browser takes the answer to the client."""
    if uri == OUT_OF_BAND:
        if "code" not in answer:
            return _secured(redirect("/", visit.cookies), visit)
        where = f"/oauth/authorize/native?{urlencode(answer)}"
        return _secured(redirect(where, visit.cookies), visit)
    if question.state:
        answer["state"] = question.state
    parts = urlsplit(uri)
    query = "&".join(filter(None, [parts.query, urlencode(answer)]))
    return _secured(redirect(urlunsplit(parts._replace(query=query)), visit.cookies), visit)


def _trouble(visit: Visit, request: AnyRequest, problem: RafError) -> Answer:
    """The page that tells what went wrong, or the way to the log-in."""
    told = problems.told(visit.house, request, problem)
    kind = HTML if told.media_type == PAGE else str(told.media_type)
    cookies = [made.to_header(header="") for made in told.cookies]
    answer = Answer(told.content, kind, told.status_code or 500, told.headers.items(), cookies)
    return _secured(answer, visit)


def told(request: AnyRequest, problem: Exception) -> Response[Any]:
    """The page for whatever else went wrong: a network that is kept out, an address that cannot be read, an error of ours."""
    call: Call = request.scope[CALL]  # type: ignore[literal-required]
    house = call.house.application.part(open_house)
    page = problems.told(house, request, problem)
    for name, value in security_headers(secure=house.site.secure):
        page.headers[name.decode()] = value.decode()
    return page


def _secured(answer: Answer, visit: Visit, form_action: str = "'self'") -> Answer:
    answer.headers += security_headers(secure=visit.site.secure, form_action=form_action)
    return answer


def _source(uri: str) -> str:
    """Where the form may lead after its redirect, as a content security policy names it."""
    if uri == OUT_OF_BAND:
        return ""
    parts = urlsplit(uri)
    source = f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else f"{parts.scheme}:"
    return source if SOURCE.fullmatch(source) else ""


HANDLERS = [ask, decide, native]
