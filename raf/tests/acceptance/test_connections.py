"""One connection for many requests, whatever they are: nobody is cut off between two of them."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from raf.tests.acceptance.conftest import Server

pytestmark = pytest.mark.long
PATHS = ("/", "/about", "/oauth/authorize", "/api/v2/instance", "/api/v1/timelines/public", "/api/v1/nothing", "/health")


def test_a_connection_outlives_a_request_for_headers_alone(raf: Server) -> None:
    connection = http.client.HTTPConnection(urlsplit(raf.url).netloc, timeout=20)
    connection.connect()
    connection.auto_open = 0  # a connection that was closed stays so
    for path in PATHS:
        asked = {}
        for method in ("HEAD", "GET", "HEAD", "GET"):
            connection.request(method, path)
            answer = connection.getresponse()
            body = answer.read()
            asked[method] = (answer.status, answer.headers["content-type"])
            assert bool(body) == (method == "GET"), path
            assert answer.headers["connection"] != "close", path
        assert asked["HEAD"] == asked["GET"], path
