"""What a page of the console is asked with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.core.operations.actor import Actor


@dataclass(frozen=True)
class PageRequest:
    """`query` are the parameters after `?`, `parameters` those in the path; `language` is `en` or `ru`."""

    application: Ostrov
    actor: Actor
    query: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"
