"""Whether something is an e-mail address one could write to, and when two of them are the same."""

from __future__ import annotations

import re
import unicodedata

from raf.identity.usernames import Problem

# Dot-atom local part (RFC 5321 §4.1.2); quoted local parts and literal addresses are legal, and never a person's.
LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
LONGEST = 254  # RFC 5321 erratum 1690


def problems_of_email(email: str) -> list[Problem]:
    """What is wrong with an address, as (code, message)."""
    if not email.strip():
        return [("ERR_BLANK", "can't be blank")]
    return [] if normal_email(email) else [("ERR_INVALID", "is not a valid e-mail address")]


def normal_email(email: str) -> str:
    """The address as it is compared: lower case, the domain in ASCII. Empty when it is not an address."""
    email = unicodedata.normalize("NFC", email.strip())
    local, at, domain = email.rpartition("@")
    if not at or len(local) > 64 or not LOCAL.fullmatch(local):
        return ""
    try:
        domain = domain.encode("idna").decode().lower()
    except UnicodeError:
        return ""
    labels = domain.split(".")
    if len(labels) < 2 or not all(LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        return ""
    normal = f"{local.lower()}@{domain}"
    return normal if len(normal) <= LONGEST else ""
