"""Files of SNDlib at the command line: what they give, whether or not it is solved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aumaq import documents
from aumaq.streams import line
from aumaq.words import t


def is_ours(name: str) -> bool:
    """Whether a name is a file of SNDlib, by what is in it."""
    from aumaq.instances.formats.sndlib import matches

    return matches(Path(name))


def describe(name: str, *, as_json: bool) -> None:
    """Show what a file gives, and why it is no instance where it is none."""
    facts = facts_of(name)
    if as_json:
        documents.tell(facts)
        return
    for key, value in facts.items():
        if value not in (None, "", []):
            shown = "; ".join(map(t, value)) if isinstance(value, list) else value
            line(f"{key:<22} {shown}")


def facts_of(name: str) -> dict[str, Any]:
    """Return sizes and totals of a file; capacity and demand in its units."""
    from aumaq.instances.formats.sndlib import read_network, why_not
    from aumaq.instances.formats.sndlib.one_commodity import hub

    network = read_network(Path(name))
    told = why_not(network)
    return {
        "name": network.name,
        "problem": "network design",
        "nodes": len(network.nodes),
        "links": len(network.links),
        "links_today": sum(link.capacity > 0 for link in network.links),
        "capacity_today": sum(link.capacity for link in network.links),
        "modules": sum(len(link.modules) for link in network.links),
        "demands": len(network.demands),
        "total_demand": sum(demand.amount for demand in network.demands),
        "common_node": hub(network),
        "limited_paths": sum(d.most_links < float("inf") for d in network.demands),
        "admissible_paths": network.admissible_paths,
        "is_solved": told is None,
        "notes": [] if told is None else [told],
    }
