"""Grouped notifications, policy, requests and push subscriptions with the library Mastodon.py, against a running Raf."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from raf.tests.acceptance.clients import MastodonPy

if TYPE_CHECKING:
    from raf.tests.acceptance.conftest import Server

pytestmark = pytest.mark.long


def test_news_come_in_groups_and_strangers_wait(raf: Server) -> None:
    tokens = [raf.sign_up(name) for name in ("news_ada", "news_boris", "news_vera", "news_gleb")]
    result = MastodonPy(raf.url).run(
        """
ada, *others = (Mastodon(access_token=token, api_base_url=url) for token in given["tokens"])
posted = ada.status_post("A cup for everybody")
for fan in others:
    fan.status_favourite(posted)
found = until(lambda: (lambda told: told if told.notification_groups and told.notification_groups[0].notifications_count == 3
                       else None)(ada.grouped_notifications()))
group = found.notification_groups[0]
unread = ada.unread_grouped_notifications_count()
names = sorted(one.acct for one in ada.grouped_notification_accounts(group.group_key))
alone = ada.grouped_notification(group.group_key)
faces = ada.grouped_notifications(expand_accounts="partial_avatars")
ada.dismiss_grouped_notification(group.group_key)
left = len(ada.grouped_notifications().notification_groups)
before = ada.notifications_policy()
others[0].status_post("@news_ada psst", visibility="direct")
others[1].status_post("@news_ada buy", visibility="direct")
asked = until(lambda: (lambda them: them if len(them) == 2 else None)(ada.notification_requests()))
one = ada.notification_request(asked[0].id)
ada.accept_notification_request(asked[1].id)
ada.dismiss_notification_request(asked[0].id)
after = ada.update_notifications_policy(for_new_accounts="drop")
result = {"type": group.type, "unread": unread, "names": names, "alone": alone.notification_groups[0].notifications_count,
          "whole": len(faces.accounts), "faces": len(faces.partial_accounts), "left": left,
          "before": before.for_private_mentions, "asked": [request.account.acct for request in asked],
          "one": one.last_status.visibility, "merged": ada.notifications_merged(), "after": after.for_new_accounts,
          "told": [note.account.acct for note in ada.notifications()], "waiting": len(ada.notification_requests())}
""",
        tokens=tokens,
    )
    assert (result["type"], result["unread"], result["alone"], result["left"]) == ("favourite", 1, 3, 0)
    assert result["names"] == ["news_boris", "news_gleb", "news_vera"]
    assert (result["whole"], result["faces"]) == (1, 2)
    assert result["before"] == "filter"
    assert result["asked"] == ["news_vera", "news_boris"]
    assert result["one"] == "direct"
    assert result["merged"] is True
    assert result["after"] == "drop"
    assert result["told"] == ["news_boris"]
    assert result["waiting"] == 0


def test_a_client_asks_for_pushes(raf: Server) -> None:
    result = MastodonPy(raf.url).run(
        """
import base64
decode = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
api = Mastodon(access_token=given["token"], api_base_url=url)
keys = {"pubkey": decode(given["pubkey"]), "auth": decode(given["auth"])}
made = api.push_subscription_set("https://push.example/1", keys, mention_events=True, follow_events=True, policy="followed")
key = api.instance_v2().configuration.vapid.public_key
kept = api.push_subscription()
changed = api.push_subscription_update(favourite_events=True)
api.push_subscription_delete()
try:
    api.push_subscription()
    gone = False
except library.MastodonNotFoundError:
    gone = True
result = {"endpoint": kept.endpoint, "mention": made.alerts.mention, "reblog": made.alerts.reblog,
          "same": key == kept.server_key, "policy": kept.policy, "favourite": changed.alerts.favourite, "gone": gone}
""",
        token=raf.sign_up("news_pushed"),
        pubkey="BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        auth="BTBZMqHH6r4Tts7J_aSIgg",
    )
    assert result == {
        "endpoint": "https://push.example/1",
        "mention": True,
        "reblog": False,
        "same": True,
        "policy": "followed",
        "favourite": True,
        "gone": True,
    }
