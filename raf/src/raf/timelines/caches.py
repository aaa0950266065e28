"""Bounded maps of what was read lately, and the rule that keeps what is stale out of them."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Keeps about the last `size` values that were asked for, at the price of one dictionary look-up.

    Two generations: what is found in the old one moves to the young one; when the young one is full, the old one is dropped.
    Who looks for many values may ask `young` first, and `get` for what is not there.
    """

    __slots__ = ("_half", "_old", "young")

    def __init__(self, size: int) -> None:
        self._half = max(1, size // 2)
        self.young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def get(self, key: K) -> V | None:
        found = self.young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is not None:
                self.put(key, found)
        return found

    def put(self, key: K, value: V) -> None:
        if len(self.young) >= self._half:
            self._old, self.young = self.young, {}
        self.young[key] = value

    def drop(self, key: K) -> None:
        self.young.pop(key, None)
        self._old.pop(key, None)

    def clear(self) -> None:
        self.young.clear()
        self._old.clear()

    def values(self) -> Iterator[V]:
        """Everything kept, each once."""
        yield from (self._old | self.young).values()

    def items(self) -> Iterator[tuple[K, V]]:
        """Everything kept, each once."""
        yield from (self._old | self.young).items()

    def __len__(self) -> int:
        return len(self.young.keys() | self._old.keys())


class Loads(Generic[K]):
    """The loads under way. What changes during a load is not kept from it: the load may have read it before the change."""

    __slots__ = ("_open",)

    def __init__(self) -> None:
        self._open: list[Load[K]] = []

    def begin(self) -> Load[K]:
        return Load(self._open)

    def changed(self, key: K) -> None:
        for load in self._open:
            load.stale.add(key)

    def happened(self, event: Any) -> None:
        for load in self._open:
            load.happened.append(event)

    def everything_changed(self) -> None:
        for load in self._open:
            load.all_stale = True


class Load(Generic[K]):
    """One load: `with loads.begin() as load: …; if load.fresh(key): keep it`."""

    __slots__ = ("_open", "all_stale", "happened", "stale")

    def __init__(self, opened: list[Load[K]]) -> None:
        self.stale: set[K] = set()
        self.all_stale = False
        self.happened: list[Any] = []
        self._open = opened

    def fresh(self, key: K) -> bool:
        return not self.all_stale and key not in self.stale

    def __enter__(self) -> Load[K]:
        self._open.append(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, where: TracebackType | None) -> None:
        self._open.remove(self)
