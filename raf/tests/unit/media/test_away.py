"""What a client hears while the files cannot be reached."""

from __future__ import annotations

from raf.mastodon.answers import refusal
from raf.media.storage import StorageAway, Unusable


def test_a_storage_that_is_away_is_told_as_such_with_when_to_come_back_and_without_its_address() -> None:
    for problem in (StorageAway("http://10.0.0.7/raf did not answer"), Unusable("http://10.0.0.7/raf", "no", "set it")):
        status, body, headers = refusal(problem)
        assert status == 503
        assert body == {"error": "Files cannot be stored or fetched just now; try again in a moment"}
        assert headers == [(b"retry-after", b"10")]
