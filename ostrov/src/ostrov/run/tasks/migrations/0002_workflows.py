"""The ledger's tables get names of their own (`task_…`: they share a database with the project's), and what workflows, limits
and engines need: edges, semaphores instead of locks, buckets, runs that wait for others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

Columns = list[str | sa.TextClause]

revision = "0002"
down_revision = "0001"

TIME: sa.Double[float] = sa.Double()
RENAMED = {
    "run": "task_run",
    "finished_run": "task_finished_run",
    "attempt": "task_attempt",
    "run_log": "task_log",
    "schedule": "task_schedule",
    "worker": "task_worker",
}
INDEXES = {
    "run_ready": "task_run_ready",
    "run_due": "task_run_due",
    "run_running": "task_run_running",
    "run_dedupe": "task_run_dedupe",
    "run_tick": "task_run_tick",
    "finished_run_task": "task_finished_run_task",
    "finished_run_unsuccessful": "task_finished_run_unsuccessful",
}


def upgrade() -> None:
    for before, after in RENAMED.items():
        op.rename_table(before, after)
    if op.get_bind().dialect.name == "postgresql":
        for before, after in (RENAMED | INDEXES).items():
            name = f"{before}_pkey" if before in RENAMED else before
            op.execute(f"ALTER INDEX {name} RENAME TO {after}{'_pkey' if before in RENAMED else ''}")
    else:
        _name_indexes_anew()
    for table in ("task_run", "task_finished_run"):
        op.add_column(table, sa.Column("kind", sa.Text))  # workflow, map, approval; NULL for a plain run
        op.add_column(table, sa.Column("root_id", sa.Text))  # the run of the workflow that this one is a step of
        op.add_column(table, sa.Column("step", sa.Text))  # its name in that workflow
        op.add_column(table, sa.Column("plan", sa.Text))  # of a step: arguments with references, trigger, delay, mapping
        op.add_column(table, sa.Column("version", sa.Text))  # of the workflow
        op.add_column(table, sa.Column("limit_key", sa.Text))  # what its concurrency and rate are counted under
        op.add_column(table, sa.Column("trace", sa.Text))  # W3C traceparent of who enqueued it
    op.add_column("task_run", sa.Column("waiting_on", sa.Integer, nullable=False, server_default="0"))
    op.add_column("task_run", sa.Column("blocked_on", sa.Text))  # the semaphore it waits for
    op.add_column("task_run", sa.Column("unpublished", sa.SmallInteger, nullable=False, server_default="0"))
    op.add_column("task_finished_run", sa.Column("result_until", TIME))
    op.create_table(
        "task_edge",
        sa.Column("parent_id", sa.Text, primary_key=True),
        sa.Column("child_id", sa.Text, primary_key=True),
        sa.Column("condition", sa.Text, primary_key=True),  # success, failure, always, true, false, equals JSON
        sa.Column("root_id", sa.Text, nullable=False),
        sa.Column("met", sa.SmallInteger),  # NULL until the parent is over
        sqlite_with_rowid=False,
    )
    op.create_index("task_edge_child", "task_edge", ["child_id"])
    op.create_index("task_edge_root", "task_edge", ["root_id"])
    op.create_table(
        "task_semaphore",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("task_semaphore_run", "task_semaphore", ["run_id"])
    op.create_table(
        "task_bucket",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("next_at", TIME, nullable=False),  # GCRA: the theoretical arrival time of the next start
        sa.Column("reserved_at", TIME, nullable=False),  # the last moment that was promised to a run that came too early
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO task_semaphore (key, slot, run_id) SELECT 'lock ' || key, 0, run_id FROM run_lock")
    op.execute("UPDATE task_run SET blocked_on = 'lock ' || lock_key WHERE state = 'blocked'")
    op.drop_table("run_lock")
    op.drop_index("run_blocked", "task_run")
    _index("task_run_blocked", "task_run", ["blocked_on", sa.text("priority DESC"), "id"], "blocked_on IS NOT NULL")
    _index("task_run_root", "task_run", ["root_id"], "root_id IS NOT NULL")
    _index("task_run_workflow", "task_run", ["id"], "kind = 'workflow'")
    _index("task_run_unpublished", "task_run", ["id"], "unpublished = 1")
    _index("task_finished_run_root", "task_finished_run", ["root_id"], "root_id IS NOT NULL")
    _index("task_finished_run_workflow", "task_finished_run", ["id"], "kind = 'workflow'")
    _index("task_finished_run_result", "task_finished_run", ["result_until"], "result_until IS NOT NULL")


def _name_indexes_anew() -> None:
    """SQLite cannot rename an index."""
    for name in INDEXES:
        op.drop_index(name)
    _index("task_run_ready", "task_run", ["queue", sa.text("priority DESC"), "id"], "state = 'ready'")
    _index("task_run_due", "task_run", ["run_after"], "state = 'scheduled'")
    _index("task_run_running", "task_run", ["worker_id", "id"], "state = 'running'")
    _index("task_run_dedupe", "task_run", ["task", "dedupe_key"], "dedupe_key IS NOT NULL", unique=True)
    _index("task_run_tick", "task_run", ["schedule_key", "tick"], "schedule_key IS NOT NULL", unique=True)
    _index("task_finished_run_task", "task_finished_run", ["task", "id"])
    _index("task_finished_run_unsuccessful", "task_finished_run", ["state", "id"], "state <> 'successful'")


def _index(name: str, table: str, columns: Columns, where: str = "", unique: bool = False) -> None:
    condition = sa.text(where) if where else None
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)
