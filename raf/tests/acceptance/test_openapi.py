"""Schemathesis asks a running Raf everything its OpenAPI document says, sensible and not: no error of ours, nothing untold."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from raf.tests.acceptance.clients import environment_of
from raf.tests.acceptance.conftest import Server, serving

pytestmark = pytest.mark.long
HOOKS = Path(__file__).with_name("schemathesis_hooks.py")
SCOPES = "read write follow push profile admin:read admin:write"
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
ENDLESS = r"^/api/v1/streaming(?!/health)"
"""Streams end when the client leaves; their answers have no schema."""


class Place:
    """A network with something of everything: `token` is its owner's, `ids` are by the names of parameters."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.token = server.sign_up("olga", SCOPES)
        self._other = server.sign_up("boris")
        server.ostrov("raf", "role", "olga", "owner")
        self.ids = self._furnish()

    def _furnish(self) -> dict[str, list[str]]:
        """One of each to look at and change, and one to delete (`doomed.`)."""
        me, boris = (self.ask("GET", f"/api/v1/accounts/lookup?acct={name}")["id"] for name in ("olga", "boris"))
        self.server.sign_up("vera")
        vera = self.ask("GET", "/api/v1/accounts/lookup?acct=vera")["id"]
        self.ask("POST", f"/api/v1/accounts/{boris}/follow")
        post = self.post("raf with #soy")["id"]
        poll = self.post("which?", poll={"options": ["a", "b"], "expires_in": 3600})
        quote = self.post("look", quoted_status_id=post)["id"]
        theirs = [self.post(f"@olga hello {number}", self._other, visibility="direct")["id"] for number in range(2)]
        conversations = [one["id"] for one in self.ask("GET", "/api/v1/conversations")]
        self.post("mine", self._other, visibility="public")
        report = self.ask("POST", "/api/v1/reports", {"account_id": boris, "comment": "?"})["id"]
        found = {
            "account_id": [boris, me],
            "status_id": [post, poll["id"], quote, theirs[0]],
            "doomed.status_id": [self.post("soon gone")["id"], theirs[1]],
            "quoting_id": [quote],
            "poll_id": [poll["poll"]["id"]],
            "report_id": [report],
            "conversation_id": conversations[:1],
            "doomed.conversation_id": conversations[1:],
            "doomed.account_id": [vera],
            "name": ["soy", "coconut", "☕"],
        }
        for number, kept in enumerate(("", "doomed.")):
            people = self.ask("POST", "/api/v1/lists", {"title": "friends"})["id"]
            self.ask("POST", f"/api/v1/lists/{people}/accounts", {"account_ids": [boris]})
            words = {"title": "t", "context": ["home"], "keywords_attributes": [{"keyword": "cold"}]}
            filtered = self.ask("POST", "/api/v2/filters", words)
            block = {"ip": f"192.0.2.{number}", "severity": "no_access"}
            found |= {
                f"{kept}list_id": [people],
                f"{kept}filter_id": [filtered["id"]],
                f"{kept}keyword_id": [filtered["keywords"][0]["id"]],
                f"{kept}scheduled_id": [self.post("later", scheduled_at="2040-01-01T00:00:00Z")["id"]],
                f"{kept}featured_id": [self.ask("POST", "/api/v1/featured_tags", {"name": f"soy{number}"})["id"]],
                f"{kept}identity": [
                    self.ask("POST", "/api/v1/admin/ip_blocks", block)["id"],
                    self.ask("POST", "/api/v1/admin/domain_blocks", {"domain": f"bad{number}.example"})["id"],
                    self.ask("POST", "/api/v1/admin/email_domain_blocks", {"domain": f"spam{number}.example"})["id"],
                ],
            }
        return found

    def post(self, text: str, token: str = "", **more: Any) -> Any:
        return self.ask("POST", "/api/v1/statuses", {"status": text, **more}, token)

    def ask(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        headers = {"Authorization": f"Bearer {token or self.token}"}
        answer = httpx.request(method, self.server.url + path, json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def place(database: list[str], tmp_path: Path) -> Iterator[Place]:
    with serving(tmp_path, "raf.api.rate_limit=0", *database) as server:
        yield Place(server)


def test_what_somebody_is_answered_is_what_is_documented(place: Place, tmp_path: Path) -> None:
    assert explore(place, tmp_path, "fuzzing", place.token) == ""


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_way_to_say_a_request_is_answered_as_documented(place: Place, tmp_path: Path) -> None:
    assert explore(place, tmp_path, "coverage", place.token) == ""


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_nobody_is_answered_is_what_is_documented(place: Place, tmp_path: Path) -> None:
    assert explore(place, tmp_path, "fuzzing") == ""


def explore(place: Place, folder: Path, phases: str, token: str = "") -> str:
    """Run schemathesis; what it found, empty when that is nothing. An answer may have no field that the document has not."""
    document = httpx.get(f"{place.server.url}/api/openapi.json").json()
    for schema in document["components"]["schemas"].values():
        if schema.get("properties") and "required" in schema:
            schema["additionalProperties"] = False
    described = folder / "openapi.json"
    described.write_text(json.dumps(document))
    words = [environment_of("schemathesis") / "bin" / "schemathesis", "run", described, "--url", place.server.url]
    words += ["--checks", CHECKS, "--phases", phases, "--exclude-path-regex", ENDLESS, "--continue-on-failure"]
    words += ["--seed", "7", "--max-examples", "4", "--suppress-health-check", "all", "--generation-database", "none"]
    words += ["--no-color", "--warnings", "off", "--output-sanitize", "false"]
    if token:
        words += ["--header", f"Authorization: Bearer {token}"]
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "SCHEMATHESIS_HOOKS": str(HOOKS),
        "RAF_IDS": json.dumps(place.ids),
    }
    done = subprocess.run(words, capture_output=True, text=True, cwd=folder, env=environ, timeout=600, check=False)
    assert "Test cases:" in done.stdout, done.stdout[-3000:] + done.stderr[-3000:]
    found = done.stdout.partition("= FAILURES =")[2] or done.stdout.partition("= ERRORS =")[2]
    assert found or done.returncode == 0, done.stdout[-3000:]
    print(done.stdout.partition("= SUMMARY =")[2])
    return found.partition("= SUMMARY =")[0]
