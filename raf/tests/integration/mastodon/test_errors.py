"""What Mastodon 4.4 says when something cannot be done: the words that clients show to people, and some look for.

From its `config/locales/en.yml` and `activerecord.en.yml`, `Api::ErrorHandling`, and the validators of posts, polls and pins.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from raf.tests.integration.mastodon.conftest import Api, Person

from raf.mastodon.answers import refusal

POSTS = "/api/v1/statuses"
POLL = {"options": ["soy", "oat"], "expires_in": 3600}
SOON = "in a minute from when it is asked"


class Case(NamedTuple):
    """A request of anna's, and what comes back."""

    method: str
    path: str
    body: dict[str, Any]
    status: int
    error: str


def post(error: str, **body: Any) -> Case:
    return Case("POST", POSTS, {"status": "x"} | body, 422, error)


def poll(error: str, **body: Any) -> Case:
    return post(f"Validation failed: {error}", poll=POLL | body)


CASES = [
    *(
        Case("GET", f"/api/v1/{what}/1", {}, 404, "Record not found")
        for what in ("statuses", "accounts", "lists", "polls", "media")
    ),
    *(Case("GET", f"/api/v1/{what}/1", {}, 404, "Record not found") for what in ("notifications", "scheduled_statuses")),
    Case("GET", "/api/v2/filters/1", {}, 404, "Record not found"),
    Case("DELETE", f"{POSTS}/1", {}, 404, "Record not found"),
    Case("POST", f"{POSTS}/1/favourite", {}, 404, "Record not found"),
    Case("GET", "/api/v1/nothing", {}, 404, "Not Found"),
    Case("GET", f"{POSTS}/{{borises}}", {}, 200, ""),
    Case("PUT", f"{POSTS}/{{borises}}", {"status": "mine"}, 404, "Record not found"),
    Case("DELETE", f"{POSTS}/{{borises}}", {}, 404, "Record not found"),
    Case("GET", "/api/v1/admin/accounts", {}, 403, "This action is outside the authorized scopes"),
    post("Validation failed: Text can't be blank", status=" "),
    post("Validation failed: Text character limit of 500 exceeded", status="x" * 501),
    post("Validation failed: Visibility is not included in the list", visibility="loud"),
    post("Cannot attach more than 4 files", media_ids=["1", "2", "3", "4", "5"]),
    post("Cannot attach more than 4 files", media_ids=["1"], poll=POLL),
    post("Media 1, 2 not found or already attached to another post", media_ids=["1", "2"]),
    post("Validation failed: Scheduled at The scheduled date must be in the future", scheduled_at=SOON),
    Case(
        "POST",
        POSTS,
        {"status": "x", "in_reply_to_id": "1"},
        404,
        "The post you are trying to reply to does not appear to exist.",
    ),
    poll("Choices must have more than one item", options=["soy"]),
    poll("Choices can't be blank, Choices must have more than one item", options=["", " "]),
    poll("Choices can't contain more than 4 items", options=list("abcde")),
    poll("Choices cannot be longer than 50 characters each", options=["a", "b" * 51]),
    poll("Choices contain duplicate items", options=["a", "a"]),
    poll("Deadline is too soon", expires_in=299),
    poll("Deadline is too far into the future", expires_in=40 * 86400),
    Case(
        "POST", "/api/v1/polls/{poll}/votes", {"choices": [7]}, 422, "Validation failed: The chosen vote option does not exist"
    ),
    Case(
        "POST", "/api/v1/polls/{own_poll}/votes", {"choices": [0]}, 422, "Validation failed: You cannot vote in your own polls"
    ),
    Case("POST", f"{POSTS}/{{borises}}/pin", {}, 422, "Validation failed: Someone else's post cannot be pinned"),
    Case(
        "POST",
        f"{POSTS}/{{direct}}/pin",
        {},
        422,
        "Validation failed: Posts that are only visible to mentioned users cannot be pinned",
    ),
    Case("POST", "/api/v1/lists", {"title": ""}, 422, "Validation failed: Title can't be blank"),
    Case(
        "POST",
        "/api/v2/filters",
        {"title": "a", "context": []},
        422,
        "Validation failed: Context None or invalid context supplied",
    ),
    Case("POST", "/api/v1/media", {}, 422, "Validation failed: File can't be blank"),
    Case("POST", "/api/v1/accounts/{anna}/follow", {}, 404, "Record not found"),
]


async def things(raf: Api, anna: Person) -> dict[str, str]:
    """What the paths of the cases speak of."""
    boris = await raf.person("boris")
    theirs, asked = await boris.says("hello"), await boris.says("which?", poll=POLL)
    own, direct = await anna.says("which?", poll=POLL), await anna.says("@boris hush", visibility="direct")
    return {
        **{"anna": anna.id, "borises": theirs["id"], "direct": direct["id"]},
        **{"poll": asked["poll"]["id"], "own_poll": own["poll"]["id"]},
    }


async def test_what_cannot_be_done_is_told_in_mastodons_words(api: Any) -> None:
    async with api("raf.api.rate_limit=0") as raf:
        anna = await raf.person("anna")
        known = await things(raf, anna)
        unlike = []
        for case in CASES:
            soon = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
            body = {name: soon if value == SOON else value for name, value in case.body.items()}
            answer = await anna.ask(case.method, case.path.format(**known), **({"json": body} if body else {}))
            told = (answer.status_code, answer.json().get("error", ""))
            if told != (case.status, case.error):
                unlike.append((case, told))
        assert unlike == []


@pytest.mark.parametrize(
    ("token", "status", "error"),
    [
        ("nobodys", 401, "The access token is invalid"),
        ("applications", 422, "This method requires an authenticated user"),
        ("readers", 403, "This action is outside the authorized scopes"),
    ],
)
async def test_who_may_not_is_told_in_mastodons_words(api: Any, token: str, status: int, error: str) -> None:
    async with api() as raf:
        anna = await raf.person("anna")
        tokens = {
            "nobodys": Person(raf.client, "", 0, "x" * 43),
            "applications": await raf.token("", None),
            "readers": await raf.token("anna", anna.account_id, "read"),
        }
        answer = await tokens[token].ask("POST", POSTS, json={"status": "x"})
        assert (answer.status_code, answer.json()) == (status, {"error": error})


async def test_a_refused_sign_up_names_fields_as_mastodon_does(api: Any) -> None:
    async with api() as raf:
        anybody = await raf.token("", None)
        form = {
            "username": "an na",
            "email": "nowhere",
            "password": "long enough to be one",
            "agreement": "false",
            "locale": "en",
        }
        answer = await anybody.ask("POST", "/api/v1/accounts", data=form)
        told = answer.json()
        assert (answer.status_code, sorted(told["details"])) == (422, ["agreement", "email", "username"])
        assert "Username must contain only letters, numbers and underscores" in told["error"]
        assert "E-mail address is" in told["error"]
        assert "Service agreement must be accepted" in told["error"]


def test_an_error_of_ours_is_told_without_its_words() -> None:
    assert refusal(RuntimeError("inside"))[:2] == (500, {"error": "Internal Server Error"})
