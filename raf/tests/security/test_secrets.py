"""What the database holds of secrets: digests of what is only recognised, sealed what must be read again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from ostrov import Connection, run_tasks
from ostrov.testing import running
from raf.errors import Invalid
from raf.factors import authenticator, checks, totp
from raf.factors.factors import open_factors
from raf.factors.operations import rekey, unguard
from raf.identity import open_oauth
from raf.identity.keys import Keys, Unreadable, open_keys
from raf.moderation import judging
from raf.moderation.moderation import open_moderation
from raf.network import NewAccount, open_raf
from raf.push.push import open_push

PASSWORD = "soy milk and coconut"


async def guarded(application: Any, name: str = "anna") -> tuple[int, str, list[str]]:
    """An account that asks for codes: its id, its secret and its recovery codes."""
    account = NewAccount(username=name, email=f"{name}@example.org", password=PASSWORD, agreement=True)
    account_id = await application.part(open_raf).sign_up(account)
    factors = application.part(open_factors)
    secret = await factors.offer(account_id)
    codes = await factors.confirm(account_id, PASSWORD, totp.code_of(secret, totp.step_of(factors.clock())))
    return account_id, secret, codes


async def opens(application: Any, account_id: int, secret: str, ahead: int = 1) -> None:
    """Log in with the code of a later period. Raises what logging in raises."""
    factors = application.part(open_factors)
    factors.clock = lambda real=factors.clock: real() + ahead * totp.PERIOD
    token = await factors.begin(account_id)
    assert await factors.finish(token, totp.code_of(secret, totp.step_of(factors.clock()))) == account_id


def everything(connection: Connection) -> Iterable[bytes]:
    """Each value of each table, as bytes."""
    if connection.dialect == "postgresql":
        tables = connection.rows("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    else:
        tables = connection.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    for (table,) in tables:
        for row in connection.rows(f'SELECT * FROM "{table}"'):
            for value in row:
                yield bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


async def test_a_stolen_database_opens_nothing(api: Any, database: list[str]) -> None:
    """No password, token, client secret, session, code, recovery code or authenticator's secret stands in any table."""
    async with api(database) as raf:
        anna = await raf.person("anna")
        factors, oauth = raf.application.part(open_factors), raf.application.part(open_oauth)
        secret = await factors.offer(anna.account_id)
        step = totp.step_of(factors.clock())
        codes = await factors.confirm(anna.account_id, PASSWORD, totp.code_of(secret, step))
        session = await raf.house.identity.open_session(anna.account_id, address="192.0.2.9", user_agent="Tests")
        half = await factors.begin(anna.account_id)
        from raf.identity.tokens import Code

        code = await oauth.issue_code(Code(raf.program.id, anna.account_id, "https://app.example/cb", ("read",), ""))
        push = await raf.application.part(open_push).vapid()
        private = push._key.private_numbers().private_value.to_bytes(32, "big")
        from raf.push.encryption import encode

        held = [PASSWORD, anna.access_token, raf.secret, session, half, code, secret, *codes, encode(private)]
        held += [found.replace("-", "") for found in codes]
        values = b"\n".join(await raf.application.store.read(lambda connection: list(everything(connection))))
        assert b"anna@example.org" in values
        assert [one for one in held if one.encode() in values] == []
        assert private not in values


async def test_an_authenticator_goes_on_working_sealed(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, ["raf"], database) as application:
        account_id, secret, _ = await guarded(application)
        row = await application.store.read(authenticator.authenticator_of, account_id)
        assert (row.plain, secret.encode() in bytes(row.sealed)) == ("", False)
        await opens(application, account_id, secret)
        assert (application.data_dir / "keys/secrets.key").stat().st_mode & 0o777 == 0o600


async def test_a_sealed_secret_opens_in_its_own_row_only(tmp_path: Path, database: list[str]) -> None:
    """Whoever can write to the database puts no secret of their own into another's row."""
    async with running(tmp_path, ["raf"], database) as application:
        _, _, _ = await guarded(application, "anna")
        mallory, known, _ = await guarded(application, "mallory")
        sql = "UPDATE second_factor SET sealed = (SELECT sealed FROM second_factor m WHERE m.account_id = ?)"
        await application.store.write(lambda connection: connection.execute(sql, (mallory,)))
        anna = await application.store.read(
            lambda connection: connection.value("SELECT account_id FROM credential WHERE username = 'anna'")
        )
        with pytest.raises(Unreadable):
            await opens(application, anna, known)
        await opens(application, mallory, known)


async def test_a_secret_from_before_is_sealed_by_the_house_itself(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, ["raf"], database) as application:
        account_id, secret, _ = await guarded(application)
        vapid = await application.part(open_push).vapid()

        def as_before(connection: Connection) -> None:
            connection.execute("UPDATE second_factor SET sealed = NULL, secret = ?", (secret,))

        await application.store.write(as_before)
        await opens(application, account_id, secret)
        await application.part(open_factors).prune()
        row = await application.store.read(authenticator.authenticator_of, account_id)
        assert (row.plain, bool(row.sealed)) == ("", True)
        await opens(application, account_id, secret, 3)
        assert vapid.public == (await application.part(open_push).vapid()).public


