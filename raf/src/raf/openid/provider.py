"""The other place: what it says of itself (OpenID Connect Discovery 1.0), its keys, and its answer to a code."""

from __future__ import annotations

import asyncio
import base64
import time
import urllib.error
import urllib.request
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from raf.errors import RafError
from raf.openid.settings import OpenIdSettings

LARGEST = 1024 * 1024
PATIENCE = 10.0
FRESH = 3600.0


class Unreachable(RafError):
    """The other place does not answer, or not as the standard says."""

    status = 503


class Metadata(msgspec.Struct):
    """Of `/.well-known/openid-configuration`."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class Answer(msgspec.Struct):
    """To a code."""

    id_token: str


class Keys(msgspec.Struct):
    keys: list[dict[str, Any]]


class _Stay(urllib.request.HTTPRedirectHandler):
    """An endpoint that leads elsewhere is not followed."""

    def redirect_request(self, *arguments: Any, **options: Any) -> None:
        return None


class Provider:
    """Asked over HTTPS; plain HTTP is for a machine's own tests (localhost)."""

    def __init__(self, settings: OpenIdSettings) -> None:
        self.settings = settings
        self._metadata: tuple[float, Metadata] | None = None
        self._open = urllib.request.build_opener(_Stay).open

    @property
    def name(self) -> str:
        return self.settings.name or urlsplit(self.settings.issuer).hostname or ""

    async def metadata(self) -> Metadata:
        """Raises Unreachable."""
        if self._metadata is None or time.monotonic() - self._metadata[0] > FRESH:
            issuer = self.settings.issuer
            found = await self._ask(Metadata, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.issuer != issuer:
                raise Unreachable(f"{issuer} calls itself {found.issuer[:200]}")
            self._metadata = (time.monotonic(), found)
        return self._metadata[1]

    async def keys(self) -> list[dict[str, Any]]:
        """Raises Unreachable."""
        found: Keys = await self._ask(Keys, (await self.metadata()).jwks_uri)
        return found.keys

    async def token(self, code: str, redirect_uri: str, verifier: str) -> str:
        """The ID token of a code. Raises Unreachable."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
        pair = f"{quote(self.settings.client_id, safe='')}:{quote(self.settings.client_secret, safe='')}"
        headers = {"authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
        endpoint = (await self.metadata()).token_endpoint
        answer: Answer = await self._ask(Answer, endpoint, urlencode(form).encode(), headers)
        return answer.id_token

    async def _ask(self, kind: Any, url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Any:
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1"):
            raise Unreachable(f"{url[:200]} is not an https address")
        request = urllib.request.Request(url, body, {"accept": "application/json", **(headers or {})})  # noqa: S310
        try:
            data = await asyncio.get_running_loop().run_in_executor(None, partial(self._read, request))
            return msgspec.json.decode(data, type=kind)
        except (OSError, ValueError, msgspec.MsgspecError) as problem:
            raise Unreachable(f"{parts.hostname} does not answer as it should: {problem}") from problem

    def _read(self, request: urllib.request.Request) -> bytes:
        with self._open(request, timeout=PATIENCE) as answer:
            data: bytes = answer.read(LARGEST)
            return data
