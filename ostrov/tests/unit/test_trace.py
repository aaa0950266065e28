"""W3C Trace Context: which headers are taken up, which ignored, and what is passed on."""

from __future__ import annotations

import logging

import pytest

from ostrov.core.errors import UsageError
from ostrov.core.trace import RequestTrace, Traces, current, fresh, parse, traceparent
from ostrov.run.tasks.tracing import first_run, trace_id_of, traceparent_of, wanted_trace

ID, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
RUN = "0198f3c2-7d4e-7abc-8def-0123456789ab"


@pytest.mark.parametrize(
    ("header", "flags"),
    [
        (f"00-{ID}-{SPAN}-01", 1),
        (f"00-{ID}-{SPAN}-00", 0),
        (f"00-{ID}-{SPAN}-ff", 3),
        (f" 00-{ID}-{SPAN}-01\t", 1),
        (f"cc-{ID}-{SPAN}-01", 1),
        (f"cc-{ID}-{SPAN}-01-what-the-future-will-be-like", 1),
    ],
    ids=["sampled", "not sampled", "flags of the future", "white space", "a newer version", "a newer version with more"],
)
def test_a_valid_header_is_taken_up(header: str, flags: int) -> None:
    assert parse(header) == (ID, SPAN, flags)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "garbage",
        f"ff-{ID}-{SPAN}-01",
        f"00-{ID}-{SPAN}-01-extra",
        f"00-{ID}-{SPAN}-01-",
        f"cc-{ID}-{SPAN}-01.what",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{ID}-{'0' * 16}-01",
        f"00-{ID.upper()}-{SPAN}-01",
        f"00-{ID[:-1]}-{SPAN}-01",
        f"00-{ID}0-{SPAN}-01",
        f"00-{ID}-{SPAN}-1",
        f"00-{ID}-{SPAN}",
        f"0x-{ID}-{SPAN}-01",
        f"00-{ID}-{SPAN}-01\n",
        f"00-{ID[:-1]}٣-{SPAN}-01",
    ],
)
def test_an_invalid_header_is_ignored(header: str) -> None:
    assert parse(header) is None
    begun = RequestTrace([(b"traceparent", header.encode())]).traceparent
    assert parse(begun) is not None
    assert ID not in begun


def test_what_a_request_does_is_in_its_trace_and_has_the_request_as_its_parent() -> None:
    request = RequestTrace([(b"host", b"a"), (b"traceparent", f"00-{ID}-{SPAN}-01".encode())])
    found = parse(request.traceparent)
    assert found is not None
    assert (found.trace_id, found.flags) == (ID, 1)
    assert found.span_id != SPAN
    assert request.traceparent == found.traceparent


def test_a_request_with_two_headers_is_believed_neither() -> None:
    header = (b"traceparent", f"00-{ID}-{SPAN}-01".encode())
    assert ID not in RequestTrace([header, header]).traceparent


def test_fresh_traces_are_valid_and_differ() -> None:
    begun = fresh()
    assert parse(begun.traceparent) == begun
    assert fresh().trace_id != fresh().trace_id


def test_a_run_carries_its_trace_on_with_itself_as_the_parent() -> None:
    assert traceparent_of(RUN, f"00-{ID}-{SPAN}-00") == f"00-{ID}-8def0123456789ab-00"
    assert trace_id_of(RUN, f"00-{ID}-{SPAN}-00") == ID


def test_a_run_without_one_begins_a_trace_of_its_own_id() -> None:
    begun = traceparent_of(RUN, None)
    assert parse(begun) == (RUN.replace("-", ""), "8def0123456789ab", 1)
    assert first_run(trace_id_of(RUN, None)) == RUN


def test_a_trace_is_looked_for_by_its_id_or_a_pasted_header() -> None:
    assert wanted_trace(f" {ID.upper()} ") == wanted_trace(f"00-{ID}-{SPAN}-01") == ID
    assert wanted_trace("") == ""
    with pytest.raises(UsageError, match="is no trace id"):
        wanted_trace("4bf9")


def test_a_log_line_names_the_trace_it_belongs_to() -> None:
    record = logging.LogRecord("a", logging.INFO, "", 0, "said", (), None)
    assert Traces().filter(record)
    assert record.trace == ""  # type: ignore[attr-defined]
    assert traceparent() is None
    token = current.set(RequestTrace([(b"traceparent", f"00-{ID}-{SPAN}-01".encode())]))
    try:
        assert Traces().filter(record)
        assert record.trace == f" [{ID}]"  # type: ignore[attr-defined]
        assert (traceparent() or "")[3:35] == ID
    finally:
        current.reset(token)
