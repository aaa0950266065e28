"""Figures are written as Prometheus' text format 0.0.4 asks."""

from __future__ import annotations

import math

from ostrov.core.exposition import Family, Sample, exposition, histogram


def test_a_family_has_its_help_its_type_and_its_samples() -> None:
    family = Family("ostrov_queue_ready", "gauge", "Runs that wait.", (Sample(3, {"queue": "mail"}), Sample(0.5)))
    assert exposition([family]) == (
        "# HELP ostrov_queue_ready Runs that wait.\n"
        "# TYPE ostrov_queue_ready gauge\n"
        'ostrov_queue_ready{queue="mail"} 3\n'
        "ostrov_queue_ready 0.5\n"
    )


def test_what_would_break_a_line_is_escaped() -> None:
    family = Family("a", "counter", "one\ntwo \\ three", (Sample(1, {"task": 'q"u\\o\nte'}),))
    assert exposition([family]) == '# HELP a one\\ntwo \\\\ three\n# TYPE a counter\na{task="q\\"u\\\\o\\nte"} 1\n'


def test_numbers_that_are_none_are_spelled_as_prometheus_does() -> None:
    samples = (Sample(math.inf), Sample(-math.inf), Sample(math.nan), Sample(3.0), Sample(1e300))
    assert exposition([Family("a", "gauge", "", samples)]).splitlines()[2:] == ["a +Inf", "a -Inf", "a NaN", "a 3", "a 1e+300"]


def test_buckets_hold_all_that_lies_below_them_also_what_was_counted_with_other_bounds() -> None:
    samples = histogram({"task": "t"}, {0.1: 2, 0.3: 1, 1.0: 4, math.inf: 1}, 7.5, (0.1, 1.0))
    shown = exposition([Family("s", "histogram", "Seconds.", tuple(samples))]).splitlines()[2:]
    assert shown == [
        's_bucket{task="t",le="0.1"} 2',
        's_bucket{task="t",le="1"} 7',
        's_bucket{task="t",le="+Inf"} 8',
        's_sum{task="t"} 7.5',
        's_count{task="t"} 8',
    ]


def test_the_official_parser_reads_it() -> None:
    from prometheus_client import parser

    samples = tuple(histogram({"task": 'a "b"\\\n'}, {0.1: 2, math.inf: 1}, 1.5, (0.1,)))
    families = [
        Family("s", "histogram", "Seconds,\nof a \\ task.", samples),
        Family("n_total", "counter", "Times.", (Sample(2, {"queue": "mail"}),)),
    ]
    seconds, times = parser.text_string_to_metric_families(exposition(families))
    assert (seconds.type, seconds.documentation) == ("histogram", "Seconds,\nof a \\ task.")
    assert [(sample.name, sample.labels, sample.value) for sample in seconds.samples] == [
        ("s_bucket", {"task": 'a "b"\\\n', "le": "0.1"}, 2),
        ("s_bucket", {"task": 'a "b"\\\n', "le": "+Inf"}, 3),
        ("s_sum", {"task": 'a "b"\\\n'}, 1.5),
        ("s_count", {"task": 'a "b"\\\n'}, 3),
    ]
    assert (times.type, times.samples[0].name, times.samples[0].value) == ("counter", "n_total", 2)
