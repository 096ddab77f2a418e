"""An instance as a notebook shows it: sizes, tables, and a map of today."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from aumaq.instances.language.texts import say
from aumaq.instances.svg_map import Lines, Points, radii, svg_map

if TYPE_CHECKING:
    from aumaq.instances.instance import Instance

PLACE, ROAD = "#7d8b95", "#d9dee2"
COLOURS = ("#1f5f99", "#b3266f", "#2f8f5b", "#c9772b", "#6b4fa0", "#8a6d3b")
"""Of services, in their order."""
MOST_ROADS = 20_000
"""Links of a larger network are not drawn: the picture would outweigh the rest."""


def settlement_layers(instance: Instance) -> list[Points | Lines]:
    """Return roads and settlements as layers of a map."""
    places = instance.table("settlements")
    people = places["population"].to_numpy(dtype=float)
    told = [f"{name}: {count:,.0f}" for name, count in zip(places["name"], people,
                                                           strict=True)]  # fmt: skip
    lat, lon = (places[name].to_numpy(dtype=float) for name in ("lat", "lon"))
    order = np.argsort(-people, kind="stable")  # small ones lie on large ones
    points = Points(
        say("settlements"), PLACE, lat[order], lon[order], radii(people)[order],
        [told[k] for k in order], labels=places["name"].iloc[order].tolist(),
    )  # fmt: skip
    return [*_roads(instance), points]


def _roads(instance: Instance) -> list[Points | Lines]:
    nodes, links = instance.table("road_nodes"), instance.table("road_links")
    if not len(links) or len(links) > MOST_ROADS:
        return []
    place = nodes.set_index("node")[["lat", "lon"]]
    first, last = (
        place.reindex(links[end]).to_numpy(dtype=float)
        for end in ("from_node", "to_node")
    )
    return [Lines(say("roads"), ROAD, np.column_stack([first, last]))]


def picture(instance: Instance, service: str = "") -> str:
    """Return a map as SVG: settlements, and what stands of a service (of each)."""
    names = [instance.service(service)["service"]] if service else [
        name for name in instance.service_names if instance.serves(name)
    ]  # fmt: skip
    stock = instance.table("facilities")
    layers = settlement_layers(instance)
    for number, name in enumerate(names):
        sites = instance.service_sites(name)
        own = stock["site"][stock["service"] == name]
        rows = sites[sites["site"].isin(own)]
        title = str(instance.service(name)["title"] or name)
        layers.append(
            Points(
                title, COLOURS[number % len(COLOURS)],
                rows["lat"].to_numpy(dtype=float), rows["lon"].to_numpy(dtype=float),
                np.full(len(rows), 3.5), rows["name"].tolist(), "square",
            )
        )  # fmt: skip
    return svg_map(layers, instance.title or instance.name)


def html(instance: Instance) -> str:
    """Return the instance as a piece of HTML."""
    facts = (
        (say("scenario"), instance.scenario),
        (say("periods"), ", ".join(instance.period_names)),
        (say("settlements"), f"{len(instance.settlement_ids):,}"),
        (say("people"), f"{instance.table('settlements')['population'].sum():,.0f}"),
        (say("services"), ", ".join(instance.service_names)),
        (
            say("rows"),
            ", ".join(
                f"{name} {len(rows):,}"
                for name, rows in instance.tables.items()
                if len(rows)
            ),
        ),
    )
    lines = "".join(
        f"<tr><th scope='row' style='text-align:left'>{escape(name)}</th>"
        f"<td style='text-align:left'>{escape(text)}</td></tr>"
        for name, text in facts
    )
    title = escape(instance.title or instance.name)
    return (
        f"<div class='aumaq'><h3>{title}</h3><table>{lines}</table>"
        f"{picture(instance)}</div>"
    )
