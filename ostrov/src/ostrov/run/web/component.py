"""What the web component brings: one port for everything that components mount."""

from __future__ import annotations

from ostrov.core.component import Component, Service
from ostrov.run.web.settings import WebSettings

component = Component(
    name="web",
    settings=WebSettings,
    services=[
        Service(
            "web",
            run="ostrov.run.web.service:serve",
            group="web",
            critical=True,
            listens="ostrov.run.web.settings:listens",
            instances="ostrov.run.web.settings:instances",
        )
    ],
)
