"""The `raf` section of the settings."""

from __future__ import annotations

import msgspec

from raf.identity.settings import IdentitySettings
from raf.letters.settings import MailSettings
from raf.mastodon.settings import ApiSettings
from raf.media.settings import MediaSettings
from raf.openid.settings import OpenIdSettings
from raf.posts.settings import PostSettings, TimelineSettings
from raf.previews.settings import PreviewSettings
from raf.push.settings import PushSettings


class RafSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The social network."""

    title: str = "Raf"
    """The community's name."""
    description: str = "A small community for lovers of soy-and-coconut raf."
    """What `/about` and clients say the house is."""
    posts: PostSettings = msgspec.field(default_factory=PostSettings)
    timelines: TimelineSettings = msgspec.field(default_factory=TimelineSettings)
    identity: IdentitySettings = msgspec.field(default_factory=IdentitySettings)
    media: MediaSettings = msgspec.field(default_factory=MediaSettings)
    api: ApiSettings = msgspec.field(default_factory=ApiSettings)
    mail: MailSettings = msgspec.field(default_factory=MailSettings)
    previews: PreviewSettings = msgspec.field(default_factory=PreviewSettings)
    push: PushSettings = msgspec.field(default_factory=PushSettings)
    openid: OpenIdSettings = msgspec.field(default_factory=OpenIdSettings)
