"""The pages speak Russian as fully as English, and say nothing that is not in the catalogue."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from raf.web.catalogue import SOURCES, TEMPLATES, collect, complete, said_in
from raf.web.languages import FOLDER, LANGUAGES, Language, preferred
from raf.web.wording import CLOSER, WORDS

LETTERS = re.compile(r"[A-Za-zА-Яа-я]{2,}")
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
MARKUP = re.compile(r"<!--.*?-->|<[^>]*>|<[^>]*$|^[^<]*>", re.DOTALL)
SPOKEN_ATTRIBUTES = re.compile(r"""\b(?:aria-label|alt|title|placeholder|content)=["']([^"'{]*[^"'{\s][^"'{]*)["']""")
NOT_WORDS = {"EN", "RU", "English", "Русский", "ALT", "Ostrov", "utf-8", "image/svg+xml"}
VIEWPORT = "width=device-width, initial-scale=1, viewport-fit=cover"


@pytest.mark.parametrize("code", LANGUAGES[1:])
def test_every_message_of_the_pages_is_translated(code: str) -> None:
    with (FOLDER / f"{code}.po").open("rb") as source:
        catalogue = read_po(source, locale=code, abort_invalid=True)
    translated = {message.id for message in catalogue if message.id and complete(message.string)}
    used = {message.id for message in collect() if message.id}
    assert used - translated == set(), "run `python -m raf.web.catalogue`, then translate"
    assert translated - used == set(), "run `python -m raf.web.catalogue`: these are said nowhere any more"


@pytest.mark.parametrize("code", LANGUAGES[1:])
def test_a_translation_fills_in_what_the_message_does(code: str) -> None:
    with (FOLDER / f"{code}.po").open("rb") as source:
        catalogue = read_po(source, locale=code)
    for message in catalogue:
        if not message.id:
            continue
        one, *many = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
        wanted = set(PLACEHOLDER.findall(one)) | {name for form in many for name in PLACEHOLDER.findall(form)}
        forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        for form in forms:
            assert set(PLACEHOLDER.findall(form)) == wanted, message.id


def test_messages_can_stand_in_attributes() -> None:
    """They are put into pages unescaped, so they hold neither quotes nor markup."""
    with (FOLDER / "ru.po").open("rb") as source:
        catalogue = read_po(source)
    for message in catalogue:
        ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
        strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        if message.id:
            assert not set("\"<>&'") & set("".join([*ids, *strings])), message.id


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_no_template_holds_untranslated_text(template: Path) -> None:
    source = template.read_text()
    tree = Environment(autoescape=True).parse(source)
    text = "".join(data.data for data in tree.find_all(nodes.TemplateData))
    bare = MARKUP.sub(" ", re.sub(r"<(script|style|code|kbd)\b.*?</\1>", " ", text, flags=re.DOTALL))
    words = {word for word in LETTERS.findall(bare) if word not in NOT_WORDS}
    assert words == set(), f"{template.name} says this in one language only"
    spoken = {said for said in SPOKEN_ATTRIBUTES.findall(source) if LETTERS.search(said)}
    assert spoken - NOT_WORDS - {VIEWPORT} - {said for said in spoken if said.startswith("#")} == set()


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "1 ответ"),
        (2, "2 ответа"),
        (5, "5 ответов"),
        (11, "11 ответов"),
        (21, "21 ответ"),
        (112, "112 ответов"),
        (0, "0 ответов"),
    ],
)
def test_russian_counts_in_its_three_forms(number: int, said: str) -> None:
    assert Language("ru").plural("%(num)s reply", "%(num)s replies", number) == said


def test_scripts_get_a_form_for_every_category_of_the_language() -> None:
    assert set(Language("ru").forms("%(num)s new post", "%(num)s new posts")) == {"one", "few", "many", "other"}
    assert Language("en").forms("%(num)s new post", "%(num)s new posts") == {
        "one": "%(num)s new post",
        "other": "%(num)s new posts",
    }


def test_values_put_into_messages_are_escaped() -> None:
    said = Language("en").say("%(name)s boosted", name="<script>")
    assert said == "&lt;script&gt; boosted"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "en"),
        ("ru", "ru"),
        ("ru-RU,ru;q=0.9,en-US;q=0.8", "ru"),
        ("en-GB,en;q=0.9,ru;q=0.8", "en"),
        ("de,fr;q=0.9", "en"),
        ("uk;q=1,ru;q=0.3", "ru"),
        ("ru;q=nonsense,en", "en"),
        ("*", "en"),
    ],
)
def test_a_browser_is_answered_in_the_language_it_asks_for(header: str, code: str) -> None:
    assert preferred(header) == code


def test_every_refusal_has_words_for_people() -> None:
    """A code that some rule answers with is known to the pages."""
    root = Path(SOURCES[0]).parents[1]
    codes = {code for path in root.rglob("*.py") for code in re.findall(r'"(ERR_[A-Z_]+)"', path.read_text())}
    assert codes - set(WORDS) == set()
    assert {code for _, code in CLOSER} <= set(WORDS)


def test_the_collector_sees_plurals_and_parameters() -> None:
    post = next(path for path in TEMPLATES if path.name == "post.html")
    said = set(said_in(post))
    assert ("%(num)s reply", "%(num)s replies") in said
    assert "%(name)s boosted" in said
