"""Rules of the whole suite: long tests and tests of real servers run with `bin/test --all`; without it they are skipped,
each with its reason. With it a missing server is a failure."""

from __future__ import annotations

import asyncio
import inspect
import os
import sys
from collections.abc import Generator

import pytest

import raf  # noqa: F401 - known before a test of `raf/tests` is imported, which would make a package of the folder `raf`

pytest_plugins = ["ostrov.testing"]

SERVERS = {
    "postgresql": ("OSTROV_TEST_POSTGRES", "postgresql"),
    "nats": ("OSTROV_TEST_NATS", "nats-server"),
    "redis": ("OSTROV_TEST_REDIS", "redis-server"),
    "rabbitmq": ("OSTROV_TEST_RABBITMQ", "rabbitmq-server"),
    "s3": ("OSTROV_TEST_S3", "swift-proxy"),
    "chromium": ("OSTROV_TEST_CHROMIUM", "chromium"),
}


WEIGHTS = ("/acceptance/", "/conformance/", "/security/", "/integration/", "/unit/")
"""The rooms of tests, those with the longest files first, after what lints the house.

A file is one process's: none that is long is to begin at the end."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="run long tests and require every real server")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=weight)
    everything = config.getoption("--all")
    for item in items:
        if item.get_closest_marker("long") and not everything:
            item.add_marker(pytest.mark.skip(reason="long: runs with bin/test --all"))
        for marker in item.iter_markers("server"):
            variable, package = SERVERS[marker.args[0]]
            if variable not in os.environ and not everything:
                item.add_marker(
                    pytest.mark.skip(
                        reason=f"no {marker.args[0]}: install {package} (bin/services install) and bin/services start"
                    )
                )


def weight(item: pytest.Item) -> int:
    """Where its room stands in the order; that of the files of a room, and in a file, stays."""
    return next((place for place, room in enumerate(WEIGHTS) if room in item.path.as_posix()), -1)


def pytest_collection_finish() -> None:
    """What tests write is not kept compiled: they change it within the second that Python tells two versions apart by."""
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("server"):
        variable, package = SERVERS[marker.args[0]]
        if variable not in os.environ:
            pytest.fail(
                f"{marker.args[0]} does not run: {variable} is not set; bin/services install; bin/services start ({package})"
            )


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """A coroutine test runs in an event loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    asyncio.run(asyncio.wait_for(pyfuncitem.obj(**arguments), 120))
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a test printed crosses to another process as UTF-8, also when the test is about text that is not."""
    report = yield
    report.sections = [(name, text.encode("utf-8", "backslashreplace").decode()) for name, text in report.sections]
    return report
