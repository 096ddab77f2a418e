"""What a network of today delivers: its parts share out shortages apart."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aumaq.results.indicators import delivery

NODES, PARTS = 4, 7


def forest(seed: int, parts: int = PARTS) -> tuple[Any, Any, Any, Any]:
    """Return trees with a source each: network, load, room of links, most of sources.

    Some sources give too little, some links let too little through.
    """
    rng, source, source_of = np.random.default_rng(seed), [], []
    ends: list[tuple[int, int]] = []
    for first in range(0, parts * NODES, NODES):
        source.append(first)
        source_of.append(("works", len(source_of)))
        ends += [(first + int(rng.integers(k)), first + k) for k in range(1, NODES)]
    links = len(ends)
    network = SimpleNamespace(
        links=range(links),
        nodes=range(parts * NODES),
        source=source_of,
        source_node=np.array(source),
        link_from=np.array([a for a, _ in ends]),
        link_to=np.array([b for _, b in ends]),
        link_loss=np.full(links, 0.02),
        link_is_one_way=rng.random(links) < 0.5,
    )
    load = rng.uniform(0.5, 2.0, parts * NODES)
    room = rng.uniform(0.0, 4.0, links) * (rng.random(links) < 0.9)
    return network, load, room, rng.uniform(0.2, 1.5 * NODES, parts)


def alone(network: Any, p: int) -> Any:
    """Return one tree of a forest as a network."""
    links = slice(p * (NODES - 1), (p + 1) * (NODES - 1))
    return SimpleNamespace(
        links=range(NODES - 1),
        nodes=range(NODES),
        source=[("works", 0)],
        source_node=np.array([0]),
        link_from=network.link_from[links] - p * NODES,
        link_to=network.link_to[links] - p * NODES,
        link_loss=network.link_loss[links],
        link_is_one_way=network.link_is_one_way[links],
    )


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_parts_together_lose_what_each_loses_alone(seed: int) -> None:
    """However many parts there are, none waits for the rounds of another."""
    network, load, room, most = forest(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivery, "MOST_ROUNDS", NODES)
        _, _, together = delivery.deliver(network, load, room, most)
        for p in range(PARTS):
            at = slice(p * NODES, (p + 1) * NODES)
            links = slice(p * (NODES - 1), (p + 1) * (NODES - 1))
            part = alone(network, p), load[at], room[links], most[p : p + 1]
            _, _, shed = delivery.deliver(*part)
            assert together[at] == pytest.approx(shed, abs=1e-4)
