"""The network as a whole."""

from __future__ import annotations

from ostrov import Ostrov
from raf.network.accounts import Accounts
from raf.network.notifications import Notifications
from raf.network.posts import Posts
from raf.network.reading import Reading
from raf.network.relations import Relations
from raf.network.uploads import Uploads
from raf.notifications import reading as notices
from raf.timelines.wire import FORGET


class Raf(Accounts, Relations, Posts, Uploads, Reading, Notifications):
    """The network of one application."""

    def __init__(self, application: Ostrov) -> None:
        super().__init__(application)
        application.channel.listen(notices.TOPIC, self._notified)
        application.channel.listen(FORGET, lambda message: self.portrayal.forget())


def open_raf(application: Ostrov) -> Raf:
    """The network of an application."""
    return Raf(application)
