"""Keeping secrets in git: `ostrov secrets key`, `seal`, `open`, `reseal`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from ostrov.core.errors import Conflict, NotFound
from ostrov.core.operations.operation import operation

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

MANAGE = "settings.reveal"


@operation("secrets.key", permission=MANAGE, surfaces=("cli",), audited=False, offline=True)
def key(
    application: Ostrov, file: Annotated[str, "where the private key is put; your own key file when left out"] = ""
) -> dict[str, str]:
    """Make a key pair of your own; the public key goes into secrets.recipients of ostrov.toml."""
    from ostrov.core.settings.sealed import new_key, own_key_file

    target = Path(file).expanduser() if file else own_key_file(os.environ)
    return {"public_key": new_key(target), "private_key_file": str(target)}


@operation("secrets.seal", permission=MANAGE, surfaces=("cli",), audited=False, offline=True)
def seal(application: Ostrov, keep: Annotated[bool, "leave .secrets.toml where it is"] = False) -> dict[str, Any]:
    """Encrypt .secrets.toml to all of secrets.recipients, as .secrets.toml.age, which git may keep; the plain file goes."""
    from ostrov.core.settings.documents import parse_document
    from ostrov.core.settings.sealed import PLAIN, SEALED
    from ostrov.core.settings.sealed import seal as sealed

    plain = application.project.root / PLAIN
    if not plain.exists():
        raise NotFound(f"there is no {PLAIN}", tip=f"ostrov secrets open makes one of {SEALED}")
    text = plain.read_bytes()
    parse_document(PLAIN, text)
    _put(application.project.root / SEALED, sealed(text, application.settings.secrets.recipients), 0o644)
    if not keep:
        plain.unlink()
    return {"file": SEALED, "recipients": ", ".join(application.settings.secrets.recipients)}


@operation("secrets.open", permission=MANAGE, surfaces=("cli",), audited=False, offline=True)
def unseal(application: Ostrov) -> dict[str, str]:
    """Decrypt .secrets.toml.age into .secrets.toml, to be edited and sealed again. A .secrets.toml that is there stays."""
    from ostrov.core.settings.sealed import PLAIN

    plain = application.project.root / PLAIN
    if plain.exists():
        raise Conflict(f"there is a {PLAIN} already", tip="seal it, or move it away")
    _put(plain, _opened(application), 0o600)
    return {"file": PLAIN}


@operation("secrets.reseal", permission=MANAGE, surfaces=("cli",), audited=False, offline=True)
def reseal(application: Ostrov) -> dict[str, str]:
    """Encrypt .secrets.toml.age again, to the secrets.recipients of now: after somebody came, or left.

    Who left has read what was there before: change those secrets too.
    """
    from ostrov.core.settings.sealed import SEALED
    from ostrov.core.settings.sealed import seal as sealed

    _put(application.project.root / SEALED, sealed(_opened(application), application.settings.secrets.recipients), 0o644)
    return {"file": SEALED, "recipients": ", ".join(application.settings.secrets.recipients)}


def _opened(application: Ostrov) -> bytes:
    from ostrov.core.settings.sealed import SEALED, identities
    from ostrov.core.settings.sealed import unseal as unsealed

    file = application.project.root / SEALED
    if not file.exists():
        raise NotFound(f"there is no {SEALED}", tip="ostrov secrets seal makes it of .secrets.toml")
    return unsealed(file.read_bytes(), identities(os.environ))


def _put(file: Path, content: bytes, mode: int) -> None:
    """Whole or not at all, and never readable by others for a moment."""
    temporary = file.with_name(f"{file.name}.{os.getpid()}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
