"""Where the nodes of a network are drawn: forces that always come out the same, computed here, not in the browser."""

import math
from collections.abc import Mapping, Sequence

MOST = 60
"""Nodes that can still be told apart on a phone."""
ROUNDS = 60
GOLDEN = math.pi * (3 - math.sqrt(5))


def layout(
    nodes: Sequence[str], edges: Sequence[tuple[str, str]], *, width: int, height: int, margin: int = 24
) -> Mapping[str, tuple[int, int]]:
    """A place for each node inside a box: nodes push each other away, edges pull (Fruchterman and Reingold 1991).

    They start on a sunflower spiral in their given order, so one graph always looks the same.
    """
    count = len(nodes)
    if count == 0:
        return {}
    at = {one: n for n, one in enumerate(nodes)}
    places = [_start(n, count) for n in range(count)]
    pulls = [(at[one], at[other]) for one, other in edges]
    ideal = math.sqrt(1.0 / count)
    for turn in range(ROUNDS):
        _turn(places, pulls, ideal, 0.12 * (1 - turn / ROUNDS))
    return _scaled(nodes, places, width, height, margin)


def _start(n: int, count: int) -> complex:
    return complex(0.5, 0.5) + 0.5 * math.sqrt((n + 0.5) / count) * complex(math.cos(n * GOLDEN), math.sin(n * GOLDEN))


def _turn(places: list[complex], pulls: Sequence[tuple[int, int]], ideal: float, most: float) -> None:
    moves = [0j] * len(places)
    for one in range(len(places)):
        for other in range(one):
            apart = places[one] - places[other] or complex(1e-4 * (one + 1), 1e-4)
            push = apart * (ideal * ideal / (apart.real * apart.real + apart.imag * apart.imag))
            moves[one] += push
            moves[other] -= push
    for one, other in pulls:
        apart = places[one] - places[other]
        pull = apart * (abs(apart) / ideal)
        moves[one] -= pull
        moves[other] += pull
    for one, move in enumerate(moves):
        length = abs(move)
        if length:
            places[one] += move / length * min(length, most)


def _scaled(
    nodes: Sequence[str], places: Sequence[complex], width: int, height: int, margin: int
) -> dict[str, tuple[int, int]]:
    left, right = min(one.real for one in places), max(one.real for one in places)
    top, bottom = min(one.imag for one in places), max(one.imag for one in places)
    across, down = right - left or 1.0, bottom - top or 1.0
    return {
        name: (
            round(margin + (one.real - left) / across * (width - 2 * margin)) if right > left else width // 2,
            round(margin + (one.imag - top) / down * (height - 2 * margin)) if bottom > top else height // 2,
        )
        for name, one in zip(nodes, places, strict=True)
    }
