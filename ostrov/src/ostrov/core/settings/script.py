"""A program that is its settings: Hydra's decorator for a script, over our layers.

    @main(config_path="conf", config_name="config")
    def my_app(cfg: SettingsView) -> None:
        print(to_yaml(cfg))

`python my_app.py db.user=root` changes a value, `db=postgres` takes `conf/db/postgres.toml`, `--multirun db=postgres,mysql`
runs once at each point. Files are TOML (`conf/config.toml`, with a table `[defaults]`).
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from pathlib import Path
from typing import Any

from ostrov.core.errors import SettingsError
from ostrov.core.settings.declared import ANYTHING
from ostrov.core.settings.free import free_tree
from ostrov.core.settings.layers import Sources
from ostrov.core.settings.overrides import parse_override
from ostrov.core.settings.sweeps import points
from ostrov.core.settings.view import SettingsView

Application = Callable[[SettingsView], Any]

_PLAIN = re.compile(r"[A-Za-z_/][\w ./@+-]*(?<! )")
_WORDS = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")


def main(
    config_path: str = "conf", config_name: str = "config", version_base: str | None = None
) -> Callable[[Application], Callable[..., Any]]:
    """Make a function of the settings a program of `sys.argv`. `version_base` is Hydra's and means nothing here.

    What cannot be loaded is told on stderr, and the program ends with code 2.
    """

    def decorate(function: Application) -> Callable[..., Any]:
        @wraps(function)
        def program(*given: SettingsView) -> Any:
            if given:
                return function(*given)
            folder = Path(function.__code__.co_filename).absolute().parent
            result = None
            for settings in composed(folder, sys.argv[1:], config_path=config_path, config_name=config_name):
                result = function(settings)
            return result

        return program

    return decorate


def composed(
    folder: Path,
    arguments: list[str],
    *,
    config_path: str = "conf",
    config_name: str = "config",
    environ: Mapping[str, str] | None = None,
) -> Iterator[SettingsView]:
    """The settings at each point that the arguments name; one without `--multirun`. Ends the program when they are wrong."""
    multirun = [word for word in arguments if word in ("-m", "--multirun")]
    words = [word for word in arguments if word not in multirun]
    environ = os.environ if environ is None else environ
    files = (f"{config_path}/{config_name}.toml",)
    try:
        sources = Sources(folder, ANYTHING, environ, files, "", config_path)
        overrides = [parse_override(word) for word in words]
        for point in points(overrides, sources.groups) if multirun else [None]:
            yield free_tree(sources, point.overrides if point else overrides).view
    except SettingsError as problem:
        print(problem, file=sys.stderr)
        raise SystemExit(problem.exit_code) from None


def to_yaml(settings: Mapping[str, Any], indent: int = 0) -> str:
    """The settings as YAML."""
    return "".join(f"{line}\n" for line in _lines(settings, indent))


def _lines(value: Any, indent: int) -> Iterator[str]:
    space = "  " * indent
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _entry(f"{space}{_scalar(name)}:", inner, indent + 1)
    else:
        for inner in value:
            yield from _entry(f"{space}-", inner, indent + 1)


def _entry(head: str, value: Any, indent: int) -> Iterator[str]:
    if isinstance(value, (Mapping, list)) and value:
        yield head
        yield from _lines(value, indent)
    else:
        yield f"{head} {_scalar(value)}"


def _scalar(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return json.dumps(value, default=str, ensure_ascii=False)
