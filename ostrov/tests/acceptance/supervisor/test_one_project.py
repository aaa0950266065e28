"""One supervisor a project's data, ports that are ours before anything starts, data that can be written."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ostrov.core.errors import Conflict
from ostrov.core.supervisor import commands
from ostrov.core.supervisor.control import rendezvous
from ostrov.core.supervisor.preflight import in_fork

IDLE = """
async def idle(context):
    context.ready()
    await context.stopping.wait()

component = Component(name="sample", services=[Service("idle", run=idle)])
"""


def test_a_second_up_on_the_same_data_says_who_holds_it(sample) -> None:
    sample.component(IDLE)
    first = sample.up()
    second = sample.launch()
    assert second.wait(10) == 75
    assert f"sample is already up on {sample.folder / 'var'}" in sample.said()
    assert f"held by process {first.pid} since" in sample.said()
    assert "`ostrov down` stops it" in sample.said()
    assert sample.rows()["idle"].state == "ready", "the first goes on"


def test_another_folder_of_data_starts_beside_it(sample) -> None:
    sample.component(IDLE)
    first = sample.up()
    second = sample.up("data_dir=elsewhere")
    assert sample.rows()["supervisor"].pid == first.pid
    assert sample.rows("data_dir=elsewhere")["supervisor"].pid == second.pid
    second.terminate()
    assert second.wait(10) == 0


def test_who_means_one_of_two_is_told_where_they_are(sample) -> None:
    sample.component(IDLE)
    processes = [sample.up("data_dir=here"), sample.up("data_dir=there")]
    with pytest.raises(Conflict) as caught:
        commands.status(sample.application())
    for process, folder in zip(processes, ("here", "there"), strict=True):
        assert f"on {sample.folder / folder} (process {process.pid})" in caught.value.cause
    for process in processes:
        process.terminate()
        assert process.wait(10) == 0


def test_a_port_in_use_is_an_error_before_anything_starts(sample) -> None:
    sample.component(IDLE)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = sample.launch(f"web.port={port}", only_ours=False)
        assert process.wait(10) == 75
    assert f"port {port} is in use" in sample.said()
    assert f"held by pid {os.getpid()}" in sample.said()
    assert f"web.port={port + 1}" in sample.said()
    assert "ready" not in sample.said()
    assert not (sample.folder / "var" / "ostrov.db").exists(), "not even the database was touched"


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_data_that_cannot_be_written_is_said(sample) -> None:
    sample.component(IDLE)
    sample.file("var").mkdir(mode=0o500)
    process = sample.launch()
    assert process.wait(10) == 73


def test_a_data_dir_that_is_a_file_is_said(sample) -> None:
    sample.component(IDLE)
    sample.file("var").write_text("not a folder")
    process = sample.launch()
    assert process.wait(10) == 73
    assert f"data_dir {sample.folder / 'var'} cannot be used" in sample.said()
    assert "Traceback" not in sample.said()


def test_a_database_of_a_newer_version_is_refused(sample) -> None:
    import sqlite3

    sample.component(IDLE)
    process = sample.up()
    process.terminate()
    process.wait(10)
    with sqlite3.connect(sample.folder / "var" / "ostrov.db") as database:
        database.execute("UPDATE core_version SET version_num = '9999'")
    database.close()
    process = sample.launch()
    assert process.wait(10) == 74
    assert "the database was written by a newer version: core is at 9999" in sample.said()
    assert "Traceback" not in sample.said()


@pytest.mark.parametrize("components", [None])
def test_up_brings_the_tables_of_either_database_to_this_version(sample, components, database) -> None:
    sample.component(IDLE)
    process = sample.up(*database)
    assert "tables: core new → 0001" in sample.said()
    libraries = Path(f"/proc/{process.pid}/maps").read_text()
    assert "psycopg" not in libraries, "the supervisor itself stays without the driver"
    assert "sqlalchemy" not in libraries


def test_tables_that_are_behind_are_refused_when_migration_is_manual(sample) -> None:
    sample.component(IDLE)
    process = sample.launch("db.migrate=manual")
    assert process.wait(10) == 74
    assert "the tables are behind this version" in sample.said()


def test_a_wrong_setting_stops_before_anything_starts(sample) -> None:
    sample.component(IDLE)
    process = sample.launch("web.prot=1")
    assert process.wait(10) == 2
    assert "web.prot" in sample.said()


def test_an_unknown_service_in_a_setting_is_named(sample) -> None:
    sample.component(IDLE)
    process = sample.launch("supervisor.own=[idel]")
    assert process.wait(10) == 2
    assert "supervisor.own: there is no service 'idel'" in sample.said()


def test_nothing_the_project_writes_is_for_others(sample) -> None:
    sample.component(IDLE)
    data = sample.folder / "var"
    data.mkdir(mode=0o755)
    data.chmod(0o755)  # somebody made it by hand
    sample.up()
    written = [path for path in data.rglob("*") if not path.is_symlink()]
    assert len(written) > 5
    assert {path: oct(path.stat().st_mode) for path in written if path.stat().st_mode & 0o077} == {}


@pytest.mark.skipif(os.getuid() != 0, reason="needs root to become another user")
def test_another_user_may_not_control_the_project(sample) -> None:
    sample.component(IDLE)
    sample.up()
    path = sample.folder / "var" / "run" / "control.sock"
    assert path.stat().st_mode & 0o777 == 0o600
    address = "\0" + rendezvous(sample.folder, sample.rows()["supervisor"].pid)

    def ask_as_nobody() -> bytes:
        os.setuid(65534)
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(address)
            connection.sendall(b'{"command": "down"}\n')
            return connection.recv(1000)

    assert b"only the user the project runs as may control it" in in_fork(ask_as_nobody)
    assert sample.rows()["idle"].state == "ready"


@pytest.fixture
def tiny_disk(tmp_path) -> Iterator[Path]:
    """A file system of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], check=False, capture_output=True)
    if mounted.returncode:
        pytest.skip("needs the right to mount a file system")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def fill(disk: Path) -> None:
    with contextlib.suppress(OSError), (disk / "fill").open("ab", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)


