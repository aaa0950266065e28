"""A real Django project, in a virtual environment of its own, whose tasks run on the ledger: Django 6 with its own framework,
and Django 5.2 with the package `django-tasks` where Python is older than Django 6 wants."""

from __future__ import annotations

import fcntl
import json
import os
import re
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.long
ROOT = Path(__file__).parents[4]
BASE = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
"""The Python under this virtual environment, which has pip."""
FRAMEWORK = "django.tasks" if sys.version_info >= (3, 12) else "django_tasks"
PINNED = ["django==6.1.3"] if FRAMEWORK == "django.tasks" else ["django==5.2.19", "django-tasks==0.12.0"]
GUIDE = (ROOT / "docs" / "how-to" / "django.md").read_text()
GUIDE_TASKS, GUIDE_MODULE, GUIDE_USE = re.findall(r"```python\n(.*?)```", GUIDE, re.S)
(GUIDE_PROJECT,) = re.findall(r"```toml\n(.*?)```", GUIDE, re.S)
SETTINGS = """
import os
from pathlib import Path

SECRET_KEY = "of a test"
USE_TZ = True
INSTALLED_APPS = ["shop"]
BASE_DIR = Path(__file__).parent.parent
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "shop.sqlite3"},
    "ledger": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "var" / "ostrov.db", "OPTIONS": {"timeout": 20}},
}
OSTROV = "ostrov.run.tasks.django.OstrovBackend"
GUIDE_TASKS
TASKS |= {
    "plain": {"BACKEND": OSTROV, "OPTIONS": {"PROJECT": BASE_DIR}},
    "shared": {"BACKEND": OSTROV, "OPTIONS": {"PROJECT": BASE_DIR, "DATABASE": "ledger"}},
    "stubborn": {"BACKEND": OSTROV, "OPTIONS": {"PROJECT": BASE_DIR, "RETRIES": 2}},
}
"""
TASKS = """
from FRAMEWORK import task

from shop.models import Order


@task
def pay(order: int, currency="EUR"):
    Order.objects.filter(id=order).update(paid=True)
    return {"paid": order, "in": currency, "all": list(Order.objects.values_list("id", flat=True))}


@task(queue_name="mail", priority=5)
async def write(to):
    return f"to {to}"


@task(takes_context=True)
def which(context, word):
    return [context.attempt, context.task_result.id, word, context.task_result.status]


@task(backend="plain")
def fail(why):
    raise ValueError(why)


@task(backend="stubborn")
def fail_often():
    raise LookupError("again")
"""
MODELS = """
from django.db import models


class Order(models.Model):
    paid = models.BooleanField(default=False)

    class Meta:
        app_label = "shop"
"""
PRELUDE = """
import asyncio, json, os, time
from datetime import timedelta

os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
import django

django.setup()
from django.db import connection, connections, transaction
from django.utils import timezone
from FRAMEWORK import task_backends, default_task_backend, TaskResultStatus
from FRAMEWORK.exceptions import TaskResultDoesNotExist
from shop import tasks
from shop.models import Order


def over(result, seconds=30):
    deadline = time.monotonic() + seconds
    while not result.is_finished:
        assert time.monotonic() < deadline, result
        time.sleep(0.05)
        result.refresh()
    return result

"""


def environment() -> Path:
    """The Python of a virtual environment that has Django and sees Ostrov; made at its first use."""
    folder = ROOT / "var" / "venvs" / f"django-{sys.version_info.major}.{sys.version_info.minor}"
    wanted = "\n".join([*PINNED, sysconfig.get_path("purelib"), str(ROOT)])
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = folder / "installed"
        if not made.exists() or made.read_text() != wanted:
            subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", folder], check=True)
            python = folder / "bin" / "python"
            subprocess.run([BASE, "-m", "pip", "--python", python, "install", "-q", *PINNED], check=True)
            site = next((folder / "lib").glob("python*/site-packages"))
            (site / "ostrov.pth").write_text(f"{ROOT / 'ostrov' / 'src'}\n{sysconfig.get_path('purelib')}\n")
            made.write_text(wanted)
    return folder / "bin" / "python"


class Shop:
    """The Django project with its Ostrov project in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = environment()
        self.environ = {name: value for name, value in os.environ.items() if not name.startswith(("OSTROV_", "DJANGO_"))}

    def ostrov(self, *arguments: str) -> str:
        """Run a command of `ostrov`; what it prints."""
        return self._run("-m", "ostrov", "--project", str(self.folder), *arguments)

    def script(self, text: str) -> Any:
        """Run a script in the set-up Django; what it leaves in `answer`."""
        return json.loads(self._run("-c", PRELUDE.replace("FRAMEWORK", FRAMEWORK) + text + "\nprint(json.dumps(answer))"))

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [self.python, *arguments],
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The project, its Ostrov up and ready; down at the end."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "ostrov.toml").write_text(GUIDE_PROJECT)
    (folder / "shop").mkdir()
    files = {"__init__": "", "settings": SETTINGS, "tasks": TASKS, "models": MODELS, "guide": GUIDE_MODULE}
    for name, text in files.items():
        text = text.replace("GUIDE_TASKS", GUIDE_TASKS).replace("FRAMEWORK", FRAMEWORK)
        text = text.replace("from django.tasks", f"from {FRAMEWORK}")
        (folder / "shop" / f"{name}.py").write_text(text)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    project = Shop(folder)
    project.script("with connection.schema_editor() as editor:\n    editor.create_model(Order)\nanswer = 0")
    project.ostrov("up", "--detach", f"web.port={port}")
    try:
        project.ostrov("wait")
        yield project
    finally:
        project.ostrov("down")


def test_a_task_runs_in_a_worker_and_its_result_is_read_by_its_id(shop: Shop) -> None:
    answer = shop.script("""
