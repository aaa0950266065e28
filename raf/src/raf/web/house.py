"""The house: what all pages of one process share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from ostrov import Ostrov, base_url
from raf.identity import open_identity
from raf.network import open_raf
from raf.web.answer import Answer, cookie
from raf.web.around import Around
from raf.web.assets import Assets
from raf.web.fragments import Fragments
from raf.web.languages import read_languages
from raf.web.rendering import Rendering
from raf.web.site import Site
from raf.web.visit import NOTICE_COOKIE, AnyRequest, Visit


class House:
    """Made by `application.part(open_house)`. `fragments` are the posts rendered already."""

    def __init__(self, application: Ostrov) -> None:
        self.application = application
        self.raf = application.part(open_raf)
        self.identity = application.part(open_identity)
        self.languages = read_languages()
        self.assets = Assets()
        self.rendering = Rendering(self.languages, self.assets)
        self.fragments = Fragments(self.rendering)
        self.around = Around(self.raf)
        self._site: Site | None = None

    @property
    def site(self) -> Site:
        """What pages know about the place. Its address is known only once the port is."""
        if self._site is not None:
            return self._site
        settings = self.application.settings.raf
        site = Site(
            title=settings.title,
            description=settings.description,
            url=base_url(self.application),
            limit=settings.posts.characters,
            registrations=settings.identity.registrations,
        )
        if not site.url.endswith(":0"):
            self._site = site
        return site

    async def visit(self, request: AnyRequest) -> Visit:
        """Who asks: the session of the cookie, its account, and what waits for it."""
        visit = Visit(self, request)
        token = visit.log_out_key()
        if token:
            visit.session = await self.identity.session_of(token)
            if visit.session is None:
                visit.forget_session()
        return visit

    async def page(self, visit: Visit, template: str, *, status: int = 200, bare: bool = False, **context: Any) -> Answer:
        """A page in the visitor's language. A `bare` one has no navigation, so nothing is looked up for it."""
        if visit.session is not None and visit.viewer is None:
            visit.viewer = await self.raf.credential_account(visit.session.account_id)
            if not bare:
                visit.unread = await self.raf.unread_notifications(visit.session.account_id)
        if not bare:
            context["around"] = await self.around.seen_by(visit.account_id)
        if visit.notice:
            visit.cookies.append(cookie(NOTICE_COOKIE, "", secure=visit.site.secure, days=0))
        html = self.rendering.fragment(template, visit.language, visit=visit, **context)
        return Answer(html.encode(), status=status, cookies=visit.cookies)

    async def posts(self, visit: Visit, ids: Sequence[int], place: str = "") -> list[Markup]:
        """The HTML of posts, in the order asked; what the visitor may not see is left out."""
        documents = await self.raf.documents(ids, visit.account_id)
        return self.fragments.posts(documents, visit.language, visit.account_id, place)


def open_house(application: Ostrov) -> House:
    """The house of an application."""
    return House(application)
