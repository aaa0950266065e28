"""Where the steps of a graph stand when it is drawn: in layers, each after all it waits for.

Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures" (1981): layers by the longest
path, bends where an edge passes a layer, few crossings by barycentres, then coordinates near the neighbours'. Pure: the same
steps and links always stand in the same places, whatever their states are.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

Direction = Literal["right", "down"]
Link = tuple[str, str]
"""(the step before, the step after)"""
WIDTH, NARROW, HEIGHT = 212.0, 146.0, 54.0
"""Of a step's box, in CSS pixels."""
MARGIN = 10.0
ARROW = 7.0
BEND = 12.0
"""What a passing edge takes of a layer."""
SWEEPS = 8


class Box(NamedTuple):
    """The upper left corner of a step."""

    x: float
    y: float


class Line(NamedTuple):
    """A link: the path of its curve, that of its arrow's head, and where words about it stand (their middle)."""

    curve: str
    head: str
    x: float
    y: float


class Drawing(NamedTuple):
    """A graph in place. All lengths are CSS pixels; `box` is the width of a step's."""

    width: float
    height: float
    box: float
    boxes: dict[str, Box]
    lines: dict[Link, Line]


class Layered(NamedTuple):
    """Vertices by layer and order: steps first, then bends. `chains` are the vertices that each link passes."""

    layers: list[list[int]]
    chains: dict[Link, list[int]]
    before: dict[int, list[int]]
    after: dict[int, list[int]]


@lru_cache(maxsize=128)
def draw(
    steps: tuple[str, ...], links: tuple[Link, ...], direction: Direction = "right", gap: float = 56.0, width: float = WIDTH
) -> Drawing:
    """Place steps (in the order they were made) so that every link goes `direction`; `gap` is between layers, `width` a box's.
    Links of steps that are not there, and those that would close a circle, are left out."""
    layered = _layer(steps, links)
    _order(layered)
    thick, size = (width, HEIGHT) if direction == "right" else (HEIGHT, width)
    across = _place(layered, len(steps), size)
    main = {vertex: rank * (thick + gap) + MARGIN for rank, layer in enumerate(layered.layers) for vertex in layer}

    def at(along: float, aside: float) -> tuple[float, float]:
        return (along, aside) if direction == "right" else (aside, along)

    boxes = {step: Box(*at(main[index], across[index] - size / 2)) for index, step in enumerate(steps)}
    lines = {link: _line(chain, main, across, thick, direction) for link, chain in layered.chains.items()}
    length = len(layered.layers) * (thick + gap) - gap + 2 * MARGIN if steps else 0.0
    breadth = max((across[index] + size / 2 for index in range(len(steps))), default=0.0)
    breadth = max([breadth, *across.values()], default=0.0) + MARGIN
    return Drawing(*at(length, breadth), width, boxes, lines)


def essential(links: Mapping[Link, str]) -> list[Link]:
    """The links that a drawing needs: without those that a longer way says too. A link with a condition is left out only for a
    way that begins with the same condition."""
    after: dict[str, list[str]] = {}
    for one, other in links:
        after.setdefault(one, []).append(other)
    beyond: dict[str, frozenset[str]] = {}

    def reach(step: str, path: frozenset[str]) -> frozenset[str]:
        if step not in beyond:
            children = [child for child in after.get(step, ()) if child not in path]
            found = (reach(child, path | {child}) | {child} for child in children)
            beyond[step] = frozenset().union(*found)
        return beyond[step]

    def implied(one: str, other: str, condition: str) -> bool:
        ways = [child for child in after[one] if child != other and (not condition or links[one, child] == condition)]
        return any(other in reach(child, frozenset((one, child))) for child in ways)

    return [link for link, condition in links.items() if not implied(*link, condition)]


def _layer(steps: Sequence[str], links: Sequence[Link]) -> Layered:
    index = {step: number for number, step in enumerate(steps)}
    known = [(index[a], index[b], (a, b)) for a, b in dict.fromkeys(links) if a in index and b in index and a != b]
    ranks = _ranks(len(steps), [(a, b) for a, b, _ in known])
    layers: list[list[int]] = [[] for _ in range(max(ranks, default=-1) + 1)]
    for vertex, rank in enumerate(ranks):
        layers[rank].append(vertex)
    chains: dict[Link, list[int]] = {}
    before: dict[int, list[int]] = {}
    after: dict[int, list[int]] = {}
    bend = len(steps)
    for a, b, link in known:
        if ranks[a] >= ranks[b]:
            continue
        chain = [a]
        for rank in range(ranks[a] + 1, ranks[b]):
            layers[rank].append(bend)
            chain.append(bend)
            bend += 1
        chain.append(b)
        chains[link] = chain
        for one, next_ in pairwise(chain):
            after.setdefault(one, []).append(next_)
            before.setdefault(next_, []).append(one)
    return Layered(layers, chains, before, after)


