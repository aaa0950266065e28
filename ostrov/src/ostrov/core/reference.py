"""References of the form `package.module:attribute`, so a component can name heavy code without importing it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeAlias

from ostrov.core.errors import ProjectError

Reference: TypeAlias = str | Callable[..., Any]
"""Either the object itself or `"package.module:attribute"`, loaded at first use."""


def load(reference: Reference) -> Any:
    """The object a reference names. A reference that is already an object is returned as it is.

    Raises ProjectError when the module or the attribute does not exist.
    """
    if not isinstance(reference, str):
        return reference
    module_name, colon, attribute = reference.partition(":")
    if not colon:
        raise ProjectError(f"{reference!r} is not a reference", tip="write it as package.module:attribute")
    try:
        found: Any = import_module(module_name)
        for part in attribute.split("."):
            found = getattr(found, part)
    except (ModuleNotFoundError, AttributeError) as problem:
        raise ProjectError(f"cannot load {reference}", cause=str(problem)) from problem
    return found
