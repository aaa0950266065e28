"""Who may not see a post learns nothing of it by its poll, its quotes, its history or its conversation."""

from __future__ import annotations

from typing import Any

import pytest

from raf.domain.visibility import VISIBILITIES, may_see

RELATIONS = ("nobody", "stranger", "follower", "mentioned", "blocked")
SECRET = "soyandcoconut"


@pytest.mark.parametrize("visibility", VISIBILITIES)
async def test_nothing_leaks_to_whom_a_post_is_not_for(api: Any, database: list[str], visibility: str) -> None:
    async with api(database) as raf:
        author = await raf.person("author")
        viewers = {name: await raf.person(name) for name in RELATIONS if name != "nobody"}
        await viewers["follower"].post(f"/api/v1/accounts/{author.id}/follow")
        await author.post(f"/api/v1/accounts/{viewers['blocked'].id}/block")
        poll = {"options": [SECRET + "1", SECRET + "2"], "expires_in": 600}
        asked = await author.says(f"@mentioned {SECRET}", visibility=visibility, poll=poll)
        quoting = None
        if visibility != "direct":
            quoting = await author.says("public words", quoted_status_id=asked["id"])
        path = f"/api/v1/polls/{asked['id']}"
        for relation in RELATIONS:
            sees = may_see(
                visibility,
                author.account_id,
                viewers[relation].account_id if relation != "nobody" else 0,
                follows=relation == "follower",
                mentioned=relation == "mentioned",
                blocked=relation == "blocked",
            )
            ask = raf.client.request if relation == "nobody" else viewers[relation].ask
            for where in (
                path,
                f"/api/v1/statuses/{asked['id']}",
                f"/api/v1/statuses/{asked['id']}/quotes",
                f"/api/v1/statuses/{asked['id']}/history",
            ):
                answer = await ask("GET", where)
                assert answer.status_code == (200 if sees else 404), (relation, where)
                assert sees or SECRET not in answer.text, (relation, where)
            for where in ("/api/v1/timelines/public", f"/api/v1/accounts/{author.id}/statuses", "/api/v1/conversations"):
                answer = await ask("GET", where)
                assert sees or SECRET not in answer.text, (relation, where)
            if quoting is not None:
                answer = await ask("GET", f"/api/v1/statuses/{quoting['id']}")
                assert sees or SECRET not in answer.text, relation
            if relation != "nobody":
                voted = await ask("POST", f"{path}/votes", json={"choices": [0]})
                assert voted.status_code == (200 if sees else 404), relation
                taken = await ask("POST", f"/api/v1/statuses/{asked['id']}/quotes/{(quoting or asked)['id']}/revoke")
                assert taken.status_code == 404, relation
                assert (await ask("GET", "/api/v1/scheduled_statuses")).json() == []
