"""Where to look in a picture, said with it and changed later."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image


def png() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (120, 80), "teal").save(written, "PNG")
    return written.getvalue()


async def test_the_focus_of_a_posted_picture_changes_with_a_new_version(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna = await raf.person("anna")
        picture = await anna.post("/api/v1/media", files={"file": ("a.png", png())}, data={"focus": "0.5,-0.25"})
        assert picture["meta"]["focus"] == {"x": 0.5, "y": -0.25}
        posted = await anna.says("look", media_ids=[picture["id"]])
        path = f"/api/v1/statuses/{posted['id']}"
        body = {"status": "look", "media_ids": [picture["id"]], "media_attributes": [{"id": picture["id"], "focus": "-1,1"}]}
        changed = (await anna.ask("PUT", path, json=body)).json()
        assert changed["media_attachments"][0]["meta"]["focus"] == {"x": -1.0, "y": 1.0}
        assert changed["edited_at"] is not None
        for wrong in ("2,0", "nan,0", "left"):
            body["media_attributes"] = [{"id": picture["id"], "focus": wrong, "description": ""}]
            assert (await anna.ask("PUT", path, json=body)).status_code == 422, wrong
        assert (await anna.get(path))["media_attachments"][0]["meta"]["focus"] == {"x": -1.0, "y": 1.0}
