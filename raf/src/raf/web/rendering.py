"""Templates: one Jinja environment a language, with what all of them use."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path
from typing import Any

import markupsafe
import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined, compiler
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup, escape

from raf import entities
from raf.domain.focus import place_of
from raf.domain.pictures import USED
from raf.web import languages
from raf.web.assets import Assets
from raf.web.compiled import Compiled
from raf.web.languages import Language, trusted

FOLDER = Path(__file__).with_name("templates")
OPTIONAL = {
    **dict.fromkeys(("place_now", "newer", "older", "lead", "stream", "feeds"), ""),
    **dict.fromkeys(("title_slot", "main_slot", "posts_slot", "older_slot"), ""),
    "layout": "layout.html",
    "alone": False,
    "draft": None,
    "banner": None,
}
"""What pages may leave out."""
CONSTANT = ("variable_begin", "name", "lparen", "string", "rparen", "variable_end")
SAYING = ("_", "icon", "static")
TAGS = re.compile(r"<[^>]+>")
MARKUP = re.compile(r"(<[^>]*>)")
BREAKS = re.compile(r"</p>|<br\s*/?>|</li>")


class Rendering:
    """Renders templates by name; what they are compiled to is kept in `folder`."""

    def __init__(self, assets: Assets, folder: Path | None = None) -> None:
        self.assets = assets
        self._folder = folder
        self._environments: dict[str, Environment] = {}

    def fragment(self, template: str, language: Language, **context: Any) -> Markup:
        """A page or a part of one."""
        environment = self._environments.get(language.code)
        if environment is None:
            environment = self._environments[language.code] = self._environment(language)
        return trusted(environment.get_template(template).render(context))

    def _environment(self, language: Language) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            auto_reload=False,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            cache_size=200,
            bytecode_cache=Compiled(language.code, _digest(self.assets.digest, language.digest), self._folder),
        )
        environment.add_extension(Constants)
        words = script_words(language)
        environment.globals.update(
            _=language.say,
            ngettext=language.plural,
            words_of=language.words,
            lang=language.code,
            tongues=language.other_languages,
            static=self.assets.url,
            scripts=self.assets.scripts,
            icon=icon,
            script_words=words,
            short_date=language.short_date,
            long_date=language.long_date,
            month=language.month,
            number=language.number,
            count=language.short_number,
            size=language.size,
            person_link=person_link,
            attributes=attributes,
            focus_place=place_of,
            rules_sentence=agreement(language),
            **OPTIONAL,
        )
        environment.filters["excerpt"] = excerpt
        environment.filters["pictured"] = pictured
        return environment


def _digest(*parts: str) -> str:
    """Of what is compiled into templates: who compiles, how constants are said, and what `parts` stand for."""
    code = [Path(module.__file__ or "").read_text() for module in (compiler, markupsafe, languages)]
    return hashlib.sha256("\0".join((Path(__file__).read_text(), *code, *parts)).encode()).hexdigest()


class Constants(Extension):
    """What a template says with a literal alone (`{{ _("Home") }}`, `{{ icon("bell") }}`) is said when it is compiled.

    Half of the calls of a page are such, and an environment has one language.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        held: list[Token] = []
        for token in stream:
            held.append(token)
            if len(held) > 1 and token.type != CONSTANT[len(held) - 1]:
                yield from held[:-1]
                held = [token]
            if held[0].type != CONSTANT[0]:
                yield from held
                held = []
            elif len(held) == len(CONSTANT):
                yield from self._said(held)
                held = []
        yield from held

    def _said(self, tokens: list[Token]) -> Iterator[Token]:
        name, literal = tokens[1].value, tokens[3].value
        if name not in SAYING:
            yield from tokens
            return
        say: Any = self.environment.globals[name]
        yield Token(tokens[0].lineno, "data", str(say(literal)))


def agreement(language: Language) -> Markup:
    """What somebody who signs up agrees to."""
    rules = Markup('<a href="/about#rules">{}</a>').format(language.say("rules"))
    return language.say("I agree to the %(rules)s", rules=rules)


def icon(name: str) -> Markup:
    """A drawing of the sprite at the end of every page."""
    return _ICONS.get(name) or _ICONS.setdefault(
        name, Markup('<svg class="i" aria-hidden="true"><use href="#i-{}"/></svg>').format(name)
    )


_ICONS: dict[str, Markup] = {}


def person_link(account: entities.Account) -> Markup:
    """A name that leads to the profile."""
    return Markup('<a href="/@{}"><bdi>{}</bdi></a>').format(
        account.acct, pictured(account.display_name or account.username, account.emojis)
    )


def attributes(**pairs: str | int | bool) -> Markup:
    """HTML attributes; True stands alone, False is left out."""
    return Markup(" ").join(
        Markup("{}").format(name) if value is True else Markup('{}="{}"').format(name, value)
        for name, value in pairs.items()
        if value is not False
    )


def pictured(text: str | Markup, emojis: Sequence[entities.CustomEmoji]) -> Markup:
    """HTML, or plain words that are escaped, with the pictures of the house in place of their names."""
    html = str(text) if isinstance(text, Markup) else str(escape(text))
    if not emojis:
        return trusted(html)
    drawn = {
        emoji.shortcode: str(
            Markup('<img class="emoji" src="{}" alt=":{}:" title=":{}:">').format(
                emoji.static_url, emoji.shortcode, emoji.shortcode
            )
        )
        for emoji in emojis
    }
    parts = MARKUP.split(html)  # words, tag, words, …: nothing is replaced in tags
    parts[::2] = [USED.sub(lambda found: drawn.get(found[1], found[0]), words) for words in parts[::2]]
    return trusted("".join(parts))


def excerpt(html: str, length: int = 140) -> str:
    """The words of some HTML, shortened."""
    plain = unescape(TAGS.sub("", BREAKS.sub(" ", html))).strip()
    return plain if len(plain) <= length else plain[: length - 1].rsplit(" ", 1)[0] + "…"


def script_words(language: Language) -> Markup:
    """What scripts say, as JSON that stands in a page."""
    said: dict[str, Any] = {
        "new_posts": language.forms("%(num)s new post", "%(num)s new posts"),
        "new_notes": language.forms("%(num)s new notification", "%(num)s new notifications"),
        "gap": language.say("There are newer posts. Load them"),
        "copied": language.say("The link is copied"),
        "failed": language.say("It did not work. Try again"),
        "no_passkey": language.say("No passkey was used. Try again, or another way"),
        "offline": language.say("No connection. Trying again…"),
        "logged_out": language.say("You are logged out. Log in again"),
        "too_large": language.say("The file is too large"),
        "four": language.say("At most four pictures, or one film or sound"),
        "close": language.say("Close"),
        "keys": language.say("Keyboard"),
        "emoji": language.say("Emoji"),
        "emoji_search": language.say("Find by name"),
        "picture": language.say("Picture"),
        "no_description": language.say("Picture without a description"),
        "next_picture": language.say("Next picture"),
        "previous_picture": language.say("Previous picture"),
        "posted": language.say("Poured. Your post is out."),
        "draft": language.say("Your unfinished post is back"),
        "now": language.say("now"),
        "push_refused": language.say("The browser does not allow pushes from here"),
        "push_failed": language.say("The browser could not turn pushes on"),
    }
    plain = {key: words if isinstance(words, dict) else str(words) for key, words in said.items()}
    encoded = msgspec.json.encode(plain).decode().replace("<", "\\u003c")
    return trusted(encoded)
