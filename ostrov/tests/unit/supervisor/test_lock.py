"""One holder at a time, and it is known."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ostrov.core.supervisor.errors import AlreadyUp
from ostrov.core.supervisor.lock import Holder, ProjectLock, hold_alive, holder


def test_the_holder_of_a_lock_is_known_until_it_lets_go(tmp_path: Path) -> None:
    assert holder(tmp_path) is None
    lock = ProjectLock(tmp_path)
    lock.take("sample")
    lock.describe(Holder(os.getpid(), "http://127.0.0.1:1", 1.0))
    assert holder(tmp_path) == Holder(os.getpid(), "http://127.0.0.1:1", 1.0)
    with pytest.raises(AlreadyUp, match="sample is already up on") as caught:
        ProjectLock(tmp_path).take("sample")
    assert f"process {os.getpid()} since 1970-01-01" in caught.value.cause
    assert "at http://127.0.0.1:1" in caught.value.cause
    lock.release()
    assert holder(tmp_path) is None
    again = ProjectLock(tmp_path)
    again.take("sample")
    again.release()


def test_what_a_killed_supervisor_left_is_waited_for(tmp_path: Path) -> None:
    lock = ProjectLock(tmp_path)
    lock.take("sample")
    descriptor = hold_alive(tmp_path)
    assert lock.wait_for_leftovers(0.1) is False
    os.close(descriptor)
    assert lock.wait_for_leftovers(0.1) is True
    lock.release()
