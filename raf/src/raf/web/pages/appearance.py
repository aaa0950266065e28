"""The switches of language and of light and dark."""

from __future__ import annotations

from litestar import post

from raf.identity.redirects import safe_next
from raf.web.answer import Answer, cookie, redirect
from raf.web.forms import read_form
from raf.web.languages import LANGUAGES
from raf.web.parameters import Here
from raf.web.visit import LANGUAGE_COOKIE, THEME_COOKIE, THEMES


@post("/appearance", status_code=200)
async def appearance(visit: Here) -> Answer:
    """The language goes into a cookie and the account, light and dark into a cookie."""
    form = await read_form(visit)
    language, theme = form.text("language"), form.text("theme")
    secure = visit.site.secure
    if language in LANGUAGES:
        visit.cookies.append(cookie(LANGUAGE_COOKIE, language, secure=secure))
        if visit.session is not None:
            await visit.house.identity.set_locale(visit.session.account_id, language)
    if theme in THEMES:
        visit.cookies.append(cookie(THEME_COOKIE, theme, secure=secure))
    elif theme == "auto":
        visit.cookies.append(cookie(THEME_COOKIE, "", secure=secure, days=0))
    return redirect(safe_next(form.text("next"), "/"), visit.cookies)


HANDLERS = (appearance,)
