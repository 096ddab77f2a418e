"""Roads and networks as layers of the map: links, and their state in every period.

A link is [lon, lat, lon, lat, name]; a state is [link, 1 if built by the plan by then,
share of capacity used, what to tell, 1 if it flows from the first end to the second, -1
if the other way, 0 if nothing flows]. States of today tell what stands: what flows
there today nobody works out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from aumaq.instances.language.texts import say
from aumaq.instances.schema.networks import LOAD_UNITS
from aumaq.results.language import Language
from aumaq.results.pages.grid import Column
from aumaq.results.pages.territory import link_names, upgrade_titles
from aumaq.results.plan.titles import network_titles, titles_by_code
from aumaq.results.report.road_origins import origin

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

Layer = dict[str, Any]


def network_layers(
    plan: Plan, lang: Language, *, has_roads: bool = True
) -> list[Layer]:
    """Return a layer for each network, and one for the roads if there are any.

    Not *has_roads*: without them.
    """
    layers = [_network(plan, name, lang) for name in plan.instance.network_names]
    if has_roads and len(plan.instance.tables["road_links"]):
        layers.insert(0, _roads(plan, lang))
    return layers


def _places(nodes: pd.DataFrame) -> dict[str, tuple[float, float]]:
    return {
        row.node: (round(row.lon, 4), round(row.lat, 4)) for row in nodes.itertuples()
    }


def _network(plan: Plan, name: str, lang: Language) -> Layer:
    """Return a network; links that carry nothing and cannot are left out."""
    instance = plan.instance
    where = _places(instance.table("network_nodes").query("network == @name"))
    links = instance.table("network_links").query("network == @name")
    place = {code: k for k, code in enumerate(links["link"])}
    flows = plan.table("flows").query("network == @name")
    steps = plan.table("network_steps").query("network == @name")
    periods = list(instance.period_names)
    since: dict[str, int] = {}
    for row in steps.itertuples():
        t = periods.index(row.period)
        since[row.link] = min(t, since.get(row.link, t))
    told, unit = link_names(instance, lang), lang.word(LOAD_UNITS[name])
    return {
        "title": network_titles(instance, lang)[name],
        "unit": unit,
        "links": [
            [*where[row.from_node], *where[row.to_node], told[name, row.link]]
            for row in links.itertuples()
        ],
        "today": [
            [place[row.link], 0, 0.0, capacity(name, row.capacity, 1, lang), 0]
            for row in links[links["capacity"] > 0].itertuples()
        ],
        "periods": [
            [
                [
                    place[row.link],
                    int(since.get(row.link, len(periods)) <= t),
                    round(row.use_share, 3),
                    lang.tell(
                        say(
                            "carries {flow} of {capacity} {unit} ({share})",
                            unit=unit,
                            flow=lang.number(max(row.forward, row.backward), 1),
                            capacity=lang.number(row.capacity, 1),
                            share=lang.share(row.use_share, 0),
                        )
                    ),
                    int(row.forward > row.backward) - int(row.forward < row.backward),
                ]
                for row in flows[flows["period"] == period].itertuples()
            ]
            for t, period in enumerate(periods)
        ],
    }


def _roads(plan: Plan, lang: Language) -> Layer:
    """Return today's roads, and what is built on them."""
    instance = plan.instance
    where = _places(instance.table("road_nodes"))
    today, later = instance.table("road_links"), instance.table("road_upgrade_links")
    built, periods = plan.table("road_upgrades"), list(instance.period_names)
    since = {row.upgrade: periods.index(row.period) for row in built.itertuples()}
    titles = upgrade_titles(instance, lang)
    later = later[later["upgrade"].isin(since)].reset_index(drop=True)
    names = [*_origins(today, lang), *[""] * len(later)]
    classes = titles_by_code(instance.table("road_classes"), "road_class", lang)
    links = [
        [
            *where[row.from_node],
            *where[row.to_node],
            ", ".join(
                filter(None, [classes.get(row.road_class, row.road_class), name])
            ),
        ]
        for row, name in zip(pd.concat([today, later]).itertuples(), names, strict=True)
    ]
    standing = [
        [k, 0, 0.0, kilometres(row.length_km, lang), 0]
        for k, row in enumerate(today.itertuples())
    ]
    new = [
        (since[row.upgrade],
         [len(today) + k, 1, 0.5,
          ", ".join([titles[row.upgrade],
                     kilometres(row.length_km, lang)]), 0])
        for k, row in enumerate(later.itertuples())
    ]  # fmt: skip
    return {
        "title": lang.tell(say("Roads")),
        "isRoads": True,
        "areEstimates": bool(len(today)) and bool(today["is_synthetic"].all()),
        "links": links,
        "today": standing,
        "periods": [
            standing + [state for start, state in new if start <= t]
            for t in range(len(periods))
        ],
    }


def capacity(network: str, amount: float, digits: int, lang: Language) -> str:
    """Return a capacity of a network with its unit."""
    unit, n = lang.word(LOAD_UNITS[network]), lang.number(amount, digits)
    return lang.tell(say("capacity {n} {unit}", n=n, unit=unit))


def load_units(networks: Iterable[str], lang: Language) -> Column:
    """Return the column of the units of amounts of networks."""
    units = [lang.word(LOAD_UNITS[network]) for network in networks]
    return Column(say("Measured in"), units)


def kilometres(length_km: float, lang: Language) -> str:
    """Return a length as readers see it."""
    return lang.tell(say("{length} km", length=lang.number(length_km, 1)))


def _origins(links: pd.DataFrame, lang: Language) -> list[str]:
    """Return the number of each road, and whether it is an estimate, and of whom."""
    estimate = lang.tell(say("estimate"))
    told = {note: origin(note, lang) for note in links["source"].unique()}
    return [
        ", ".join(
            filter(None, [row.road, estimate * row.is_synthetic, told[row.source]])
        )
        for row in links.itertuples()
    ]
