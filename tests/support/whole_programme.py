"""The whole problem once more, straight from the tables: the weakest right form.

One integer programme in plain HiGHS, without Pyomo, presolve or anything of ``model/``
and ``solvers/``. It covers services with levels, transitions, several places, locks,
renewals, budgets, standards and referral, every kind of allocation, and networks
(transport and angles) with steps, sources, stations and local supply. Road upgrades and
growth points are tried one by one. It has no level index in shares, no cuts, no level
or option dropped, and takes capacities as they are written: larger instances than
enumeration can hold, as long as numbers are moderate.
"""

from __future__ import annotations

from math import inf
from typing import Any

from brute_force import _prices, _rules, purses
from growth_optima import growth_choices, growth_cost, moved
from impact_rules import add_facilities, add_supplied
from road_histories import connection_cost, upgrade_cost, upgrade_histories
from site_histories import SiteHistories
from tiny_case import Case, demand, options, read_case, site_minutes
from whole_networks import Networks, Row

from aumaq.instances import Instance


def best_cost(instance: Instance) -> float | None:
    """Return the objective of the best plan, discounted mln; None if there is none."""
    case, best = read_case(instance), inf
    for built in upgrade_histories(case):
        case.built = built
        fixed = upgrade_cost(case) + connection_cost(case)
        for chosen in growth_choices(case) if fixed < inf else ():
            case.chosen = chosen
            best = min(best, fixed + growth_cost(case) + Whole(case).solve())
    return best if best < inf else None


