"""The best plan of services and networks together, by enumeration.

Every joint history of the sites meets every history of upgrade steps; what is left,
flows and local supply, is one linear programme. Written from
docs/mathematics.md, in plain loops; nothing is shared with the package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from math import inf, prod
from typing import Any

import numpy as np
from contingency_case import add_emergencies
from coupled_loads import base_load
from financing_optima import Cell, Cells, add_financing, is_financed, most_gain
from impact_rules import add_supplied
from land_rules import work_is_forbidden
from linear_programme import Programme
from shift_staff_optima import are_tied
from staff_optima import Staff, posts_of
from tiny_case import Case, TooManyError

MOST_PLANS = 400_000
"""Histories of sites and steps of links that are tried together."""
LOAD = {"power": "load_kw", "water": "load_m3_per_day"}
Built = dict[tuple[str, str, int], int]
"""(network, link, step) -> period in which it is built."""


def step_histories(case: Case) -> Iterator[Built]:
    """Yield every way to build the upgrade steps over the periods."""
    rows, count = case.rows["link_upgrades"], len(case.first)
    choices = [
        [None]
        if work_is_forbidden(case, "links", row["network"], row["link"], "")
        else [None, *range(case.period(row["first_period"]), count)]
        for row in rows
    ]
    for pick in product(*choices):
        built = {
            (row["network"], row["link"], row["step"]): t
            for row, t in zip(rows, pick, strict=True)
            if t is not None
        }
        if all(
            k == 1 or built.get((network, link, k - 1), inf) <= t
            for (network, link, k), t in built.items()
        ):
            yield built


def _worth(case: Case, network: dict[str, Any], t: int) -> float:
    """Return the discounted residual value of a mln built in *t*."""
    if not case.policy["count_residual_value"]:
        return 0.0
    life = network["lifetime_years"]
    return max(0.0, 1.0 - (case.end - case.first[t]) / life) * case.at_end


def step_cost(case: Case, built: Built) -> float:
    """Return discounted cost of steps."""
    total = 0.0
    networks = {row["network"]: row for row in case.rows["networks"]}
    for row in case.rows["link_upgrades"]:
        t = built.get((row["network"], row["link"], row["step"]))
        if t is not None:
            capex = row["capex_mln"] * case.scenario["capex_factor"]
            opex = row["opex_mln_per_year"] * case.scenario["opex_factor"]
            total += capex * (case.once[t] - _worth(case, networks[row["network"]], t))
            total += opex * sum(case.yearly[t:])
    return total


class Networks:
    """What the networks cost for given facilities and steps."""

    def __init__(self, case: Case, limits: list[Any]):
        self.case, self.limits = case, limits
        regions = {r["settlement"]: r["region"] for r in case.rows["settlements"]}
        self.region = {
            (r["network"], r["node"]): regions.get(r["settlement"], "")
            for r in case.rows["network_nodes"]
        }
        self.loads = {
            row["network"]: base_load(case, row["network"])
            for row in case.rows["networks"]
        }
        self.known: dict[Any, float] = {}

    def best(
        self,
        units: dict[str, np.ndarray],
        left: list[Any],
        built: Built,
        cells: Cells,
        posts: np.ndarray,
    ) -> float:
        """Return steps and the rest; *units* by service (T, J, L), *left* in purses.

        Where it matters who pays, for *cells* and *posts* of services as well.
        """
        key = (
            tuple(u.tobytes() for u in units.values()),
            tuple(sorted(built.items())),
            tuple(left),
            tuple(sorted(cells.items())),
            posts.tobytes(),
        )
        if key not in self.known:
            programme = Programme()
            for network in self.case.rows["networks"]:
                self._network(programme, network, units, built)
            self._purses(programme, left, built)
            if is_financed(self.case):
                self._financing(programme, built, cells, posts)
            self.known[key] = programme.solve() + step_cost(self.case, built)
        return self.known[key]

    def _network(
        self,
        p: Programme,
        network: dict[str, Any],
        units: dict[str, np.ndarray],
        built: Built,
    ) -> None:
        case, name = self.case, network["network"]
        nodes = [r for r in case.rows["network_nodes"] if r["network"] == name]
        feeds = {r["settlement"]: r["node"] for r in nodes if r["settlement"]}
        for t in range(len(case.first)):
            for node in nodes:
                load = self.loads[name][node["node"], t]
                shed = network["shed_mln_per_unit_year"] * case.yearly[t]
                row = ("balance", name, node["node"], t)
                p.right[row] = ("=", load)
                most = load if network["may_shed"] else 0.0
                p.term(row, p.add(("shed", *row), shed, 0.0, most), 1.0)
                if network["flow_model"] == "dc":
                    p.add(("angle", name, node["node"], t), 0.0, None, None)
            self._links(p, network, built, units, t)
            for service in case.rows["services"]:
                self._site_loads(p, name, service, units, feeds, t)
        self._local(p, network, nodes)
        for t in range(len(case.first)):
            add_emergencies(self, p, network, units, built, t)

    def _site_loads(
        self,
        p: Programme,
        name: str,
        service: dict[str, Any],
        units: dict[str, np.ndarray],
        feeds: dict[str, str],
        t: int,
    ) -> None:
        case = self.case
        levels = sorted(case.of("levels", service["service"]), key=lambda r: r["level"])
        is_source = service["role"] == "supply" and service["network"] == name
        for j, site in enumerate(case.of("sites", service["service"])):
            here = units[service["service"]][t, j]
            if site["settlement"] in feeds:
                row = ("balance", name, feeds[site["settlement"]], t)
                load = sum(
                    n * lev[LOAD[name]] for n, lev in zip(here, levels, strict=True)
                )
                p.right[row] = ("=", p.right[row][1] + load)
            if not is_source:
                continue
            node = site["network_node"] or feeds[site["settlement"]]
            limit = ("yield", service["service"], site["site"], t)
            if site["max_supply"] == site["max_supply"]:
                p.right[limit] = ("<", site["max_supply"])
            for n, lev in zip(here, levels, strict=True):
                price = lev["supply_mln_per_unit_year"] * case.scenario["opex_factor"]
                key = ("supply", service["service"], site["site"], lev["level"], t)
                most = float(n) * lev["capacity"]
                column = p.add(key, price * case.yearly[t], 0.0, most)
                p.term(("balance", name, node, t), column, 1.0)
                p.term(limit, column, 1.0)

    def _links(
        self,
        p: Programme,
        network: dict[str, Any],
        built: Built,
        units: dict[str, np.ndarray],
        t: int,
    ) -> None:
        case, name = self.case, network["network"]
        for link in case.rows["network_links"]:
            if link["network"] != name:
                continue
            circuits = [(link["capacity"], link["susceptance"])]
            for row in case.rows["link_upgrades"]:
                key = (name, link["link"], row["step"])
                same = (row["network"], row["link"]) == (name, link["link"])
                if same and built.get(key, inf) <= t:
                    circuits.append((row["capacity"], row["susceptance"]))
            if network["flow_model"] == "transport":
                circuits = [(sum(room for room, _ in circuits), 0.0)]
                circuits[0] = (circuits[0][0] + self._station(link, units, t), 0.0)
            lost = min(1.0, link["length_km"] * link["loss_per_km"])
            a, b = link["from_node"], link["to_node"]
            for k, (room, susceptance) in enumerate(circuits):
                if room <= 0:
                    continue
                key = (name, link["link"], k, t)
                price = link["flow_mln_per_unit_year"] * case.scenario["opex_factor"]
                ways = ((a, b, 1.0), (b, a, -1.0))
                for x, y, sign in ways[:1] if link["is_one_way"] else ways:
                    cost = price * case.yearly[t]
                    flow = p.add(("flow", sign, *key), cost, 0.0, room)
                    p.term(("balance", name, x, t), flow, -1.0)
                    p.term(("balance", name, y, t), flow, 1.0 - lost)
                    if network["flow_model"] == "dc":
                        p.term(("follows", *key), flow, sign)
                if network["flow_model"] == "dc":
                    p.right["follows", *key] = ("=", 0.0)
                    for end, sign in ((a, -1.0), (b, 1.0)):
                        angle = p.columns["angle", name, end, t]
                        p.term(("follows", *key), angle, sign * susceptance)

    def _station(
        self, link: dict[str, Any], units: dict[str, np.ndarray], t: int
    ) -> float:
        total = 0.0
        for service in self.case.rows["services"]:
            if service["role"] != "carry" or service["network"] != link["network"]:
                continue
            sites = self.case.of("sites", service["service"])
            levels = self.case.of("levels", service["service"])
            levels = sorted(levels, key=lambda r: r["level"])
            for j, site in enumerate(sites):
                if site["site"] == link["station"]:
                    here = units[service["service"]][t, j]
                    total += sum(
                        float(n) * lev["capacity"]
                        for n, lev in zip(here, levels, strict=True)
                    )
        return total

    def _local(
        self, p: Programme, network: dict[str, Any], nodes: list[dict[str, Any]]
    ) -> None:
        case, count = self.case, len(self.case.first)
        rows = [
            r for r in case.rows["local_supplies"] if r["network"] == network["network"]
        ]
        for node, option in product(nodes, dict.fromkeys(r["option"] for r in rows)):
            own = [r for r in rows if r["option"] == option]
            named = [r for r in own if r["settlement"] == node["settlement"]]
            usual = [r for r in own if r["settlement"] == ""]
            if not node["settlement"] or not (named or usual):
                continue
            at = network["network"], option, node["node"]
            if work_is_forbidden(case, "local_supply", *at):
                continue
            rule = (named or usual)[0]
            capex = rule["capex_mln_per_unit"] * case.scenario["capex_factor"]
            opex = rule["opex_mln_per_unit_year"] * case.scenario["opex_factor"]
            fuel = rule["supply_mln_per_unit_year"] * case.scenario["opex_factor"]
            most = rule["max_capacity"]
            for t in range(case.period(rule["first_period"]), count):
                # What is added in t runs, and is paid, from t on.
                price = capex * (case.once[t] - _worth(case, network, t))
                price += opex * sum(case.yearly[t:])
                key = (network["network"], node["node"], option)
                added = p.add(("added", *key, t), price)
                for later in range(t, count):
                    p.term(("installed", *key, later), added, -1.0)
                    if most == most:
                        p.right["most", *key, later] = ("<", most)
                        p.term(("most", *key, later), added, 1.0)
            for t in range(count):
                used = p.add(("local", *key_of(network, node, option), t),
                             fuel * case.yearly[t])  # fmt: skip
                row = ("installed", *key_of(network, node, option), t)
                p.term(row, used, 1.0)
                p.right[row] = ("<", 0.0)
                p.term(("balance", network["network"], node["node"], t), used, 1.0)

    def _purses(self, p: Programme, left: list[Any], built: Built) -> None:
        """Add limits on spending: (period, covers, what services leave, price).

        No budget is of a service or region alone: what networks take counts in each.
        """
        case = self.case
        assert not any(r["service"] or r["region"] for r in case.rows["budgets"])
        for k, (t, covers, rest, price, limit) in enumerate(left):
            row, spent = ("purse", k), 0.0
            if limit >= 0:
                add_supplied(case, p, self.limits[limit].rule, row)
            once, yearly = (
                covers in ("investment", "all"),
                covers in ("operation", "all"),
            )
            for rule in case.rows["link_upgrades"]:
                since = built.get((rule["network"], rule["link"], rule["step"]), inf)
                if once and since == t:
                    spent += rule["capex_mln"] * case.scenario["capex_factor"]
                if yearly and since <= t:
                    opex = rule["opex_mln_per_year"] * case.scenario["opex_factor"]
                    spent += opex * case.years[t]
            for key, column in p.columns.items():
                if key[0] != "added":
                    continue
                _, network, node, option, when = key
                rule = self._rule(network, node, option)
                if once and when == t:
                    capex = rule["capex_mln_per_unit"] * case.scenario["capex_factor"]
                    p.term(row, column, capex)
                if yearly and when <= t:
                    opex = rule["opex_mln_per_unit_year"] * case.scenario["opex_factor"]
                    p.term(row, column, opex * case.years[t])
            if price < inf:
                p.term(row, p.add(("over", k), price), -1.0)
            p.right[row] = ("<", rest - spent)

    def _financing(
        self, p: Programme, built: Built, cells: Cells, posts: np.ndarray
    ) -> None:
        """Add who pays for facilities, steps and local supply."""
        case, found, more = self.case, dict(cells), dict[Cell, dict[int, float]]()
        ends = {
            (r["network"], r["link"]): (r["from_node"], r["to_node"])
            for r in case.rows["network_links"]
        }
        for row in case.rows["link_upgrades"]:
            network = row["network"]
            homes = [self.region[network, n] for n in ends[network, row["link"]]]
            since = built.get((network, row["link"], row["step"]), inf)
            for t, years in enumerate(case.years):
                once = row["capex_mln"] * case.scenario["capex_factor"]
                yearly = row["opex_mln_per_year"] * case.scenario["opex_factor"]
                for kind, mln in (
                    ("investment", once * (t == since)),
                    ("operation", yearly * years * (t >= since)),
                ):
                    at = kind, network, homes[0] or homes[1], t
                    found[at] = found.get(at, 0.0) + mln
        for key, column in list(p.columns.items()):
            if key[0] != "added":
                continue
            _, network, node, option, when = key
            rule, home = self._rule(network, node, option), self.region[network, node]
            once = rule["capex_mln_per_unit"] * case.scenario["capex_factor"]
            yearly = rule["opex_mln_per_unit_year"] * case.scenario["opex_factor"]
            more.setdefault(("investment", network, home, when), {})[column] = once
            for t in range(when, len(case.years)):
                own = more.setdefault(("operation", network, home, t), {})
                own[column] = yearly * case.years[t]
        found = {at: mln for at, mln in found.items() if mln}
        add_financing(case, p, found, posts, more)

    def _rule(self, network: str, node: str, option: str) -> dict[str, Any]:
        home = {
            (r["network"], r["node"]): r["settlement"]
            for r in self.case.rows["network_nodes"]
        }
        rows = [
            r
            for r in self.case.rows["local_supplies"]
            if (r["network"], r["option"]) == (network, option)
        ]
        named = [r for r in rows if r["settlement"] == home[network, node]]
        return (named or [r for r in rows if not r["settlement"]])[0]


def key_of(
    network: dict[str, Any], node: dict[str, Any], option: str
) -> tuple[str, str, str]:
    """Return the name of a local supply."""
    return network["network"], node["node"], option


def best_coupled(
    case: Case,
    parts: dict[str, Any],
    limits: list[Any],
    spending: Callable[..., Any],
    cells_of: Callable[..., Cells],
) -> float | None:
    """Return the best objective over histories of sites and steps; None: no plan.

    Raises TooManyError.
    """
    gain, _ = most_gain(case), are_tied(case)
    networks, names = Networks(case, limits), list(parts)
    steps = sorted(
        ((step_cost(case, built), built) for built in step_histories(case)),
        key=lambda pair: pair[0],
    )
    spent = {
        name: [spending(part, name, purse) for purse in limits]
        for name, part in parts.items()
    }
    sizes = [len(parts[name].cost) for name in names]
    if prod(sizes) * len(steps) >= MOST_PLANS:
        raise TooManyError
    grids = np.meshgrid(*(np.arange(size) for size in sizes), indexing="ij")
    picks = np.stack([g.ravel() for g in grids], axis=1)
    costs = sum(parts[name].cost[picks[:, k]] for k, name in enumerate(names))
    posts = {name: posts_of(case, name, part.units) for name, part in parts.items()}
    staff, has_money, best = Staff(case), is_financed(case), inf
    for row in np.argsort(costs):
        pick = picks[row]
        if costs[row] - gain >= best:
            break
        units = {
            name: parts[name].units[p] for name, p in zip(names, pick, strict=True)
        }
        left = [
            (
                purse.t,
                purse.covers,
                purse.limit
                - sum(
                    float(spent[name][k][p])
                    for name, p in zip(names, pick, strict=True)
                ),
                inf if purse.is_hard else purse.price,
                k if purse.rule else -1,
            )
            for k, purse in enumerate(limits)
        ]
        chosen = list(zip(names, pick, strict=True))
        filled = sum(posts[name][p] for name, p in chosen)
        cells = cells_of([(n, parts[n], p) for n, p in chosen]) if has_money else {}
        hired = 0.0 if has_money or not len(filled) else staff.cost(filled)
        for fixed, built in steps:
            if costs[row] + fixed + hired - gain >= best:
                break
            found = networks.best(units, left, built, cells, filled)
            best = min(best, float(costs[row] + hired + found))
    return best if best < inf else None
