"""Scopes, redirect addresses, PKCE: the rules without a database."""

from __future__ import annotations

import pytest

from raf.errors import Invalid
from raf.identity.applications import OUT_OF_BAND, check_application, is_redirect_uri
from raf.identity.scopes import SCOPES, grants, parse_scopes, within
from raf.identity.tokens import verifier_matches


def test_a_parent_scope_grants_its_children_and_no_stranger() -> None:
    assert "read:statuses" in grants(["read"])
    assert "write:statuses" not in grants(["read"])
    assert grants(["follow"]) >= {"read:blocks", "write:follows", "write:mutes"}
    assert "write:statuses" not in grants(["follow"])
    assert grants(["read:accounts"]) == {"read:accounts"}
    assert grants(["read", "write"]) | {"read", "write"} <= {*SCOPES}


def test_an_application_gets_no_more_than_it_registered_for() -> None:
    assert within(["read:statuses"], ["read"])
    assert not within(["read"], ["read:statuses"])
    assert not within(["write"], ["read"])
    assert parse_scopes("read  write read") == ("read", "write")
    assert parse_scopes("read admin:everything") is None
    assert parse_scopes("") is None


@pytest.mark.parametrize(
    "uri", [OUT_OF_BAND, "https://app.example/cb", "http://localhost:3000/", "ivory://oauth", "com.tusky:/oauth"]
)
def test_addresses_that_applications_use_are_taken(uri: str) -> None:
    assert is_redirect_uri(uri)


@pytest.mark.parametrize(
    "uri",
    ["javascript:alert(1)", "JavaScript://x/%0aalert(1)", "data:text/html,x", "/relative", "https://", "https://a.example/#f",
     "https://user@a.example/", "https://a.example\\@b.example", "vbscript:x", "", "x", "https://[", "ht tp://x",
     "view-source:javascript:x", "filesystem:https://a.example"],
)  # fmt: skip
def test_addresses_that_run_or_mislead_are_refused(uri: str) -> None:
    assert not is_redirect_uri(uri)


def test_what_is_wrong_with_a_client_is_told_by_field() -> None:
    with pytest.raises(Invalid) as caught:
        check_application(" ", ["nonsense"], "everything", "javascript:x")
    assert set(caught.value.details) == {"client_name", "redirect_uri", "scopes", "website"}


def test_a_clients_name_is_what_a_person_can_read() -> None:
    assert check_application("Tus\n\x1b[2Jky\u202e\u200b", [OUT_OF_BAND], "", None).name == "Tus[2Jky"
    with pytest.raises(Invalid):
        check_application("\u200b\u202e", [OUT_OF_BAND], "", None)


def test_several_redirect_addresses_may_stand_in_lines() -> None:
    new = check_application("App", [f"https://a.example/cb\n{OUT_OF_BAND}"], "", None)
    assert new.redirect_uris == ("https://a.example/cb", OUT_OF_BAND)
    assert new.scopes == ("read",)


def test_pkce_holds_as_in_rfc_7636_appendix_b() -> None:
    verifier, challenge = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert verifier_matches(challenge, verifier)
    assert not verifier_matches(challenge, verifier[:-1] + "l")
    assert not verifier_matches(challenge, "")
    assert not verifier_matches(challenge, challenge)


def test_a_verifier_for_a_code_without_challenge_is_refused() -> None:
    assert verifier_matches("", "")
    assert not verifier_matches("", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
