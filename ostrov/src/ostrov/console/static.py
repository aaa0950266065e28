"""The console's own style sheet, scripts and drawings, read once and served under a name that changes with their content."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files

from ostrov.console.http import PREFIX, Response
from ostrov.core.errors import NotFound

KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
FOR_EVER = "public, max-age=31536000, immutable"


@cache
def contents() -> dict[str, bytes]:
    """Every static file by name."""
    folder = files("ostrov.console") / "static"
    return {entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.name.endswith(tuple(KINDS))}


@cache
def version() -> str:
    """One version of all files together, so that modules importing each other never mix."""
    return sha256(b"\0".join(name.encode() + b"\0" + body for name, body in sorted(contents().items()))).hexdigest()[:12]


def static_url(name: str) -> str:
    """Where a file of this version is served."""
    return f"{PREFIX}/static/{version()}/{name}"


def static_file(path: str) -> Response:
    """The file of `VERSION/NAME`. An older version's address answers with the present file, uncached."""
    wanted, _, name = path.partition("/")
    body = contents().get(name)
    if body is None:
        raise NotFound("there is no such file")
    kept = FOR_EVER if wanted == version() else "no-cache"
    return Response(body, kind=KINDS[name[name.rindex(".") :]], headers=[("cache-control", kept)])
