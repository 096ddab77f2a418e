"""Columns that say again what instance and decisions say: each compared, row by row.

The rules read keys, decisions and sums (:data:`READ`) where they check them. Whatever
else stands in a table of a plan is recomputed here from the instance's tables alone. A
column that is neither is a finding: nothing in a plan goes unlooked at.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.language.texts import pattern, say
from aumaq.instances.schema.plan import PLAN, PLAN_TABLES
from aumaq.results.audit.decided import KEYS, ServicePlan, rule_of
from aumaq.results.audit.facts import Facts
from aumaq.results.audit.findings import Notebook, named
from aumaq.results.audit.frames import records
from aumaq.results.audit.network import NetworkCheck
from aumaq.results.audit.networks import room_of

READ = {
    table.name: tuple(c.name for c in table.columns if c.part == "compared")
    for table in PLAN
}
"""Table -> columns beside its keys that the checks of the rules compare."""

Row = dict[str, Any]
Wanted = dict[str, Any]
"""Column -> the value that a row should have."""


@dataclass(frozen=True)
class Known:
    """What the columns are recomputed from."""

    facts: Facts
    plans: Mapping[str, ServicePlan]
    networks: Mapping[str, NetworkCheck]
    minutes: list[Any]
    """Of each connection, by period."""

    def rows(self, table: str, *keys: str) -> dict[Hashable, Row]:
        """Return the rows of a table of the instance by the values of its keys."""
        found: dict[Hashable, Row] = {}
        for row in records(self.facts.tables[table]):
            key = tuple(row[name] for name in keys)
            found[key if len(keys) > 1 else key[0]] = row
        return found


def check_columns(
    known: Known, tables: Mapping[str, pd.DataFrame], notes: Notebook
) -> dict[str, list[Any]]:
    """Compare every column that no rule compares; note those that nobody knows.

    Returns the values of those that a table lacks, by ``table.column``; None where the
    row is of nothing that there is.
    """
    lacking: dict[str, list[Any]] = {}
    for name, frame in tables.items():
        if frame.empty:
            continue
        rows = records(frame if name in DERIVED else frame.head(1))
        derive = DERIVED.get(name, _nothing)(known)
        wanted = [derive(row) for row in rows]
        told = {column for want in wanted if want is not None for column in want}
        seen = {*KEYS[name], *READ[name], *told}
        for column in [c for c in frame.columns if c not in seen]:
            text = say("nothing is known of column {column}", column=column)
            notes.note(rule_of(name, rows[0]), say("table {name}", name=name), text)
        for column in sorted(told & set(frame.columns)):
            _compare(name, column, rows, wanted, notes)
        for column in told - set(frame.columns):
            values = [want and want.get(column) for want in wanted]
            lacking[f"{name}.{column}"] = values
    return lacking


def _compare(
    name: str,
    column: str,
    rows: list[Row],
    wanted: list[Wanted | None],
    notes: Notebook,
) -> None:
    """Compare one column: numbers within the tolerance, texts and flags as they are."""
    pairs = [
        (row, want[column])
        for row, want in zip(rows, wanted, strict=True)
        if want is not None and column in want
    ]
    if PLAN_TABLES[name].get(column) == "number":
        value = np.array([float(row[column]) for row, _ in pairs])
        want = np.array([float(right) for _, right in pairs])
        bad = ~(np.abs(value - want) <= notes.tolerance * (1.0 + np.abs(want)))
        bad &= ~(np.isnan(value) & np.isnan(want))
    else:
        bad = np.array([row[column] != right for row, right in pairs], dtype=bool)
    notes.checks += len(pairs)
    text = pattern(
        "{column} is {value} in the plan, {limit} when recomputed", column=column
    )
    for k in np.flatnonzero(bad):
        row, right = pairs[k]
        filled = text.filled(value=_shown(row[column]), limit=_shown(right))
        notes.note(rule_of(name, row), named(row, KEYS[name]), filled)


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


# -- what a row should say: None where the row itself is of nothing that there is ----

Derive = Callable[[Row], Wanted | None]


def _nothing(_: Known) -> Derive:
    return lambda _row: {}


def _places(known: Known) -> Callable[[Row], Wanted | None]:
    """Return what tells where a site is, and whether its stock is an estimate."""
    sites = known.rows("sites", "service", "site")
    homes = known.rows("settlements", "settlement")
    facilities = records(known.facts.tables["facilities"])
    guessed = {(f["service"], f["site"]) for f in facilities if f["is_synthetic"]}

    def derive(row: Row) -> Wanted | None:
        key = row["service"], row["site"]
        if key not in sites:
            return None
        home = homes.get(sites[key]["settlement"])
        return {
            "settlement": sites[key]["settlement"],
            "name": (home["name"] if home else "") or row["site"],
            "region": home["region"] if home else "",
            "is_synthetic": key in guessed,
        }

    return derive


def _facilities(known: Known) -> Derive:
    place, levels = _places(known), known.rows("levels", "service", "level")

    def derive(row: Row) -> Wanted | None:
        found, level = place(row), levels.get((row["service"], row["level"]))
        if found is None or level is None:
            return None
        return {**found, "title": level["title"]}

    return derive


def _unserved(known: Known) -> Derive:
    facts = known.facts

    def derive(row: Row) -> Wanted | None:
        if row["settlement"] not in facts.ids:
            return None
        i, t = facts.ids.get_loc(row["settlement"]), facts.times.position(row["period"])
        demand = facts.services[row["service"]].demand[i, t]
        return {"demand": row["share"] * float(demand)}

    return derive


def _ends(known: Known) -> Callable[[Row], Wanted | None]:
    links = known.rows("network_links", "network", "link")

    def derive(row: Row) -> Wanted | None:
        link = links.get((row["network"], row["link"]))
        return link and {end: link[end] for end in ("from_node", "to_node")}

    return derive


def _steps(known: Known) -> Derive:
    ends, steps = _ends(known), known.rows("link_upgrades", "network", "link", "step")

    def derive(row: Row) -> Wanted | None:
        step = steps.get((row["network"], row["link"], row["step"]))
        return step and {**(ends(row) or {}), "capacity": step["capacity"]}

    return derive


def _flows(known: Known) -> Derive:
    ends = _ends(known)

    def derive(row: Row) -> Wanted | None:
        check, found = known.networks[row["network"]], ends(row)
        step = int(row["step"])
        is_circuit = step == 0 or (row["link"], step) in check.upgrades
        if found is None or not is_circuit:
            return None
        link = check.links[row["link"]]
        room = room_of(check, link, step, check.period(row))
        out, back = row["forward"], row["backward"]
        lost = min(1.0, float(link["length_km"]) * float(link["loss_per_km"]))
        return {
            **found,
            "capacity": room,
            "use_share": max(out, back) / room if room > 0 else 0.0,
            "lost": (out + back) * lost,
        }

    return derive


def _sources(known: Known) -> Derive:
    sites = known.rows("sites", "service", "site")
    nodes = known.rows("network_nodes", "network", "settlement")

    def derive(row: Row) -> Wanted | None:
        site = sites.get((row["service"], row["site"]))
        service, level = known.facts.services[row["service"]], int(row["level"])
        if site is None or not 0 < level < len(service.price):
            return None
        fed = nodes.get((row["network"], site["settlement"])) or {"node": ""}
        j, t = (
            service.sites.get_loc(row["site"]),
            known.facts.times.position(row["period"]),
        )
        units = int(known.plans[row["service"]].units[j, level, t])
        return {
            "node": site["network_node"] or fed["node"],
            "capacity": units * float(service.levels["capacity"][level]),
        }

    return derive


def _nodes(known: Known) -> Callable[[Row], Wanted | None]:
    nodes = known.rows("network_nodes", "network", "node")

    def derive(row: Row) -> Wanted | None:
        node = nodes.get((row["network"], row["node"]))
        return node and {"settlement": node["settlement"]}

    return derive


def _loads(known: Known) -> Derive:
    node = _nodes(known)

    def derive(row: Row) -> Wanted | None:
        found, check = node(row), known.networks[row["network"]]
        if found is None:
            return None
        return {**found, "angle": row["angle"] if check.has_angles else 0.0}

    return derive


def _road_upgrades(known: Known) -> Derive:
    upgrades = known.rows("road_upgrades", "upgrade")

    def derive(row: Row) -> Wanted | None:
        rule = upgrades.get(row["upgrade"])
        if rule is None:
            return None
        return {"title": rule["title"] or row["upgrade"], "region": rule["region"]}

    return derive


def _connections(known: Known) -> Derive:
    table = known.facts.tables["connections"]
    rules = known.rows("connections", "connection")
    position = {code: k for k, code in enumerate(table["connection"])}

    def derive(row: Row) -> Wanted | None:
        rule = rules[row["connection"]]
        t = known.facts.times.position(row["period"])
        minutes = float(known.minutes[t][position[row["connection"]]])
        return {
            "from_settlement": rule["from_settlement"],
            "to_settlement": rule["to_settlement"],
            "limit_minutes": rule["minutes"],
            "minutes": minutes if np.isfinite(minutes) else np.nan,
        }

    return derive


def _growth_points(known: Known) -> Derive:
    homes = known.rows("settlements", "settlement")

    def derive(row: Row) -> Wanted | None:
        home = homes.get(row["settlement"])
        return home and {"name": home["name"], "region": home["region"]}

    return derive


def _concentrations(known: Known) -> Derive:
    rules = known.rows("concentrations", "concentration")

    def derive(row: Row) -> Wanted | None:
        whole, rule = row["capacity"], rules[row["concentration"]]
        return {
            "service": rule["service"],
            "share": row["in_growth_points"] / whole if whole > 0 else 1.0,
            "required_share": rule["share"],
        }

    return derive


def _shortfalls(known: Known) -> Derive:
    rules = known.rows("standards", "standard")
    return lambda row: {"service": rules[row["standard"]]["service"]}


DERIVED: dict[str, Callable[[Known], Derive]] = {
    "facilities": _facilities,
    "actions": _places,
    "unserved": _unserved,
    "network_steps": _steps,
    "flows": _flows,
    "sources": _sources,
    "local_supply": _nodes,
    "loads": _loads,
    "road_upgrades": _road_upgrades,
    "connections": _connections,
    "growth_points": _growth_points,
    "concentrations": _concentrations,
    "shortfalls": _shortfalls,
}
"""Table -> what the columns of a row should say."""
