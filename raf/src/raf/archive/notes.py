"""Posts as ActivityPub's notes (ActivityStreams 2.0, as Mastodon writes and reads them), and back."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from raf.archive.plain import plain_text
from raf.domain.posts import language_of
from raf.domain.visibility import DIRECT, PRIVATE, PUBLIC, UNLISTED

EVERYBODY: Final = "https://www.w3.org/ns/activitystreams#Public"
CONTEXT: Final = [
    "https://www.w3.org/ns/activitystreams",
    {
        "sensitive": "as:sensitive",
        "Hashtag": "as:Hashtag",
        "toot": "http://joinmastodon.org/ns#",
        "blurhash": "toot:blurhash",
        "focalPoint": {"@container": "@list", "@id": "toot:focalPoint"},
        "discoverable": "toot:discoverable",
        "indexable": "toot:indexable",
        "schema": "http://schema.org#",
        "PropertyValue": "schema:PropertyValue",
        "value": "schema:value",
    },
]
KINDS: Final = ("Note", "Question", "Article")
LONGEST: Final = 50_000
"""Characters of a post that is taken in."""
MOST_FILES: Final = 16
EARLIEST: Final = datetime(1995, 1, 1, tzinfo=UTC).timestamp()


class File(NamedTuple):
    """A file of a post: where it lies in the archive, and what was said of it."""

    path: str
    description: str | None
    focus: tuple[float, float] | None


class Boost(NamedTuple):
    """A boost as it comes: of what, when, and who was to see it."""

    uri: str
    at: float
    visibility: str


class Note(NamedTuple):
    """A post as it comes. `uri` names it; `parent` names what it answers, empty for nothing. `at` is in epoch seconds."""

    uri: str
    at: float
    text: str
    spoiler_text: str
    visibility: str
    sensitive: bool
    language: str | None
    parent: str
    files: tuple[File, ...]


def audience(visibility: str, followers: str, mentioned: list[str]) -> tuple[list[str], list[str]]:
    """`to` and `cc` of a post."""
    return {
        PUBLIC: ([EVERYBODY], [followers, *mentioned]),
        UNLISTED: ([followers], [EVERYBODY, *mentioned]),
        PRIVATE: ([followers], mentioned),
    }.get(visibility, (mentioned, []))


def note_of(activity: dict[str, Any], actor: str, now: float) -> Note | None:
    """The post of a `Create`, or None when it holds none that can be taken in: somebody else's, no text and no files.

    What is not certain to be for everybody is kept narrow: without a known audience a post is for nobody else.
    """
    note = activity.get("object")
    if activity.get("type") != "Create" or not isinstance(note, dict) or note.get("type") not in KINDS:
        return None
    uri, author = _text(note.get("id")), _text(note.get("attributedTo"))
    if not uri or len(uri) > 2000 or (actor and author != actor):
        return None
    source = note.get("source")
    typed = _text(source.get("content")) if isinstance(source, dict) and source.get("mediaType") == "text/plain" else ""
    text = typed or plain_text(_text(note.get("content")) or _title(note), _mentions(note))
    text = "\n\n".join(part for part in (text, _answers(note)) if part)
    files = tuple(_files(note))
    spoiler_text = plain_text(_text(note.get("summary")), {}) if note.get("type") != "Article" else ""
    text, spoiler_text = text.replace("\0", ""), spoiler_text.replace("\0", "")
    if len(text) + len(spoiler_text) > LONGEST or not (text or files):
        return None
    return Note(
        uri=uri,
        at=_time(_text(note.get("published")), now),
        text=text,
        spoiler_text=spoiler_text,
        visibility=_visibility(note),
        sensitive=note.get("sensitive") is True or bool(spoiler_text),
        language=_language(note),
        parent=_text(note.get("inReplyTo")),
        files=files,
    )


def boost_of(activity: dict[str, Any], actor: str, now: float) -> Boost | None:
    """The boost of an `Announce`; None for anything else, and for somebody else's."""
    uri = _text(activity.get("object"))
    if activity.get("type") != "Announce" or not 0 < len(uri) <= 2000 or (actor and _text(activity.get("actor")) != actor):
        return None
    seen_by = _visibility(activity)
    return Boost(uri, _time(_text(activity.get("published")), now), PRIVATE if seen_by == DIRECT else seen_by)


def _answers(note: dict[str, Any]) -> str:
    """The answers of a poll as lines of the post, with their votes: what was voted elsewhere is not voted here again."""
    found: list[Any] = next((note[name] for name in ("oneOf", "anyOf") if isinstance(note.get(name), list)), [])
    lines = []
    for answer in found[:MOST_FILES]:
        if isinstance(answer, dict) and (name := _text(answer.get("name")).strip()):
            replies = answer.get("replies")
            votes = replies.get("totalItems") if isinstance(replies, dict) else None
            lines.append(f"• {name}" + (f" — {votes}" if isinstance(votes, int) and votes >= 0 else ""))
    return "\n".join(lines)


def _visibility(note: dict[str, Any]) -> str:
    to, cc = _list(note.get("to")), _list(note.get("cc"))
    everybody = (EVERYBODY, "as:Public", "Public")
    if any(name in to for name in everybody):
        return PUBLIC
    if any(name in cc for name in everybody):
        return UNLISTED
    return PRIVATE if any(name.endswith("/followers") for name in (*to, *cc)) else DIRECT


def _files(note: dict[str, Any]) -> list[File]:
    found = []
    attached = note.get("attachment")
    for file in attached[:MOST_FILES] if isinstance(attached, list) else []:
        path = _text(file.get("url")) if isinstance(file, dict) else ""
        if not path or "://" in path:  # an archive has its files in it; nothing is fetched for it
            continue
        point = file.get("focalPoint")
        focus = None
        if isinstance(point, list) and len(point) == 2 and all(isinstance(value, int | float) for value in point):
            x, y = float(point[0]), float(point[1])
            focus = (x, y) if math.isfinite(x + y) and abs(x) <= 1 and abs(y) <= 1 and (x or y) else None
        found.append(File(path, _text(file.get("name")) or _text(file.get("summary")) or None, focus))
    return found


def _mentions(note: dict[str, Any]) -> dict[str, str]:
    tags = note.get("tag")
    found = {}
    for tag in tags if isinstance(tags, list) else []:
        if isinstance(tag, dict) and tag.get("type") == "Mention" and _text(tag.get("href")):
            found[_text(tag.get("href"))] = _text(tag.get("name"))
    return {address: name for address, name in found.items() if name.startswith("@")}


def _language(note: dict[str, Any]) -> str | None:
    spoken = note.get("contentMap")
    return language_of(next(iter(spoken), None)) if isinstance(spoken, dict) else None


def _title(note: dict[str, Any]) -> str:
    return _text(note.get("name"))


def _time(published: str, now: float) -> float:
    """When it was published; now for what cannot be, in the future or before there was a web to publish in."""
    try:
        moment = datetime.fromisoformat(published.replace("Z", "+00:00"))
        at = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return now
    return at if EARLIEST <= at <= now else now


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _list(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []
