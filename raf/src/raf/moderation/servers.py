"""Which servers are shut out, and which may bring no pictures here. A block of a domain is one of all below it, as Mastodon's
(app/models/domain_block.rb, rule_for)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlsplit

from ostrov import Connection

RULES = "SELECT domain, severity, reject_media FROM domain_block WHERE (severity = 'suspend' OR reject_media = 1)"
RULES_OF = RULES + " AND domain IN ({marks})"
LONGEST = 253
"""Characters a host's name may have (RFC 1035 §2.3.4, without its last dot)."""
AT_ONCE = 1000
"""Names a statement looks for; databases bound its parameters."""


class Doors(NamedTuple):
    """Names of servers: those that are suspended, and those whose pictures are rejected."""

    closed: frozenset[str] = frozenset()
    pictureless: frozenset[str] = frozenset()

    def shut(self, host: str) -> bool:
        """Whether nothing is asked of this host, and nothing of it is shown."""
        return not self.closed.isdisjoint(above(host))

    def shut_to_pictures(self, host: str) -> bool:
        """Whether no picture is taken from this host."""
        return self.shut(host) or not self.pictureless.isdisjoint(above(host))


def host_of(url: str) -> str:
    """The host that an address of the web names; empty when it names none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def above(host: str) -> list[str]:
    """A host's name and those it is below, as blocks write them: `a.b.example` is below `b.example` and `example`.

    Nothing of what is too long for a name: people write such hosts into links, and each label is one name more to look for.
    """
    if len(host) > LONGEST:
        return []
    name = host.strip().lower()
    with contextlib.suppress(UnicodeError):  # no name of a server; as it stands it is in no block
        name = name.encode("idna").decode()
    labels = name.rstrip(".").split(".")  # IDNA knows other dots, which may be the last too
    return [".".join(labels[start:]) for start in range(len(labels))]


def doors(connection: Connection, hosts: Iterable[str] | None = None) -> Doors:
    """What is decided of these hosts; without `hosts` of all there are."""
    if hosts is None:
        rows = connection.rows(RULES)
    else:
        names = sorted({name for host in hosts for name in above(host)})
        rows = []
        for start in range(0, len(names), AT_ONCE):
            some = names[start : start + AT_ONCE]
            rows += connection.rows(RULES_OF.format(marks=", ".join("?" * len(some))), tuple(some))
    return Doors(
        frozenset(str(domain) for domain, severity, _ in rows if severity == "suspend"),
        frozenset(str(domain) for domain, _, rejects in rows if rejects),
    )
