"""The OpenAPI document tells of everything that is mounted, and of nothing else."""

from __future__ import annotations

import inspect
import re
from typing import Any

import msgspec
import pytest
from litestar import Litestar
from litestar.di import Provide

from raf.mastodon import direct, openapi, streaming
from raf.mastodon.endpoint import call_of
from raf.mastodon.routes import HANDLERS
from raf.mastodon.wording import SENTENCES

DOCUMENT = openapi.document(openapi.endpoints(HANDLERS), "http://raf.test")
OPERATIONS = [
    pytest.param(method, path, told, id=f"{method} {path}")
    for path, methods in DOCUMENT["paths"].items()
    for method, told in methods.items()
]


def mounted() -> set[tuple[str, str]]:
    """(method, path) of what the server answers: before Litestar, and by it."""
    found = {(method.lower(), path) for method, path in direct.ENDPOINTS}
    found |= {("get", streaming.ROOT + path) for path in (*streaming.PATHS, "", "/health")}
    inner = Litestar(HANDLERS, openapi_config=None, dependencies={"call": Provide(call_of, sync_to_thread=False)})
    for route in inner.routes:
        path = re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path)
        found |= {(method.lower(), path) for method in route.methods if method not in ("OPTIONS", "HEAD")}
    return found


def test_every_mounted_route_is_told_and_every_told_route_is_mounted() -> None:
    told = {(method, path) for path, methods in DOCUMENT["paths"].items() for method in methods}
    assert told == mounted()
    assert len(told) > 230


def test_the_hottest_endpoints_are_told_as_they_are_mounted() -> None:
    assert direct.PROMISES.keys() == direct.ENDPOINTS.keys()


@pytest.mark.parametrize(("method", "path", "told"), OPERATIONS)
def test_a_path_names_its_parameters_and_says_what_it_is(method: str, path: str, told: Any) -> None:
    named = {one["name"] for one in told["parameters"] if one["in"] == "path"}
    assert named == set(re.findall(r"\{(\w+)\}", path))
    assert told["summary"]
    assert "200" in told["responses"]


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [told["operationId"] for methods in DOCUMENT["paths"].values() for told in methods.values()]
    assert len(names) == len(set(names))


def test_every_reference_leads_somewhere_and_every_named_schema_is_referred_to() -> None:
    text = msgspec.json.encode(DOCUMENT).decode()
    referred = set(re.findall(r'"\$ref":"#/components/([^"]+)"', text))
    defined = {f"{kind}/{name}" for kind, named in DOCUMENT["components"].items() for name in named}
    assert referred <= defined
    assert {name for name in defined if name.startswith("schemas/")} <= referred


def test_scopes_are_those_that_exist() -> None:
    text = msgspec.json.encode(DOCUMENT["paths"]).decode()
    scopes = {scope for found in re.findall(r'"token":\["([^"]*)"\]', text) for scope in found.split(",")}
    assert scopes <= SENTENCES.keys()
    assert "write:statuses" in scopes


def test_a_handler_that_reads_a_body_of_its_own_says_so() -> None:
    for handler in HANDLERS:
        source, takes = inspect.getsource(handler.fn), handler.opt["promise"].takes
        for word, kind in re.findall(r"call\.(query|form)\((\w+)\)", source):
            if kind == "PageQuery" and takes.get("paged"):
                continue
            said = takes.get(word) or takes.get("query")
            assert said is not None, (handler, kind)
            assert said.__name__ == kind, (handler, kind)
        if "call.paging(" in source:
            assert takes.get("paged"), handler
