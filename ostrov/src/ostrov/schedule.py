"""The words of the `schedule` library, durably: `from ostrov import schedule`, and the rest of a program as it was."""

from __future__ import annotations

from ostrov.run.tasks.errors import ScheduleError as ScheduleError
from ostrov.run.tasks.fluent import cancel_job as cancel_job
from ostrov.run.tasks.fluent import clear as clear
from ostrov.run.tasks.fluent import every as every
from ostrov.run.tasks.fluent import get_jobs as get_jobs
from ostrov.run.tasks.fluent import idle_seconds as idle_seconds
from ostrov.run.tasks.fluent import next_run as next_run
from ostrov.run.tasks.fluent import repeat as repeat
from ostrov.run.tasks.fluent import run_all as run_all
from ostrov.run.tasks.fluent import run_pending as run_pending
from ostrov.run.tasks.job import Job as Job
