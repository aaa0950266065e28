"""Styles, scripts and drawings, held in memory and served under `/static/<digest>/…`.

The digest is of all of them together, so an address never changes its content and browsers keep it for good; scripts that
import each other by relative paths stay within one digest.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from litestar.types import Receive, Scope, Send

FOLDER = Path(__file__).with_name("static")
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
}
FOREVER = b"public, max-age=31536000, immutable"
SHORTLY = b"public, max-age=300"


class Asset(NamedTuple):
    """`packed` is the content for browsers that take gzip; "" of what is packed already, as pictures are."""

    content: bytes
    type: str
    packed: bytes = b""


class Assets:
    """The static files of a folder; `css/*.css` together are `raf.css`, in the order of their names."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.files = {name: packed(asset) for name, asset in read_assets(folder)}
        digest = hashlib.sha256()
        for name, asset in sorted(self.files.items()):
            digest.update(name.encode() + b"\0" + asset.content)
        self.digest = digest.hexdigest()[:12]
        self.root = f"/static/{self.digest}/"
        self.scripts = [self.root + name for name in sorted(self.files) if name.endswith(".js") and name != "js/raf.js"]

    def url(self, name: str) -> str:
        """The address of a file. Raises KeyError for one that is not there."""
        if name not in self.files:
            raise KeyError(name)
        return self.root + name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve `…/<digest>/<name>`. An older digest (a page opened before an upgrade) gets the present file, kept shortly."""
        path = scope["path"].removeprefix("/static").strip("/")
        digest, _, name = path.partition("/")
        found = self.files.get(name)
        status = 200 if found else 404
        content, kind, small = found or (b"", "text/plain", b"")
        takes = small and any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])
        if takes:
            content = small
        headers = [
            (b"content-type", kind.encode()),
            (b"content-length", str(len(content)).encode()),
            (b"cache-control", FOREVER if found and digest == self.digest else SHORTLY),
            (b"x-content-type-options", b"nosniff"),
            *([(b"vary", b"accept-encoding")] if small else []),
            *([(b"content-encoding", b"gzip")] if takes else []),
        ]
        if kind == TYPES[".svg"]:
            headers.append((b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content, "more_body": False})


def packed(asset: Asset) -> Asset:
    """With its packed form when that is worth it. Done once a start: 7 ms for all."""
    small = gzip.compress(asset.content, 9, mtime=0)
    return asset._replace(packed=small) if len(small) < 0.8 * len(asset.content) else asset


def read_assets(folder: Path) -> Iterable[tuple[str, Asset]]:
    styles = b"".join(path.read_bytes() for path in sorted((folder / "css").glob("*.css")))
    yield "raf.css", Asset(styles.replace(b"url(../", b"url("), TYPES[".css"])
    for path in sorted(folder.rglob("*")):
        if path.suffix in TYPES and path.suffix != ".css":
            yield path.relative_to(folder).as_posix(), Asset(path.read_bytes(), TYPES[path.suffix])
