"""Impacts on the environment: how much of each there is, and that limits hold.

Computed row by row from the plan's tables, so that what stands today can be measured in
the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Floats
from aumaq.instances.language.texts import say
from aumaq.results.audit.findings import DUST
from aumaq.results.audit.frames import plan_table, records, table_of_rows
from aumaq.results.audit.ledger import Ledger
from aumaq.results.audit.zones import ROUNDING_KM, kilometres, members, places_of

Tables = Mapping[str, pd.DataFrame]
Row = dict[str, Any]
PLACED = ("of", "service", "site", "network", "node", "region", "period")
INCLUDED = {
    ("footprint", "facility"): "footprint_ha",
    ("emissions", "facility"): "emissions_t_per_year",
    ("emissions", "supply"): "supply_emissions_t_per_unit_year",
}
"""What an impact includes, of what -> the column of ``levels``."""
PARTS = {
    "facilities": ("facility",),
    "supply": ("supply",),
    "local_supply": ("local_supply", "local_capacity"),
    "travel": ("travel",),
}
"""Column of the table of impacts -> what it is of."""


def impact_table(instance: Tables, plan: Tables) -> pd.DataFrame:
    """Return each impact by region and period, and what it is of.

    *instance* and *plan* are the tables of both; of today's stock these of today.
    """
    parts = []
    for impact in records(instance["impacts"]):
        rows = impact_rows(instance, plan, impact)
        sums = {
            name: rows["amount"].where(rows["of"].isin(causes), 0.0)
            for name, causes in PARTS.items()
        }
        rows = rows[["region", "period", "amount"]].assign(**sums)
        by = rows.groupby(["region", "period"], as_index=False, sort=True).sum()
        parts.append(by.assign(impact=impact["impact"], unit=impact["unit"]))
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    names = ("impact", "unit", "region", "period", "amount", *PARTS)
    return plan_table("impacts", {name: found.get(name, ()) for name in names})


def impact_rows(instance: Tables, plan: Tables, impact: Row) -> pd.DataFrame:
    """Return what adds to an impact, where and when: a row for each thing."""
    rates = records(instance["impact_rates"])
    rates = [row for row in rates if row["impact"] == impact["impact"]]
    region = instance["settlements"].set_index("settlement")["region"]
    sites = instance["sites"].set_index(["service", "site"])["settlement"]
    parts = []
    for of, frame in (("facility", plan["facilities"]), ("supply", plan["sources"])):
        keys = pd.MultiIndex.from_frame(frame[["service", "site"]])
        homes = sites.reindex(keys).to_numpy(dtype=object)
        count = frame["units"] if of == "facility" else frame["supply"]
        rate = _of_levels(instance, rates, impact["includes"], of, frame)
        parts.append(_rows(of, frame, region, homes, count * rate))
    local = plan["local_supply"]
    for of, column in (("local_supply", "supply"), ("local_capacity", "capacity")):
        rate = _of_local(instance, rates, impact["includes"], of, local)
        parts.append(
            _rows(of, local, region, local["settlement"], local[column] * rate)
        )
    ways = _travelled(plan)
    amount = ways["demand"] * ways["length_km"] * _of_travel(instance, rates, ways)
    parts.append(_rows("travel", ways, region, ways["settlement"], amount))
    found = pd.concat(parts, ignore_index=True)
    return found[found["amount"] > 0.0]


def _travelled(plan: Tables) -> pd.DataFrame:
    """Return ways with the demand that goes them: who is visited stays at home."""
    ways = plan["allocation"]
    if "visits" not in plan or plan["visits"].empty:
        return ways
    stays = plan["visits"].assign(demand=-plan["visits"]["demand"])
    key = ["service", "settlement", "site", "period", "length_km"]
    both = pd.concat([ways[[*key, "demand"]], stays[[*key, "demand"]]])
    sums = both.groupby(key, as_index=False, sort=False)["demand"].sum()
    return sums.assign(demand=sums["demand"].clip(lower=0.0))


def _rows(
    of: str, frame: pd.DataFrame, region: Any, homes: Any, amount: Any
) -> pd.DataFrame:
    """Return amounts with what says where they are; places that are not there: ""."""
    at = region.reindex(pd.Index(homes)).fillna("").to_numpy(dtype=object)
    given = {"of": of, "region": at}
    return pd.DataFrame(
        {
            **{
                name: given.get(name, frame[name].to_numpy(dtype=object)
                                if name in frame else "")
                for name in PLACED
            },
            "amount": np.asarray(amount, dtype=float),
        }
    )  # fmt: skip


def _of_levels(
    instance: Tables, rates: list[Row], includes: str, of: str, frame: pd.DataFrame
) -> Floats:
    """Return the rate of one, for each row of a table with service and level."""
    known: dict[tuple[str, int], float] = {}
    given = {(r["service"], int(r["level"])): r["rate"] for r in rates if r["of"] == of}
    column = INCLUDED.get((includes, of))
    for row in records(instance["levels"]):
        service, level = row["service"], int(row["level"])
        rate = given.get((service, level), given.get((service, 0), 0.0))
        known[service, level] = rate + (row[column] if column else 0.0)
    keys = zip(frame["service"], frame["level"], strict=True)
    return np.array([known.get((s, int(level)), 0.0) for s, level in keys], float)


def _of_local(
    instance: Tables, rates: list[Row], includes: str, of: str, frame: pd.DataFrame
) -> Floats:
    """Return the rate of a unit, for each row of local supply."""
    given = {(r["network"], r["option"]): r["rate"] for r in rates if r["of"] == of}
    rules = {
        (r["network"], r["option"], r["settlement"]): r["emissions_t_per_unit_year"]
        for r in records(instance["local_supplies"])
        if includes == "emissions" and of == "local_supply"
    }
    found = []
    for row in records(frame):
        kind = row["network"], row["option"]
        rate = given.get(kind, given.get((row["network"], ""), 0.0))
        usual = rules.get((*kind, ""), 0.0)
        found.append(rate + rules.get((*kind, row["settlement"]), usual))
    return np.array(found, dtype=float)


def _of_travel(instance: Tables, rates: list[Row], frame: pd.DataFrame) -> Floats:
    """Return the rate of a km of a unit of demand for a year, with all who come."""
    given = {row["service"]: row["rate"] for row in rates if row["of"] == "travel"}
    known = {
        row["service"]: given.get(row["service"], given.get("", 0.0))
        * row["trips_per_year"]
        * (1.0 + row["companions_per_trip"])
        for row in records(instance["services"])
    }
    return frame["service"].map(known).to_numpy(dtype=float)


def limits(ledger: Ledger, plan: Tables) -> pd.DataFrame:
    """Check limits on impacts; return each with what there is, and the excess."""
    tables, found = ledger.facts.tables, []
    heads = {row["impact"]: row for row in records(tables["impacts"])}
    known: dict[str, pd.DataFrame] = {}
    for rule in records(tables["impact_limits"]):
        code = rule["impact"]
        if code not in known:
            known[code] = impact_rows(tables, plan, heads[code])
        rows = known[code][known[code]["period"] == rule["period"]]
        if rule["region"]:
            rows = rows[rows["region"] == rule["region"]]
        if rule["zone"] or rule["kind"]:
            rows = rows[_stands_in(ledger, rule, rows)]
        amount, most = float(rows["amount"].sum()), float(rule["most"])
        if rule["is_hard"]:
            place = say("period {period}", period=rule["period"])
            text = say("{value} of {limit} that may be")
            ledger.notes.at_most(
                f"limit:{rule['limit']}", amount, most, lambda *_, p=place: p, text
            )
        over = amount - most
        is_over = over > DUST * max(most, 1.0) and not rule["is_hard"]
        names = ("limit", "period", "impact", "region", "zone", "kind", "most")
        found.append(
            {name: rule[name] for name in names}
            | {"amount": amount, "excess": over if is_over else 0.0}
        )
    return table_of_rows("impact_limits", found)


def excess_mln(ledger: Ledger, table: pd.DataFrame) -> float:
    """Return what the excess over all limits weighs, discounted mln."""
    rules, times = ledger.facts.tables["impact_limits"], ledger.facts.times
    t = [times.position(str(period)) for period in rules["period"]]
    price = rules["excess_mln_per_unit_year"].to_numpy(dtype=float) * times.yearly[t]
    return float((table["excess"].to_numpy() * price).sum())


def _stands_in(ledger: Ledger, rule: Row, rows: pd.DataFrame) -> Any:
    """Return which rows stand in the zone of a limit, or in zones of its kind."""
    facts = ledger.facts
    zones = records(facts.tables["zones"])
    meant = [
        z for z, zone in enumerate(zones)
        if (zone["zone"] == rule["zone"] if rule["zone"]
            else zone["kind"] == rule["kind"])
    ]  # fmt: skip
    inside = set()
    for name, service in facts.services.items():
        places = places_of(service.table, service.home, facts.settlements)
        here = members(facts.tables, name, places)[meant].any(axis=0)
        inside |= {(name, site) for site in service.sites[here]}
    nodes = facts.tables["network_nodes"]
    lat, lon = (nodes[name].to_numpy(dtype=float) for name in ("lat", "lon"))
    for z in meant:
        near = nodes[kilometres(zones[z], lat, lon) <= ROUNDING_KM]
        inside |= set(zip(near["network"], near["node"], strict=True))
    is_local = rows["of"].isin(PARTS["local_supply"])
    first = rows["network"].where(is_local, rows["service"])
    second = rows["node"].where(is_local, rows["site"])
    stands = [key in inside for key in zip(first, second, strict=True)]
    return np.array(stands, dtype=bool) & (rows["of"] != "travel").to_numpy()
