"""Threads for tasks that are not async.

Not a ThreadPoolExecutor: a run that is out of time leaves its thread behind and another takes its place, runs that wait for a
thread can be given back, and results return to the event loop in batches (a wake-up of the loop costs more than a small task).
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue

from ostrov.run.tasks.attempt import call, failed
from ostrov.run.tasks.context import enter
from ostrov.run.tasks.hand import Hand
from ostrov.run.tasks.outcome import Ended
from ostrov.run.tasks.soft import SoftTimeout, call_off, raise_in_thread

AHEAD = 0.01
"""Seconds of work that may wait in front of the threads, so that short tasks do not wait for the ledger one by one."""

MOST_LEFT = 4
"""Times `size` of threads that may be left behind."""


class Threads:
    """Up to `size` threads. `started` and `ended` are called in the event loop."""

    def __init__(self, size: int, largest: int, started: Callable[[Hand], None], ended: Callable[[Hand, Ended], None]) -> None:
        self.size = size
        self._largest = largest
        self._started = started
        self._ended = ended
        self._loop = asyncio.get_running_loop()
        self._queue: SimpleQueue[Hand | None] = SimpleQueue()
        self._waiting: dict[str, Hand] = {}
        self._news: deque[tuple[Hand, Ended | None]] = deque()
        self._told = False
        self._lock = threading.Lock()
        self._threads = 0
        self._left = 0
        self._mean = 1.0
        self.held = 0

    @property
    def room(self) -> int:
        """How many more runs it will take. None while too many threads that were left behind still run."""
        if self._left >= MOST_LEFT * self.size:
            return 0
        ahead = min(100, int(self.size * AHEAD / max(self._mean, 1e-5)))
        return self.size + ahead - self.held

    def submit(self, hand: Hand) -> None:
        """Run it as soon as a thread is free."""
        self.held += 1
        self._waiting[hand.run.id] = hand
        self._queue.put(hand)
        self._begin_if_short()

    def unstarted(self) -> list[Hand]:
        """Take back the runs that wait for a thread."""
        taken = []
        for run_id in list(self._waiting):
            hand = self._waiting.pop(run_id, None)  # a thread may have it by now
            if hand is not None:
                self.held -= 1
                taken.append(hand)
        return taken

    def take_back(self, hand: Hand) -> bool:
        """Take back one run; False when it has begun."""
        there = self._waiting.pop(hand.run.id, None) is not None
        self.held -= there
        return there

    def leave(self, hand: Hand) -> bool:
        """Go on without the thread of a run that does not end: it ends by itself, or with the process.

        False when its function has just returned.
        """
        with self._lock:
            if hand.done:
                return False
            hand.left = True
        self.held -= 1
        self._left += 1
        self._threads -= 1
        self._begin_if_short()
        return True

    def soften(self, hand: Hand) -> None:
        """Raise SoftTimeout in the thread of a run, once that runs Python code. What waits in C code goes on waiting."""
        with self._lock:
            if hand.thread and not hand.done:
                raise_in_thread(hand.thread)
                hand.thread = 0  # once is enough

    def close(self) -> None:
        """Let idle threads end. A thread that is busy ends with the process."""
        for _ in range(self._threads):
            self._queue.put(None)

    def _begin_if_short(self) -> None:
        if self._threads < min(self.size, self.held):
            self._threads += 1
            threading.Thread(target=self._work, name="task", daemon=True).start()

    def _work(self) -> None:
        while True:
            hand = self._queue.get()
            if hand is None:
                return
            if self._waiting.pop(hand.run.id, None) is None:
                continue  # it was taken back
            hand.started_at = time.time()
            if hand.task.options.timeout is not None or hand.soft is not None:
                self._tell(hand, None)
            enter(hand.context)
            if hand.soft is None:
                ended = call(hand.task, hand.run.arguments, hand.context, self._largest)
                with self._lock:
                    hand.done = True
            else:
                ended = self._call_softly(hand)
            enter(None)
            self._tell(hand, ended)
            if hand.left:
                return  # another thread has taken this one's place

    def _call_softly(self, hand: Hand) -> Ended:
        """The call where SoftTimeout may be raised at any moment until the lock is held, also when the function has just
        returned; what was not raised by then never is."""
        ended: Ended | None = None
        hand.thread = threading.get_ident()
        while ended is None or not hand.done:
            try:
                if ended is None:
                    ended = call(hand.task, hand.run.arguments, hand.context, self._largest)
                with self._lock:
                    call_off(threading.get_ident())
                    hand.done = True
            except SoftTimeout as problem:
                ended = failed(hand.task, problem) if ended is None else ended
        return ended

    def _tell(self, hand: Hand, ended: Ended | None) -> None:
        self._news.append((hand, ended))
        if not self._told:
            self._told = True
            try:
                self._loop.call_soon_threadsafe(self._hear)
            except RuntimeError:
                return  # the loop is closed: the worker is gone

    def _hear(self) -> None:
        self._told = False
        while self._news:
            hand, ended = self._news.popleft()
            if hand.left:
                self._left -= ended is not None
            elif ended is None:
                self._started(hand)
            else:
                self.held -= 1
                self._mean += (time.time() - hand.started_at - self._mean) * 0.05
                self._ended(hand, ended)
