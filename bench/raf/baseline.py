"""The bare-framework baseline: Litestar and msgspec over Raf's own SQLite file, written the way one would in an afternoon.

`uvicorn baseline:app`. One query for the token, one join for 20 posts, structs, JSON: no visibility rules, no mentions, tags or
media, no rate limits. Its answers have Raf's shape and about its size. The home timeline is there twice: joined from whom one
follows, and from a table of rows that were laid out beforehand. A post is one row of the same table, on the disk when answered:
no event, no counts, no timelines, no notifications, no index for a search.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from typing import Any

import msgspec
from litestar import Litestar, MediaType, Request, get, post

from raf.times import iso

connection = sqlite3.connect(os.environ["BENCH_DB"], check_same_thread=False, isolation_level=None, cached_statements=256)
for pragma in ("journal_mode=WAL", "synchronous=FULL", "mmap_size=268435456", "cache_size=-16000"):
    connection.execute(f"PRAGMA {pragma}")

TOKEN = "SELECT account_id FROM oauth_token WHERE token = ?"
COLUMNS = """
SELECT s.id, s.created_at, s.in_reply_to_id, s.in_reply_to_account_id, s.sensitive, s.spoiler_text, s.visibility, s.language,
  s.replies_count, s.reblogs_count, s.favourites_count, s.content, a.id, a.username, a.display_name, a.locked, a.bot,
  a.created_at, a.note, a.followers_count, a.following_count, a.statuses_count, a.last_status_at, f.status_id IS NOT NULL
FROM status s JOIN account a ON a.id = s.account_id LEFT JOIN favourite f ON f.account_id = ? AND f.status_id = s.id"""
PUBLIC = f"{COLUMNS} WHERE s.visibility = 'public' AND s.reblog_of_id IS NULL ORDER BY s.id DESC LIMIT 20"
HOME = f"""{COLUMNS} WHERE s.account_id IN (SELECT target_id FROM follow WHERE account_id = ? UNION SELECT ?)
AND s.reblog_of_id IS NULL ORDER BY s.id DESC LIMIT 20"""
LAID_OUT = "CREATE TABLE bench_home (account_id, status_id, PRIMARY KEY (account_id, status_id)) WITHOUT ROWID"
LAY_OUT = """
INSERT INTO bench_home SELECT ?, id FROM status WHERE account_id IN (SELECT target_id FROM follow WHERE account_id = ?)
AND reblog_of_id IS NULL ORDER BY id DESC LIMIT 400"""
READY_HOME = f"""
{COLUMNS} JOIN bench_home h ON h.status_id = s.id WHERE h.account_id = ? ORDER BY h.status_id DESC LIMIT 20"""
INSERT = """
INSERT INTO status (id, account_id, created_at, conversation_id, visibility, text, content, language)
VALUES (?, ?, ?, ?, 'public', ?, ?, 'en')"""
AUTHOR = f"{COLUMNS} WHERE s.id = ?"
encode = msgspec.json.Encoder().encode


class NewPost(msgspec.Struct):
    """What a client sends."""

    status: str


decode = msgspec.json.Decoder(NewPost).decode


def lay_out() -> None:
    """Write the home rows of those who will read."""
    connection.execute("DROP TABLE IF EXISTS bench_home")
    connection.execute(LAID_OUT)
    connection.execute("BEGIN")
    for account_id in map(int, os.environ["BENCH_ACCOUNTS"].split(",")):
        connection.execute(LAY_OUT, (account_id, account_id))
    connection.execute("COMMIT")


def account_of(request: Request[Any, Any, Any]) -> int:
    row = connection.execute(TOKEN, (hashlib.sha256(request.headers["authorization"][7:].encode()).digest(),)).fetchone()
    if row is None:
        raise PermissionError
    return int(row[0])


def status(row: tuple[Any, ...]) -> dict[str, Any]:
    """A post as Mastodon's clients read it."""
    url = f"http://raf.example/@{row[13]}"
    account = {
        "id": str(row[12]),
        "username": row[13],
        "acct": row[13],
        "display_name": row[14],
        "locked": bool(row[15]),
        "bot": bool(row[16]),
        "created_at": iso(row[17]),
        "note": row[18],
        "url": url,
        "uri": url,
        "avatar": f"{url}/avatar.png",
        "avatar_static": f"{url}/avatar.png",
        "header": f"{url}/header.png",
        "header_static": f"{url}/header.png",
        "followers_count": row[19],
        "following_count": row[20],
        "statuses_count": row[21],
        "last_status_at": iso(row[22])[:10] if row[22] else None,
        "emojis": [],
        "fields": [],
    }
    return {
        "id": str(row[0]),
        "created_at": iso(row[1]),
        "in_reply_to_id": row[2] and str(row[2]),
        "in_reply_to_account_id": row[3] and str(row[3]),
        "sensitive": bool(row[4]),
        "spoiler_text": row[5],
        "visibility": row[6],
        "language": row[7],
        "uri": f"{url}/{row[0]}",
        "url": f"{url}/{row[0]}",
        "replies_count": row[8],
        "reblogs_count": row[9],
        "favourites_count": row[10],
        "edited_at": None,
        "content": row[11],
        "account": account,
        "favourited": bool(row[23]),
        "reblogged": False,
        "muted": False,
        "bookmarked": False,
        "reblog": None,
        "media_attachments": [],
        "mentions": [],
        "tags": [],
        "emojis": [],
        "card": None,
        "poll": None,
    }


@get("/api/v1/timelines/public", media_type=MediaType.JSON)
async def public(request: Request[Any, Any, Any]) -> bytes:
    me = account_of(request)
    return encode([status(row) for row in connection.execute(PUBLIC, (me,)).fetchall()])


@get("/api/v1/timelines/home", media_type=MediaType.JSON)
async def home(request: Request[Any, Any, Any]) -> bytes:
    me = account_of(request)
    return encode([status(row) for row in connection.execute(HOME, (me, me, me)).fetchall()])


@get("/api/v1/timelines/home/ready", media_type=MediaType.JSON)
async def ready_home(request: Request[Any, Any, Any]) -> bytes:
    me = account_of(request)
    return encode([status(row) for row in connection.execute(READY_HOME, (me, me)).fetchall()])


@post("/api/v1/statuses", media_type=MediaType.JSON, status_code=200)
async def publish(request: Request[Any, Any, Any]) -> bytes:
    me = account_of(request)
    text = decode(await request.body()).status
    now = time.time()
    identity = int(now * 1_000_000) << 10
    connection.execute(INSERT, (identity, me, now, identity, text, f"<p>{text}</p>"))  # commits, and waits for the disk
    return encode(status(connection.execute(AUTHOR, (me, identity)).fetchone()))


lay_out()
app = Litestar([public, home, ready_home, publish], openapi_config=None, logging_config=None)
