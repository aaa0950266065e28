"""One typed tree of settings; every value knows where it came from."""

from ostrov.core.settings.load import Loaded, load_settings, sweep
from ostrov.core.settings.tree import SettingsTree, Shown

__all__ = ["Loaded", "SettingsTree", "Shown", "load_settings", "sweep"]
