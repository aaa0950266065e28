"""One typed tree of settings; every value knows where it came from.

Layers, later wins: defaults in code, group files (`conf/db/postgres.toml`), `ostrov.toml`, `ostrov.local.toml`,
`.secrets.toml`, environment (`OSTROV_DB__USER`), arguments (`db.user=root`).

Our own loader, for measured reasons: hydra 1.3 and OmegaConf 2.4 cannot be installed together; dynaconf turns a password
`123456` into a number, does not know a value's origin and prints secrets; both cost 0.4 s of import against 0.1 s.
"""

from ostrov.core.settings.declared import Public, Secret
from ostrov.core.settings.load import Loaded, load_settings, sweep
from ostrov.core.settings.shown import Shown
from ostrov.core.settings.tree import SettingsTree
from ostrov.core.settings.view import SettingsView

__all__ = ["Loaded", "Public", "Secret", "SettingsTree", "SettingsView", "Shown", "load_settings", "sweep"]