async def test_a_new_key_opens_everything_and_the_old_file_alone_nothing(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, ["raf"], database) as application:
        account_id, secret, _ = await guarded(application)
        public = (await application.part(open_push).vapid()).public
        keys = application.part(open_keys)
        before = keys.path.read_bytes()
        other = Keys(keys.path)  # another process, which has the key in memory
        other.seal("x", "y")
        for turn in (1, 2):
            assert "sealed anew" in await rekey(application)
            await opens(application, account_id, secret, 3 * turn)
            application.part(open_push)._vapid = None
            assert (await application.part(open_push).vapid()).public == public
        assert keys.path.read_bytes() != before
        row = await application.store.read(authenticator.authenticator_of, account_id)
        assert other.unseal(bytes(row.sealed), authenticator.context(account_id)) == secret, "it noticed the change by itself"
        stolen = tmp_path / "stolen.key"
        stolen.write_bytes(before)
        with pytest.raises(Unreadable):
            Keys(stolen).unseal(bytes(row.sealed), authenticator.context(account_id))
        assert sorted(path.name for path in keys.path.parent.iterdir() if "secrets" in path.name) == [
            "secrets.key",
            "secrets.key.old",
        ]


async def test_without_the_key_recovery_codes_let_in_and_the_doctor_says_what_is_missing(tmp_path: Path) -> None:
    async with running(tmp_path, ["raf"]) as application:
        account_id, secret, codes = await guarded(application)
        assert checks.keys(application).level == "ok"
        keys = application.part(open_keys)
        keys.path.write_bytes(b"x" * 32)
        keys._seal = Keys(keys.path)._seal
        with pytest.raises(Unreadable) as refusal:
            await opens(application, account_id, secret)
        assert (refusal.value.status, "backup" in refusal.value.tip) == (503, True)
        found = checks.keys(application)
        assert (found.level, "backup" in found.tip) == ("failure", True)
        factors = application.part(open_factors)
        assert await factors.finish(await factors.begin(account_id), codes[0]) == account_id


async def test_the_doctor_names_who_moderates_with_a_password_alone(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, ["raf"], database) as application:
        assert checks.staff(application).level == "ok"
        account = NewAccount(username="vera", email="vera@example.org", password=PASSWORD, agreement=True)
        vera = await application.part(open_raf).sign_up(account)
        await application.part(open_moderation).write(judging.give_role, 0, vera, "moderator")
        found = checks.staff(application)
        assert (found.level, "@vera" in found.message) == ("warning", True)
        factors = application.part(open_factors)
        secret = await factors.offer(vera)
        assert checks.staff(application).level == "warning", "an offer is no protection"
        await factors.confirm(vera, PASSWORD, totp.code_of(secret, totp.step_of(factors.clock())))
        assert checks.staff(application).level == "ok"


async def test_an_operator_opens_a_door_whose_codes_are_lost(tmp_path: Path) -> None:
    async with running(tmp_path, ["raf"]) as application:
        account_id, _, codes = await guarded(application)
        factors = application.part(open_factors)
        token = await factors.begin(account_id)
        assert "password alone" in await unguard(application, "@Anna")
        assert not await factors.needed(account_id)
        with pytest.raises(Invalid):
            await factors.finish(token, codes[0])


async def test_no_secret_comes_into_the_log(api: Any, caplog: pytest.LogCaptureFixture, capsys: Any) -> None:
    """Log-ins good and bad, tokens in headers and addresses, a request that fails: none of it is written down."""
    async with api() as raf:
        caplog.set_level("DEBUG")
        caplog.set_level("WARNING", "httpx")  # the client of this test
        anna = await raf.person("anna")
        form = {"grant_type": "password", "username": "anna", "client_id": raf.program.client_id, "client_secret": raf.secret}
        await raf.client.post("/oauth/token", data={**form, "password": PASSWORD, "scope": "read"})
        await raf.client.post("/oauth/token", data={**form, "password": "a wrong password"})
        await raf.client.get(f"/api/v1/streaming/user?access_token={'x' * 43}")
        await anna.ask("GET", "/api/v1/timelines/home?access_token=" + anna.access_token)
        await anna.ask("POST", "/api/v1/statuses", content=b"{broken", headers={"content-type": "application/json"})
        await run_tasks(raf.application)
        printed = capsys.readouterr()
        written = caplog.text + printed.out + printed.err
        for secret in (PASSWORD, "a wrong password", raf.secret, anna.access_token, "x" * 43):
            assert secret not in written
        assert not re.search(r"(?i)bearer [\w-]{20}", written)