class Whole(Networks):
    """All decisions of a case but roads and growth points."""

    def __init__(self, case: Case):
        super().__init__(case, purses(case))
        for k, purse in enumerate(self.purses):
            self.p.right["purse", k] = ("<", purse.limit)
            if not purse.is_hard:
                self.p.term(("purse", k), self.p.add(("over", k), purse.price), -1.0)
        for service in case.rows["services"]:
            for site in case.of("sites", service["service"]):
                self.site(service, site)
            if service["role"] == "serve":
                for t in self.periods:
                    self.serving(service, t)
        for rule in case.rows["referrals"]:
            self.referral(rule)
        for network in case.rows["networks"]:
            self.network(network)
        for k, purse in enumerate(self.purses):
            if purse.rule is not None:
                add_facilities(case, self.p, purse.rule, ("purse", k))
                add_supplied(case, self.p, purse.rule, ("purse", k))

    def solve(self) -> float:
        """Return the optimum, inf if there is none."""
        if any(q.is_hard and q.limit < -1e-9 for q in self.purses):
            return inf
        return self.p.solve()

    def units(self, service: str, site: str, t: int, least: int = 1) -> list[int]:
        """Return the columns of facilities of at least a level."""
        top = len(self.case.of("levels", service))
        return [self.p.columns["units", service, site, level, t]
                for level in range(least, top + 1)]  # fmt: skip

    def site(self, service: Row, site: Row) -> None:
        """Add what runs at a site, how that changes and what must be."""
        case, p, code = self.case, self.p, (service["service"], site["site"])
        own = SiteHistories(case, service, site)
        region = next(
            (r["region"] for r in case.rows["settlements"]
             if r["settlement"] == site["settlement"]), "",
        )  # fmt: skip
        start, status = case.period(site["first_period"]), site["status"]
        for t in self.periods:
            for level in range(own.top + 1):
                opex = own.levels[level - 1]["opex_mln_per_year"] if level else 0.0
                opex *= case.scenario["opex_factor"]
                column = self.integer(("units", *code, level, t), opex * case.yearly[t])
                self.pay(column, opex * case.years[t], "operation", t, code[0], region)
                for way in ("leaves", "arrives"):
                    p.right[way, *code, level, t] = ("=", 0.0)
                before = own.stock[level] if t == 0 else 0
                p.right["leaves", *code, level, t] = ("=", before)
                if t:
                    last = p.columns["units", *code, level, t - 1]
                    p.term(("leaves", *code, level, t), last, -1.0)
                p.term(("arrives", *code, level, t), column, -1.0)
                if level and status == "forbidden":
                    p.bounds[column] = (0.0, 0.0)
            self.moves(own, code, region, t, status != "required" and t < start)
            if status == "required" and t >= start:
                p.right["must", *code, t] = ("<", -1.0)
                for column in self.units(*code, t):
                    p.term(("must", *code, t), column, -1.0)
        self.renewals(own, code, region)

    def moves(
        self, own: SiteHistories, code: tuple[str, str], region: str, t: int,
        is_early: bool,
    ) -> None:  # fmt: skip
        """Add the changes of levels at the start of a period."""
        case, p = self.case, self.p
        for a in range(own.top + 1):
            for b in range(own.top + 1):
                price = own.prices[a][b]
                if price == inf or (is_early and a == 0 < b):
                    continue
                worth = own._worth(t) if a < b else 0.0
                cost = price * (case.once[t] - worth)
                column = self.integer(("move", *code, a, b, t), cost)
                p.term(("leaves", *code, a, t), column, 1.0)
                p.term(("arrives", *code, b, t), column, 1.0)
                self.pay(column, price, "investment", t, code[0], region)
                if a == b:
                    p.bounds[column] = (float(own.locked[a]), None)

    def renewals(self, own: SiteHistories, code: tuple[str, str], region: str) -> None:
        """Add renewals: what is due is renewed or has left its level."""
        case, p = self.case, self.p
        for level in range(1, own.top + 1):
            if not any(own.due[level]):
                continue
            for t in self.periods:
                price = (
                    own.levels[level - 1]["capex_mln"] * case.scenario["capex_factor"]
                )
                price *= own.service["renewal_share"]
                cost = price * (case.once[t] - own._worth(t))
                column = self.integer(("renewed", *code, level, t), cost)
                self.pay(column, price, "investment", t, code[0], region)
                p.right["once", *code, level] = ("<", float(own.due[level][-1]))
                p.term(("once", *code, level), column, 1.0)
                p.right["due", *code, level, t] = ("<", -float(own.due[level][t]))
                for past in range(t + 1):
                    row = ("due", *code, level, t)
                    p.term(row, p.columns["renewed", *code, level, past], -1.0)
                    for b in range(own.top + 1):
                        key = ("move", *code, level, b, past)
                        if b != level and key in p.columns:
                            p.term(row, p.columns[key], -1.0)

    def serving(self, service: Row, t: int) -> None:
        """Add who is served where in a period."""
        case, p, name = self.case, self.p, service["service"]
        need = [line[t] for line in moved(case, demand(case, service))]
        to = options(case, service, t)
        price, sites = _prices(case, service, t, to), case.of("sites", name)
        levels = sorted(case.of("levels", name), key=lambda r: r["level"])
        is_whole = service["allocation"] == "whole"
        for i, near in enumerate(to):
            if need[i] <= 0:
                continue
            p.right["served", name, i, t] = ("=", 1.0)
            for j in near:
                share = p.add(("share", name, i, j, t), need[i] * price[i][j])
                p.term(("served", name, i, t), share, 1.0)
                p.term(("capacity", name, j, t), share, need[i])
                p.term(("least", name, j, t), share, -need[i])
                p.term(("open", name, i, j, t), share, 1.0)
                p.right["open", name, i, j, t] = ("<", 0.0)
                for column in self.units(name, sites[j]["site"], t):
                    p.term(("open", name, i, j, t), column, -1.0)
                if is_whole:
                    p.whole.add(share)
            if service["may_be_unserved"]:
                cost = service["unserved_mln_per_unit_year"] * case.yearly[t] * need[i]
                left = p.add(("unserved", name, i, t), cost)
                p.term(("served", name, i, t), left, 1.0)
                if is_whole:
                    p.whole.add(left)
        for j, site in enumerate(sites):
            p.right["capacity", name, j, t] = p.right["least", name, j, t] = ("<", 0.0)
            own = self.units(name, site["site"], t)
            for column, level in zip(own, levels, strict=True):
                room = level["capacity"] * service["max_use_share"]
                p.term(("capacity", name, j, t), column, -room)
                p.term(("least", name, j, t), column, level["min_use"])
        if service["allocation"] == "nearest":
            self.nearest(name, sites, to, t)
        for k, (members, minutes, required, mln) in enumerate(
            _rules(case, service, t, need)
        ):
            row = ("standard", name, k, t)
            p.right[row] = ("<", -required)
            if mln < inf:
                p.term(row, p.add(("short", *row), mln), -1.0)
            for i in members:
                for j, time in to[i].items():
                    if time <= minutes + 1e-6 and need[i] > 0:
                        p.term(row, p.columns["share", name, i, j, t], -need[i])

    def nearest(self, name: str, sites: list[Row], to: Any, t: int) -> None:
        """Forbid to pass an open site that is nearer."""
        p = self.p
        for j, site in enumerate(sites):
            is_open = self.integer(("is_open", name, j, t), 0.0, 1.0)
            row = ("top", name, j, t)
            p.right[row] = ("<", 0.0)
            p.term(row, is_open, -float(site["max_units"]))
            for column in self.units(name, site["site"], t):
                p.term(row, column, 1.0)
            for i, near in enumerate(to):
                past = [k for k, time in near.items() if j in near
                        and time > near[j] + 1e-6]  # fmt: skip
                row = ("nearest", name, i, j, t)
                for k in past:
                    if ("share", name, i, k, t) in p.columns:
                        p.term(row, p.columns["share", name, i, k, t], 1.0)
                        p.right[row] = ("<", 1.0)
                if row in p.right:
                    p.term(row, is_open, 1.0)

    def referral(self, rule: Row) -> None:
        """Add a referral: lower tiers stand near higher ones."""
        case, p = self.case, self.p
        for site in case.of("sites", rule["service"]):
            for t in self.periods:
                row = ("referral", rule["referral"], site["site"], t)
                p.right[row] = ("<", 0.0)
                own = self.units(rule["service"], site["site"], t, rule["from_level"])
                for column in own:
                    p.term(row, column, 1.0)
                for other in case.of("sites", rule["to_service"]):
                    minutes = site_minutes(case, site["site"], other["site"])
                    if minutes > rule["minutes"] + 1e-6:
                        continue
                    for column in self.units(
                        rule["to_service"], other["site"], t, rule["to_level"]
                    ):
                        p.term(row, column, -float(site["max_units"]))
