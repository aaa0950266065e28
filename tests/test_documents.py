"""The documents speak of what is there: lists made from the code are current, and commands, settings, files and links exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from tests import reference

from ostrov.core.operations.field import Field
from ostrov.core.operations.registry import operations_of
from ostrov.core.settings.schema import settings_type

TOP = Path(__file__).parent.parent
DOCUMENTS = [TOP / "README.md", *sorted((TOP / "docs").rglob("*.md"))]
PLAIN = {"up", "down", "ps", "logs", "wait", "restart", "systemd", "doctor", "completion"}
"""Commands that are no operations: they start and stop what operations need."""
EVERYWHERE = {"json", "help", "yes", "dry-run", "multirun", "project", "verbose"}
"""Options that every operation takes."""
EXAMPLES = {"ships"}
"""Groups of operations that a document declares itself."""
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)


def told(path: Path) -> list[str]:
    """What stands in a document as code, line by line."""
    return [line.strip("` ") for found in CODE.findall(path.read_text()) for line in found.splitlines()]


@pytest.mark.parametrize("name", list(reference.PAGES))
def test_a_list_made_from_the_code_is_current(name: str) -> None:
    page = reference.PAGES[name](reference.project())
    assert (reference.FOLDER / name).read_text() == page, "python tests/reference.py writes it anew"


def test_every_setting_says_what_it_means() -> None:
    found = reference.settings(settings_type(reference.project().components.values()))
    assert [setting.key for setting in found if not setting.meaning] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_names_commands_that_are_there(path: Path) -> None:
    operations = {name.replace("_", "-") for name in operations_of(reference.project().components.values())}
    groups = {name.partition(".")[0] for name in operations if "." in name}
    for line in told(path):
        if line.startswith(("from ", "import ")):
            continue
        for words in re.findall(
            r"(?:^|[\s$(])(?:bin/)?ostrov ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*)?)", re.sub(r"\s#.*", "", line)
        ):
            first, _, second = words.partition(" ")
            if first in groups and second:
                assert f"{first}.{second}" in operations, line
            else:
                assert first in PLAIN | EXAMPLES | groups | operations, line


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_gives_an_operation_words_and_options_that_it_takes(path: Path) -> None:
    found = operations_of(reference.project().components.values())
    operations = {name.replace("_", "-"): operation for name, operation in found.items()}
    for line in told(path):
        called = re.match(r"(?:\$ )?(?:bin/)?ostrov (\S+)(?: (\S+))?(.*)", re.sub(r"\s#.*|\[|\]|;.*|\|.*", "", line))
        if called is None:
            continue
        one, two = called[1], f"{called[1]}.{called[2]}"
        operation = operations.get(two) or operations.get(one)
        if operation is None:
            continue
        words = shlex.split(called[3] if two in operations else f"{called[2] or ''}{called[3]}")
        fields = {field.name.replace("_", "-"): field for field in operation.fields()}
        options = [word[2:] for word in words if word.startswith("--")]
        assert set(options) <= set(fields) | EVERYWHERE, line
        plain = [word for before, word in zip(["", *words], words, strict=False) if is_word(before, word, fields)]
        by_position = [*operation.by_position, *(name for name, field in fields.items() if field.required)]
        assert len(plain) <= len(by_position) or any(field.many for field in fields.values()), line


def is_word(before: str, word: str, fields: dict[str, Field]) -> bool:
    """Whether a word of a command line is an argument by its place: no option, no setting, no value of an option."""
    takes = before.startswith("--") and before[2:] in fields and fields[before[2:]].type is not bool
    return not takes and not word.startswith("-") and "=" not in word and word not in ("…", "&&")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_names_settings_that_are_there(path: Path) -> None:
    components = reference.project().components.values()
    keys = {setting.key for setting in reference.settings(settings_type(components))}
    keys |= {key.rpartition(".")[0] for key in keys}
    for line in told(path):
        for key in re.findall(
            r"(?:^|[\s,|])((?:db|web|tasks|raf|console|supervisor)(?:\.[a-z0-9_]+)+)\s?=(?!=)", re.sub(r"\s#.*", "", line)
        ):
            assert key in keys, line


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_links_to_what_is_there(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", path.read_text()):
        if not re.match(r"[a-z]+:", target):
            assert (path.parent / target).exists(), target
