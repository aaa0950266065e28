"""Web servers that posts lead to, each a real one on this machine."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from PIL import Image

OPEN = ["raf.previews.allowed_networks=[127.0.0.0/8]", "raf.previews.spread=0"]
STORY = (
    '<html lang="en"><head><title>Site</title><meta property="og:title" content="Soy &lt;b&gt; coconut">'
    '<meta property="og:image" content="/pic.png"><meta property="og:site_name" content="The News">'
)


class Place:
    """A web server: `pages` by path as (type, body), and what was asked of it."""

    def __init__(self) -> None:
        picture = io.BytesIO()
        Image.new("RGB", (1200, 630), (120, 80, 50)).save(picture, "PNG")
        self.pages: dict[str, tuple[str, bytes]] = {"/pic.png": ("image/png", picture.getvalue())}
        self.asked: list[str] = []
        self.url = ""
        self.moved = ""
        """Where everything is now, when it is not here any more."""

    def page(self, path: str, html: str) -> str:
        """Put a page there; its address."""
        self.pages[path] = ("text/html; charset=utf-8", html.encode())
        return self.url + path


@contextmanager
def serving(found: Place) -> Iterator[Place]:
    """The server, on 127.0.0.1."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            kind, body = found.pages.get(self.path, ("text/plain", b""))
            if found.moved:
                self.send_response(302)
                self.send_header("Location", found.moved + self.path)
            else:
                self.send_response(200 if body else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
