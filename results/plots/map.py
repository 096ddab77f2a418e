"""The map: land, settlements, what is done at sites, what is built between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from aumaq.instances import OptionError, UnknownNameError
from aumaq.instances.arrays import Floats
from aumaq.instances.land.meridian import pieces
from aumaq.instances.language.texts import say
from aumaq.results.language import ENGLISH, Language
from aumaq.results.pages.marks import ACTIONS, MAIN_ACTIONS
from aumaq.results.pages.territory import territory
from aumaq.results.plots.curves import period_of
from aumaq.results.plots.figure import (
    COLOURS,
    INK,
    LAND,
    MM,
    SOFT,
    WIDTH_MM,
    Figure,
    columns,
    sheet,
    title_text,
)
from aumaq.results.report.networks import network_layers

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

LARGEST, SMALLEST = 60.0, 1.0
"""Areas of settlements, points squared; in between by the root of the population, so
that villages beside a city can be seen."""
BUILT = ("#56b4e9", COLOURS[1])
"""Colours of links as they are, and as built by the plan."""
FLATTEST, SMALLEST_MAP, MARGIN = 0.3, 0.01, 0.04
"""Height over width of a map at least, degrees that the longer of both has, and what
is added on each side."""
ROAD, YELLOW = "#a9b3bb", "#f0e442"


def draw_map(
    plan: Plan, service: str = "", period: str = "", words: Language = ENGLISH,
    width_mm: float = WIDTH_MM, on: Any = None,
) -> Figure:  # fmt: skip
    """Draw a service (default: the first that serves people) by a period (the last).

    A site is marked with the first of :data:`MAIN_ACTIONS` that was done there by then.
    Raises UnknownNameError, OptionError if no settlement has a place.
    """
    instance, period = plan.instance, period_of(plan, period)
    names = instance.service_names
    if service and service not in names:
        raise UnknownNameError(say("service"), service, names)
    service = service or next(filter(instance.serves, names), names[0])
    land = territory(instance, words)
    rings = [ring for shape in land["outlines"] for ring in shape["rings"]]
    settlements = pd.DataFrame(land["settlements"]).dropna(subset=["lat", "lon"])
    if settlements.empty:
        raise OptionError(say("no settlement has coordinates; there is no map"))
    t = instance.period_names.index(period)
    with sheet(width_mm, _height_mm(rings, settlements, width_mm), on) as (
        figure,
        axes,
    ):
        _land(axes, rings)
        may_change = bool(instance.upgrade_names)
        if not may_change:
            _roads(axes, plan)
        for layer in network_layers(plan, words, has_roads=may_change):
            _links(axes, layer, t, words)
        size = width_mm / WIDTH_MM
        _settlements(axes, plan, settlements, service, period, words, size)
        _sites(axes, plan, service, instance.period_names[: t + 1], words, size)
        title = words.title(instance.service(service)["title"], service)
        told = words.tell(
            say("{title}, by the end of {period}", title=title, period=period)
        )
        axes.set_title(title_text(told, width_mm))
        stretch = 1.0 / np.cos(np.radians(settlements["lat"].mean()))
        axes.set_aspect(stretch, adjustable="box")
        axes.set_axis_off()
        _room(axes, stretch)
        figure.legend(loc="outside lower center", ncols=columns(width_mm))
    return Figure(figure)


def _height_mm(rings: list[Any], settlements: pd.DataFrame, width_mm: float) -> float:
    """Return the height of a sheet that fits the land, with room for the legend."""
    corners = [point for ring in rings for point in ring]
    lon = [*settlements["lon"], *(x for x, _ in corners)]
    lat = [*settlements["lat"], *(y for _, y in corners)]
    wide = (max(lon) - min(lon)) * np.cos(np.radians(np.mean(lat)))
    ratio = np.clip((max(lat) - min(lat)) / max(wide, 1e-9), FLATTEST, 1.3)
    return float(width_mm * ratio) + (1.3 if width_mm < 120.0 else 0.9) * MM


def _room(axes: Any, stretch: float) -> None:
    """Draw all there is and a margin; villages on one line, or one, are no strip."""
    (west, south), (east, north) = axes.dataLim.get_points().tolist()
    widest = max((east - west) / stretch, north - south, SMALLEST_MAP)
    for low, high, unit, limit in (
        (west, east, stretch, axes.set_xlim), (south, north, 1.0, axes.set_ylim)
    ):  # fmt: skip
        half = max((high - low) * (0.5 + MARGIN), FLATTEST * widest * unit / 2.0)
        limit((low + high) / 2.0 - half, (low + high) / 2.0 + half)


def _land(axes: Any, rings: list[Any]) -> None:
    from matplotlib.collections import PolyCollection

    axes.add_collection(
        PolyCollection(rings, facecolor=LAND, edgecolor="#b9b4a5", linewidth=0.4)
    )


def _roads(axes: Any, plan: Plan) -> None:
    """Draw the roads of today, which this plan does not change; estimates dotted."""
    from matplotlib.collections import LineCollection

    nodes = plan.instance.table("road_nodes").set_index("node")[["lon", "lat"]]
    links = plan.instance.table("road_links")
    for is_estimate, style in ((False, "-"), (True, ":")):
        own = links[links["is_synthetic"] == is_estimate]
        ends = [nodes.loc[own[end]].to_numpy() for end in ("from_node", "to_node")]
        lines = _drawn(*ends)
        axes.add_collection(
            LineCollection(lines, color=ROAD, linewidth=0.5, linestyle=style, zorder=1),
            autolim=False,  # they may lead far beyond the places of a part
        )


def _drawn(start: Floats, end: Floats) -> list[Floats]:
    """Return straight lines between points (lon, lat), cut at the 180th meridian."""
    _, first, last = pieces(start[:, ::-1], end[:, ::-1])
    return list(np.stack([first, last], axis=1)[:, :, ::-1])


def _links(axes: Any, layer: dict[str, Any], t: int, words: Language) -> None:
    """Draw links: thin as they are, thick and dashed where the plan builds."""
    from matplotlib.collections import LineCollection

    links, states = layer["links"], layer["periods"][t]
    for is_built in (0, 1):
        own = [links[link][:4] for link, built, *_ in states if built == is_built]
        if not own:
            continue
        places = np.array(own, dtype=float)
        lines = _drawn(places[:, :2], places[:, 2:])
        axes.add_collection(
            LineCollection(
                lines, color=BUILT[is_built], linewidth=(0.4, 1.4)[is_built],
                linestyle=("-", "--")[is_built], zorder=1 + is_built,
                label=words.tell(say("{title}, built", title=layer["title"]))
                if is_built
                else layer["title"],
            )
        )  # fmt: skip


def _settlements(
    axes: Any, plan: Plan, rows: pd.DataFrame, service: str, period: str,
    words: Language, size: float,
) -> None:  # fmt: skip
    """Draw settlements by population; yellow where demand for the service is left."""
    lost = plan.unserved
    lost = lost[(lost["service"] == service) & (lost["period"] == period)]
    codes = pd.Index(plan.instance.settlement_ids)[rows.index]
    is_left = codes.isin(lost["settlement"])
    largest = max(float(rows["population"].max()), 1.0)
    share = np.sqrt(rows["population"].to_numpy() / largest)
    area = SMALLEST + (LARGEST - SMALLEST) * share
    kinds = (
        (False, "white", words.tell(say("settlement"))),
        (True, YELLOW, words.tell(say("some demand not served"))),
    )
    for left, colour, label in kinds:
        own = is_left == left
        if own.any():
            axes.scatter(
                rows["lon"][own], rows["lat"][own], s=size * area[own],
                facecolor=colour,
                edgecolor=SOFT, linewidth=0.5, zorder=3, label=label,
            )  # fmt: skip


def _sites(
    axes: Any, plan: Plan, service: str, periods: tuple[str, ...], words: Language,
    size: float,
) -> None:  # fmt: skip
    """Mark each site with the main action that was done there in these periods."""
    rows = plan.actions
    rows = rows[(rows["service"] == service) & rows["period"].isin(periods)]
    rank = rows["action"].map(MAIN_ACTIONS.index).groupby(rows["site"]).min()
    sites = plan.instance.service_sites(service).set_index("site")
    for k, action in reversed(list(enumerate(MAIN_ACTIONS))):
        own = sites.loc[rank.index[rank == k]]
        if len(own):
            mark = ACTIONS[action]
            axes.scatter(
                own["lon"], own["lat"], marker=mark.marker,
                s=size * (14 if action == "keep" else 30),
                color=mark.colour, edgecolor=INK, linewidth=0.3, zorder=4 + (k < 5),
                label=f"{words.tell(mark.title)} ({words.number(len(own))})",
            )  # fmt: skip
