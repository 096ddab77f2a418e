"""Networks in the whole problem, straight from the tables: the weakest right form.

Transport and angles, with steps, sources, stations and local supply; capacities as they
are written, one crude bound on angles.
"""

from __future__ import annotations

from math import inf
from typing import Any

from brute_force import Purse
from coupled_loads import base_load
from coupled_optima import LOAD, _worth
from linear_programme import Programme
from tiny_case import Case

Row = dict[str, Any]


class Networks:
    """The programme, its purses, and all that concerns networks."""

    def __init__(self, case: Case, purses: list[Purse]):
        self.case, self.p = case, Programme()
        self.periods = range(len(case.first))
        self.purses = purses

    def pay(
        self, column: int, mln: float, kind: str, t: int, service: str, region: str
    ) -> None:
        """Take *mln* for a unit of a column from all purses that cover it."""
        for k, purse in enumerate(self.purses):
            covers = purse.covers in ("all", kind) and purse.t == t
            is_own = purse.service in ("", service) and purse.region in ("", region)
            if covers and is_own:
                self.p.term(("purse", k), column, mln)

    def integer(self, key: Any, cost: float, high: float | None = None) -> int:
        """Add a whole number."""
        column = self.p.add(key, cost, 0.0, high)
        self.p.whole.add(column)
        return column

    def network(self, network: Row) -> None:
        """Add a network: balances, what comes, and how it comes."""
        case, p, name = self.case, self.p, network["network"]
        nodes = [r for r in case.rows["network_nodes"] if r["network"] == name]
        load = base_load(case, name)
        feeds = {r["settlement"]: r["node"] for r in nodes if r["settlement"]}
        self.steps(network)
        for t in self.periods:
            for node in (r["node"] for r in nodes):
                row = ("balance", name, node, t)
                p.right[row] = ("=", load[node, t])
                most = load[node, t] if network["may_shed"] else 0.0
                price = network["shed_mln_per_unit_year"] * case.yearly[t]
                p.term(row, p.add(("shed", *row), price, 0.0, most), 1.0)
                p.add(("angle", name, node, t), 0.0, None, None)
            for service in case.rows["services"]:
                for site in case.of("sites", service["service"]):
                    self.at_site(name, service, site, feeds, t)
            for link in case.rows["network_links"]:
                if link["network"] == name:
                    self.link(network, link, t)
        for node in nodes:
            self.local(network, node)

    def at_site(
        self, name: str, service: Row, site: Row, feeds: dict[str, str], t: int
    ) -> None:
        """Add what the facilities of a site draw and feed in."""
        case, p, code = self.case, self.p, (service["service"], site["site"])
        limit = ("yield", *code, t)
        for level in case.of("levels", service["service"]):
            units = p.columns["units", *code, level["level"], t]
            if site["settlement"] in feeds:
                row = ("balance", name, feeds[site["settlement"]], t)
                p.term(row, units, -level[LOAD[name]])
            if service["role"] == "supply" and service["network"] == name:
                price = level["supply_mln_per_unit_year"] * case.scenario["opex_factor"]
                key = ("supply", *code, level["level"], t)
                column = p.add(key, price * case.yearly[t])
                node = site["network_node"] or feeds[site["settlement"]]
                p.term(("balance", name, node, t), column, 1.0)
                p.right[key] = ("<", 0.0)
                p.term(key, column, 1.0)
                p.term(key, units, -level["capacity"])
                if site["max_supply"] == site["max_supply"]:
                    p.right[limit] = ("<", site["max_supply"])
                    p.term(limit, column, 1.0)

    def steps(self, network: Row) -> None:
        """Add steps of links: built in order, never undone."""
        case, name = self.case, network["network"]
        for row in case.rows["link_upgrades"]:
            if row["network"] != name:
                continue
            capex = row["capex_mln"] * case.scenario["capex_factor"]
            opex = row["opex_mln_per_year"] * case.scenario["opex_factor"]
            for t in range(case.period(row["first_period"]), len(case.first)):
                cost = capex * (case.once[t] - _worth(case, network, t))
                key = (name, row["link"], row["step"], t)
                cost += opex * sum(case.yearly[t:])
                column = self.integer(("built", *key), cost, 1.0)
                self.pay(column, capex, "investment", t, name, "")
                for later in range(t, len(case.first)):
                    years = opex * case.years[later]
                    self.pay(column, years, "operation", later, name, "")
            self.one_step(row)

    def one_step(self, row: Row) -> None:
        """A step is built once, and not before the step below it."""
        for t in self.periods:
            order = ("order", row["network"], row["link"], row["step"], t)
            self.p.right[order] = ("<", 1.0 if row["step"] == 1 else 0.0)
            for column in self.stands(row, t):
                self.p.term(order, column, 1.0)
            for below in self.case.rows["link_upgrades"]:
                same = all(below[k] == row[k] for k in ("network", "link"))
                if same and below["step"] == row["step"] - 1:
                    for column in self.stands(below, t):
                        self.p.term(order, column, -1.0)

    def stands(self, row: Row, t: int) -> list[int]:
        """Return the columns of which one is 1 where a step stands in a period."""
        key = ("built", row["network"], row["link"], row["step"])
        known = ((*key, past) for past in range(t + 1))
        return [self.p.columns[k] for k in known if k in self.p.columns]

    def link(self, network: Row, link: Row, t: int) -> None:
        """Add the flow of a link, with angles of each of its circuits."""
        case, name, is_dc = self.case, network["network"], network["flow_model"] == "dc"
        steps = [r for r in case.rows["link_upgrades"]
                 if (r["network"], r["link"]) == (name, link["link"])]  # fmt: skip
        if not is_dc:
            self.circuit(network, link, 0, link["capacity"], steps, t)
            return
        if link["capacity"] > 0:
            self.circuit(network, link, 0, link["capacity"], [], t)
        for step in steps:
            self.circuit(network, link, step["step"], 0.0, [step], t)

    def circuit(
        self,
        network: Row,
        link: Row,
        number: int,
        room: float,
        steps: list[Row],
        t: int,
    ) -> None:  # fmt: skip
        """Add one circuit: flow both ways within its room, and its angles."""
        case, p, name = self.case, self.p, network["network"]
        price = link["flow_mln_per_unit_year"] * case.scenario["opex_factor"]
        arrives = 1.0 - min(1.0, link["length_km"] * link["loss_per_km"])
        ends = (link["from_node"], link["to_node"])
        ways = ((*ends, 1.0), (*ends[::-1], -1.0))
        follows = [("follows", side, name, link["link"], number, t) for side in (1, -1)]
        for a, b, sign in ways[:1] if link["is_one_way"] else ways:
            key = ("flow", sign, name, link["link"], number, t)
            flow = p.add(key, price * case.yearly[t])
            p.term(("balance", name, a, t), flow, -1.0)
            p.term(("balance", name, b, t), flow, arrives)
            p.right[key] = ("<", room)
            p.term(key, flow, 1.0)
            for step in steps:
                for column in self.stands(step, t):
                    p.term(key, column, -step["capacity"])
            self.station(name, link, key, t)
            for side, row in zip((1, -1), follows, strict=True):
                p.term(row, flow, side * sign)
        if network["flow_model"] == "dc":
            self.follow(name, link, steps, follows, t)

    def station(self, name: str, link: Row, key: Any, t: int) -> None:
        """Widen a link by what its station holds."""
        case = self.case
        for service in case.rows["services"]:
            codes = [r["site"] for r in case.of("sites", service["service"])]
            carries = service["role"] == "carry" and service["network"] == name
            if carries and link["station"] in codes:
                for level in case.of("levels", service["service"]):
                    units = ("units", service["service"], link["station"],
                             level["level"], t)  # fmt: skip
                    self.p.term(key, self.p.columns[units], -level["capacity"])

    def follow(
        self, name: str, link: Row, steps: list[Row], follows: list[Any], t: int
    ) -> None:
        """Tie the flow of a circuit to angles, once it stands."""
        p = self.p
        b = steps[0]["susceptance"] if steps else link["susceptance"]
        far = b * self.widest(name) if steps else 0.0
        ends = (link["from_node"], link["to_node"])
        for side, row in zip((1, -1), follows, strict=True):
            p.right[row] = ("<", far)
            for end, sign in zip(ends, (-1.0, 1.0), strict=True):
                p.term(row, p.columns["angle", name, end, t], side * sign * b)
            for step in steps:
                for column in self.stands(step, t):
                    p.term(row, column, far)

    def widest(self, name: str) -> float:
        """Return more than any two angles can differ by."""
        rows = (*self.case.rows["network_links"], *self.case.rows["link_upgrades"])
        return sum(r["capacity"] / r["susceptance"] for r in rows
                   if r["network"] == name and r["capacity"] > 0)  # fmt: skip

    def local(self, network: Row, node: Row) -> None:
        """Add local supply at a node: installed once, used within that."""
        case, p, name = self.case, self.p, network["network"]
        here = ("", node["settlement"]) if node["settlement"] else ()
        rows = [r for r in case.rows["local_supplies"]
                if r["network"] == name and r["settlement"] in here]  # fmt: skip
        named_last = sorted(rows, key=lambda r: r["settlement"] != "")
        best = {r["option"]: r for r in named_last}
        factors = case.scenario["capex_factor"], case.scenario["opex_factor"]
        for option, rule in best.items():
            capex = rule["capex_mln_per_unit"] * factors[0]
            opex, fuel = (rule[f"{k}_mln_per_unit_year"] * factors[1]
                          for k in ("opex", "supply"))  # fmt: skip
            for t in self.periods:
                key = (name, node["node"], option, t)
                used = p.add(("local", *key), fuel * case.yearly[t])
                p.term(("balance", name, node["node"], t), used, 1.0)
                p.right["held", *key] = ("<", 0.0)
                p.term(("held", *key), used, 1.0)
                most = rule["max_capacity"]
                p.right["most", *key] = ("<", most if most == most else inf)
            for t in range(case.period(rule["first_period"]), len(case.first)):
                cost = capex * (case.once[t] - _worth(case, network, t))
                cost += opex * sum(case.yearly[t:])
                added = p.add(("added", name, node["node"], option, t), cost)
                self.pay(added, capex, "investment", t, name, "")
                for later in range(t, len(case.first)):
                    key = (name, node["node"], option, later)
                    years = opex * case.years[later]
                    self.pay(added, years, "operation", later, name, "")
                    p.term(("held", *key), added, -1.0)
                    p.term(("most", *key), added, 1.0)
