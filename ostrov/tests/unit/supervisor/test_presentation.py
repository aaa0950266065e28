"""What a person sees."""

from __future__ import annotations

from pathlib import Path

from ostrov.cli.rendering import table
from ostrov.core.supervisor.presentation import banner, duration, listing
from ostrov.core.supervisor.row import ProcessRow

WEB = ProcessRow(
    name="web",
    services=("web",),
    state="ready",
    pid=7,
    uptime=65,
    rss=30 << 20,
    pss=20 << 20,
    cpu_percent=1.4,
    listens=("127.0.0.1:80",),
)
WORKER = ProcessRow(name="worker", services=("worker", "scheduler"), state="backoff", restarts=2, last_exit="exit code 1")


def test_the_listing_has_a_line_for_each_process() -> None:
    assert table(listing([WEB, WORKER])) == [
        "PROCESS  STATE    PID  UP         RESTARTS  MEMORY  CPU  LISTENS       STATUS",
        "web      ready    7    1 min 5 s  0         20 MB   1 %  127.0.0.1:80",
        "worker   backoff                  2                                    last: exit code 1",
    ]


def test_the_banner_says_where_and_how_to_stop() -> None:
    said = banner("raf", url="http://a:1", console=True, data_dir=Path("/data"), seconds=0.84, rows=[WEB])
    assert said.splitlines() == [
        "raf is up at http://a:1, after 0.8 s",
        "  console   http://a:1/console",
        "  data      /data",
        "  processes web; 20 MB in all",
        "  stop      Ctrl-C here, or `ostrov down`",
    ]


def test_the_banner_of_a_project_in_the_background_names_no_key_that_would_not_stop_it() -> None:
    said = banner("raf", url="", console=False, data_dir=Path("/data"), seconds=0.84, rows=[WEB], in_background=True)
    assert said.splitlines()[-1] == "  stop      `ostrov down`"


def test_a_duration_has_two_units() -> None:
    assert [duration(s) for s in (0.5, 61, 3600, 90061)] == ["0 s", "1 min 1 s", "1 h 0 min", "1 d 1 h"]
