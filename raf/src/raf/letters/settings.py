"""The `raf.mail` section."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from ostrov import Secret

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class MailSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The relay that takes Raf's letters. Without a host no letter is written, and addresses are taken as they are."""

    host: str = ""
    """The relay's name or address; empty: this house sends no mail."""
    port: Port = 587
    """587 for `starttls`, 465 for `tls`, 25 for a relay on the same machine."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is protected. `none` is for a relay on this machine: a password is never sent over it."""
    ca: str = ""
    """A file of certificates to trust beside the system's (PEM): for a relay with a certificate of one's own."""
    user: str = ""
    """The name to log in to the relay with; empty: without."""
    password: Secret = ""
    sender: str = ""
    """From whom letters come, `raf@example.org` or `Raf <raf@example.org>`; empty: noreply at the public address."""
    reply_to: str = ""
    """Where answers go; empty: nowhere in particular."""
    timeout: Annotated[float, msgspec.Meta(gt=0, le=300)] = 30.0
    """Seconds to wait for each answer of the relay."""
    news_delay: Annotated[float, msgspec.Meta(ge=0)] = 600.0
    """Seconds that notifications wait before a letter tells of them: who comes by meanwhile gets none."""
    keep_days: Annotated[int, msgspec.Meta(ge=1)] = 30
    """Days that the list of letters sent is kept."""

    @property
    def on(self) -> bool:
        """Whether letters are sent."""
        return bool(self.host)
