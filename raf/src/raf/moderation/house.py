"""What the house says of itself: its rules, its terms, its word on privacy. Plain tables: settings of the house."""

from __future__ import annotations

from typing import NamedTuple

from ostrov import Connection
from raf import entities
from raf.domain import text as texts
from raf.errors import Invalid, Missing
from raf.journal import Journal
from raf.moderation import audit
from raf.moderation.judging import permitted

RULES = "SELECT id, text, hint FROM house_rule ORDER BY position, id"
INSERT_RULE = "INSERT INTO house_rule (id, position, text, hint) VALUES (?, ?, ?, ?)"
LAST = "SELECT coalesce(max(position), 0) FROM house_rule"
CHANGE_RULE = "UPDATE house_rule SET text = ?, hint = ? WHERE id = ?"
MOVE_RULE = "UPDATE house_rule SET position = ? WHERE id = ?"
DELETE_RULE = "DELETE FROM house_rule WHERE id = ?"
TEXT = "SELECT text, updated_at FROM house_text WHERE name = ?"
SET_TEXT = """
INSERT INTO house_text (name, text, updated_at) VALUES (?, ?, ?)
ON CONFLICT (name) DO UPDATE SET text = excluded.text, updated_at = excluded.updated_at"""
DELETE_TEXT = "DELETE FROM house_text WHERE name = ?"
HEADINGS = {"#": "h2", "##": "h3", "###": "h4"}
TEXTS = ("terms", "privacy", "description")
LONGEST_RULE, LONGEST_HINT, LONGEST_TEXT = 300, 1000, 100_000


class Text(NamedTuple):
    """As typed, and when it was written."""

    text: str
    updated_at: float


def rules_of(connection: Connection) -> list[entities.Rule]:
    """The rules somebody wrote down; none means that the house's usual ones hold."""
    return [entities.Rule(id=str(identity), text=text, hint=hint) for identity, text, hint in connection.rows(RULES)]


def write_rule(connection: Connection, journal: Journal, actor_id: int, rule_id: int | None, text: str, hint: str = "") -> int:
    """Add a rule (None) or change one; its id. Raises Forbidden, Missing, Invalid."""
    now = journal.begin(connection)
    permitted(connection, actor_id, "manage_rules")
    text, hint = text.strip(), hint.strip()
    if not text:
        raise Invalid({"text": [("ERR_BLANK", "can't be blank")]})
    if len(text) > LONGEST_RULE or len(hint) > LONGEST_HINT:
        raise Invalid({"text": [("ERR_TOO_LONG", f"is too long (maximum is {LONGEST_RULE} characters)")]})
    if rule_id is None:
        position: int = connection.value(LAST) + 1
        identity = position
        while connection.row("SELECT 1 FROM house_rule WHERE id = ?", (identity,)) is not None:
            identity += 1
        connection.execute(INSERT_RULE, (identity, position, text, hint))
    else:
        identity = rule_id
        if not connection.execute(CHANGE_RULE, (text, hint, rule_id)):
            raise Missing
    audit.record(connection, journal.ids.next(now), now, actor_id, "write", "rule", str(identity), text)
    return identity


def move_rule(connection: Connection, journal: Journal, actor_id: int, rule_id: int, up: bool) -> None:
    """Let a rule change places with its neighbour. Raises Forbidden, Missing."""
    journal.begin(connection)
    permitted(connection, actor_id, "manage_rules")
    ids = [int(rule.id) for rule in rules_of(connection)]
    if rule_id not in ids:
        raise Missing
    at = ids.index(rule_id)
    to = max(0, min(len(ids) - 1, at - 1 if up else at + 1))
    ids[at], ids[to] = ids[to], ids[at]
    for position, identity in enumerate(ids, 1):
        connection.execute(MOVE_RULE, (position, identity))


def delete_rule(connection: Connection, journal: Journal, actor_id: int, rule_id: int) -> None:
    """Raises Forbidden, Missing."""
    now = journal.begin(connection)
    permitted(connection, actor_id, "manage_rules")
    if not connection.execute(DELETE_RULE, (rule_id,)):
        raise Missing
    audit.record(connection, journal.ids.next(now), now, actor_id, "delete", "rule", str(rule_id))


def text_of(connection: Connection, name: str) -> Text | None:
    """One of `TEXTS`, None when nobody wrote it."""
    row = connection.row(TEXT, (name,))
    return None if row is None else Text(*row)


def texts_of(connection: Connection) -> set[str]:
    """Which texts somebody wrote."""
    return {name for (name,) in connection.rows("SELECT name FROM house_text")}


def drawn(text: str) -> str:
    """A text of the house as HTML: paragraphs, headings after `#`, lists after `-`; addresses become links."""
    blocks = (block.strip() for block in text.replace("\r\n", "\n").split("\n\n"))
    return "".join(_block(block.split("\n")) for block in blocks if block)


def _block(lines: list[str]) -> str:
    mark, _, title = lines[0].partition(" ")
    if mark in HEADINGS and title:
        rest = [line for line in lines[1:] if line.strip()]
        level = HEADINGS[mark]
        return f"<{level}>{texts.one_line(title)}</{level}>" + (_block(rest) if rest else "")
    if all(line.startswith(("- ", "* ")) for line in lines):
        return "<ul>" + "".join(f"<li>{texts.one_line(line[2:])}</li>" for line in lines) + "</ul>"
    return "<p>" + "<br>".join(texts.one_line(line) for line in lines) + "</p>"


def write_text(connection: Connection, journal: Journal, actor_id: int, name: str, text: str) -> None:
    """Write one of `TEXTS`; an empty text takes it away. Raises Forbidden, Missing, Invalid."""
    now = journal.begin(connection)
    permitted(connection, actor_id, "manage_settings")
    if name not in TEXTS:
        raise Missing
    if len(text) > LONGEST_TEXT:
        raise Invalid({"text": [("ERR_TOO_LONG", f"is too long (maximum is {LONGEST_TEXT} characters)")]})
    if text.strip():
        connection.execute(SET_TEXT, (name, text.strip(), now))
    else:
        connection.execute(DELETE_TEXT, (name,))
    audit.record(connection, journal.ids.next(now), now, actor_id, "write", "text", name)
