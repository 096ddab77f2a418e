"""A tiny instance as plain rows, with demand and travel worked out from them.

Part of the enumeration that solvers are tested against; nothing here is shared with
the package but the reading of tables: it follows docs/mathematics.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from math import asin, cos, inf, radians, sin, sqrt
from typing import Any

from agglomeration_case import urban
from anchor_case import brought
from land_rules import land_permits

from aumaq.instances import Instance

EPS = 1e-9


class TooManyError(Exception):
    """There is more to enumerate than can be: properties do not try the instance."""


@dataclass
class Case:
    """Rows of the instance and the few numbers that everything needs."""

    rows: dict[str, list[dict[str, Any]]]
    scenario: dict[str, Any]
    policy: dict[str, Any]
    years: list[int] = field(default_factory=list)
    once: list[float] = field(default_factory=list)
    yearly: list[float] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    end: int = 0
    at_end: float = 1.0
    built: dict[str, int] = field(default_factory=dict)
    """Road upgrade -> period from which it stands."""
    by_first: bool = False
    """Whether histories that differ in the first period are all kept."""
    chosen: dict[tuple[str, str], int] = field(default_factory=dict)
    """Growth point (settlement, tier) -> period from which it is one."""

    merging: dict[str, int] = field(default_factory=dict)
    """Pair that may merge -> period from which it has; not there: it does not."""

    def of(self, table: str, service: str) -> list[dict[str, Any]]:
        """Return the rows of a table that belong to a service."""
        return [row for row in self.rows[table] if row["service"] == service]

    def period(self, name: str) -> int:
        """Return the position of a period, 0 for an empty name."""
        names = [row["period"] for row in self.rows["periods"]]
        return names.index(name) if name else 0


def read_case(instance: Instance) -> Case:
    """Return the case of an instance under its active scenario."""
    rows = {name: frame.to_dict("records") for name, frame in instance.tables.items()}
    scenario = next(r for r in rows["scenarios"] if r["scenario"] == instance.scenario)
    case = Case(rows, scenario, rows["policies"][0])
    rate, base = case.policy["discount_rate"], rows["instance"][0]["base_year"]
    for row in rows["periods"]:
        start, count = row["first_year"], row["years"]
        case.first.append(start)
        case.years.append(count)
        case.once.append((1 + rate) ** -(start - base))
        case.yearly.append(sum((1 + rate) ** -(start + k - base) for k in range(count)))
    case.end = case.first[-1] + case.years[-1]
    case.at_end = (1 + rate) ** -(case.end - base)
    return case


def counted(case: Case, group: str) -> list[list[float | None]]:
    """Return persons[i][t] of a group as given in ``population``, None where not."""
    future = case.scenario["projection"] or case.scenario["scenario"]
    given = {
        (row["settlement"], row["period"]): row["persons"]
        for row in case.rows["population"]
        if (row["scenario"], row["group"]) == (future, group)
    }
    return [
        [given.get((place["settlement"], p["period"])) for p in case.rows["periods"]]
        for place in case.rows["settlements"]
    ]


def inhabitants(case: Case) -> list[list[float]]:
    """Return persons[i][t] before anybody moves."""
    future, given = case.scenario["projection"] or case.scenario["scenario"], []
    for place, line in zip(case.rows["settlements"], counted(case, "all"), strict=True):
        given.append([])
        for period, people in zip(case.rows["periods"], line, strict=True):
            factor = 1.0
            for region in ("", place["region"]):
                for row in case.rows["growth"]:
                    key = (row["scenario"], row["region"], row["period"])
                    if key == (future, region, period["period"]):
                        factor = row["factor"]
            grown = place["population"] * factor
            t, code = case.period(period["period"]), place["settlement"]
            usual = grown if people is None else people
            given[-1].append(usual + brought(case, code, t))
    return given


def demand(case: Case, service: dict[str, Any]) -> list[list[float]]:
    """Return demand[i][t] in units."""
    if service["role"] != "serve":
        return [[0.0] * len(case.first) for _ in case.rows["settlements"]]
    group = next(r for r in case.rows["groups"] if r["group"] == service["group"])
    everybody, given = inhabitants(case), counted(case, service["group"])
    out = []
    for place, people, members in zip(
        case.rows["settlements"], everybody, given, strict=True
    ):
        share = group["share_rural" if place["kind"] == "village" else "share_urban"]
        more = [
            share * brought(case, place["settlement"], t)
            for t in range(len(case.first))
        ]
        out.append(
            [
                (n * share if m is None else m + k)
                * service["demand_per_person"]
                * urban(case, place, service["service"])
                for n, m, k in zip(people, members, more, strict=True)
            ]
        )
    return out


def _kilometres(a: dict[str, Any], b: dict[str, Any]) -> float:
    """Return the great circle between two points (haversine)."""
    p, q = radians(a["lat"]), radians(b["lat"])
    turn = sin(radians(b["lon"] - a["lon"]) / 2) ** 2
    return 2 * 6371.0088 * asin(sqrt(sin((q - p) / 2) ** 2 + cos(p) * cos(q) * turn))


Way = tuple[float, float]
"""Minutes and kilometres; of equally fast ways the shortest counts."""


def _better(one: Way, other: Way) -> Way:
    return min(one, other, key=lambda way: (round(way[0], 7), way[1]))


def road_minutes(case: Case, t: int) -> dict[tuple[str, str], float]:
    """Return minutes between settlements by road in a period (-1: today).

    Connectors are included.
    """
    return {pair: minutes for pair, (minutes, _) in road_ways(case, t).items()}


def road_ways(case: Case, t: int) -> dict[tuple[str, str], Way]:
    """Return minutes and km between settlements by road in a period (-1: today)."""
    nodes = {row["node"]: row for row in case.rows["road_nodes"]}
    speed = {}
    for row in case.rows["road_classes"]:
        wet = row["wet_speed_kmh"]
        is_wet = case.policy["season"] == "wet" and wet == wet
        speed[row["road_class"]] = wet if is_wet else row["speed_kmh"]
    links = list(case.rows["road_links"])
    for row in case.rows["road_upgrade_links"]:
        if case.built.get(row["upgrade"], inf) <= t:
            links.append(row)
    between = {(a, b): (0.0 if a == b else inf, 0.0) for a in nodes for b in nodes}
    for row in links:
        minutes = row["length_km"] / speed[row["road_class"]] * 60
        for a, b in ((0, 1), (1, 0)):
            key = (row["from_node"], row["to_node"])
            own = (minutes, row["length_km"])
            between[key[a], key[b]] = _better(between[key[a], key[b]], own)
    for k, a, b in product(nodes, repeat=3):
        parts = zip(between[a, k], between[k, b], strict=True)
        minutes, km = (x + y for x, y in parts)
        between[a, b] = _better(between[a, b], (minutes, km))
    tie = {}
    for place in case.rows["settlements"]:
        near = {node: _kilometres(place, row) for node, row in nodes.items()}
        node = place["node"] or min(near, key=lambda n: near[n])
        tie[place["settlement"]] = (node, 0 if place["node"] else near[node] * 1.3)
    ways = {}
    for a, b in product(tie, repeat=2):
        minutes, km = between[tie[a][0], tie[b][0]]
        ends = tie[a][1] + tie[b][1]
        ways[a, b] = (minutes + 2 * ends, km + ends)
    return ways


def travel_km(case: Case, t: int) -> dict[tuple[str, str], float]:
    """Return kilometres from settlement to site in a period, 0 inside a settlement."""
    home = {row["site"]: row["settlement"] for row in case.rows["sites"]}
    if case.rows["travel"]:
        return {
            (r["settlement"], r["site"]): r["length_km"] for r in case.rows["travel"]
        }
    ways = road_ways(case, t)
    return {
        (a["settlement"], site): ways[a["settlement"], place][1]
        for a in case.rows["settlements"]
        for site, place in home.items()
        if a["settlement"] != place
    }


def travel_minutes(case: Case, t: int) -> dict[tuple[str, str], float]:
    """Return minutes from settlement to site in a period (-1: on today's roads).

    Sites are at settlements here.
    """
    home = {row["site"]: row["settlement"] for row in case.rows["sites"]}
    if case.rows["travel"]:
        given = {
            (r["settlement"], r["site"]): r["minutes"] for r in case.rows["travel"]
        }
    else:
        roads = road_minutes(case, t)
        inner = {
            r["settlement"]: r["internal_minutes"] for r in case.rows["settlements"]
        }
        given = {
            (a, site): roads[a, place] + inner[a]
            for a in inner
            for site, place in home.items()
            if a != place
        }
    for site, place in home.items():
        row = next(r for r in case.rows["settlements"] if r["settlement"] == place)
        given.setdefault((place, site), row["internal_minutes"])
    return given


def site_minutes(case: Case, start: str, target: str) -> float:
    """Return minutes between two sites, by the rule for referrals."""
    home = {row["site"]: row["settlement"] for row in case.rows["sites"]}
    if home[start] == home[target]:
        return 0.0
    if case.rows["travel"]:
        return travel_minutes(case, -1).get((home[start], target), inf)
    return road_minutes(case, -1)[home[start], home[target]]


def may_enter(case: Case, site: dict[str, Any], level: dict[str, Any]) -> bool:
    """Return whether a level may be built at a site."""
    place = site["settlement"]
    people = {r["settlement"]: r["population"] for r in case.rows["settlements"]}
    is_low = site["max_level"] == 0 or level["level"] <= site["max_level"]
    is_large = people[place] >= level["min_population"]
    return bool(is_low and is_large and land_permits(case, site, level))


def may_run(case: Case, site: dict[str, Any]) -> bool:
    """Return whether anything stands at a site, or may be built there."""
    service = site["service"]
    stands = [r["site"] for r in case.of("facilities", service)]
    levels = case.of("levels", service)
    return site["site"] in stands or any(may_enter(case, site, r) for r in levels)


def options(case: Case, service: dict[str, Any], t: int) -> list[dict[int, float]]:
    """Return for each settlement its legal sites with minutes in a period."""
    name = service["service"]
    sites = case.of("sites", name)
    today, now = travel_minutes(case, -1), travel_minutes(case, t)
    carried = (*case.of("buses", name), *case.of("mobile_services", name))
    longest = max(r["within_minutes"] for r in carried) if carried else 0.0
    longest = max(longest, service["cutoff_minutes"])
    out = []
    for place in case.rows["settlements"]:
        home = place["settlement"]
        open_to = [
            (j, site["site"])
            for j, site in enumerate(sites)
            if site["status"] != "forbidden" and may_run(case, site)
        ]
        reach = sorted(
            (today.get((home, site), inf), j)
            for j, site in open_to
            if today.get((home, site), inf) < inf
        )
        near = [m <= longest for m, _ in reach]
        few = {
            j
            for rank, (_, j) in enumerate(reach)
            if near[rank] or rank < service["nearest_sites"]
        }
        out.append(
            {
                j: now[home, site]
                for j, site in open_to
                if (now.get((home, site), inf) <= longest or j in few)
                and not now.get((home, site), inf) > service["served_within_minutes"]
            }
        )
    return out
