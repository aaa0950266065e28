"""A form that was refused, for its page to be drawn again: nothing typed is lost, and what is wrong stands at its field."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field

from raf.errors import Invalid, Refused
from raf.web.forms import Form
from raf.web.visit import Visit
from raf.web.wording import problem, sentence


@dataclass(frozen=True)
class Sent:
    """What was sent to `action`; a page with several forms asks for that of each by its action. `wrong` is by field."""

    action: str = ""
    values: Mapping[str, list[str]] = field(default_factory=dict)
    wrong: Mapping[str, list[str]] = field(default_factory=dict)
    status: int = 200

    def text(self, action: str, name: str, otherwise: str = "") -> str:
        """What a field holds: what was typed into it, or else what the page begins with."""
        if action != self.action:
            return otherwise
        return next(iter(self.values.get(name, ())), "")

    def ticked(self, action: str, name: str, otherwise: bool = False, value: str = "1") -> bool:
        """Whether a box is ticked, or a value of several chosen."""
        return value in self.values.get(name, ()) if action == self.action else otherwise

    def wrong_at(self, action: str) -> Mapping[str, list[str]]:
        return self.wrong if action == self.action else {}


NOTHING = Sent()


async def refusal_of(
    visit: Visit, form: Form, doing: Awaitable[object], fields: Mapping[str, str] | None = None
) -> Sent | None:
    """Do what a form asks for; what came back when it was refused.

    `fields` are the form's names of what the refusal calls otherwise; what belongs to none of the fields is told above them.
    """
    try:
        await doing
    except Invalid as refusal:
        names, wrong = {"base", *form.names(), *(fields or {}).values()}, dict[str, list[str]]()
        for name, found in refusal.details.items():
            known = "words" if name == "text" else name  # CLOSER speaks of posts there
            said = [str(problem(visit.language, known, code, message)) for code, message in found]
            name = (fields or {}).get(name, name)
            wrong.setdefault(name if name in names else "base", []).extend(said)
        return Sent(visit.path, _values(form), wrong, refusal.status)
    except Refused as refusal:
        return Sent(visit.path, _values(form), {"base": [sentence(visit.language, refusal)]}, refusal.status)
    return None


def _values(form: Form) -> dict[str, list[str]]:
    return {name: [value.replace("\r\n", "\n") for value in form.all(name)] for name in form.names()}
