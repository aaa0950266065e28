"""Secrets kept in git: `.secrets.toml.age`, encrypted to the keys of several people and machines (age, through pyrage).

A recipient is an age key (`age1…`) or a public SSH key (`ssh-ed25519 …`, `ssh-rsa …`); whoever has the private key of one of
them reads the file. The format is age's own (age-encryption.org/v1, armored): `age -d -i KEY .secrets.toml.age` reads it too.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ostrov.core.errors import SettingsError
from ostrov.core.settings.documents import Document, parse_document, read_bytes

SEALED = ".secrets.toml.age"
PLAIN = ".secrets.toml"
KEY = "OSTROV_AGE_KEY"
"""A private key itself, for machines; `none` leaves the sealed file closed."""
KEY_FILE = "OSTROV_AGE_KEY_FILE"
"""The file of a private key, of age or SSH; without it the person's own key file, then `~/.ssh/id_ed25519`."""
CLOSED = "none"

_TIP = f"it opens with the key of one of secrets.recipients, in ${KEY_FILE} or ${KEY}; {KEY}={CLOSED} runs without it"
_AGE_KEY = re.compile(r"^AGE-SECRET-KEY-[0-9A-Z-]+$", re.MULTILINE)


def read_sealed(root: Path, environ: Mapping[str, str]) -> Document | None:
    """The document in the sealed file; None when there is none, or when `$OSTROV_AGE_KEY` is `none`.

    Raises SettingsError when there is no key here that opens it.
    """
    if environ.get(KEY) == CLOSED:
        return None
    file = root / SEALED
    raw = read_bytes(file, SEALED)
    return None if raw is None else parse_document(SEALED, unseal(raw, identities(environ)))


def seal(plain: bytes, recipients: Mapping[str, str]) -> bytes:
    """`plain` encrypted to every recipient (name → public key). Raises SettingsError for a key that is none."""
    pyrage = _pyrage()
    if not recipients:
        raise SettingsError(
            "secrets are sealed to nobody", tip='list the keys: [secrets.recipients], below it ann = "age1…" or "ssh-ed25519 …"'
        )
    keys = []
    for name, key in recipients.items():
        try:
            keys.append((pyrage.ssh if key.startswith("ssh-") else pyrage.x25519).Recipient.from_str(key.strip()))
        except pyrage.RecipientError as problem:
            raise SettingsError(
                f"secrets.recipients.{name} is not a public key", cause=str(problem), tip="it begins with age1 or ssh-ed25519"
            ) from problem
    sealed: bytes = pyrage.encrypt(plain, keys, armored=True)
    return sealed


def unseal(sealed: bytes, keys: Iterable[Any]) -> bytes:
    """What was sealed. Raises SettingsError when none of the keys opens it, or when it is damaged."""
    pyrage = _pyrage()
    keys = list(keys)
    if not keys:
        raise SettingsError(f"{SEALED} cannot be opened", cause="there is no private key here", tip=_TIP)
    try:
        plain: bytes = pyrage.decrypt(sealed, keys)
    except pyrage.DecryptError as problem:
        raise SettingsError(f"{SEALED} cannot be opened", cause=str(problem), tip=_TIP) from problem
    return plain


def identities(environ: Mapping[str, str]) -> list[Any]:
    """The private keys of this person or machine. Raises SettingsError for a named one that cannot be used."""
    if key := environ.get(KEY):
        return _keys(key.encode(), f"env {KEY}")
    if named := environ.get(KEY_FILE):
        raw = read_bytes(Path(named).expanduser(), named)
        if raw is None:
            raise SettingsError(f"there is no key file {named}", cause=f"env {KEY_FILE}")
        return _keys(raw, named)
    found = []
    for file in (own_key_file(environ), _home(environ) / ".ssh/id_ed25519"):
        with suppress(SettingsError):  # a key with a passphrase, or of somebody else: perhaps the next one opens it
            raw = read_bytes(file, str(file))
            found += _keys(raw, str(file)) if raw is not None else []
    return found


def own_key_file(environ: Mapping[str, str]) -> Path:
    """Where a person's own age key is kept."""
    configuration = environ.get("XDG_CONFIG_HOME")
    return (Path(configuration) if configuration else _home(environ) / ".config") / "ostrov/age.txt"


def new_key(file: Path) -> str:
    """Make a private key in a file that only its owner may read; the public key. Raises SettingsError when there is one."""
    identity = _pyrage().x25519.Identity.generate()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as problem:
        raise SettingsError(
            f"there is a key in {file} already", tip="it is not overwritten; move it away for a new one"
        ) from problem
    public = str(identity.to_public())
    with os.fdopen(descriptor, "w") as out:
        out.write(f"# public key: {public}\n{identity}\n")
    return public


def _keys(raw: bytes, where: str) -> list[Any]:
    pyrage = _pyrage()
    try:
        if b"AGE-SECRET-KEY-" in raw:
            return [pyrage.x25519.Identity.from_str(key) for key in _AGE_KEY.findall(raw.decode())]
        return [pyrage.ssh.Identity.from_buffer(raw)]
    except (pyrage.IdentityError, UnicodeDecodeError) as problem:
        raise SettingsError(
            "a private key cannot be used", cause=where, tip="it is an age key, or an SSH key without a passphrase"
        ) from problem


def _home(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("HOME") or "~").expanduser()


def _pyrage() -> Any:
    try:
        import pyrage
    except ModuleNotFoundError as problem:
        raise SettingsError(f"{SEALED} needs the package pyrage", tip='pip install "ostrov[secrets]"') from problem
    return pyrage
