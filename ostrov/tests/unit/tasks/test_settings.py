"""The settings of tasks: what cannot be is said when they are read, with the place it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from ostrov import Ostrov
from ostrov.core.errors import SettingsError
from ostrov.testing import make_project


def opened(folder: Path, *overrides: str) -> Ostrov:
    return Ostrov.open(make_project(folder), overrides, environ={})


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/Sao_Paulo"])
def test_a_time_zone_is_one_of_the_tz_database(tmp_path: Path, name: str) -> None:
    assert opened(tmp_path, f"tasks.timezone={name}").settings.tasks.timezone == name


def test_an_unknown_time_zone_is_refused_at_the_start_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as told:
        opened(tmp_path, "tasks.timezone=Europe/Berlim")
    assert told.value.error == "tasks.timezone is wrong: there is no time zone 'Europe/Berlim': did you mean Europe/Berlin?"
    assert told.value.cause == 'argument tasks.timezone: tasks.timezone = "Europe/Berlim"'
    assert told.value.exit_code == 2


def test_the_fewest_slots_are_not_more_than_the_most(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as told:
        opened(tmp_path, "tasks.slots_min=200")
    assert "tasks.slots_min is 200, and more than the 100 of tasks.slots" in told.value.cause


@pytest.mark.parametrize("name", ["Mars/Olympus", "Europe", "../etc/passwd", ""])
def test_what_is_no_time_zone_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="there is no time zone"):
        opened(tmp_path, f"tasks.timezone={name}")
