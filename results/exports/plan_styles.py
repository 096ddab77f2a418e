"""How the layers of a plan look in QGIS: by period, the last one switched on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from aumaq.results.exports.qgis_style import Rule, Symbol, quoted
from aumaq.results.pages.marks import ACTIONS

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

PALETTE = (
    "27,120,55", "178,24,43", "33,102,172", "230,130,20", "118,42,131", "1,133,113",
    "140,81,10", "197,27,125",
)  # fmt: skip
"""Colours of services in order, told apart on a light map."""
SHAPES = {
    "close": ("cross_fill", 45), "reduce": ("triangle", 180), "renew": ("square", 0),
    "enlarge": ("cross_fill", 0), "open": ("triangle", 0), "keep": ("circle", 0),
}  # fmt: skip
"""Action -> shape of QGIS and degrees: as on the map of the report."""
REGION = "coalesce(\"district\", '') = ''"
"""An outline of a whole region, not of a district in it."""
FULL_SHARE = 0.95
"""From this use on a line or main counts as full."""

Styles = dict[str, Sequence[Rule]]


def plan_styles(plan: Plan) -> Styles:
    """Return rules by layer, for all layers that a plan may have."""
    instance = plan.instance
    colours = {
        name: PALETTE[k % len(PALETTE)] for k, name in enumerate(instance.service_names)
    }
    periods = instance.period_names

    def by_service(draw: Callable[[str, str], Symbol]) -> list[Rule]:
        inner = tuple(
            Rule(
                str(instance.service(name)["title"] or name),
                f'"service" = {quoted(name)}',
                draw(name, colour),
            )
            for name, colour in colours.items()
        )
        return _by_period(periods, inner)

    largest = plan.facilities.groupby("service")["capacity"].max()

    def facility(name: str, colour: str) -> Symbol:
        top = max(float(largest.get(name, 0.0)), 1e-9)
        size = f'1.5 + 4.5 * sqrt("capacity" / {top!r})'
        return Symbol("marker", colour, 3.0, size)

    return {
        "facilities": by_service(facility),
        "actions": _by_period(periods, _actions()),
        "allocation": by_service(
            lambda _, colour: Symbol("line", colour, 0.3, '0.1 + 0.5 * "share"')
        ),
        "unserved": by_service(
            lambda _, __: Symbol("marker", "215,25,28", 2.5, '1 + 4 * "share"')
        ),
        "settlements": _settlements(plan),
        "roads": [Rule("road", symbol=Symbol("line", "150,150,150", 0.3))],
        "road_upgrades": [Rule("built", symbol=Symbol("line", "230,130,20", 0.9))],
        "network_links": _links(plan),
        "network_steps": [Rule("built", symbol=Symbol("line", "178,24,43", 0.9))],
        "flows": _by_period(periods, _use()),
        "connections": _by_period(periods, _connections()),
        "outlines": _outlines(plan),
    }


def _actions() -> tuple[Rule, ...]:
    """Keeping is switched off: it is most of the records, and changes nothing."""
    return tuple(
        Rule(name, f'"action" = {quoted(name)}',
             Symbol("marker", _rgb(ACTIONS[name].colour),
                    3.0 if name != "keep" else 1.5, shape=shape, angle=angle),
             is_on=name != "keep")
        for name, (shape, angle) in SHAPES.items()
    )  # fmt: skip


def _rgb(colour: str) -> str:
    """Return a colour of a page (``#rrggbb``) as QGIS writes it."""
    return ",".join(str(part) for part in bytes.fromhex(colour[1:]))


def _outlines(plan: Plan) -> list[Rule]:
    """Return regions on the ground, and the borders of districts on them if known."""
    region = Symbol("fill", "250,249,245", 0.5, outline="150,145,135")
    if not _has_districts(plan):
        return [Rule("border", symbol=region)]
    district = replace(region, colour="", size=0.1)
    return [
        Rule("region", REGION, region),
        Rule("district", f"NOT ({REGION})", district),
    ]


def _has_districts(plan: Plan) -> bool:
    features = (plan.instance.outlines or {}).get("features", [])
    return any((f.get("properties") or {}).get("district") for f in features)


def drawn_first(plan: Plan) -> dict[str, str]:
    """Return by layer an expression: records with the most of it lie below.

    So small ones stay in sight on large ones, and districts on their region.
    """
    order = {
        "facilities": '"capacity"',
        "settlements": '"population"',
        "unserved": '"share"',
    }
    if _has_districts(plan):
        order["outlines"] = f"CASE WHEN {REGION} THEN 1 ELSE 0 END"
    return order


def _by_period(periods: Sequence[str], inner: tuple[Rule, ...]) -> list[Rule]:
    last = periods[-1]
    return [
        Rule(p, f'"period" = {quoted(p)}', rules=inner, is_on=p == last)
        for p in periods
    ]


def _settlements(plan: Plan) -> list[Rule]:
    top = max(float(plan.instance.tables["settlements"]["population"].max()), 1.0)
    size = f'0.8 + 5 * sqrt("population" / {top!r})'
    well = Symbol("marker", "255,255,255", 2.0, size, outline="110,110,110")
    lacking = replace(well, outline="215,25,28", outline_width=0.5)
    return [
        Rule("lacks a service", '"unserved_share" > 0', lacking),
        Rule("served", '"unserved_share" = 0', well),
    ]


def _links(plan: Plan) -> list[Rule]:
    colours = {"power": "200,150,0", "water": "33,102,172"}
    return [
        Rule(
            f"{name}, {word}",
            f'"network" = {quoted(name)} AND "capacity" {sign} 0',
            Symbol("line", colours[name], 0.4, is_dashed=sign == "="),
        )
        for name in plan.instance.network_names
        for word, sign in (("today", ">"), ("possible", "="))
    ]


def _use() -> tuple[Rule, ...]:
    width = '0.2 + 1.2 * "use_share"'
    return (
        Rule("full", f'"use_share" >= {FULL_SHARE}',
             Symbol("line", "178,24,43", 0.6, width)),
        Rule("in use", f'"use_share" > 0 AND "use_share" < {FULL_SHARE}',
             Symbol("line", "33,102,172", 0.6, width)),
    )  # fmt: skip


def _connections() -> tuple[Rule, ...]:
    return (
        Rule("in time", '"is_met"', Symbol("line", "27,120,55", 0.3)),
        Rule("late", 'NOT "is_met"', Symbol("line", "178,24,43", 0.5)),
    )
