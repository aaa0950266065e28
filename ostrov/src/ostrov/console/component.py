"""What the console component brings."""

from __future__ import annotations

from ostrov.console.settings import ConsoleSettings
from ostrov.core.component import Component, Mount, Page

VIEWS = "ostrov.console.views"

component = Component(
    name="console",
    settings=ConsoleSettings,
    templates="ostrov.console",
    mounts=(Mount("/console", "ostrov.console.application:build"),),
    pages=(
        Page(
            "/",
            f"{VIEWS}.overview:shown",
            "console/overview.html",
            title="Overview",
            icon="overview",
            topics=("processes", "operations"),
        ),
        Page(
            "/processes",
            f"{VIEWS}.processes:shown",
            "console/processes.html",
            title="Processes",
            icon="processes",
            permission="processes.view",
            topics=("processes",),
        ),
        Page("/logs", f"{VIEWS}.logs:shown", "console/logs.html", title="Logs", icon="logs", permission="logs.view"),
        Page(
            "/operations",
            f"{VIEWS}.operations:listed",
            "console/operations.html",
            title="Operations",
            icon="operations",
        ),
        Page("/operations/{name}", f"{VIEWS}.operations:form", "console/operation.html"),
        Page(
            "/approvals",
            f"{VIEWS}.runs:waiting",
            "console/approvals.html",
            title="Approvals",
            icon="approvals",
            topics=("operations",),
        ),
        Page("/runs/{run}", f"{VIEWS}.runs:one", "console/run.html", topics=("operations",)),
        Page(
            "/audit",
            f"{VIEWS}.runs:audit",
            "console/audit.html",
            title="Audit",
            icon="audit",
            permission="audit.view",
            topics=("operations",),
        ),
        Page("/audit/check", f"{VIEWS}.runs:chain", "console/chain.html", permission="audit.view"),
        Page(
            "/operators",
            f"{VIEWS}.people:operators",
            "console/operators.html",
            title="Operators",
            icon="operators",
            permission="operators.view",
            topics=("operations",),
        ),
        Page("/me", f"{VIEWS}.people:me", "console/me.html", topics=("operations",)),
        Page(
            "/settings",
            f"{VIEWS}.settings:shown",
            "console/settings.html",
            title="Settings",
            icon="settings",
            permission="settings.view",
        ),
    ),
)
