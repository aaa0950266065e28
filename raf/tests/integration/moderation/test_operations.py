"""An operator keeps the peace without an account."""

from __future__ import annotations

from pathlib import Path

import pytest

from ostrov import UsageError
from raf.moderation import operations
from raf.moderation.moderation import open_moderation
from raf.moderation.reporting import NewReport
from raf.testing import network, people


async def test_an_operator_gives_roles_judges_and_blocks(tmp_path: Path) -> None:
    async with network(tmp_path) as raf:
        application = raf.application
        vera, rude = await people(raf, "vera", "rude")
        assert await operations.role.function(application, "@Vera", "owner") == "@Vera is owner now"
        assert (await raf.account(vera)).roles[0].name == "owner"
        await application.part(open_moderation).report(vera, NewReport(target_id=rude, comment="rude"))
        assert "vera on rude: rude" in await operations.reports.function(application)
        assert "strike" in await operations.judge.function(application, "rude", "silence", "shh")
        assert await operations.reports.function(application) == "no reports"
        assert (await raf.account(rude)).limited is True
        await operations.lift.function(application, "rude", "silence")
        assert await operations.block.function(application, "address", "192.0.2.1") == "address 192.0.2.1 is blocked"
        assert await operations.rule.function(application, "Be kind") == "rule 1 is written"
        assert "is out" in await operations.announce.function(application, "New beans")
        for wrong in (
            operations.judge.function(application, "rude", "hang"),
            operations.role.function(application, "nobody", "owner"),
            operations.block.function(application, "sun", "x"),
            operations.lift.function(application, "rude", "none"),
        ):
            with pytest.raises(UsageError):
                await wrong
