"""The moderation calls of Mastodon.py against a running Raf."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from raf.tests.acceptance.clients import MastodonPy

if TYPE_CHECKING:
    from raf.tests.acceptance.conftest import Server

pytestmark = pytest.mark.long
STAFF = "read write follow push admin:read admin:write"


def test_a_moderator_works_with_mastodon_py(raf: Server) -> None:
    tokens = [raf.sign_up("mpy_vera", STAFF), raf.sign_up("mpy_rude"), raf.sign_up("mpy_nina")]
    raf.ostrov("raf", "role", "mpy_vera", "owner")
    raf.ostrov("raf", "announce", "New beans on Monday")
    result = MastodonPy(raf.url).run(
        """
vera, rude, nina = (Mastodon(access_token=token, api_base_url=url) for token in given["tokens"])
me = vera.account_verify_credentials()
them = rude.account_verify_credentials()
post = rude.status_post("grr")
made = nina.report(them, status_ids=[post.id], comment="It growls", category="spam")
(found,) = vera.admin_reports()
assert found.id == made.id and found.statuses[0].id == post.id and found.account.username == "mpy_nina"
assert vera.admin_report_assign(found).assigned_account.username == "mpy_vera"
vera.admin_account_moderate(them, action="silence", report_id=found, text="Growl less")
assert vera.admin_report(found).action_taken
silenced = vera.admin_accounts_v2(status="silenced")
assert [account.username for account in silenced] == ["mpy_rude"]
assert not vera.admin_account_unsilence(them).silenced
vera.admin_account_moderate(them, action="suspend")
try:
    rude.account_verify_credentials()
    refused = ""
except library.MastodonAPIError as problem:
    refused = str(problem)
vera.admin_account_unsuspend(them)
block = vera.admin_create_domain_block("bad.example", severity="suspend", private_comment="spam")
assert vera.admin_update_domain_block(block, public_comment="Spam").public_comment == "Spam"
assert [one.domain for one in vera.admin_domain_blocks()] == ["bad.example"]
vera.admin_delete_domain_block(block)
allow = vera.admin_create_domain_allow("good.example")
vera.admin_delete_domain_allow(allow)
email = vera.admin_create_email_domain_block("spam.example")
vera.admin_delete_email_domain_block(email.id)
digest = vera.admin_create_canonical_email_block(email="a.b@example.org")
assert vera.admin_test_canonical_email_block("ab@example.org")[0].id == digest.id
vera.admin_delete_canonical_email_block(digest.id)
nina.domain_block("loud.example")
hidden = list(nina.domain_blocks())
nina.domain_unblock("loud.example")
(news,) = nina.announcements()
nina.announcement_reaction_create(news, "☕")
nina.announcement_dismiss(news)
(read,) = nina.announcements()
result = {"role": me.role.name, "refused": refused, "hidden": hidden, "left": len(nina.domain_blocks()),
          "read": read.read, "reactions": [(one.name, one.count, one.me) for one in read.reactions],
          "emojis": len(nina.custom_emojis()), "rules": len(nina.instance_rules())}
""",
        tokens=tokens,
    )
    assert result["role"] == "owner"
    assert "Your login is currently disabled" in result["refused"]
    assert result["hidden"] == ["loud.example"]
    assert result["left"] == 0
    assert result["read"] is True
    assert result["reactions"] == [["☕", 1, True]]
    assert result["emojis"] == 0
    assert result["rules"] > 3