def test_a_disk_too_full_for_the_tables_is_said_before_anything_starts(sample, tiny_disk) -> None:
    sample.component(IDLE)
    fill(tiny_disk)
    process = sample.launch(f"data_dir={tiny_disk / 'data'}")
    assert process.wait(15) == 74
    assert "disk is full" in sample.said()
    assert "Traceback" not in sample.said()


def test_a_disk_that_fills_up_stops_nothing(sample, tiny_disk) -> None:
    sample.component(IDLE)
    data = f"data_dir={tiny_disk / 'data'}"
    process = sample.up(data)
    fill(tiny_disk)
    for _ in range(8):  # each leaves three lines; at last the file's page is full
        for _ in range(20):
            commands.send_signal(sample.application(data), ["idle"], "HUP")
        commands.restart(sample.application(data), ["idle"])
    assert sample.rows(data)["idle"].state == "ready"
    process.terminate()
    assert process.wait(10) == 0


def test_a_migration_that_is_faulty_is_said_and_its_details_are_kept(sample) -> None:
    sample.component(IDLE.replace('name="sample"', f'name="sample", migrations="{sample.module}_tables:migrations"'))
    scripts = sample.file(f"{sample.module}_tables") / "migrations"
    scripts.mkdir(parents=True)
    (scripts.parent / "__init__.py").touch()
    (scripts / "0001_broken.py").write_text(
        "revision = '0001'\ndown_revision = None\n\ndef upgrade():\n    raise KeyError('oops')\n"
    )
    process = sample.launch()
    assert process.wait(15) == 74
    assert "the database cannot be brought to this version" in sample.said()
    assert "KeyError: 'oops'" in sample.said()
    assert "0001_broken.py" in (sample.folder / "var/logs/migration.txt").read_text()
    assert "Traceback" not in sample.said()
