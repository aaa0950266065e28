"""Every phrase of the console has its Russian, and counts as Russian counts."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

import jinja2
import pytest
from jinja2 import nodes

from ostrov.console.component import component
from ostrov.console.texts import LANGUAGES, catalogue, choose_language, phrases_of, russian_form

HOME = "ostrov.console"
TEMPLATES = files(HOME) / "templates" / "console"
SAID_BY_CODE = {
    "House", "Work", "Control", "just now", "{time} ago", "in {time}",
    "µs", "ms", "s", "m", "h", "d", "B", "KiB", "MiB", "GiB", "TiB", "destructive",
}  # fmt: skip


def phrases_of_templates() -> set[str]:
    """What is given to `_(…)` and `_.count(…)` in the console's templates."""
    found: set[str] = set()
    environment = jinja2.Environment()
    for template in TEMPLATES.iterdir():
        for call in environment.parse(template.read_text("utf-8")).find_all(nodes.Call):
            asked = call.node.node if isinstance(call.node, nodes.Getattr) else call.node
            if isinstance(asked, nodes.Name) and asked.name == "_" and call.args and isinstance(call.args[0], nodes.Const):
                found.add(call.args[0].value)
    return found


def placeholders(text: str) -> list[str]:
    return sorted(set(re.findall(r"{\w+}", text)))


def test_every_phrase_is_in_russian() -> None:
    titles = {page.title for page in component.pages if page.title}
    said = phrases_of_templates() | titles | SAID_BY_CODE
    assert len(said) > 150
    assert said - phrases_of(HOME, "ru").keys() == set()


def test_every_state_of_an_operation_and_a_process_is_in_russian() -> None:
    from typing import get_args

    from ostrov.core.operations.audit import STEPS
    from ostrov.core.supervisor.row import State

    assert {*STEPS, *get_args(State)} - phrases_of(HOME, "ru").keys() == set()


def test_a_translation_keeps_the_names_in_braces_and_has_all_forms() -> None:
    for phrase, text in phrases_of(HOME, "ru").items():
        forms = text if isinstance(text, list) else [text]
        assert len(forms) == (3 if "|" in phrase else 1), phrase
        for form in forms:
            assert placeholders(form) == placeholders(phrase), phrase


@pytest.mark.parametrize(
    ("count", "form"), [(0, 2), (1, 0), (2, 1), (4, 1), (5, 2), (11, 2), (12, 2), (14, 2), (21, 0), (22, 1), (111, 2), (121, 0)]
)
def test_russian_counts(count: int, form: int) -> None:
    assert russian_form(count) == form


def test_a_phrase_that_counts_takes_the_form_of_its_language() -> None:
    phrase = "{count} process|{count} processes"
    assert [catalogue("en", [HOME]).count(phrase, n) for n in (1, 2)] == ["1 process", "2 processes"]
    assert [catalogue("ru", [HOME]).count(phrase, n) for n in (1, 2, 5)] == ["1 процесс", "2 процесса", "5 процессов"]


def test_a_phrase_without_translation_stays_as_it_is() -> None:
    russian = catalogue("ru", [HOME, "ostrov.core"])
    assert russian("An unknown phrase") == "An unknown phrase"
    assert russian("{braces} of data") == "{braces} of data"
    assert russian.count("{count} pear|{count} pears", 2) == "2 pears"


@pytest.mark.parametrize(
    ("cookie", "accepted", "chosen"),
    [
        ("ru", "en", "ru"),
        ("xx", "en", "en"),
        ("", "ru-RU,ru;q=0.9,en-US;q=0.8", "ru"),
        ("", "en;q=0.5, ru;q=0.7", "ru"),
        ("", "fr, de;q=0.3", "en"),
        ("", "ru;q=0", "en"),
        ("", "ru;q=nonsense", "en"),
        ("", "", "en"),
    ],
)
def test_the_language_of_a_request(cookie: str, accepted: str, chosen: str) -> None:
    assert choose_language(cookie, accepted) == chosen
    assert chosen in LANGUAGES


def test_no_template_speaks_to_people_past_the_catalogue() -> None:
    """Text between tags, in attributes that are read out, and nothing else: words must come from `_`."""
    for template in TEMPLATES.iterdir():
        source = re.sub(
            r"{#.*?#}|{% set \w+ %}.*?{% endset %}|{%.*?%}|{{.*?}}|<code>.*?</code>|<style.*?</style>",
            " ",
            template.read_text("utf-8"),
            flags=re.S,
        )
        texts: list[Any] = re.findall(r">([^<>]*)<", source)
        texts += re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', source)
        words = [word for text in texts for word in re.findall(r"[A-Za-z]{3,}", text) if word not in ("Ostrov", "UTC")]
        assert words == [], template.name
