"""The `media` table as uploads see it, and the entity it becomes. Attaching to a post is the post's affair."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from ostrov import Connection
from raf.entities import MediaAttachment
from raf.media.decoding import Developed, Made


class Attachment(NamedTuple):
    """A row of `media`; `state` is waiting, ready or failed."""

    id: int
    account_id: int
    status_id: int | None
    kind: str
    state: str
    file: str | None
    preview: str | None
    remote_url: str | None
    meta: str
    description: str | None
    blurhash: str | None
    error: str | None


COLUMNS = ", ".join(Attachment._fields)


class Kept(NamedTuple):
    """What is known of a file once it is stored, with its preview if it has one."""

    kind: str
    file: str
    preview: str | None
    content_type: str
    meta: dict[str, Any]
    blurhash: str | None
    size: int


class Chosen(NamedTuple):
    """A thumbnail of one's own choice."""

    preview: str
    measures: dict[str, Any]
    blurhash: str


def measures(made: Made) -> dict[str, Any]:
    """The size of a still, as Mastodon says it."""
    return {
        "width": made.width,
        "height": made.height,
        "size": f"{made.width}x{made.height}",
        "aspect": made.width / made.height,
    }


def moving_measures(made: Made) -> dict[str, Any]:
    """Size, length (seconds) and rates of a film or a sound, as Mastodon says them (MediaAttachment#video_metadata)."""
    duration = made.duration or 0.0
    said: dict[str, Any] = {"duration": round(duration, 3), "bitrate": round(made.bytes * 8 / duration) if duration else 0}
    if not made.width:
        return said
    rate = made.frame_rate or "0"
    return {"width": made.width, "height": made.height, "frame_rate": rate if "/" in rate else f"{rate}/1"} | said


def meta_of(developed: Developed) -> dict[str, Any]:
    """The entity's `meta`."""
    meta: dict[str, Any] = {}
    original = developed.original
    meta["original"] = measures(original) if developed.kind == "image" else moving_measures(original)
    if developed.small is not None:
        meta["small"] = measures(developed.small)
    return meta


def entity_of(row: Attachment, media_url: str) -> MediaAttachment:
    """The row as the API shows it; `media_url` is the address of the media folder and ends in a slash."""
    ready = row.state == "ready"
    return MediaAttachment(
        id=str(row.id),
        type=row.kind,
        url=media_url + row.file if ready and row.file else None,
        preview_url=media_url + row.preview if ready and row.preview else None,
        remote_url=row.remote_url,
        meta=msgspec.json.decode(row.meta),
        description=row.description,
        blurhash=row.blurhash,
    )


def insert_attachment(
    connection: Connection,
    identity: int,
    account_id: int,
    kind: str,
    kept: Kept | None,
    description: str | None,
    focus: tuple[float, float] | None,
    now: float,
    chosen: Chosen | None = None,
) -> None:
    """Write the row of an upload: ready, or without `kept` waiting for its processing."""
    meta: dict[str, Any] = {} if focus is None else {"focus": {"x": focus[0], "y": focus[1]}}
    if chosen is not None:
        meta["small"] = chosen.measures
    connection.execute(
        "INSERT INTO media (id, account_id, kind, state, description, created_at, meta, preview, blurhash)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(identity, account_id, kind, "waiting", description, now, msgspec.json.encode(meta).decode()),
            *(None if chosen is None else chosen.preview, None if chosen is None else chosen.blurhash),
        ),
    )
    if kept is not None:
        finish_attachment(connection, identity, kept)


def finish_attachment(connection: Connection, identity: int, kept: Kept) -> bool:
    """An upload was processed. False when it is not waiting any more. A focus and a thumbnail set meanwhile stay."""
    meta = connection.value("SELECT meta FROM media WHERE id = ?", (identity,))
    whole = kept.meta | (msgspec.json.decode(meta) if meta else {})
    return (
        connection.execute(
            "UPDATE media SET state = 'ready', kind = ?, file = ?, preview = COALESCE(preview, ?), content_type = ?, meta = ?,"
            " blurhash = COALESCE(blurhash, ?), size = ?"
            " WHERE id = ? AND state = 'waiting'",
            (
                kept.kind,
                kept.file,
                kept.preview,
                kept.content_type,
                msgspec.json.encode(whole).decode(),
                kept.blurhash,
                kept.size,
                identity,
            ),
        )
        == 1
    )


