"""Where the steps of a graph stand: every link goes one way, nothing lies on anything, and the same graph looks the same."""

from __future__ import annotations

import itertools
import random
import re
import time
from typing import Any

import pytest

from ostrov.run.tasks.workflows.drawing import HEIGHT, NARROW, WIDTH, Box, Drawing, Link, draw, essential

DIAMOND = (("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"))


def overlap(drawing: Drawing) -> list[tuple[str, str]]:
    """Pairs of steps whose boxes touch."""
    return [
        (one, other)
        for (one, a), (other, b) in itertools.combinations(drawing.boxes.items(), 2)
        if abs(a.x - b.x) < drawing.box and abs(a.y - b.y) < HEIGHT
    ]


def some_graph(steps: int, seed: int) -> tuple[tuple[str, ...], tuple[Link, ...]]:
    dice = random.Random(seed)
    names = tuple(f"s{number}" for number in range(steps))
    links = tuple((names[a], names[b]) for a, b in itertools.combinations(range(steps), 2) if dice.random() < 2.5 / steps)
    return names, links


@pytest.mark.parametrize("direction", ["right", "down"])
@pytest.mark.parametrize("seed", range(5))
def test_every_link_goes_forward_and_no_box_lies_on_another_or_outside(direction: Any, seed: int) -> None:
    steps, links = some_graph(40, seed)
    drawing = draw(steps, links, direction)
    size, axis = (WIDTH, 0) if direction == "right" else (HEIGHT, 1)
    assert drawing.boxes.keys() == set(steps)
    assert drawing.lines.keys() == set(links)
    assert overlap(drawing) == []
    for before, after in links:
        assert drawing.boxes[after][axis] >= drawing.boxes[before][axis] + size
    for box in drawing.boxes.values():
        assert 0 <= box.x <= drawing.width - WIDTH
        assert 0 <= box.y <= drawing.height - HEIGHT
    for line in drawing.lines.values():
        numbers = [float(text) for text in re.findall(r"-?[\d.]+", line.curve)]
        assert all(0 <= x <= drawing.width for x in numbers[::2])
        assert all(0 <= y <= drawing.height for y in numbers[1::2])


def test_a_curve_begins_at_its_step_and_its_head_touches_the_next() -> None:
    drawing = draw(("a", "b"), (("a", "b"),))
    a, b = drawing.boxes["a"], drawing.boxes["b"]
    line = drawing.lines["a", "b"]
    assert line.curve.startswith(f"M{a.x + WIDTH:.1f} {a.y + HEIGHT / 2:.1f}")
    assert line.head.startswith(f"M{b.x:.1f} {b.y + HEIGHT / 2:.1f}")


def test_a_chain_is_straight_and_a_diamond_is_even() -> None:
    chain = draw(("a", "b", "c"), (("a", "b"), ("b", "c")))
    assert len({box.y for box in chain.boxes.values()}) == 1
    diamond = draw(("a", "b", "c", "d"), DIAMOND).boxes
    assert diamond["a"].y == pytest.approx(diamond["d"].y, abs=1)
    assert diamond["a"].y == pytest.approx((diamond["b"].y + diamond["c"].y) / 2, abs=1)


def test_links_do_not_cross_where_they_need_not() -> None:
    drawing = draw(("a", "b", "x", "y"), (("a", "y"), ("b", "x")))
    assert (drawing.boxes["a"].y < drawing.boxes["b"].y) == (drawing.boxes["y"].y < drawing.boxes["x"].y)


def test_an_edge_that_passes_a_layer_goes_around_its_boxes() -> None:
    steps, links = ("a", "b", "c"), (("a", "b"), ("b", "c"), ("a", "c"))
    drawing = draw(steps, links)
    box = drawing.boxes["b"]
    (bend,) = re.findall(r"L([\d.]+) ([\d.]+)", drawing.lines["a", "c"].curve)
    assert not box.y <= float(bend[1]) <= box.y + HEIGHT


def test_a_step_that_waits_for_nothing_stands_just_before_what_waits_for_it() -> None:
    drawing = draw(("a", "b", "late", "c"), (("a", "b"), ("b", "c"), ("late", "c")))
    assert drawing.boxes["late"].x == drawing.boxes["b"].x


def test_nothing_one_step_a_circle_and_links_to_nowhere_are_drawn_as_far_as_they_go() -> None:
    assert draw((), ()).boxes == {}
    assert draw(("a",), ()).boxes == {"a": Box(10.0, 10.0)}
    drawing = draw(("a", "b"), (("a", "b"), ("b", "a"), ("a", "a"), ("a", "gone")))
    assert drawing.boxes.keys() == {"a", "b"}
    assert overlap(drawing) == []


def test_narrow_boxes_make_a_narrow_drawing() -> None:
    steps, links = ("a", "b", "c", "d"), DIAMOND
    assert draw(steps, links, "down", width=NARROW).width < 390 < draw(steps, links, "down").width


def test_a_link_that_a_longer_way_says_too_is_left_out() -> None:
    plain = dict.fromkeys((("a", "b"), ("b", "c"), ("a", "c"), ("c", "d"), ("a", "d")), "")
    assert essential(plain) == [("a", "b"), ("b", "c"), ("c", "d")]
    assert essential(dict.fromkeys(DIAMOND, "")) == list(DIAMOND)
    assert essential({("a", "b"): "true", ("b", "c"): "", ("a", "c"): "true"}) == [("a", "b"), ("b", "c")]
    kept = {("a", "b"): "true", ("b", "c"): "", ("a", "c"): "false"}
    assert essential(kept) == list(kept)
    circle = {("a", "b"): "", ("b", "a"): ""}
    assert essential(circle) == list(circle)


def test_a_large_graph_is_placed_in_little_time() -> None:
    steps, links = some_graph(300, 1)
    began = time.process_time()
    draw(steps, links)
    essential(dict.fromkeys(links, ""))
    assert time.process_time() - began < 3.0
    assert draw(steps, links) is draw(steps, links)
