"""The `raf.openid` section."""

from __future__ import annotations

import msgspec

from ostrov import Secret


class OpenIdSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The one place whose accounts people may connect with theirs here, and log in with."""

    issuer: str = ""
    """Its address, as it names itself: `https://id.example.org/realms/staff`. Empty for none."""
    name: str = ""
    """What the button calls it; empty for its host."""
    client_id: str = ""
    """What the provider calls this house."""
    client_secret: Secret = ""
    sign_up: bool = False
    """Whether who has an account there and none here may open one, as with an invitation: at once, and also when registrations
    are closed."""
