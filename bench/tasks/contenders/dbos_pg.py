"""DBOS on PostgreSQL: durable workflows, a hundred at a time, its queue looked at twenty times a second."""

import os
import sys
import threading

import psycopg
from dbos import DBOS, DBOSClient

TITLE = "DBOS 3.4 (PostgreSQL)"
WORKER = ["python", "-m", "contenders.dbos_pg", "worker"]
N = 1000
SERVERS = ["pg"]

server = os.environ["BENCH_POSTGRES"]


@DBOS.workflow(name="noop")
def noop(i):
    return i


def launch():
    DBOS(
        config={
            "name": "bench",
            "system_database_url": server,
            "application_version": "1",
            "executor_id": "local",
            "log_level": "ERROR",
            "run_admin_server": False,
        }
    )
    DBOS.launch()
    DBOS.register_queue("q", worker_concurrency=100, polling_interval_sec=0.05)


def reset():
    import subprocess

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS dbos CASCADE")
    subprocess.run([sys.executable, "-m", "contenders.dbos_pg", "tables"], check=True)


def enqueue(n):
    client = DBOSClient(system_database_url=server)
    for i in range(n):
        client.enqueue({"workflow_name": "noop", "queue_name": "q"}, i)
    client.destroy()


def done():
    with psycopg.connect(server, autocommit=True) as connection:
        return connection.execute("SELECT count(*) FROM dbos.workflow_status WHERE status = 'SUCCESS'").fetchone()[0]


if __name__ == "__main__":
    launch()
    if sys.argv[1] == "tables":
        DBOS.destroy()
        os._exit(0)
    threading.Event().wait()
