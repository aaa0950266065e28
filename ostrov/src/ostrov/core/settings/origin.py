"""Where a value came from."""

from __future__ import annotations

from dataclasses import dataclass

from ostrov.core.settings.documents import Document
from ostrov.core.settings.keys import Steps


@dataclass(frozen=True, slots=True)
class Origin:
    """As a person reads it: `ostrov.toml:12`, `env OSTROV_DB__USER`, `argument db.user`, `default in code`.

    A value of a file also knows its document and its path in it; the line is looked up when it is asked for.
    """

    name: str
    document: Document | None = None
    path: Steps = ()
    secret: bool = False
    """Whatever comes from here is a secret."""
    variable: str = ""
    """For an environment variable: the prefix of its name."""

    def __str__(self) -> str:
        return self.inside(())

    def inside(self, steps: Steps) -> str:
        """The place of a part of the value: an element of a list has a line of its own."""
        if self.document is None:
            return self.name
        return f"{self.document.name}:{self.document.line((*self.path, *steps))}"

    def below(self, name: str | int) -> Origin:
        """The origin of a value one step deeper in the same place."""
        if self.document is None:
            return self
        return Origin(self.name, self.document, (*self.path, name), self.secret)


DEFAULT = Origin("default in code")


def of_document(document: Document, *, secret: bool = False) -> Origin:
    """The origin of what a file says."""
    return Origin(document.name, document, (), secret)
