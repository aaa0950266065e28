"""ID tokens: signatures of RS256 and ES256 (RFC 7515), and the claims that must hold (OpenID Connect Core §3.1.3.7)."""

from __future__ import annotations

import base64
from typing import Any

import msgspec

LEEWAY = 120.0
"""Seconds by which clocks may differ."""


class Untrusted(ValueError):
    """The token is not one that its issuer made for us, now."""


def verified(token: str, keys: list[dict[str, Any]], *, issuer: str, client_id: str, nonce: str, now: float) -> dict[str, Any]:
    """The claims of a token. `keys` are the issuer's (RFC 7517). Raises Untrusted."""
    parts = token.split(".")
    if len(parts) != 3:
        raise Untrusted("it has no three parts")
    try:
        head, claims = (msgspec.json.decode(_bytes(part), type=dict[str, Any]) for part in parts[:2])
        signature = _bytes(parts[2])
    except (ValueError, msgspec.MsgspecError) as problem:
        raise Untrusted("it cannot be read") from problem
    signed = f"{parts[0]}.{parts[1]}".encode()
    if not any(_signed_by(key, head, signed, signature) for key in keys):
        raise Untrusted("no key of the issuer signed it")
    audience = claims.get("aud")
    audience = audience if isinstance(audience, list) else [audience]
    expires, subject = claims.get("exp"), claims.get("sub")
    if claims.get("iss") != issuer:
        raise Untrusted("another issuer made it")
    if client_id not in audience or (len(audience) > 1 and claims.get("azp") != client_id):
        raise Untrusted("it was made for somebody else")
    if not isinstance(expires, int | float) or expires < now - LEEWAY:
        raise Untrusted("its time is over")
    if claims.get("nonce") != nonce:
        raise Untrusted("it belongs to another log-in")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise Untrusted("it names nobody")
    return claims


def _signed_by(key: dict[str, Any], head: dict[str, Any], signed: bytes, signature: bytes) -> bool:
    """Whether a key made a signature. What the token says of its algorithm counts only if it is the key's own."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    if head.get("kid") is not None and key.get("kid") is not None and head["kid"] != key["kid"]:
        return False
    try:
        if key.get("kty") == "RSA" and head.get("alg") == "RS256":
            public = rsa.RSAPublicNumbers(_number(key["e"]), _number(key["n"])).public_key()
            if public.key_size < 2048:
                return False
            public.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
        elif key.get("kty") == "EC" and key.get("crv") == "P-256" and head.get("alg") == "ES256" and len(signature) == 64:
            point = ec.EllipticCurvePublicNumbers(_number(key["x"]), _number(key["y"]), ec.SECP256R1()).public_key()
            pair = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
            point.verify(encode_dss_signature(*pair), signed, ec.ECDSA(hashes.SHA256()))
        else:
            return False
    except (InvalidSignature, ValueError, KeyError, TypeError, AttributeError):
        return False
    return True


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _number(text: str) -> int:
    return int.from_bytes(_bytes(text), "big")
