"""What feeds a network, and that every node gets its load.

A balance holds up to the tolerance times the size of what passes through the node.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from aumaq.instances.arrays import Floats
from aumaq.instances.language.texts import say
from aumaq.results.audit.facts import urban_factor
from aumaq.results.audit.frames import records
from aumaq.results.audit.network import NetworkPlan, Row

LOAD = {"power": "load_kw", "water": "load_m3_per_day"}
"""Column of ``levels`` that holds the load of a facility on a network."""
DRAWN = {"power": "power_kw", "water": "water_m3_per_day"}
"""Column of ``anchors`` that holds the load of an anchor on a network."""


def local_supply(n: NetworkPlan) -> Floats:
    """Check local supply; return what it gives to each node, (N, T)."""
    given, times = [], n.facts.times
    sizes: dict[tuple[str, str], Floats] = defaultdict(lambda: np.zeros(n.size[1]))
    n.rows["local_supply"] = []
    for row in n.decided["local_supply"]:
        node, option, t = row["node"], row["option"], n.period(row)
        rule = n.local_rule(node, option)
        if rule is None:
            n.note("local", row, say("there is no such local supply"))
            continue
        place = say(
            "node {node}, {option}, {period}",
            node=node,
            option=option,
            period=row["period"],
        )
        size, amount = float(row["capacity"]), float(row["supply"])
        n.at_most("local", -amount, 0.0, place, say("supply is negative"))
        text = say("{value} from {limit} installed")
        n.at_most("local", amount, size, place, text)
        most = float(rule["max_capacity"])
        if not np.isnan(most):
            text = say("{value} where {limit} fit")
            n.at_most("local", size, most, place, text)
        if t < times.position(str(rule["first_period"])):
            n.note("local", row, say("comes before its first period"))
        sizes[node, option][t] = size
        given.append((node, t, amount))
        home = n.nodes[n.position[node]]["settlement"]
        n.rows["local_supply"].append({**row, "network": n.name, "settlement": home})
    for (node, option), stands in sizes.items():
        for t in range(1, len(stands)):
            place = say(
                "node {node}, {option}, {name}",
                node=node,
                option=option,
                name=times.names[t],
            )
            text = say("{limit} installed, {value} before: it is never undone")
            n.at_most("local", stands[t - 1], stands[t], place, text)
    return n.grid(given)


def sources(n: NetworkPlan) -> Floats:
    """Check what facilities feed in; return it by node, (N, T)."""
    decided = _decided_supply(n)
    given: list[tuple[str, int, float]] = []
    n.rows["sources"] = []
    for name, service in n.facts.services.items():
        if service.row["role"] != "supply" or service.row["network"] != n.name:
            continue
        nodes = service.table["network_node"].tolist()
        homes = service.table["settlement"].tolist()
        most = service.table["max_supply"].to_numpy(dtype=float)
        drawn = np.zeros((len(service.sites), n.size[1]))
        levels, units = service.levels, n.plans[name].units
        for j, site in enumerate(service.sites):
            node = nodes[j] or n.fed_by.get(homes[j], "")
            for level, t in np.ndindex(units.shape[1:]):
                row = decided.get((name, site, level, t))
                if level == 0 or (units[j, level, t] == 0 and row is None):
                    continue
                amount = float(row["supply"]) if row else 0.0
                held = float(levels["capacity"][level] * units[j, level, t])
                _check_source(n, name, site, level, t, amount, held)
                drawn[j, t] += amount
                given.append((node, t, amount))
                n.rows["sources"].append(
                    {
                        "network": n.name,
                        "service": name,
                        "site": site,
                        "node": node,
                        "period": n.facts.times.names[t],
                        "level": level,
                        "supply": amount,
                        "capacity": held,
                    }
                )
            for t in np.flatnonzero(drawn[j]) if not np.isnan(most[j]) else ():
                place = say(
                    "site {site} of {name}, {period}",
                    site=site,
                    name=name,
                    period=n.facts.times.names[t],
                )
                text = say("draws {value} of {limit}")
                n.at_most("yield", float(drawn[j, t]), float(most[j]), place, text)
    return n.grid(given)


def _decided_supply(n: NetworkPlan) -> dict[tuple[str, str, int, int], Row]:
    """Return the rows of sources that there are, by service, site, level, period."""
    found = {}
    for row in n.decided["sources"]:
        service, level = n.facts.services[row["service"]], int(row["level"])
        is_source = service.row["role"] == "supply"
        is_source &= service.row["network"] == n.name
        if not is_source or row["site"] not in service.sites:
            n.note("supply", row, say("there is no such source"))
        elif not 0 < level < len(service.price):
            n.note("supply", row, say("there is no such level"))
        else:
            found[row["service"], row["site"], level, n.period(row)] = row
    return found


def _check_source(
    n: NetworkPlan, name: str, site: str, level: int, t: int, amount: float, held: float
) -> None:
    place = say(
        "site {site} of {service}, level {level}, {period}",
        site=site,
        service=name,
        level=level,
        period=n.facts.times.names[t],
    )
    n.at_most("supply", -amount, 0.0, place, say("supply is negative"))
    n.at_most("supply", amount, held, place, say("supplies {value} of {limit}"))


def base_load(n: NetworkPlan) -> Floats:
    """Return the load of people and industry at each node, (N, T)."""
    load, names = np.zeros(n.size), n.facts.times.names
    for row in n.facts.of("industrial_loads", n.name):
        when = (names == row["period"]) | (row["period"] == "")
        load[n.position[row["node"]], when] += float(row["load"])
    for anchor in records(n.facts.tables["anchors"]):
        if anchor["settlement"] in n.fed_by:
            since = n.facts.times.position(anchor["first_period"])
            at = n.position[n.fed_by[anchor["settlement"]]]
            load[at, since:] += float(anchor[DRAWN[n.name]])
    people, shifts = n.facts.residents, n.facts.shifts
    rates, urban = n.facts.of("load_rates", n.name), urban_factor(n.facts, n.name)
    for k, node in enumerate(n.nodes):
        if node["settlement"]:
            i = n.facts.ids.get_loc(node["settlement"])
            rate = _rate(n, i, rates) * urban[i]
            load[k] += people[i] * rate
            if shifts is not None:
                load[k] += (rate * shifts[:, i]).sum(axis=0)
    return load


def _rate(n: NetworkPlan, i: int, rows: list[Row]) -> Floats:
    """Return the load of one person at a settlement, (T,): the closest row counts."""
    scenario, kind = n.facts.scenario, n.facts.settlements["kind"].iloc[i]
    projection = scenario["projection"] or scenario["scenario"]
    rates, names = np.zeros(n.size[1]), ("kind", "scenario", "period")
    for t, period in enumerate(n.facts.times.names):
        fits = [
            row
            for row in rows
            if row["kind"] in ("", kind)
            and row["scenario"] in ("", projection)
            and row["period"] in ("", period)
        ]
        if fits:
            best = max(fits, key=lambda row: [row[name] != "" for name in names])
            rates[t] = float(best["units_per_person"])
    return rates


def _facility_load(n: NetworkPlan) -> Floats:
    load = np.zeros(n.size)
    for name, service in n.facts.services.items():
        level_load = service.levels[LOAD[n.name]]
        by_site = np.einsum("jlt,l->jt", n.plans[name].units, level_load)
        for j, settlement in enumerate(service.table["settlement"]):
            if settlement in n.fed_by:
                load[n.position[n.fed_by[settlement]]] += by_site[j]
    return load


def check_balance(
    n: NetworkPlan, brought: Floats, through: Floats, local: Floats, supply: Floats
) -> None:
    """Every node gets its load, but for what is shed of people and industry."""
    base, facility, names = base_load(n), _facility_load(n), n.facts.times.names
    shed, angle = np.zeros(n.size), np.zeros(n.size)
    for row in n.decided["loads"]:
        if row["node"] in n.position:
            at = n.position[row["node"]], n.period(row)
            shed[at], angle[at] = float(row["shed"]), float(row["angle"])
        else:
            n.note("balance", row, say("there is no such row"))

    def place(k: int, t: int) -> str:
        node = n.nodes[k]["node"]
        return say("node {node}, {period}", node=node, period=names[t])

    rule = n.rule("balance")
    n.notes.at_most(rule, -shed, 0.0, place, say("shed load is negative"))
    text = say("sheds {value} where {limit} may be shed")
    most = base if n.row["may_shed"] else np.zeros(n.size)
    n.notes.at_most(rule, shed, most, place, text)
    text = say("gets {value}, its load is {limit}")
    got, size = brought + local + supply + shed, through + local + supply
    n.notes.equal(rule, got, base + facility, place, text, size)
    from_network = base + facility - shed - local
    n.rows["loads"] = [
        {
            "network": n.name,
            "node": node["node"],
            "settlement": node["settlement"],
            "period": period,
            "base_load": base[k, t],
            "facility_load": facility[k, t],
            "shed": shed[k, t],
            "local_supply": local[k, t],
            "from_network": from_network[k, t],
            "angle": angle[k, t] if n.has_angles else 0.0,
        }
        for k, node in enumerate(n.nodes)
        for t, period in enumerate(names)
    ]
