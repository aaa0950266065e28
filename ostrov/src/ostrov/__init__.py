"""Ostrov: the infrastructure a small team needs around a Python service.

Everything a project imports comes from here; each name is loaded at its first use, so importing `ostrov` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov as Ostrov
    from ostrov.core.application import current as current
    from ostrov.core.channel import Channel as Channel
    from ostrov.core.channel import Mailbox as Mailbox
    from ostrov.core.channel import Message as Message
    from ostrov.core.component import Check as Check
    from ostrov.core.component import Component as Component
    from ostrov.core.component import Finding as Finding
    from ostrov.core.component import Listen as Listen
    from ostrov.core.component import Mount as Mount
    from ostrov.core.component import Page as Page
    from ostrov.core.component import Service as Service
    from ostrov.core.errors import Conflict as Conflict
    from ostrov.core.errors import Denied as Denied
    from ostrov.core.errors import NotFound as NotFound
    from ostrov.core.errors import OstrovError as OstrovError
    from ostrov.core.errors import StoreError as StoreError
    from ostrov.core.errors import StoreIntegrity as StoreIntegrity
    from ostrov.core.errors import UsageError as UsageError
    from ostrov.core.exposition import Family as Family
    from ostrov.core.exposition import Sample as Sample
    from ostrov.core.operations.actor import Actor as Actor
    from ostrov.core.operations.call import Call as Call
    from ostrov.core.operations.operation import Operation as Operation
    from ostrov.core.operations.operation import operation as operation
    from ostrov.core.operations.operations import Operations as Operations
    from ostrov.core.operations.operations import open_operations as open_operations
    from ostrov.core.operations.outcome import Outcome as Outcome
    from ostrov.core.operations.seal import Seal as Seal
    from ostrov.core.settings.declared import NotSecret as NotSecret
    from ostrov.core.settings.declared import Secret as Secret
    from ostrov.core.settings.free import FreeSettings as FreeSettings
    from ostrov.core.settings.view import SettingsView as SettingsView
    from ostrov.core.store import Connection as Connection
    from ostrov.core.store import Row as Row
    from ostrov.core.store import Store as Store
    from ostrov.core.supervisor.context import ServiceContext as ServiceContext
    from ostrov.core.trace import traceparent as traceparent
    from ostrov.run.events.aggregates import Aggregate as Aggregate
    from ostrov.run.events.aggregates import Application as Application
    from ostrov.run.events.aggregates import event as event
    from ostrov.run.events.event import Event as Event
    from ostrov.run.events.events import Events as Events
    from ostrov.run.events.events import Recorded as Recorded
    from ostrov.run.events.events import open_events as open_events
    from ostrov.run.events.follower import Follower as Follower
    from ostrov.run.events.recorder import VersionConflict as VersionConflict
    from ostrov.run.tasks.backoff import Backoff as Backoff
    from ostrov.run.tasks.context import TaskContext as TaskContext
    from ostrov.run.tasks.errors import Retry as Retry
    from ostrov.run.tasks.run import Run as Run
    from ostrov.run.tasks.soft import SoftTimeout as SoftTimeout
    from ostrov.run.tasks.task import Task as Task
    from ostrov.run.tasks.task import task as task
    from ostrov.run.tasks.testing import run_tasks as run_tasks
    from ostrov.run.tasks.workflows.build import approval as approval
    from ostrov.run.tasks.workflows.build import otherwise as otherwise
    from ostrov.run.tasks.workflows.build import when as when
    from ostrov.run.tasks.workflows.workflow import workflow as workflow
    from ostrov.run.web.settings import base_url as base_url
    from ostrov.run.web.stopping import open_stopping as open_stopping
    from ostrov.run.web.texts import send_texts as send_texts

_HOMES = {
    "Ostrov": "core.application",
    "current": "core.application",
    "Channel": "core.channel",
    "Mailbox": "core.channel",
    "Message": "core.channel",
    "Check": "core.component",
    "Component": "core.component",
    "Finding": "core.component",
    "Listen": "core.component",
    "Mount": "core.component",
    "Page": "core.component",
    "Service": "core.component",
    "Conflict": "core.errors",
    "Denied": "core.errors",
    "NotFound": "core.errors",
    "OstrovError": "core.errors",
    "StoreError": "core.errors",
    "StoreIntegrity": "core.errors",
    "UsageError": "core.errors",
    "Family": "core.exposition",
    "Sample": "core.exposition",
    "Actor": "core.operations.actor",
    "Call": "core.operations.call",
    "Operation": "core.operations.operation",
    "operation": "core.operations.operation",
    "Operations": "core.operations.operations",
    "open_operations": "core.operations.operations",
    "Outcome": "core.operations.outcome",
    "Seal": "core.operations.seal",
    "NotSecret": "core.settings.declared",
    "Secret": "core.settings.declared",
    "FreeSettings": "core.settings.free",
    "SettingsView": "core.settings.view",
    "Connection": "core.store",
    "Row": "core.store",
    "Store": "core.store",
    "traceparent": "core.trace",
    "Aggregate": "run.events.aggregates",
    "Application": "run.events.aggregates",
    "event": "run.events.aggregates",
    "Event": "run.events.event",
    "Events": "run.events.events",
    "Recorded": "run.events.events",
    "open_events": "run.events.events",
    "Follower": "run.events.follower",
    "VersionConflict": "run.events.recorder",
    "Backoff": "run.tasks.backoff",
    "Retry": "run.tasks.errors",
    "Run": "run.tasks.run",
    "SoftTimeout": "run.tasks.soft",
    "Task": "run.tasks.task",
    "TaskContext": "run.tasks.context",
    "run_tasks": "run.tasks.testing",
    "task": "run.tasks.task",
    "approval": "run.tasks.workflows.build",
    "otherwise": "run.tasks.workflows.build",
    "when": "run.tasks.workflows.build",
    "workflow": "run.tasks.workflows.workflow",
    "ServiceContext": "core.supervisor.context",
    "base_url": "run.web.settings",
    "open_stopping": "run.web.stopping",
    "send_texts": "run.web.texts",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'ostrov' has no attribute {name!r}")
    value = getattr(import_module(f"ostrov.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