def _ranks(count: int, links: Sequence[tuple[int, int]]) -> list[int]:
    """The longest path to each; what waits for nothing stands just before what waits for it."""
    ranks, open_ = [0] * count, [0] * count
    after: list[list[int]] = [[] for _ in range(count)]
    for a, b in links:
        after[a].append(b)
        open_[b] += 1
    sources = [vertex for vertex in range(count) if not open_[vertex]]
    queue = list(sources)
    for vertex in queue:
        for child in after[vertex]:
            ranks[child] = max(ranks[child], ranks[vertex] + 1)
            open_[child] -= 1
            if not open_[child]:
                queue.append(child)
    for vertex in sources:
        ranks[vertex] = max(0, min((ranks[child] for child in after[vertex]), default=1) - 1)
    return ranks


def _order(layered: Layered) -> None:
    """Put each layer in an order with few crossings."""
    best, fewest = [list(layer) for layer in layered.layers], _crossings(layered)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        downwards = sweep % 2 == 0
        neighbours = layered.before if downwards else layered.after
        layers = layered.layers[1:] if downwards else layered.layers[-2::-1]
        places = _places(layered.layers)
        for layer in layers:
            middles = {}
            for place, vertex in enumerate(layer):
                near = [places[other] for other in neighbours.get(vertex, ())]
                middles[vertex] = sum(near) / len(near) if near else float(place)
            layer.sort(key=middles.__getitem__)
            places.update({vertex: place for place, vertex in enumerate(layer)})
        crossings = _crossings(layered)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in layered.layers], crossings
    layered.layers[:] = best


def _places(layers: Sequence[Sequence[int]]) -> dict[int, int]:
    return {vertex: place for layer in layers for place, vertex in enumerate(layer)}


def _crossings(layered: Layered) -> int:
    places, crossings = _places(layered.layers), 0
    for layer in layered.layers:
        seen: list[int] = []
        for vertex in layer:
            ends = sorted(places[child] for child in layered.after.get(vertex, ()))
            crossings += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return crossings


def _place(layered: Layered, steps: int, size: float) -> dict[int, float]:
    """The middle of every vertex across the layers: near its neighbours, in order, apart from each other."""
    sizes = {vertex: size if vertex < steps else BEND for layer in layered.layers for vertex in layer}
    gap = 20.0 if size <= NARROW else 26.0
    across: dict[int, float] = {}
    for layer in layered.layers:
        across.update(zip(layer, _apart([0.0] * len(layer), [sizes[v] for v in layer], gap), strict=True))
    for sweep in range(2 * SWEEPS):
        ways = ((layered.before,), (layered.after,), (layered.before, layered.after))[sweep % 3 if sweep < 12 else 2]
        for layer in layered.layers if sweep % 2 == 0 else reversed(layered.layers):
            wanted = []
            for vertex in layer:
                near = [(across[other], _pull(vertex, other, steps)) for way in ways for other in way.get(vertex, ())]
                weight = sum(pull for _, pull in near)
                wanted.append(sum(place * pull for place, pull in near) / weight if near else across[vertex])
            across.update(zip(layer, _apart(wanted, [sizes[v] for v in layer], gap), strict=True))
    first = min((across[vertex] - sizes[vertex] / 2 for vertex in across), default=0.0)
    return {vertex: place - first + MARGIN for vertex, place in across.items()}


def _pull(one: int, other: int, steps: int) -> float:
    """Edges that pass layers are drawn straight rather than short."""
    return 1.0 if one < steps and other < steps else 2.0 if one < steps or other < steps else 8.0


def _apart(wanted: Sequence[float], sizes: Sequence[float], gap: float) -> list[float]:
    """The places nearest to the wanted ones (least squares) that keep the order and the gap: pool adjacent violators."""
    offsets, offset = [], 0.0
    for place, size in enumerate(sizes):
        if place:
            offset += (sizes[place - 1] + size) / 2 + gap
        offsets.append(offset)
    pools: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        total, count = want - offset, 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            more, others = pools.pop()
            total, count = total + more, count + others
        pools.append((total, count))
    levels = [total / count for total, count in pools for _ in range(count)]
    return [level + offset for level, offset in zip(levels, offsets, strict=True)]


def _line(chain: Sequence[int], main: dict[int, float], across: dict[int, float], thick: float, direction: Direction) -> Line:
    def point(along: float, aside: float) -> str:
        x, y = (along, aside) if direction == "right" else (aside, along)
        return f"{x:.1f} {y:.1f}"

    along, aside = main[chain[0]] + thick, across[chain[0]]
    curve = f"M{point(along, aside)}"
    middle = (0.0, 0.0)
    for place, vertex in enumerate(chain[1:], 1):
        last = place == len(chain) - 1
        to, half = main[vertex] - (ARROW if last else 0.0), (along + main[vertex]) / 2
        curve += f"C{point(half, aside)} {point(half, across[vertex])} {point(to, across[vertex])}"
        if place == 1:
            middle = ((along + to) / 2, (aside + across[vertex]) / 2)
        along, aside = main[vertex], across[vertex]
        if not last:
            along += thick
            curve += f"L{point(along, aside)}"
    tip, base = point(along, aside), along - ARROW - 1
    head = f"M{tip}L{point(base, aside - 4.5)}L{point(base, aside + 4.5)}Z"
    x, y = middle if direction == "right" else middle[::-1]
    return Line(curve, head, round(x, 1), round(y, 1))
