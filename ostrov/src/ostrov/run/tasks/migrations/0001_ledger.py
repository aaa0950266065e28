"""The ledger: runs that are not over, runs that are, their attempts and logs, schedules, workers, queues and locks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

Columns = list[str | sa.TextClause]

revision = "0001"
down_revision = None

TIME: sa.Double[float] = sa.Double()


def upgrade() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("task", sa.Text, nullable=False),
        sa.Column("queue", sa.Text, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),  # scheduled, ready, running, blocked
        sa.Column("arguments", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("run_after", TIME, nullable=False),
        sa.Column("max_attempts", sa.Integer, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False, server_default="0"),
        sa.Column("failures", sa.Integer, nullable=False, server_default="0"),  # attempts that count against max_attempts
        sa.Column("losses", sa.Integer, nullable=False, server_default="0"),  # attempts whose worker died
        sa.Column("cancel_requested", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("worker_id", sa.Text),
        sa.Column("started_at", TIME),
        sa.Column("lease_until", TIME),
        sa.Column("dedupe_key", sa.Text),
        sa.Column("lock_key", sa.Text),
        sa.Column("parent_id", sa.Text),  # the run that enqueued this one
        sa.Column("schedule_key", sa.Text),
        sa.Column("tick", TIME),
        sa.Column("reason", sa.Text),  # why it waits, or the error of the last attempt
        sa.Column("progress", sa.Text),
        sqlite_with_rowid=False,
        postgresql_with={"fillfactor": 70, "autovacuum_vacuum_scale_factor": 0.02, "autovacuum_vacuum_cost_delay": 0},
    )
    _index("run_ready", "run", ["queue", sa.text("priority DESC"), "id"], "state = 'ready'")
    _index("run_due", "run", ["run_after"], "state = 'scheduled'")
    _index("run_running", "run", ["worker_id", "id"], "state = 'running'")
    _index("run_blocked", "run", ["lock_key", sa.text("priority DESC"), "id"], "state = 'blocked'")
    _index("run_dedupe", "run", ["task", "dedupe_key"], "dedupe_key IS NOT NULL", unique=True)
    _index("run_tick", "run", ["schedule_key", "tick"], "schedule_key IS NOT NULL", unique=True)
    op.create_table(
        "finished_run",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("task", sa.Text, nullable=False),
        sa.Column("queue", sa.Text, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),  # successful, dead, cancelled
        sa.Column("arguments", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("run_after", TIME, nullable=False),
        sa.Column("max_attempts", sa.Integer, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("losses", sa.Integer, nullable=False),
        sa.Column("worker_id", sa.Text),
        sa.Column("started_at", TIME),
        sa.Column("finished_at", TIME, nullable=False),
        sa.Column("dedupe_key", sa.Text),
        sa.Column("lock_key", sa.Text),
        sa.Column("parent_id", sa.Text),
        sa.Column("schedule_key", sa.Text),
        sa.Column("tick", TIME),
        sa.Column("progress", sa.Text),
        sa.Column("result", sa.Text),
        sa.Column("error", sa.Text),
        sqlite_with_rowid=False,
    )
    _index("finished_run_task", "finished_run", ["task", "id"])
    _index("finished_run_unsuccessful", "finished_run", ["state", "id"], "state <> 'successful'")
    op.create_table(
        "attempt",
        sa.Column("run_id", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("worker_id", sa.Text, nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),  # successful, failed, timeout, cancelled, interrupted, lost
        sa.Column("error", sa.Text),
        sa.Column("traceback", sa.Text),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "run_log",
        sa.Column("run_id", sa.Text, primary_key=True),
        sa.Column("attempt", sa.Integer, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("logger", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table("run_lock", sa.Column("key", sa.Text, primary_key=True), sa.Column("run_id", sa.Text, nullable=False))
    op.create_index("run_lock_run", "run_lock", ["run_id"])
    op.create_table(
        "task_queue",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("paused", sa.SmallInteger, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
    )
    op.create_table(
        "schedule",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("task", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),  # "cron 30 10 * * *" or "every 600"
        sa.Column("timezone", sa.Text, nullable=False),
        sa.Column("next_tick", TIME),
        sa.Column("last_tick", TIME),
        sa.Column("last_run_id", sa.Text),
        sa.Column("seen_at", TIME, nullable=False),
    )
    op.create_table(
        "worker",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("boot_id", sa.Text, nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column(
            "process_started", sa.Text, nullable=False
        ),  # /proc/PID/stat field 22, so that a reused pid is another process
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("heartbeat_at", TIME, nullable=False),
        sa.Column("stopped_at", TIME),
        sa.Column("queues", sa.Text, nullable=False),
        sa.Column("slots", sa.Integer, nullable=False),
        sa.Column("threads", sa.Integer, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
    )


def _index(name: str, table: str, columns: Columns, where: str = "", unique: bool = False) -> None:
    condition = sa.text(where) if where else None
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)
