"""Who may use an endpoint: a rule beside each, checked in one place, refused in Mastodon's words."""

from __future__ import annotations

from typing import Literal, NamedTuple

from raf.errors import RafError
from raf.identity.barring import Barred
from raf.identity.tokens import Access


class Unauthorized(RafError):
    """No token, or one that opens nothing."""

    status = 401

    def __init__(self) -> None:
        super().__init__("The access token is invalid")


class OutOfScope(RafError):
    """The token's scopes do not cover this."""

    status = 403

    def __init__(self) -> None:
        super().__init__("This action is outside the authorized scopes")


class NoPerson(RafError):
    """The token is an application's own."""

    status = 422

    def __init__(self) -> None:
        super().__init__("This method requires an authenticated user")


class Rule(NamedTuple):
    """`who` says what the token must be; one of `scopes` must be granted, when there are any."""

    who: Literal["anyone", "reader", "application", "newcomer", "person"]
    scopes: tuple[str, ...] = ()


ANYONE = Rule("anyone")
"""A token changes nothing and is not looked at."""


def reader(*scopes: str) -> Rule:
    """Works without a token; a token that is sent must be good."""
    return Rule("reader", scopes)


def application(*scopes: str) -> Rule:
    """Any token, an application's own as well."""
    return Rule("application", scopes)


def person(*scopes: str) -> Rule:
    """The token of a person."""
    return Rule("person", scopes)


def newcomer(*scopes: str) -> Rule:
    """The token of a person who may not have confirmed their address yet."""
    return Rule("newcomer", scopes)


def check(rule: Rule, access: Access | None, given: bool) -> None:
    """Raise Unauthorized, OutOfScope or NoPerson when the rule is not kept; `given` says whether a token was sent."""
    if rule.who == "anyone" or (rule.who == "reader" and not given):
        return
    if access is None:
        raise Unauthorized
    waiting = rule.who == "newcomer" and access.barred == "unconfirmed"
    if access.barred and rule.who != "application" and not waiting:
        raise Barred(access.barred)
    if rule.scopes and access.scopes.isdisjoint(rule.scopes):
        raise OutOfScope
    if rule.who in ("person", "newcomer") and access.account_id is None:
        raise NoPerson
