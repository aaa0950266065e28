"""Archives as they are packed here, and as other places pack them."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from PIL import Image

from ostrov import run_tasks
from raf.archive.archive import open_archive
from raf.archive.notes import EVERYBODY
from raf.network import Raf

ACTOR = "https://old.example/users/anna"
FOLLOWERS = f"{ACTOR}/followers"


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 120, 60)).save(out, "PNG")
    return out.getvalue()


def note(number: int, content: str, to: str | None = EVERYBODY, **more: Any) -> dict[str, Any]:
    """A `Create` as Mastodon writes it."""
    return {
        "type": "Create",
        "actor": ACTOR,
        "object": {
            "id": f"{ACTOR}/statuses/{number}",
            "type": "Note",
            "attributedTo": ACTOR,
            "published": f"2019-05-{number:02}T10:00:00Z",
            "to": [to] if to else [],
            "cc": [FOLLOWERS] if to == EVERYBODY else [],
            "content": content,
            "contentMap": {"ru": content},
            **more,
        },
    }


def boxed(folder: Path, *activities: dict[str, Any], files: dict[str, bytes] | None = None) -> Path:
    """An archive of another place."""
    path = folder / "archive.zip"
    with zipfile.ZipFile(path, "w") as box:
        box.writestr("actor.json", json.dumps({"id": ACTOR, "type": "Person"}))
        box.writestr("outbox.json", json.dumps({"type": "OrderedCollection", "orderedItems": list(activities)}))
        for name, data in (files or {}).items():
            box.writestr(name, data)
    return path


async def taken_in(raf: Raf, account_id: int, path: Path) -> tuple[str, int, int, str]:
    archive = raf.application.part(open_archive)
    await archive.bring_archive(account_id, path.name, path)
    await run_tasks(raf.application)
    job = (await archive.imports(account_id))[0]
    return job.state, job.done, job.failed, job.error


async def packed(raf: Raf, account_id: int) -> zipfile.ZipFile:
    archive = raf.application.part(open_archive)
    await archive.order(account_id)
    await run_tasks(raf.application)
    return zipfile.ZipFile(await archive.packed(account_id))
