"""For tests: a small OpenID provider over HTTP on this machine."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

ADDRESS = "http://127.0.0.1:8000"


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def number(value: int) -> str:
    return text(value.to_bytes((value.bit_length() + 7) // 8, "big"))


class Place:
    """A provider that lets everybody in as whom they say.

    `claims` change those of the next token, `forged` its signature; `subject` is who a browser is that comes by itself.
    """

    def __init__(self, port: int, here: str) -> None:
        self.here = here
        self.subject = ""
        self.issuer = f"http://127.0.0.1:{port}"
        self.key = rsa.generate_private_key(65537, 2048)
        self.codes: dict[str, dict[str, str]] = {}
        self.claims: dict[str, Any] = {}
        self.forged = False

    @property
    def settings(self) -> list[str]:
        section = {"issuer": self.issuer, "client_id": "raf", "client_secret": "very secret", "name": "Kofeinya"}
        return [f"web.url={self.here}", *(f"raf.openid.{name}={value}" for name, value in section.items())]

    def approve(self, address: str, subject: str) -> str:
        """Somebody logs in there; where they are sent back to."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["redirect_uri"] == f"{self.here}/log-in/open/back"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked | {"sub": subject}
        return f"/log-in/open/back?code={code}&state={asked['state']}"

    def token(self, form: dict[str, list[str]], authorization: str) -> dict[str, str] | None:
        asked = self.codes.pop(form["code"][0], None)
        right = base64.b64encode(b"raf:very%20secret").decode()
        if asked is None or authorization != f"Basic {right}":
            return None
        if text(hashlib.sha256(form["code_verifier"][0].encode()).digest()) != asked["code_challenge"]:
            return None
        claims = {"iss": self.issuer, "aud": "raf", "sub": asked["sub"], "nonce": asked["nonce"], "exp": time.time() + 60}
        head, body = ({"alg": "RS256", "kid": "1"}, claims | self.claims)
        signed = ".".join(text(json.dumps(part).encode()) for part in (head, body))
        key = rsa.generate_private_key(65537, 2048) if self.forged else self.key
        signature = key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return {"id_token": f"{signed}.{text(signature)}"}

    def answer(self, path: str) -> dict[str, Any]:
        if path == "/keys":
            numbers = self.key.public_key().public_numbers()
            return {"keys": [{"kty": "RSA", "kid": "1", "n": number(numbers.n), "e": number(numbers.e)}]}
        ends = {name: f"{self.issuer}/{end}" for name, end in (("authorization_endpoint", "go"), ("token_endpoint", "token"))}
        return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **ends}


@contextmanager
def other_place(here: str = ADDRESS) -> Iterator[Place]:
    """The other place, on a port of its own, for people of a Raf at the address `here`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/go?"):
                self.send_response(302)
                self.send_header("location", made.here + made.approve(self.path, made.subject))
                self.send_header("content-length", "0")
                self.end_headers()
                return
            self.send(made.answer(self.path))

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
            self.send(made.token(form, self.headers["authorization"]))

        def send(self, found: object) -> None:
            body = json.dumps(found).encode()
            self.send_response(200 if found else 400)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Place(server.server_address[1], here)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
