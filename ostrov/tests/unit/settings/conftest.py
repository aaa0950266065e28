"""An island: a project folder whose files a test writes, with a component `web` that declares one of everything."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import pytest

from ostrov import Component, NotSecret, Secret
from ostrov.core.errors import SettingsError
from ostrov.core.project import Project
from ostrov.core.settings import Loaded, load_settings, sweep


class Route(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    path: str = "/"
    port: int = 0
    token: str = ""


class WebSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 8000
    url: str = ""
    banner: str = ""
    ratio: float = 0.5
    quiet: bool = False
    mode: Literal["fast", "slow"] = "fast"
    nickname: str | None = None
    limit: int | None = None
    either: int | str = 0
    folder: Path = Path("files")
    hosts: list[str] = []
    numbers: tuple[int, ...] = ()
    routes: list[Route] = []
    by_name: dict[str, Route] = {}
    spare: Route | None = None
    password: str = ""
    pepper: Secret = ""
    public_key: NotSecret = ""
    token_lifetime: int = 60
    max_keys: bool = True


class Island:
    """A project folder."""

    components = (Component(name="web", settings=WebSettings),)

    def __init__(self, root: Path) -> None:
        self.root = root
        self.project = Project(root, "island", ())

    def write(self, name: str, text: str | bytes) -> Path:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    def load(self, *overrides: str, environ: Mapping[str, str] | None = None) -> Loaded:
        return load_settings(self.project, overrides, environ or {}, components=self.components)

    def sweep(self, *overrides: str, environ: Mapping[str, str] | None = None) -> list[Loaded]:
        return sweep(self.project, overrides, environ or {}, components=self.components)

    def web(self, *overrides: str, environ: Mapping[str, str] | None = None) -> Any:
        return self.load(*overrides, environ=environ).settings.web

    def refused(self, *overrides: str, environ: Mapping[str, str] | None = None) -> SettingsError:
        """The error of a load that must not succeed."""
        with pytest.raises(SettingsError) as caught:
            self.load(*overrides, environ=environ)
        return caught.value

    def origin(self, key: str, *overrides: str, environ: Mapping[str, str] | None = None) -> str:
        return self.load(*overrides, environ=environ).tree.origin(key)


@pytest.fixture
def island(tmp_path: Path) -> Island:
    return Island(tmp_path)
