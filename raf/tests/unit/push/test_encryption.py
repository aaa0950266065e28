"""Pushes are sealed as RFC 8291 says, and signed as RFC 8292 says."""

from __future__ import annotations

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from raf.errors import Invalid
from raf.push.encryption import check_keys, decode, encode, seal
from raf.push.sending import Unwelcome, send
from raf.push.subscriptions import NewSubscription, check
from raf.push.vapid import Vapid, new_private_key

RECEIVER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SECRET = "BTBZMqHH6r4Tts7J_aSIgg"


def test_the_example_of_the_standard_is_sealed_to_the_byte() -> None:
    """RFC 8291, appendix A."""
    number = int.from_bytes(decode("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
    sealed = seal(
        b"When I grow up, I want to be a watermelon",
        decode(RECEIVER),
        decode(SECRET),
        sender=ec.derive_private_key(number, ec.SECP256R1()),
        salt=decode("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert encode(sealed.body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz"
        "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_a_word_to_a_service_is_for_it_alone_and_signed_by_the_server() -> None:
    vapid = Vapid(new_private_key())
    token = vapid.token("https://push.example:8443/send/abc", "mailto:raf@example.org", now=1_700_000_000)
    head, claims, signature = token.split(".")
    assert msgspec.json.decode(decode(head)) == {"typ": "JWT", "alg": "ES256"}
    assert msgspec.json.decode(decode(claims)) == {
        "aud": "https://push.example:8443",
        "exp": 1_700_043_200,
        "sub": "mailto:raf@example.org",
    }
    raw = decode(signature)
    assert len(raw) == 64
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(vapid.public))
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [("", SECRET), (RECEIVER[:-3], SECRET), ("A" * 87, SECRET), (RECEIVER, "short"), (RECEIVER, "!!"), ("ключ", SECRET)],
)
def test_keys_that_are_none_are_seen(p256dh: str, auth: str) -> None:
    assert check_keys(RECEIVER, SECRET)
    assert check_keys(RECEIVER.replace("-", "+").replace("_", "/") + "=", SECRET + "==")
    assert not check_keys(p256dh, auth)


@pytest.mark.parametrize(
    "endpoint", ["", "http://push.example/x", "ftp://push.example", "https://", "https://me@push.example/", "javascript:1"]
)
def test_only_addresses_of_push_services_are_taken(endpoint: str) -> None:
    check(NewSubscription("https://push.example/x", RECEIVER, SECRET), private=False)
    with pytest.raises(Invalid):
        check(NewSubscription(endpoint, RECEIVER, SECRET), private=False)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.1.2.3", "[::1]", "169.254.169.254", "[::ffff:127.0.0.1]"])
def test_no_push_leads_into_the_house(host: str) -> None:
    with pytest.raises(Unwelcome):
        send(f"https://{host}/x", b"", {}, timeout=1, private=False)