order = Order.objects.create()
first = tasks.pay.enqueue(order.id, currency="RUB")
assert first.status == TaskResultStatus.READY and first.args == [order.id] and first.kwargs == {"currency": "RUB"}
over(first)
again = tasks.pay.get_result(first.id)
assert again.return_value == first.return_value and again.task == tasks.pay
order.refresh_from_db()
assert first.enqueued_at <= first.started_at <= first.finished_at and first.attempts == 1 and not first.errors
answer = [first.return_value, first.status, order.paid]
""")
    assert answer[0]["in"] == "RUB"
    assert answer[1:] == ["SUCCESSFUL", True]


def test_async_callers_async_tasks_queues_priorities_and_the_context(shop: Shop) -> None:
    answer = shop.script("""
async def go():
    sent = await tasks.write.aenqueue("ann")
    while not sent.is_finished:
        await asyncio.sleep(0.05)
        await sent.arefresh()
    return [sent.return_value, sent.task.queue_name, sent.task.priority]

told = over(tasks.which.using(queue_name="mail", priority=-7).enqueue("here"))
assert told.return_value[1] == told.id
answer = [asyncio.run(go()), told.return_value[0], told.return_value[2:], told.task.queue_name, told.task.priority]
""")
    assert answer == [["to ann", "mail", 5], 1, ["here", "RUNNING"], "mail", -7]


def test_a_task_waits_for_its_moment(shop: Shop) -> None:
    answer = shop.script("""
due = timezone.now() + timedelta(seconds=2)
later = tasks.write.using(run_after=due).enqueue("ben")
far = tasks.write.using(run_after=timezone.now() + timedelta(days=2)).enqueue("cat")
over(later)
far.refresh()
answer = [later.started_at >= due, far.status, far.started_at]
""")
    assert answer == [True, "READY", None]


def test_a_failed_task_shows_its_error_and_is_tried_again_where_the_settings_say_so(shop: Shop) -> None:
    answer = shop.script("""
failed = over(tasks.fail.enqueue("no money"))
assert failed.errors[0].exception_class is ValueError
try:
    failed.return_value
except ValueError as problem:
    said = str(problem)
often = over(tasks.fail_often.enqueue(), 60)
try:
    tasks.pay.get_result("nothing")
except TaskResultDoesNotExist:
    missing = True
answer = [failed.status, said, "no money" in failed.errors[0].traceback, len(often.errors), often.attempts, missing]
""")
    assert answer == ["FAILED", "Task failed", True, 3, 3, True]


@pytest.mark.parametrize("alias", ["default", "shared"])
def test_nothing_is_enqueued_by_a_transaction_that_is_rolled_back(shop: Shop, alias: str) -> None:
    database = {"default": "default", "shared": "ledger"}[alias]
    answer = shop.script(f"""
pay = tasks.pay.using(backend={alias!r})
def known(result):
    try:
        pay.get_result(result.id)
    except TaskResultDoesNotExist:
        return False
    return True

try:
    with transaction.atomic(using={database!r}):
        lost = pay.enqueue(1)
        raise LookupError
except LookupError:
    pass
with transaction.atomic(using={database!r}):
    kept = pay.enqueue(2)
    before = known(kept)
    inside = connections["ledger"].cursor().execute("SELECT count(*) FROM task_run WHERE id = %s", [kept.id]).fetchone()[0]
over(kept)
answer = [known(lost), before, inside, kept.status]
""")
    assert answer == [False, False, 1 if alias == "shared" else 0, "SUCCESSFUL"]


def test_arguments_that_json_cannot_carry_are_refused_at_enqueue(shop: Shop) -> None:
    answer = shop.script("""
try:
    tasks.pay.enqueue(object())
except TypeError as problem:
    answer = str(problem)
""")
    assert "object" in answer
    assert "SUCCESSFUL" not in shop.ostrov("tasks", "list", "--state", "ready")


def test_the_code_of_the_guide_runs(shop: Shop) -> None:
    answer = shop.script(f"""
from shop.guide import count, welcome
{GUIDE_USE}
answer = [over(result).return_value, over(counted).return_value, later.status, later.task.priority]
""")
    assert answer == ["hello ann", [1, "beans"], "READY", -5]
