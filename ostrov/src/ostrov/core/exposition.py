"""Figures as Prometheus reads them: the text exposition format 0.0.4.

Source: https://github.com/prometheus/docs/blob/main/docs/instrumenting/exposition_formats.md
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True)
class Sample:
    """One line. `suffix` is `_bucket`, `_sum` or `_count` of a histogram, else empty."""

    value: float
    labels: Mapping[str, str] = field(default_factory=dict)
    suffix: str = ""


@dataclass(frozen=True)
class Family:
    """All samples of one metric. The name of a counter ends in `_total`, names hold their unit (`_seconds`)."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    doc: str
    samples: tuple[Sample, ...]


def exposition(families: Iterable[Family]) -> str:
    """The families as text, each with its HELP and TYPE lines, ended by a line feed."""
    return "".join(_family(family) for family in families)


def histogram(labels: Mapping[str, str], counts: Mapping[float, float], total: float, bounds: Iterable[float]) -> list[Sample]:
    """The samples of one histogram: `counts` are how many lie at or below a bound and above the one before it (`inf` for the
    rest), `total` is their sum. The bounds of `counts` need not be those that are shown."""
    shown = [*bounds, math.inf]
    samples = [
        Sample(sum(count for upper, count in counts.items() if upper <= bound), {**labels, "le": _bound(bound)}, "_bucket")
        for bound in shown
    ]
    return [*samples, Sample(total, labels, "_sum"), Sample(sum(counts.values()), labels, "_count")]


def _family(family: Family) -> str:
    doc = family.doc.replace("\\", r"\\").replace("\n", r"\n")
    lines = [f"# HELP {family.name} {doc}", f"# TYPE {family.name} {family.kind}"]
    lines += [f"{family.name}{sample.suffix}{_labels(sample.labels)} {_number(sample.value)}" for sample in family.samples]
    return "\n".join(lines) + "\n"


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    if math.isnan(value):
        return "NaN"
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _bound(value: float) -> str:
    return "+Inf" if math.isinf(value) else f"{value:g}"
