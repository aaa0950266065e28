"""Dynaconf's way to read settings: `settings.key`, `settings["a.b"]`, `settings.get("a.b", default=1)`, in any case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ostrov.core.settings.keys import undotted

_MISSING: Any = object()


class SettingsView(Mapping[str, Any]):
    """Nested values, read by attribute, by item or by dotted key, whatever the case. Tables come as views, too."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a dotted key, or `default` when there is none."""
        found = self._find(key)
        return default if found is _MISSING else found

    def exists(self, key: str) -> bool:
        """Whether there is such a setting."""
        return self._find(key) is not _MISSING

    def as_dict(self) -> dict[str, Any]:
        """The plain nested values."""
        return dict(self._values)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = self._step(self._values, name)
        if found is _MISSING:
            raise AttributeError(f"there is no setting {name!r} here; there are: {', '.join(self._values)}")
        return found

    def __getitem__(self, key: str) -> Any:
        found = self._find(key)
        if found is _MISSING:
            raise KeyError(key)
        return found

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.exists(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"<settings {', '.join(self._values)}>"  # a value could be a secret

    def _find(self, key: str) -> Any:
        found: Any = self._step(self._values, key)
        if found is not _MISSING or "." not in key:
            return found
        found = self
        for name in undotted(key):
            if not isinstance(found, SettingsView):
                return _MISSING
            found = self._step(found._values, name)
            if found is _MISSING:
                return _MISSING
        return _MISSING if found is self else found

    @staticmethod
    def _step(values: Mapping[str, Any], name: str) -> Any:
        if name not in values:
            name = next((known for known in values if known.casefold() == name.casefold()), name)
        value = values.get(name, _MISSING)
        return SettingsView(value) if isinstance(value, Mapping) else value
