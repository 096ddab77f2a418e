"""Checks of what feeds a network, and that every node gets its load.

A balance holds up to the tolerance times the size of what passes through the node.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from aumaq.instances.language.texts import pattern, say
from aumaq.results.audit.facts import everyone
from aumaq.results.audit.frames import records
from aumaq.results.audit.network import NetworkCheck, Row, region_of

LOAD = {"power": "load_kw", "water": "load_m3_per_day"}
"""Column of ``levels`` that holds the load of a facility on a network."""


def check_local(check: NetworkCheck) -> dict[tuple[str, int], float]:
    """Check local supply; return what it gives to each node."""
    rules: dict[tuple[str, str], Row] = {}
    for row in records(check.facts.tables["local_supplies"]):
        if row["network"] == check.name:
            rules[row["option"], row["settlement"]] = row
    capex = float(check.facts.scenario["capex_factor"])
    opex = float(check.facts.scenario["opex_factor"])
    home = {r["node"]: r["settlement"] for r in check.nodes}
    given: dict[tuple[str, int], float] = defaultdict(float)
    capacity: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
    for row in check.tables["local_supply"]:
        settlement, t = home.get(row["node"], ""), check.period(row)
        rule = rules.get((row["option"], settlement), rules.get((row["option"], "")))
        if not settlement or rule is None:
            check.note("local", row, say("there is no such local supply"))
            continue
        place = say(
            "node {node}, {option}, {period}",
            node=row["node"],
            option=row["option"],
            period=row["period"],
        )
        size, amount = float(row["capacity"]), float(row["supply"])
        check.at_most("local", -amount, 0.0, place, pattern("supply is negative"))
        check.at_most(
            "local", amount, size, place, pattern("{value} from {limit} installed")
        )
        most = float(rule["max_capacity"])
        if not np.isnan(most):
            check.at_most(
                "local", size, most, place, pattern("{value} where {limit} fit")
            )
        if t < check.facts.times.position(str(rule["first_period"])):
            check.note("local", row, say("comes before its first period"))
        capacity[row["node"], row["option"]][t] = size
        given[row["node"], t] += amount
        region = region_of(check, row["node"])
        fuel = float(rule["supply_mln_per_unit_year"]) * opex
        check.pay("supply", region, t, amount * fuel)
        yearly = float(rule["opex_mln_per_unit_year"]) * opex
        check.pay("operation", region, t, size * yearly)
    for (node, option), sizes in capacity.items():
        rule = rules.get((option, home[node]), rules.get((option, "")))
        assert rule is not None
        before = 0.0
        for t in range(len(check.facts.times.names)):
            size, name = sizes.get(t, 0.0), check.facts.times.names[t]
            place = say(
                "node {node}, {option}, {name}", node=node, option=option, name=name
            )
            text = pattern("{limit} installed, {value} before: it is never undone")
            check.at_most("local", before, size, place, text)
            price = float(rule["capex_mln_per_unit"]) * capex
            check.pay("building", region_of(check, node), t, (size - before) * price)
            before = size
    return given


def check_sources(check: NetworkCheck) -> dict[tuple[str, int], float]:
    """Check what facilities feed in; return it by node."""
    given: dict[tuple[str, int], float] = defaultdict(float)
    drawn: dict[tuple[str, str, int], float] = defaultdict(float)
    home = {r["settlement"]: r["node"] for r in check.nodes if r["settlement"]}
    places = {
        name: (s.table["network_node"].tolist(), s.table["settlement"].tolist())
        for name, s in check.facts.services.items()
    }
    for row in check.tables["sources"]:
        service = check.facts.services[row["service"]]
        t, level = check.period(row), int(row["level"])
        is_source = service.row["role"] == "supply"
        is_source &= service.row["network"] == check.name
        if not is_source or row["site"] not in service.sites:
            check.note("supply", row, say("there is no such source"))
            continue
        j = service.sites.get_loc(row["site"])
        nodes, settlements = places[row["service"]]
        node = nodes[j] or home.get(settlements[j], "")
        if not 0 < level < len(service.price):
            check.note("supply", row, say("there is no such level"))
            continue
        place = say(
            "site {site} of {service}, level {level}, {period}",
            site=row["site"],
            service=row["service"],
            level=level,
            period=row["period"],
        )
        units = int(check.plans[row["service"]].units[j, level, t])
        held = units * float(service.levels["capacity"][level])
        amount = float(row["supply"])
        check.at_most("supply", -amount, 0.0, place, pattern("supply is negative"))
        check.at_most(
            "supply", amount, held, place, pattern("supplies {value} of {limit}")
        )
        given[node, t] += amount
        drawn[row["service"], row["site"], t] += amount
        price = float(service.levels["supply_mln_per_unit_year"][level])
        check.pay("supply", region_of(check, node), t, amount * price)
    _check_source_rows(check)
    for (name, site, t), amount in drawn.items():
        service = check.facts.services[name]
        most = float(service.table["max_supply"].iloc[service.sites.get_loc(site)])
        if not np.isnan(most):
            place = say(
                "site {site} of {name}, {period}",
                site=site,
                name=name,
                period=check.facts.times.names[t],
            )
            check.at_most(
                "yield", amount, most, place, pattern("draws {value} of {limit}")
            )
    return given


def _check_source_rows(check: NetworkCheck) -> None:
    """Every source that stands has a row, whether it feeds anything or not."""
    told = {
        (r["service"], r["site"], int(r["level"]), check.period(r))
        for r in check.tables["sources"]
    }
    for name, service in check.facts.services.items():
        if service.row["role"] != "supply" or service.row["network"] != check.name:
            continue
        for j, level, t in np.argwhere(check.plans[name].units > 0).tolist():
            if level and (name, service.sites[j], level, t) not in told:
                row = {
                    "service": name,
                    "site": service.sites[j],
                    "level": level,
                    "period": check.facts.times.names[t],
                }
                check.note("supply", row, say("the row is missing"))


def base_load(check: NetworkCheck) -> dict[tuple[str, int], float]:
    """Return the load of people and industry at each node and period."""
    projection = check.facts.scenario["projection"] or check.facts.scenario["scenario"]
    rates = [
        r
        for r in records(check.facts.tables["load_rates"])
        if r["network"] == check.name and r["scenario"] in ("", projection)
    ]
    people = everyone(check.facts)
    kinds = dict(zip(check.facts.ids, check.facts.settlements["kind"], strict=True))
    load: dict[tuple[str, int], float] = defaultdict(float)
    for t, period in enumerate(check.facts.times.names):
        for node in check.nodes:
            settlement = node["settlement"]
            if not settlement:
                continue
            fits = [
                r
                for r in rates
                if r["kind"] in ("", kinds[settlement]) and r["period"] in ("", period)
            ]
            if fits:
                names = ("kind", "scenario", "period")
                best = max(fits, key=lambda r: [r[name] != "" for name in names])
                i = check.facts.ids.get_loc(settlement)
                load[node["node"], t] += people[i, t] * float(best["units_per_person"])
        for row in records(check.facts.tables["industrial_loads"]):
            if row["network"] == check.name and row["period"] in ("", period):
                load[row["node"], t] += float(row["load"])
    return load


def _facility_load(check: NetworkCheck) -> dict[tuple[str, int], float]:
    home = {r["settlement"]: r["node"] for r in check.nodes if r["settlement"]}
    load: dict[tuple[str, int], float] = defaultdict(float)
    for name, service in check.facts.services.items():
        units = check.plans[name].units
        by_site = np.einsum("jlt,l->jt", units, service.levels[LOAD[check.name]])
        for j, settlement in enumerate(service.table["settlement"]):
            if settlement in home:
                for t in range(by_site.shape[1]):
                    load[home[settlement], t] += float(by_site[j, t])
    return load


def check_balance(
    check: NetworkCheck,
    flow_in: dict[tuple[str, int], float],
    through: dict[tuple[str, int], float],
    local: dict[tuple[str, int], float],
    supply: dict[tuple[str, int], float],
) -> None:
    """Every node gets its load, but for what is shed of people and industry."""
    base, facility = base_load(check), _facility_load(check)
    claimed = {(r["node"], check.period(r)): r for r in check.tables["loads"]}
    price = float(check.row["shed_mln_per_unit_year"])
    for node in check.nodes:
        for t, period in enumerate(check.facts.times.names):
            key = node["node"], t
            place = say("node {node}, {period}", node=node["node"], period=period)
            row = claimed.get(key)
            if row is None:
                check.note(
                    "balance", {**node, "period": period}, say("the row is missing")
                )
                continue
            shed = float(row["shed"])
            check.at_most(
                "balance", -shed, 0.0, place, pattern("shed load is negative")
            )
            text = pattern("sheds {value} where {limit} may be shed")
            most = base[key] if check.row["may_shed"] else 0.0
            check.at_most("balance", shed, most, place, text)
            got = flow_in[key] + local[key] + supply[key] + shed
            want = base[key] + facility[key]
            size = through[key] + local[key] + supply[key]
            wanted = {
                "base_load": (row["base_load"], base[key]),
                "facility_load": (row["facility_load"], facility[key]),
                "local_supply": (row["local_supply"], local[key]),
                "from_network": (row["from_network"], want - shed - local[key]),
            }
            rule = check.rule("balance")
            text = pattern("gets {value}, its load is {limit}")
            check.notes.equal(rule, got, want, lambda *_, p=place: p, text, size)
            for column, (value, real) in wanted.items():
                text = pattern(
                    "{column} is {value} in the plan, {limit} when recomputed",
                    column=column,
                )
                check.notes.equal(rule, value, real, lambda *_, p=place: p, text, size)
            check.pay("shedding", region_of(check, node["node"]), t, shed * price)
