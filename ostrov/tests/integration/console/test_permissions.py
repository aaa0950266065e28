"""What a role may not do it does not see, and cannot do by hand either."""

from __future__ import annotations

from typing import Any

import pytest

from ostrov.core.operations.operators import set_role

PAGES = ("/", "/processes", "/logs", "/operations", "/approvals", "/audit", "/operators", "/settings", "/me", "/orchard")


async def test_a_viewer_sees_every_page_and_no_button_that_calls_an_operation(opening: Any) -> None:
    async with opening() as house:
        vera = await house.person("vera")
        for path in PAGES:
            answer = await vera.get(path)
            assert answer.status_code == 200, path
            assert 'class="call"' not in answer.text, path
        assert "orchard.water" not in (await vera.get("/operations")).text
        ann = await house.person("ann")
        assert 'class="call"' in (await ann.get("/orchard")).text
        assert "orchard.water" in (await ann.get("/operations")).text


async def test_a_viewer_cannot_post_what_no_button_shows_and_the_attempt_is_audited(opening: Any) -> None:
    async with opening() as house:
        vera = await house.person("vera")
        assert (await vera.get("/operations/orchard.water")).status_code == 403
        await vera.get("/me")
        answer = await vera.post("/operations/orchard.water", {"tree": "oak", "_step": "run"})
        assert answer.status_code == 403
        assert await house.steps() == [("vera", "orchard.water", "denied")]


@pytest.mark.parametrize("path", ["/audit", "/settings", "/operators", "/processes", "/logs", "/cellar"])
async def test_a_page_without_its_permission_is_refused_and_not_in_the_menu(opening: Any, path: str) -> None:
    async with opening() as house:
        gleb = await house.person("gleb")
        answer = await gleb.get(path)
        assert answer.status_code == 403
        assert f'href="/console{path}"' not in answer.text


async def test_a_role_changes_at_once_in_an_open_session(opening: Any) -> None:
    async with opening() as house:
        gleb = await house.person("gleb")
        assert (await gleb.get("/orchard")).status_code == 200
        await house.application.store.write(set_role, "gleb", "none of them")
        assert (await gleb.get("/orchard")).status_code == 403
        await gleb.get("/me")
        assert (await gleb.post("/operations/orchard.water", {"tree": "oak"})).status_code == 403


async def test_somebody_elses_run_is_shown_to_those_who_may_see_the_audit(opening: Any) -> None:
    async with opening() as house:
        ann, gleb, vera = [await house.person(name) for name in ("ann", "gleb", "vera")]
        await ann.post("/operations/orchard.water", {"tree": "oak", "_step": "run"})
        assert (await vera.get("/runs/1")).status_code == 200
        await house.application.store.write(set_role, "vera", "owner")
        await vera.get("/me")
        await vera.post("/operations/operators.role", {"name": "boris", "role": "viewer", "_step": "run"})
        assert (await vera.get("/runs/2")).status_code == 200
        assert (await gleb.get("/runs/2")).status_code == 404


async def test_the_overview_of_a_person_who_may_little_still_stands(opening: Any) -> None:
    async with opening("+operations.roles.little=[console.view]") as house:
        await house.application.store.write(set_role, "vera", "little")
        vera = await house.person("vera")
        answer = await vera.get("/")
        assert answer.status_code == 200
        assert "Tallest" not in answer.text
        assert "Recent operations" not in answer.text
