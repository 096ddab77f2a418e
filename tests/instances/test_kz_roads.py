"""Roads of the Kazakhstan instances against known distances, on the shipped tables."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

SCRIPT = Path(__file__).parents[2] / "tools" / "kz_check_roads.py"
LEAST_KNOWN = {"kazakhstan": 60, "kazakhstan-full": 60, "west-kazakhstan": 1}


def _tool() -> Any:
    spec = importlib.util.spec_from_file_location(SCRIPT.stem, SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[SCRIPT.stem] = module
    spec.loader.exec_module(module)
    return module


tool = _tool()


def shipped(name: str) -> Any:
    """Return the road tables of a shipped instance."""
    return tool.Roads.of(tool.DATA / name)


@pytest.mark.parametrize("name", LEAST_KNOWN)
def test_roads_agree_with_known_distances(name: str) -> None:
    """Each way is within 12 %; the graph is one piece, each pair of nodes once."""
    known, roads = tool.known_distances(), shipped(name)
    assert (known["tolerance"] <= 0.12).all()
    assert (known["source"] != "").all()
    assert len(tool.within(roads, known)) >= LEAST_KNOWN[name]
    assert tool.faults(roads, known) == []


@pytest.mark.parametrize("name", LEAST_KNOWN)
def test_what_is_made_up_says_so(name: str) -> None:
    """Every link has a source; flag and share follow it, not the class of road."""
    links = shipped(name).links
    made_up = links["source"].str.contains("synthetic", case=False)
    assert (links["source"].notna()).all()
    assert links.loc[made_up, "is_synthetic"].all()
    assert (links.loc[made_up, "share_synthetic"] >= 0.5).all()
    assert (links.loc[~made_up, "share_synthetic"] <= 0.5).all()
    real = links["source"].str.contains("OSM")
    assert not links.loc[real, "is_synthetic"].any()
    assert real.sum() > 100


def _without(links: pd.DataFrame, city: str) -> pd.DataFrame:
    """Return the links that do not touch a city."""
    touches = (links["from_node"] == city) | (links["to_node"] == city)
    return links[~touches].reset_index(drop=True)


def _without_border(links: pd.DataFrame, one: str, other: str) -> pd.DataFrame:
    """Return the links that do not go from one region into the other."""
    places = shipped("kazakhstan").settlements
    region = places.set_index("node")["region"]
    ends = links["from_node"].map(region), links["to_node"].map(region)
    crosses = [{a, b} == {one, other} for a, b in zip(*ends, strict=True)]
    return links[~pd.Series(crosses)].reset_index(drop=True)


def _turned(links: pd.DataFrame) -> pd.DataFrame:
    """Return links with the first one once more, the other way round."""
    names = {"from_node": "to_node", "to_node": "from_node"}
    return pd.concat([links, links[:1].rename(columns=names)], ignore_index=True)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda links: links.assign(length_km=links["length_km"] * 1.15), "known are"),
        (lambda links: links.assign(length_km=links["length_km"] * 0.7), "straight"),
        (lambda links: pd.concat([links, links[:1]], ignore_index=True), "a second"),
        (_turned, "a second"),
        (lambda links: _without(links, "K151010000"), "pieces"),
        # Aktobe - Aralsk was 4,999 km when this highway was missing.
        (lambda links: _without_border(links, "AKT", "KZY"), "Актобе - Аральск"),
    ],
    ids=["longer", "shorter", "twice", "twice, turned", "cut off", "no highway"],
)
def test_a_broken_road_is_found(change: Any, fault: str) -> None:
    """Longer and shorter roads, double links, lost cities and highways are faults."""
    roads = shipped("kazakhstan")
    broken = replace(roads, links=change(roads.links))
    found = tool.faults(broken, tool.known_distances())
    assert any(fault in text for text in found), found[:5]


def test_ways_by_hand() -> None:
    """The fastest way may be the longer one; both are told in kilometres."""
    roads = tool.Roads(
        settlements=pd.DataFrame(),
        nodes=pd.DataFrame({"node": ["a", "b", "c", "d"]}),
        links=pd.DataFrame(
            {
                "from_node": ["a", "c", "a", "c"],
                "to_node": ["b", "b", "c", "d"],
                "length_km": [100.0, 60.0, 60.0, 1.0],
                "road_class": ["slow", "fast", "fast", "slow"],
            }
        ),
        classes=pd.DataFrame(
            {"road_class": ["slow", "fast"], "speed_kmh": [20.0, 100.0]}
        ),
    )
    ways = tool.Ways(roads, ["a"])
    assert ways.shortest("a", "b") == pytest.approx(100.0)
    assert ways.fastest("a", "b") == pytest.approx(120.0)
    assert ways.fastest("a", "d") == pytest.approx(61.0)
