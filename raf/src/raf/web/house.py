"""The house: what all pages of one process share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from ostrov import Ostrov, base_url
from raf.entities import Rule
from raf.errors import Forbidden
from raf.filters.sifting import sift
from raf.identity import open_identity
from raf.moderation.guard import open_guard
from raf.moderation.house import rules_of
from raf.network import open_raf
from raf.notifications.notifications import open_notifications
from raf.openid.openid import open_openid
from raf.preferences.preferences import USUAL, Reading, reading_of
from raf.web.answer import Answer, cookie
from raf.web.around import Around
from raf.web.assets import Assets
from raf.web.fragments import Fragments
from raf.web.frames import Frame, Frames, joined, slot
from raf.web.languages import Language, read_languages, trusted
from raf.web.rendering import Rendering
from raf.web.rules import RULES
from raf.web.site import Site
from raf.web.visit import NOTICE_COOKIE, AnyRequest, Visit

DESKS = ("settings", "moderation")
"""Places whose pages have a menu of their own in place of the side column."""
SCOPE = "raf.house"
"""Where the scope of a request holds the house."""
PARTING = trusted(slot("parting"))
"""Between the title and the main part of a page."""


class House:
    """Made by `application.part(open_house)`. `fragments` are the posts rendered already."""

    def __init__(self, application: Ostrov) -> None:
        self.application = application
        self.raf = application.part(open_raf)
        self.identity = application.part(open_identity)
        self.languages = read_languages()
        self.assets = Assets()
        self.rendering = Rendering(self.assets, application.run_dir / "templates")
        self.fragments = Fragments(self.rendering)
        self.frames = Frames()
        self.around = Around(self.raf)
        self.guard = application.part(open_guard)
        self.notifications = application.part(open_notifications)
        self.open_pages: Counter[object] = Counter()
        """How many pages each person, or address, keeps live."""
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
            approval=settings.identity.approval,
            mail=settings.mail.on,
            open_log_in=self.application.part(open_openid).name,
            open_sign_up=bool(settings.openid.issuer) and settings.openid.sign_up,
        )
        if not site.url.endswith(":0"):
            self._site = site
        return site

    async def visit(self, request: AnyRequest) -> Visit:
        """Who asks: the session of the cookie, its account, and what waits for it."""
        visit = Visit(self, request)
        if self.guard.busy and await self.guard.refuses(visit.address):
            raise Forbidden("Access from your network is blocked")
        token = visit.session_token()
        if token:
            visit.session = await self.identity.session_of(token)
            if visit.session is not None and visit.session.barred:
                visit.barred, visit.session = visit.session, None
                return visit
            if visit.session is None:
                visit.forget_session()
        return visit

    async def rules(self, language: Language) -> list[Rule]:
        """The rules that were written down here, or else the usual ones in the visitor's language."""
        written = await self.raf.store.read(rules_of)
        return written or [Rule(id=str(number), text=str(language.say(rule))) for number, rule in enumerate(RULES, 1)]

    async def page(self, visit: Visit, template: str, *, status: int = 200, bare: bool = False, **context: Any) -> Answer:
        """A page in the visitor's language. A `bare` one has no navigation, so less is looked up for it."""
        await self._look_up(visit, context, bare)
        if bare:
            html = self.rendering.fragment(template, visit.language, visit=visit, **context)
            return Answer(html.encode(), status=status, cookies=visit.cookies)
        html = self.rendering.fragment(template, visit.language, visit=visit, layout="parts.html", parting=PARTING, **context)
        title, _, main = html.partition(PARTING)
        place_now = str(context.get("place_now", ""))
        around = {"around": context["around"], "place_now": place_now, "alone": place_now in DESKS}
        frame = self._frame(visit, "layout.html", around, "title", "main")
        filling = {"title": title.strip().encode(), "main": main.encode(), **visit.filling()}
        return Answer(frame.filled(filling), status=status, cookies=visit.cookies)

    async def feed_page(
        self,
        visit: Visit,
        template: str,
        ids: Sequence[int],
        *,
        older: str = "",
        bare: bool = False,
        where: str = "public",
        **context: Hashable,
    ) -> Answer:
        """A page that shows a feed: all that is around the posts is kept, so what it depends on must be hashable.

        `where` is the place that filters know it by (see `raf.filters.sifting`).
        """
        await self._look_up(visit, context, bare)
        documents = sift(await self.raf.documents(ids, visit.account_id), where, visit.account_id)
        reading = await self.reading(visit.account_id)
        posts = joined(self.fragments.posts(documents, visit.language, visit.account_id, reading=reading))
        slots = [name for name, there in (("posts", posts), ("older", older)) if there]
        frame = self._frame(visit, template, context, *slots)
        filling = {"posts": posts, "older": str(escape(older)).encode(), **visit.filling()}
        return Answer(frame.filled(filling), cookies=visit.cookies)

    def _frame(self, visit: Visit, template: str, context: Mapping[str, Hashable], *slots: str) -> Frame:
        """A template rendered with slots in place of some values, kept for as long as nothing else about it changes."""
        viewer = visit.viewer
        who = (viewer.id, viewer.username, viewer.display_name, viewer.avatar_static, bool(viewer.roles)) if viewer else None
        seen = (template, visit.language.code, visit.theme, visit.notice, visit.unread, who, slots)
        key = (seen, tuple(context.items()))
        frame = self.frames.get(key)
        if frame is None:
            with visit.framed():
                holes = {f"{name}_slot": trusted(slot(name)) for name in slots}
                html = self.rendering.fragment(template, visit.language, visit=visit, **holes, **context)
                frame = self.frames.keep(key, html)
        return frame

    async def posts(self, visit: Visit, ids: Sequence[int], place: str = "", where: str = "public") -> list[Markup]:
        """The HTML of posts, in the order asked; what the visitor may not see, or does not want to, is left out."""
        documents = sift(await self.raf.documents(ids, visit.account_id), where, visit.account_id)
        reading = await self.reading(visit.account_id)
        found = self.fragments.posts(documents, visit.language, visit.account_id, place, reading)
        return [trusted(post.decode()) for post in found]

    async def reading(self, account_id: int | None) -> Reading:
        """How somebody likes posts to be shown."""
        return USUAL if account_id is None else await self.raf.store.read(reading_of, account_id)

    async def _look_up(self, visit: Visit, context: dict[str, Any], bare: bool) -> None:
        """What the layout shows of the visitor and of the place."""
        if visit.session is not None and visit.viewer is None:
            visit.viewer = await self.raf.account(visit.session.account_id)
            if not bare:
                visit.unread = await self.notifications.unread(visit.session.account_id)
        if not bare:
            context["around"] = await self.around.seen_by(visit.account_id)
        if visit.notice:
            visit.cookies.append(cookie(NOTICE_COOKIE, "", secure=visit.site.secure, days=0))


def open_house(application: Ostrov) -> House:
    """The house of an application."""
    return House(application)


def house_of(scope: Mapping[str, Any]) -> House:
    """Whose pages are asked for."""
    house: House = scope[SCOPE]
    return house
