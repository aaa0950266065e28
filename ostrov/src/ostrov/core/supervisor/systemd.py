"""Units of systemd from the same specification as `ostrov up`: a service for each process, a socket for each that listens,
a one-shot that brings the tables to this version, and a target over them all."""

from __future__ import annotations

import getpass
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ostrov.core.component import Listen
from ostrov.core.reference import load
from ostrov.core.supervisor.child import arguments
from ostrov.core.supervisor.errors import MISCONFIGURED
from ostrov.core.supervisor.specification import ProcessSpec, needed, project_processes

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

HARDENING = """\
NoNewPrivileges=yes
CapabilityBoundingSet=
PrivateTmp=yes
PrivateDevices=yes
ProtectSystem=strict
ProtectHome=read-only
ProtectProc=invisible
ProtectClock=yes
ProtectHostname=yes
ProtectControlGroups=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
UMask=0027
"""


def units(application: Ostrov, overrides: Iterable[str] = (), user: str = "") -> dict[str, str]:
    """The text of each unit by its file name. `user` is whom they run as, the caller without one."""
    overrides = list(overrides)
    specs = project_processes(application)
    base = _unit_name(application.settings.name or application.project.name)
    common = _common(application, overrides, user or getpass.getuser())
    written = {f"{base}.target": _target(base, specs), f"{base}-migrate.service": _migrate(base, application, common)}
    sockets: dict[str, str] = {}
    for spec in specs:
        for service in spec.services:
            if service.listens and service.name not in sockets:
                name = sockets[service.name] = f"{base}-{service.name}.socket"
                written[name] = _socket(base, spec, service.name, load(service.listens)(application))
    for spec in specs:
        mine = [sockets[name] for name in spec.listening]
        written[f"{base}-{spec.name}.service"] = _service(base, spec, specs, mine, application, common)
    return written


def _target(base: str, specs: list[ProcessSpec]) -> str:
    return f"""\
[Unit]
Description={base}: all its processes
Wants={" ".join(f"{base}-{spec.name}.service" for spec in specs)}

[Install]
WantedBy=multi-user.target
"""


def _migrate(base: str, application: Ostrov, common: str) -> str:
    words = [sys.executable, "-m", "ostrov.core.supervisor.preflight", "--project", str(application.project.root)]
    return f"""\
[Unit]
Description={base}: tables of this version
After=network.target postgresql.service

[Service]
Type=oneshot
ExecStart={_command(words)}
{common}"""


def _socket(base: str, spec: ProcessSpec, service: str, listens: list[Listen]) -> str:
    addresses = "\n".join(f"ListenStream={_address(listen)}" for listen in listens)
    return f"""\
[Unit]
Description={base}: the port of {service}
PartOf={base}.target

[Socket]
{addresses}
Backlog={max(listen.backlog for listen in listens)}
FileDescriptorName={service}
Service={base}-{spec.name}.service

[Install]
WantedBy=sockets.target
"""


def _service(
    base: str, spec: ProcessSpec, specs: list[ProcessSpec], sockets: list[str], application: Ostrov, common: str
) -> str:
    settings = application.settings.supervisor
    before = [f"{base}-{other.name}.service" for other in needed(spec, specs)]
    needs = [f"{base}-migrate.service", *sockets]
    wants = f"Wants={' '.join(before)}\n" if before else ""
    inherited = f"Sockets={' '.join(sockets)}\nNonBlocking=yes\n" if sockets else ""
    nice = f"Nice={spec.nice}\n" if spec.nice else ""
    return f"""\
[Unit]
Description={base}: {", ".join(spec.service_names)}
Requires={" ".join(needs)}
{wants}After={" ".join([*needs, *before, "network.target"])}
PartOf={base}.target
StartLimitIntervalSec={settings.restarts_within:g}
StartLimitBurst={settings.restarts}

[Service]
Type=notify
NotifyAccess=main
ExecStart={_command(arguments(spec, application.project.root))}
{inherited}TimeoutStartSec={spec.ready_timeout:g}
TimeoutStopSec={spec.stop_timeout:g}
{nice}KillMode=mixed
Restart=on-failure
RestartSec={settings.backoff:g}
RestartPreventExitStatus={MISCONFIGURED}
{common}
[Install]
WantedBy={base}.target
"""


def _common(application: Ostrov, overrides: list[str], user: str) -> str:
    """What all services of the project share: who, where, with which settings, and how little they may touch."""
    environ = ["PYTHONUNBUFFERED=1", "MALLOC_ARENA_MAX=2", "MALLOC_MMAP_THRESHOLD_=1048576"]
    if overrides:
        environ.append(f"OSTROV_OVERRIDES={json.dumps(overrides)}")
    variables = "\n".join(f"Environment={_quoted(variable)}" for variable in environ)
    return f"""\
User={user}
WorkingDirectory={_path(application.project.root)}
{variables}
ReadWritePaths={_quoted(str(application.data_dir))}
LimitNOFILE=65536
{HARDENING}"""


def _address(listen: Listen) -> str:
    host = listen.host or "[::]"
    return f"{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{listen.port}"


def _command(words: list[str]) -> str:
    return " ".join(_quoted(word.replace("$", "$$")) for word in words)


def _quoted(word: str) -> str:
    """A word as a unit file writes it (systemd.syntax(7)): quoted when it must be, `%` doubled."""
    word = word.replace("%", "%%")
    if re.fullmatch(r"[\w@%+=:,./-]+", word, re.ASCII):
        return word
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _path(path: Path) -> str:
    """The whole rest of a line is one path, unquoted."""
    return str(path).replace("%", "%%")


def _unit_name(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name, flags=re.ASCII).strip("-") or "ostrov"
