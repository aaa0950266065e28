"""One typed tree of settings; every value knows where it came from.

Layers, later wins: defaults in code, group files (`conf/db/postgres.toml`), `ostrov.toml`, `ostrov.local.toml`,
`.secrets.toml`, environment (`OSTROV_DB__USER`), arguments (`db.user=root`).

Our own loader, for measured reasons: hydra 1.3 and OmegaConf 2.4 cannot be installed together; dynaconf turns a password
`123456` into a number, does not know a value's origin and prints secrets; both cost 0.4 s of import against 0.1 s.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ostrov.core.settings.declared import NotSecret as NotSecret
    from ostrov.core.settings.declared import Secret as Secret
    from ostrov.core.settings.load import Loaded as Loaded
    from ostrov.core.settings.load import load_settings as load_settings
    from ostrov.core.settings.load import sweep as sweep
    from ostrov.core.settings.shown import Shown as Shown
    from ostrov.core.settings.tree import SettingsTree as SettingsTree
    from ostrov.core.settings.view import SettingsView as SettingsView

_HOMES = {
    "NotSecret": "declared",
    "Secret": "declared",
    "Loaded": "load",
    "load_settings": "load",
    "sweep": "load",
    "Shown": "shown",
    "SettingsTree": "tree",
    "SettingsView": "view",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
