"""References of the form `package.module:attribute`, so a component can name heavy code without importing it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeAlias

from ostrov.core.errors import OstrovError, ProjectError

Reference: TypeAlias = str | Callable[..., Any]
"""Either the object itself or `"package.module:attribute"`, loaded at first use."""


def load(reference: Reference) -> Any:
    """The object a reference names. A reference that is already an object is returned as it is.

    Raises ProjectError when the module or the attribute does not exist, and when the module fails while it is imported.
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
    except (OstrovError, OSError):
        raise
    except Exception as problem:
        raise ProjectError(f"cannot load {reference}", cause=_told(problem)) from problem
    return found


def _told(problem: Exception) -> str:
    """What went wrong while importing, and in which line of whose code."""
    if isinstance(problem, SyntaxError):
        return f"{problem.msg} ({problem.filename}:{problem.lineno})"
    from traceback import extract_tb

    frames = [frame for frame in extract_tb(problem.__traceback__) if "importlib" not in frame.filename]
    place = f" ({frames[-1].filename}:{frames[-1].lineno})" if frames and frames[-1].filename != __file__ else ""
    kind = "" if isinstance(problem, ImportError | AttributeError) else f"{type(problem).__name__}: "
    return f"{kind}{problem}{place}"