def fail_attachment(connection: Connection, identity: int, error: str) -> None:
    """An upload cannot be processed, and this is why."""
    connection.execute("UPDATE media SET state = 'failed', error = ? WHERE id = ? AND state = 'waiting'", (error, identity))


def unattached(connection: Connection, account_id: int, identity: int) -> Attachment | None:
    """An upload of an account that no post has taken."""
    row = connection.row(
        f"SELECT {COLUMNS} FROM media WHERE id = ? AND account_id = ? AND status_id IS NULL", (identity, account_id)
    )
    return Attachment(*row) if row else None


def has_preview(connection: Connection, identity: int) -> bool:
    """Whether somebody chose a thumbnail already."""
    return bool(connection.value("SELECT preview FROM media WHERE id = ?", (identity,)))


def update_attachment(connection: Connection, row: Attachment, description: str | None, meta: dict[str, Any]) -> bool:
    """Change an upload that was read as `row`; False when its state changed since."""
    return (
        connection.execute(
            "UPDATE media SET description = ?, meta = ? WHERE id = ? AND state = ? AND status_id IS NULL",
            (description, msgspec.json.encode(meta).decode(), row.id, row.state),
        )
        == 1
    )


def choose_thumbnail(connection: Connection, row: Attachment, chosen: Chosen) -> list[str] | None:
    """Give an upload another preview; the old one if nothing refers to it any more, None when the upload changed since."""
    meta = msgspec.json.decode(row.meta) | {"small": chosen.measures}
    changed = connection.execute(
        "UPDATE media SET preview = ?, blurhash = ?, meta = ? WHERE id = ? AND state = ? AND status_id IS NULL",
        (chosen.preview, chosen.blurhash, msgspec.json.encode(meta).decode(), row.id, row.state),
    )
    return unreferenced(connection, {row.preview} - {None, chosen.preview}) if changed else None  # type: ignore[arg-type]


def delete_unattached(connection: Connection, before: float, limit: int) -> list[str]:
    """Delete uploads that no post took; the files that nothing refers to any more."""
    rows = connection.rows(
        "DELETE FROM media WHERE id IN (SELECT id FROM media WHERE status_id IS NULL AND created_at < ? LIMIT ?)"
        " RETURNING file, preview",
        (before, limit),
    )
    return unreferenced(connection, {name for row in rows for name in row if name})


def delete_attachment(connection: Connection, account_id: int, identity: int) -> list[str] | None:
    """Delete one upload that no post took; its files that nothing refers to any more, or None when there is no such upload."""
    row = connection.row(
        "DELETE FROM media WHERE id = ? AND account_id = ? AND status_id IS NULL RETURNING file, preview",
        (identity, account_id),
    )
    return None if row is None else unreferenced(connection, {name for name in row if name})


def unreferenced(connection: Connection, names: set[str]) -> list[str]:
    """Which of these files nothing refers to: the same content has the same name, whoever uploaded it.

    A table that keeps such names has to be asked here, or the sweep takes its files away.
    """
    sql = (
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM media WHERE file = ?) OR EXISTS (SELECT 1 FROM media WHERE preview = ?)"
        " OR EXISTS (SELECT 1 FROM account WHERE avatar = ?) OR EXISTS (SELECT 1 FROM account WHERE header = ?)"
        " OR EXISTS (SELECT 1 FROM custom_emoji WHERE file = ?)"
        " OR EXISTS (SELECT 1 FROM link_preview WHERE image = ?)"
    )
    return sorted(name for name in names if connection.value(sql, (name,) * 6) is None)
