"""Dynaconf's words at the start of a text: `@format`, `@jinja`, `@int`, `@float`, `@bool`, `@str`, `@json`, `@none`.

One is ours: `@raw` is followed by text that stays as it is.
"""

from __future__ import annotations

import json
import re
import string
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

_WORD = re.compile(r"@(\w+)(?:\s+(.*))?", re.DOTALL)
_TRUE = ("true", "yes", "on", "1", "t", "y", "enabled")
_FALSE = ("false", "no", "off", "0", "f", "n", "disabled", "")


def _as_bool(value: Any) -> bool:
    word = str(value).strip().lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise ValueError(f"{value!r} is neither true nor false")


def _as_json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


CASTS: Mapping[str, Callable[[Any], Any]] = {"int": int, "float": float, "bool": _as_bool, "str": str, "json": _as_json}
WORDS = frozenset({"format", "jinja", "raw", "none", *CASTS})


def word_of(text: str) -> tuple[str, str]:
    """The word a text begins with and what follows it; an empty word for plain text (`@someone` is plain)."""
    match = _WORD.fullmatch(text) if text.startswith("@") else None
    if match is None or match[1] not in WORDS or (match[1] == "none" and match[2]):
        return "", text
    return match[1], match[2] or ""


class _Formatter(string.Formatter):
    """`str.format` whose names are looked up by `read` and nowhere else: no attribute of any Python object is reached."""

    def __init__(self, read: Callable[[str], Any]) -> None:
        self._read = read

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Any, str]:
        return self._read(field_name), field_name


def formatted(template: str, read: Callable[[str], Any]) -> str:
    """`{this.db.user}` and `{env[HOME]}` replaced by what `read` says."""
    return _Formatter(read).vformat(template, (), {})


def rendered(template: str, this: Any, env: Any) -> str:
    """The template rendered by Jinja, in its sandbox; a name that does not exist is an error."""
    from jinja2 import TemplateError, UndefinedError

    try:
        return str(_jinja().from_string(template).render(this=this, env=env))
    except UndefinedError as problem:
        missing = re.search(r"has no (?:attribute|element) '?(\w+)'?", str(problem))
        raise ValueError(f"there is no {missing[1]!r}" if missing else str(problem)) from problem
    except TemplateError as problem:
        raise ValueError(f"the template is wrong: {problem}") from problem


@lru_cache(maxsize=1)
def _jinja() -> Any:
    import os.path

    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True)
    for function in (os.path.abspath, os.path.realpath, os.path.relpath, os.path.basename, os.path.dirname):
        environment.filters[function.__name__] = _of_text(function)
    return environment


def _of_text(function: Callable[..., str]) -> Callable[..., str]:
    """A filter that turns its value to text first: what is undefined says so then."""
    return lambda value, *arguments: function(str(value), *arguments)
