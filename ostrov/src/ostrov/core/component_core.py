"""What the ground floor itself brings."""

from __future__ import annotations

from ostrov.core.component import Check, Component

MACHINE = "ostrov.core.doctor.machine"
DATABASE = "ostrov.core.doctor.database"
FACTORS = "ostrov.core.doctor.factors"

component = Component(
    name="core",
    operations=[
        "ostrov.core.operations.own.approvals",
        "ostrov.core.operations.own.audit",
        "ostrov.core.operations.own.operators",
        "ostrov.core.settings.operations",
        "ostrov.core.settings.sealing",
        "ostrov.core.supervisor.operations",
    ],
    migrations="ostrov.core:migrations",
    checks=[
        Check("python", f"{MACHINE}:python"),
        Check("settings", f"{MACHINE}:settings"),
        Check("data folder", f"{MACHINE}:data_dir"),
        Check("disk", f"{MACHINE}:disk"),
        Check("secrets", f"{MACHINE}:secrets"),
        Check("ports", f"{MACHINE}:ports"),
        Check("database", f"{DATABASE}:reachable"),
        Check("tables", f"{DATABASE}:tables"),
        Check("integrity", f"{DATABASE}:integrity"),
        Check("clock", f"{DATABASE}:clock"),
        Check("audit", f"{DATABASE}:audit"),
        Check("operators", f"{DATABASE}:operators"),
        Check("1 codebase", f"{FACTORS}:codebase"),
        Check("2 dependencies", f"{FACTORS}:dependencies"),
        Check("3 config", f"{FACTORS}:config"),
        Check("4 backing services", f"{FACTORS}:backing_services"),
        Check("5 build, release, run", f"{FACTORS}:build_release_run"),
        Check("6 processes", f"{FACTORS}:processes"),
        Check("7 port binding", f"{FACTORS}:port_binding"),
        Check("8 concurrency", f"{FACTORS}:concurrency"),
        Check("9 disposability", f"{FACTORS}:disposability"),
        Check("10 dev/prod parity", f"{FACTORS}:parity"),
        Check("11 logs", f"{FACTORS}:logs"),
        Check("12 admin processes", f"{FACTORS}:admin_processes"),
    ],
)
