"""The acts of moderators in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from raf.moderation.audit import Act
from raf.web.languages import Language
from raf.web.notices import N_

SENTENCES = {
    ("account", "none"): N_("%(who)s warned %(target)s"),
    ("account", "sensitive"): N_("%(who)s covered all pictures of %(target)s"),
    ("account", "unsensitive"): N_("%(who)s uncovered the pictures of %(target)s"),
    ("account", "disable"): N_("%(who)s froze %(target)s"),
    ("account", "enable"): N_("%(who)s unfroze %(target)s"),
    ("account", "silence"): N_("%(who)s limited %(target)s"),
    ("account", "unsilence"): N_("%(who)s lifted the limit of %(target)s"),
    ("account", "suspend"): N_("%(who)s suspended %(target)s"),
    ("account", "unsuspend"): N_("%(who)s lifted the suspension of %(target)s"),
    ("account", "delete_statuses"): N_("%(who)s deleted posts of %(target)s"),
    ("account", "mark_statuses_as_sensitive"): N_("%(who)s covered posts of %(target)s"),
    ("account", "approve"): N_("%(who)s let %(target)s in"),
    ("account", "reject"): N_("%(who)s turned %(target)s away"),
    ("account", "erase"): N_("%(who)s deleted everything of %(target)s"),
    ("account", "role"): N_("%(who)s gave %(target)s a role"),
    ("appeal", "approve"): N_("%(who)s granted the appeal of %(target)s"),
    ("appeal", "reject"): N_("%(who)s let stand what %(target)s appealed"),
    ("report", "assign"): N_("%(who)s took on report %(target)s"),
    ("report", "unassign"): N_("%(who)s left report %(target)s to others"),
    ("report", "resolve"): N_("%(who)s resolved report %(target)s"),
    ("report", "reopen"): N_("%(who)s opened report %(target)s again"),
    ("report", "classify"): N_("%(who)s said what report %(target)s is about"),
    ("domain", "block"): N_("%(who)s blocked the server %(target)s"),
    ("domain", "unblock"): N_("%(who)s unblocked the server %(target)s"),
    ("allowed domain", "block"): N_("%(who)s allowed the server %(target)s"),
    ("allowed domain", "unblock"): N_("%(who)s allows the server %(target)s no more"),
    ("e-mail domain", "block"): N_("%(who)s blocked the e-mail provider %(target)s"),
    ("e-mail domain", "unblock"): N_("%(who)s unblocked the e-mail provider %(target)s"),
    ("network address", "block"): N_("%(who)s blocked the address %(target)s"),
    ("network address", "unblock"): N_("%(who)s unblocked the address %(target)s"),
    ("e-mail address", "block"): N_("%(who)s blocked an e-mail address"),
    ("e-mail address", "unblock"): N_("%(who)s unblocked an e-mail address"),
    ("invitation", "invite"): N_("%(who)s made an invitation"),
    ("invitation", "end"): N_("%(who)s ended an invitation"),
    ("rule", "write"): N_("%(who)s wrote rule %(target)s"),
    ("rule", "delete"): N_("%(who)s deleted rule %(target)s"),
    ("text", "write"): N_("%(who)s wrote a text of the house: %(target)s"),
    ("announcement", "write"): N_("%(who)s announced something"),
    ("announcement", "delete"): N_("%(who)s took an announcement back"),
    ("emoji", "add"): N_("%(who)s added the picture %(target)s"),
    ("emoji", "change"): N_("%(who)s changed the picture %(target)s"),
    ("emoji", "delete"): N_("%(who)s deleted the picture %(target)s"),
}
"""By kind and act."""
OTHERWISE = N_("%(who)s did something: %(target)s")
HOUSE = N_("The house")


class Deed(NamedTuple):
    """An act as it is listed; `by_person` says that it was not an operation of the house."""

    sentence: Markup
    words: str
    created_at: float
    by_person: bool


def deeds(language: Language, acts: Sequence[Act]) -> list[Deed]:
    """Acts in the visitor's language."""
    strong = Markup("<strong>{}</strong>")
    return [
        Deed(
            language.say(
                SENTENCES.get((act.kind, act.act), OTHERWISE),
                who=strong.format(f"@{act.actor}" if act.actor else language.say(HOUSE)),
                target=strong.format(f"@{act.target}" if act.kind in ("account", "appeal") else act.target),
            ),
            act.words,
            act.created_at,
            bool(act.actor_id),
        )
        for act in acts
    ]
