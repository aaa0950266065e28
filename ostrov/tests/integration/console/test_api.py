"""The door for programs."""

from __future__ import annotations

import sys
from typing import Any

import httpx

from ostrov.core.operations.operators import create_token, get_operator


class Program:
    """Something that calls the API with a token."""

    def __init__(self, house: Any, token: str = "", **headers: str) -> None:
        if token:
            headers["authorization"] = f"Bearer {token}"
        transport = httpx.ASGITransport(house.console)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://console.test/console/api", headers=headers)

    async def get(self, path: str) -> httpx.Response:
        return await self.http.get(path)

    async def post(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        return await self.http.post(path, json=body if body is not None else {}, **options)


async def token(house: Any, name: str, scope: tuple[str, ...] = ()) -> str:
    operator = await house.application.store.read(get_operator, name)
    made: str = await house.application.store.write(create_token, operator, "test", scope)
    return made


async def test_a_program_sees_what_its_person_may_call_with_the_schema_of_the_arguments(opening: Any) -> None:
    async with opening() as house:
        gleb = Program(house, await token(house, "gleb"))
        listed = (await gleb.get("/operations")).json()["operations"]
        by_name = {operation["name"]: operation for operation in listed}
        assert "operators.add" not in by_name
        assert by_name["orchard.water"]["arguments"] == {
            "type": "object",
            "properties": {
                "tree": {"type": "string", "description": "which tree"},
                "litres": {"type": "integer", "default": 3},
                "kind": {"enum": ["rain", "sea"], "default": "rain"},
                "gently": {"type": "boolean", "default": True},
            },
            "required": ["tree"],
            "additionalProperties": False,
        }
        assert by_name["orchard.lock"]["arguments"]["properties"]["password"]["writeOnly"] is True
        assert (await gleb.get("/operations/orchard.water")).json() == by_name["orchard.water"]
        vera = Program(house, await token(house, "vera"))
        assert (await vera.get("/operations/orchard.water")).status_code == 404


async def test_every_operation_of_the_house_has_a_schema(opening: Any) -> None:
    async with opening() as house:
        ann = Program(house, await token(house, "ann"))
        listed = (await ann.get("/operations")).json()["operations"]
        assert {"operators.add", "processes.restart"} <= {operation["name"] for operation in listed}


async def test_a_call_goes_through_the_same_door(opening: Any) -> None:
    async with opening() as house:
        gleb = Program(house, await token(house, "gleb"))
        answer = await gleb.post("/operations/orchard.water", {"tree": "oak", "litres": 4})
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.json()["result"] == "oak got 4 litres"
        assert answer.json()["state"] == "finished"
        assert sys.modules["orchard.component"].watered == [("oak", 4, "rain", True)]
        assert await house.steps() == [("gleb", "orchard.water", "started"), ("gleb", "orchard.water", "finished")]


async def test_errors_are_documents_with_a_cause_and_a_tip(opening: Any) -> None:
    async with opening() as house:
        vera, gleb = Program(house, await token(house, "vera")), Program(house, await token(house, "gleb"))
        answer = await gleb.post("/operations/orchard.water", {"tree": "oak", "litres": "many"})
        assert answer.status_code == 400
        assert answer.json()["fields"] == {"litres": "must be a whole number, not 'many'"}
        answer = await vera.post("/operations/orchard.water", {"tree": "oak"})
        assert answer.status_code == 403
        assert set(answer.json()) >= {"error", "cause", "tip"}
        assert (await gleb.post("/operations/orchard.wate")).status_code == 404
        assert (await gleb.get("/nothing")).status_code == 404
        assert (await gleb.http.delete("/operations")).status_code == 405
        assert (await gleb.http.post("/operations/orchard.water", content=b"[1]")).status_code == 400
        assert (await gleb.http.post("/operations/orchard.water", data={"tree": "oak"})).status_code == 400
        answer = await gleb.post("/operations/orchard.lock", {"gate": "west", "password": "short"})
        assert answer.status_code == 500
        assert answer.json()["cause"] == "ValueError: the lock jams"


async def test_neither_a_cookie_nor_an_address_opens_the_door(opening: Any) -> None:
    async with opening() as house:
        person = await house.person("ann")
        for answer in (
            await person.browser.get("/console/api/operations"),
            await person.browser.post("/console/api/operations/orchard.water", json={"tree": "oak"}),
            await Program(house, "ost_nobody").get("/operations"),
            await Program(house, authorization="Basic YTpi").get("/operations"),
        ):
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"].startswith("Bearer")
        key = await token(house, "ann")
        for word in ("token", "access_token"):
            answer = await Program(house).get(f"/operations?{word}={key}")
            assert answer.status_code == 400
            assert key not in answer.text
        assert [step for step in await house.steps() if step[1] == "orchard.water"] == []


async def test_a_narrowed_token_may_less_than_its_person(opening: Any) -> None:
    async with opening() as house:
        narrow = Program(house, await token(house, "ann", ("orchard.manage",)))
        assert (await narrow.post("/operations/orchard.water", {"tree": "oak"})).status_code == 200
        assert (await narrow.post("/operations/operators.remove", {"name": "vera"})).status_code == 403


async def test_a_plan_is_asked_for_expected_and_approved(opening: Any) -> None:
    async with opening() as house:
        gleb, ann = Program(house, await token(house, "gleb")), Program(house, await token(house, "ann"))
        plan = (await gleb.post("/operations/orchard.sell?dry_run=1", {"tree": "palm"})).json()
        assert (plan["state"], plan["plan"]) == ("planned", [{"tree": "palm", "height": 7}])
        assert (await gleb.post("/operations/orchard.sell?expect=" + "0" * 64, {"tree": "palm"})).status_code == 409
        asked = await gleb.post(f"/operations/orchard.sell?expect={plan['digest']}", {"tree": "palm"})
        assert asked.status_code == 202
        run = asked.json()["run"]
        waiting = (await ann.get("/approvals")).json()["approvals"]
        assert [one["id"] for one in waiting] == [run]
        assert "sealed" not in waiting[0]
        decision = {"decision": "approve", "digest": plan["digest"]}
        assert (await gleb.post(f"/approvals/{run}", decision)).status_code == 403
        assert (await ann.post(f"/approvals/{run}", {"decision": "perhaps"})).status_code == 400
        assert (await ann.post(f"/approvals/{run}", decision)).json()["result"] == "sold palm"
        assert (await gleb.get(f"/runs/{run}")).json()["state"] == "finished"
        assert (await Program(house, await token(house, "ann", ("console.view",))).get("/runs/1")).status_code == 404
