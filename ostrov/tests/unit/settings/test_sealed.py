"""Secrets kept in git, encrypted to the keys of several people."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ostrov import Ostrov
from ostrov.core.errors import Conflict, NotFound, SettingsError
from ostrov.core.settings import sealing
from ostrov.core.settings.sealed import PLAIN, SEALED, new_key, seal

SECRETS = '[web]\npassword = "hunter2"\n'


@pytest.fixture
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, str]]:
    """Name → private key file, public key."""
    folder = tmp_path_factory.mktemp("keys")
    return {name: (folder / name, new_key(folder / name)) for name in ("ann", "bob", "eve")}


def with_key(keys: Any, name: str) -> dict[str, str]:
    return {"OSTROV_AGE_KEY_FILE": str(keys[name][0])}


@pytest.fixture
def sealed(island: Any, keys: Any) -> Any:
    """An island whose secrets Ann and Bob can read."""
    island.write(SEALED, seal(SECRETS.encode(), {name: keys[name][1] for name in ("ann", "bob")}))
    return island


@pytest.mark.parametrize("name", ["ann", "bob"])
def test_every_recipient_reads_them(sealed: Any, keys: Any, name: str) -> None:
    loaded = sealed.load(environ=with_key(keys, name))
    assert loaded.settings.web.password == "hunter2"
    assert loaded.tree.origin("web.password") == ".secrets.toml.age:2"
    assert "hunter2" not in str(loaded.tree.shown(history=True))


def test_nobody_else_does(sealed: Any, keys: Any, tmp_path: Path) -> None:
    problem = sealed.refused(environ=with_key(keys, "eve"))
    assert problem.error == ".secrets.toml.age cannot be opened"
    assert "secrets.recipients" in problem.tip
    assert sealed.refused(environ={"HOME": str(tmp_path)}).cause == "there is no private key here"


def test_one_may_run_without_them(sealed: Any) -> None:
    assert sealed.web(environ={"OSTROV_AGE_KEY": "none"}).password == ""


def test_a_machine_has_its_key_in_the_environment(sealed: Any, keys: Any) -> None:
    assert sealed.web(environ={"OSTROV_AGE_KEY": keys["ann"][0].read_text().splitlines()[1]}).password == "hunter2"


def test_a_person_has_it_in_the_own_configuration(sealed: Any, keys: Any, tmp_path: Path) -> None:
    own = tmp_path / "home/.config/ostrov/age.txt"
    own.parent.mkdir(parents=True)
    own.write_text(keys["bob"][0].read_text())
    assert sealed.web(environ={"HOME": str(tmp_path / "home")}).password == "hunter2"


def test_an_ssh_key_will_do(island: Any, tmp_path: Path) -> None:
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()
    island.write(SEALED, seal(SECRETS.encode(), {"ann": f"{public} ann@island\n"}))
    file = tmp_path / ".ssh/id_ed25519"
    file.parent.mkdir()
    file.write_bytes(
        private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption())
    )
    assert island.web(environ={"HOME": str(tmp_path)}).password == "hunter2"


def test_the_plain_file_wins_over_the_sealed_one(sealed: Any, keys: Any) -> None:
    sealed.write(PLAIN, '[web]\npassword = "mine"')
    assert sealed.web(environ=with_key(keys, "ann")).password == "mine"


def test_a_mistake_inside_is_told_with_its_line(island: Any, keys: Any) -> None:
    island.write(SEALED, seal(b'\n[web]\npasswrd = "hunter2"', {"ann": keys["ann"][1]}))
    problem = island.refused(environ=with_key(keys, "ann"))
    assert (problem.cause, problem.tip) == (".secrets.toml.age:3", "did you mean web.password?")


@pytest.mark.parametrize("damage", [b"", b"not sealed", b"-----BEGIN AGE ENCRYPTED FILE-----\nAAAA\n"])
def test_a_damaged_file_is_told(island: Any, keys: Any, damage: bytes) -> None:
    island.write(SEALED, damage)
    assert island.refused(environ=with_key(keys, "ann")).error == ".secrets.toml.age cannot be opened"


@pytest.mark.parametrize("text", ["", "rubbish", "AGE-SECRET-KEY-1RUBBISH", "\udcff"])
def test_a_key_that_is_none_is_told_and_not_shown(sealed: Any, tmp_path: Path, text: str) -> None:
    file = tmp_path / "key"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    problem = sealed.refused(environ={"OSTROV_AGE_KEY_FILE": str(file)})
    assert str(file) in problem.cause
    assert not text or text not in str(problem)
    assert "no key file" in sealed.refused(environ={"OSTROV_AGE_KEY_FILE": str(tmp_path / "nope")}).error


class TestSealing:
    @pytest.fixture
    def application(self, tmp_path: Path, keys: Any, monkeypatch: pytest.MonkeyPatch) -> Ostrov:
        monkeypatch.setenv("OSTROV_AGE_KEY_FILE", str(keys["ann"][0]))
        recipients = f'[secrets.recipients]\nann = "{keys["ann"][1]}"\nbob = "{keys["bob"][1]}"\n'
        (tmp_path / "ostrov.toml").write_text(f'name = "island"\n{recipients}')
        return Ostrov.open(tmp_path)

    def reopened(self, application: Ostrov, *overrides: str) -> Ostrov:
        return Ostrov.open(application.project.root, overrides)

    def test_what_was_sealed_is_read_and_the_plain_file_is_gone(self, application: Ostrov) -> None:
        root = application.project.root
        (root / PLAIN).write_text('[extra]\nword = "hunter2"\n')
        assert sealing.seal(application) == {"file": SEALED, "recipients": "ann, bob"}
        assert not (root / PLAIN).exists()
        assert b"hunter2" not in (root / SEALED).read_bytes()
        assert self.reopened(application).settings.extra == {"word": "hunter2"}

    def test_opened_it_is_for_its_owner_only_and_never_overwrites(self, application: Ostrov) -> None:
        root = application.project.root
        (root / PLAIN).write_text('[extra]\nword = "hunter2"\n')
        sealing.seal(application)
        sealing.unseal(application)
        assert (root / PLAIN).read_text() == '[extra]\nword = "hunter2"\n'
        assert (root / PLAIN).stat().st_mode & 0o777 == 0o600
        with pytest.raises(Conflict):
            sealing.unseal(application)

    def test_resealed_it_is_closed_to_who_left(self, application: Ostrov, keys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        (application.project.root / PLAIN).write_text('[extra]\nword = "hunter2"\n')
        sealing.seal(application)
        sealing.reseal(self.reopened(application, f"secrets.recipients={{ann: {keys['ann'][1]}}}", "~secrets.recipients.bob"))
        assert self.reopened(application).settings.extra == {"word": "hunter2"}
        monkeypatch.setenv("OSTROV_AGE_KEY_FILE", str(keys["bob"][0]))
        with pytest.raises(SettingsError, match="cannot be opened"):
            self.reopened(application)

    def test_what_is_corrupt_is_not_sealed(self, application: Ostrov) -> None:
        (application.project.root / PLAIN).write_text("word = hunter2\n")
        with pytest.raises(SettingsError, match=r"\.secrets\.toml:1 is not TOML"):
            sealing.seal(application)
        assert (application.project.root / PLAIN).exists()

    def test_without_a_file_or_a_recipient_it_says_so(self, application: Ostrov) -> None:
        with pytest.raises(NotFound):
            sealing.seal(application)
        with pytest.raises(NotFound):
            sealing.reseal(application)
        with pytest.raises(SettingsError, match="nobody"):
            seal(b"", {})
        with pytest.raises(SettingsError, match=r"secrets\.recipients\.bob is not a public key"):
            seal(b"", {"bob": "age1nonsense"})

    def test_a_new_key_is_for_its_owner_only_and_overwrites_none(self, application: Ostrov, tmp_path: Path) -> None:
        made = sealing.key(application, file=str(tmp_path / "deep/age.txt"))
        assert made["public_key"].startswith("age1")
        assert (tmp_path / "deep/age.txt").stat().st_mode & 0o777 == 0o600
        with pytest.raises(SettingsError, match="already"):
            sealing.key(application, file=str(tmp_path / "deep/age.txt"))


@pytest.mark.skipif(
    not any((Path(folder) / "age").exists() for folder in os.environ["PATH"].split(":")),
    reason="age is not here: apt install age",
)
def test_the_age_program_reads_it(sealed: Any, keys: Any) -> None:
    command = ["age", "-d", "-i", str(keys["bob"][0]), str(sealed.root / SEALED)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == SECRETS
