"""Networks of one period, and flows that are wrong in them."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from hypothesis import strategies as st
from tiny_instances import tiny

from aumaq.instances import Instance


def one_period(
    name: str,
    model: str,
    links: list[tuple[str, str, float, float]],
    loads: dict[str, float],
    plants: dict[str, tuple[float, float]],
    shed: float,
) -> Instance:
    """Return a network of a year: links (from, to, capacity, susceptance), loads of
    industry, plants (capacity, mln a unit).
    """
    nodes = sorted({end for a, b, *_ in links for end in (a, b)})
    plant = {"role": "supply", "network": name, "cutoff_minutes": None, "group": ""}
    return tiny(
        networks=[
            {"network": name, "flow_model": model, "shed_mln_per_unit_year": shed}
        ],
        network_nodes=[
            {"network": name, "node": node, "lat": 50.0, "lon": 70.0} for node in nodes
        ],
        network_links=[
            {
                "network": name, "link": f"e{k}", "from_node": a, "to_node": b,
                "length_km": 1.0, "capacity": capacity, "susceptance": susceptance,
            }
            for k, (a, b, capacity, susceptance) in enumerate(links)
        ],
        industrial_loads=[
            {"network": name, "node": node, "title": "load", "load": load}
            for node, load in loads.items()
        ],
        services=[
            {"service": "s", "unserved_mln_per_unit_year": 0.1},
            *({"service": f"plant-{node}", **plant} for node in plants),
        ],
        levels=[
            {"service": "s", "level": 1, "capacity": 100.0, "capex_mln": 1000.0},
            *(
                {
                    "service": f"plant-{node}", "level": 1, "capacity": capacity,
                    "capex_mln": 0.0, "supply_mln_per_unit_year": price,
                }
                for node, (capacity, price) in plants.items()
            ),
        ],
        sites=[
            {"site": "a", "service": "s", "settlement": "a"},
            *(
                {
                    "site": node, "service": f"plant-{node}", "settlement": "a",
                    "network_node": node, "status": "existing",
                }
                for node in plants
            ),
        ],
        facilities=[
            {"service": f"plant-{node}", "site": node, "level": 1} for node in plants
        ],
        travel=[{"settlement": "b", "site": "a", "minutes": 20.0}],
    )  # fmt: skip


@st.composite
def flow_problems(draw: st.DrawFn, susceptance: float = 0.0) -> dict[str, Any]:
    """Draw a connected network with whole numbers, as networkx wants them."""
    nodes = [f"n{k}" for k in range(draw(st.integers(3, 6)))]
    pairs = [(nodes[k], nodes[draw(st.integers(0, k - 1))]) for k in range(1, 3)]
    pairs += [(nodes[k], nodes[draw(st.integers(0, k - 1))]) for k in range(3, 99)
              if k < len(nodes)]  # fmt: skip
    others = [(a, b) for a, b in combinations(nodes, 2) if (b, a) not in pairs]
    pairs += draw(st.lists(st.sampled_from(others), max_size=4)) if others else []
    room = st.integers(1, 30) if not susceptance else st.just(10_000)
    return {
        "links": [
            (a, b, float(draw(room)), susceptance * draw(st.integers(1, 5)))
            for a, b in pairs
        ],
        "loads": {node: float(draw(st.integers(0, 20))) for node in nodes[1:]},
        "plants": {
            node: (float(draw(st.integers(5, 60))), draw(st.integers(1, 9)) * 0.01)
            for node in nodes[: draw(st.integers(1, 2))]
        },
        "shed": draw(st.integers(5, 20)) * 0.01,
    }
