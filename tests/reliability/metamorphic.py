"""What must not change, or only in one way, when an instance is changed.

No oracle is needed: two instances are solved, and their optima are compared. So they
may be of families that nobody enumerates, and a fault of model, presolve and reader
alike is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import pandas as pd
from contingency_case import contingent
from coupled_instances import coupled_instances
from feeder_optima import feeder_instances
from growth_instances import growth_instances
from hypothesis import strategies as st
from programme import CHUNK, Kind, Trial, drawn, own_seed
from road_instances import road_instances
from step_instances import step_instances
from tiny_instances import tiny_instances

import aumaq
from aumaq.instances import Instance, InstanceError, NoPlanError, from_tables
from aumaq.instances.schema.tables import TABLES

Tables = dict[str, pd.DataFrame]
Change = Callable[[Tables, Random], tuple[str, float]]
"""A change of tables: returns ``=``, ``<`` (not dearer) or "" (not possible here), and
the factor of the objective."""
SLACK = 4e-6
ANY = st.one_of(
    tiny_instances("free", running=None),
    tiny_instances("whole", running=None),
    tiny_instances("nearest", running=None),
    road_instances("free"),
    coupled_instances("power"),
    contingent(coupled_instances("water")),
    growth_instances(tiny_instances("free")),
    growth_instances(coupled_instances("angles")),
    feeder_instances(),
    step_instances(),
)
FREE = tiny_instances("free", running=None)
NAMES = {
    "settlement": ("settlement", "from_settlement", "to_settlement"),
    "site": ("site", "to_site", "other_site", "station"),
    "service": ("service", "to_service"),
    "region": ("region",),
    "node": ("node", "from_node", "to_node", "network_node"),
}
"""Columns that hold names of a kind, wherever they stand."""
IN_ORDER = ("periods", "scenarios")
"""Tables whose first row is the first one, or the one that is meant."""


def optimum(instance: Instance) -> float | None:
    """Return the least cost that the package finds, None where there is no plan."""
    try:
        plan = aumaq.solve(instance, gap=0.0)
    except NoPlanError:
        return None
    if not plan.is_verified:
        raise AssertionError(f"the audit says {plan.record['problems']}")
    return plan.objective_mln


def without(instance: Instance, lost: Sequence[str]) -> Instance:
    """Return the instance without the rows of tables, where they have any."""
    empty = {
        name: instance.tables[name].iloc[:0]
        for name in lost
        if len(instance.tables[name])
    }
    return from_tables({**instance.tables, **empty}) if empty else instance


def tried(
    strategy: st.SearchStrategy[Instance], change: Change, lost: Sequence[str] = ()
) -> Trial:
    """Return a trial that compares instances before and after a change.

    *lost*: tables that are emptied first, because the change does not hold with them.
    """

    def trial(seed: int, number: int, _: Path) -> list[str]:
        rng = Random(own_seed(seed, change.__name__, number))
        first = number - number % CHUNK
        for more in range(CHUNK):  # some instances have nothing that could be changed
            drawn_one = drawn(strategy, seed, first + (number + more) % CHUNK)
            try:
                instance = without(drawn_one, lost)
                tables = {name: rows.copy() for name, rows in instance.tables.items()}
                relation, factor = change(tables, rng)
                other = from_tables(tables) if relation else instance
            except InstanceError:
                continue
            if relation:
                return compared(optimum(instance), optimum(other), relation, factor)
        raise LookupError("no instance could be changed so")

    return trial


def compared(
    before: float | None, after: float | None, relation: str, factor: float
) -> list[str]:
    """Return how two optima do not stand as they should."""
    if before is None:
        return [] if after is None or relation == "<" else [f"no plan, then {after}"]
    if after is None:
        return [f"{before}, then no plan"]
    room = SLACK * max(1.0, abs(factor), abs(before * factor))
    away = after - before * factor
    if away > room or (relation == "=" and away < -room):
        return [f"{before} x {factor} {relation} {after} does not hold"]
    return []


def money_scaled(tables: Tables, rng: Random) -> tuple[str, float]:
    """Multiply all prices and all money."""
    factor = rng.choice([0.01, 0.5, 7.0, 1000.0])
    for table in TABLES:
        for column in table.columns:
            is_money = column.unit.startswith(("mln", "currency/"))
            if is_money and column.unit != "mln/mln":
                tables[table.name][column.name] *= factor
    return "=", factor


def names_changed(tables: Tables, rng: Random) -> tuple[str, float]:
    """Give other names, in another order of letters and in another script."""
    homes = {"settlement": "settlements", "site": "sites", "service": "services",
             "region": "regions", "node": "road_nodes"}  # fmt: skip
    for kind, columns in NAMES.items():
        known = set(tables[homes[kind]][kind])
        if kind == "node":
            known |= set(tables["network_nodes"]["node"])
        names = sorted(known)
        rng.shuffle(names)
        new = {name: f"{'қяz'[k % 3]}{k:02d} {kind}" for k, name in enumerate(names)}
        for frame in tables.values():
            for column in set(columns) & set(frame.columns):
                frame[column] = [new.get(name, name) for name in frame[column]]
    return "=", 1.0


def rows_shuffled(tables: Tables, rng: Random) -> tuple[str, float]:
    """Put the rows of all tables into another order."""
    for name, frame in tables.items():
        if name not in IN_ORDER:
            order = list(range(len(frame)))
            rng.shuffle(order)
            tables[name] = frame.iloc[order].reset_index(drop=True)
    return "=", 1.0


def useless_site(tables: Tables, rng: Random) -> tuple[str, float]:
    """Add a site where nothing may stand."""
    sites = tables["sites"]
    row = sites.iloc[[rng.randrange(len(sites))]].assign(
        site="useless", status="forbidden"
    )
    tables["sites"] = pd.concat([sites, row], ignore_index=True)
    ways = tables["travel"]
    if len(ways):
        more = ways.iloc[[0]].assign(site="useless", minutes=rng.choice([1.0, 50.0]))
        tables["travel"] = pd.concat([ways, more], ignore_index=True)
    return "=", 1.0


def far_site(tables: Tables, rng: Random) -> tuple[str, float]:
    """Add a site that may be built where nobody can come from."""
    service = rng.choice(tables["services"]["service"].tolist())
    sites = tables["sites"]
    row = sites[sites["service"] == service].head(1).assign(
        site="far", status="candidate", settlement="", lat=-40.0, lon=-70.0,
        max_units=1, node="",
    )  # fmt: skip
    # A facility far away may take posts, count as an emission, and earn no residual
    # value beyond its price: an optimum with it is not better.
    tables["sites"] = pd.concat([sites, row], ignore_index=True)
    return "=", 1.0


RELAXED: dict[str, Callable[[pd.DataFrame, int], None]] = {}


def _relaxation(table: str) -> Callable[[Callable[[pd.DataFrame, int], None]], None]:
    def known(change: Callable[[pd.DataFrame, int], None]) -> None:
        RELAXED[table] = change

    return known


@_relaxation("budgets")
def _more_money(rows: pd.DataFrame, k: int) -> None:
    rows.loc[k, "amount_mln"] = rows.loc[k, "amount_mln"] * 1.5 + 1.0


@_relaxation("standards")
def _lower_share(rows: pd.DataFrame, k: int) -> None:
    rows.loc[k, "share"] *= 0.7


@_relaxation("counts")
def _wider_count(rows: pd.DataFrame, k: int) -> None:
    rows.loc[k, "most"] += 1
    rows.loc[k, "least"] = max(0, rows.loc[k, "least"] - 1)


@_relaxation("impact_limits")
def _more_emissions(rows: pd.DataFrame, k: int) -> None:
    rows.loc[k, "most"] += 2.0


@_relaxation("referrals")
def _farther(rows: pd.DataFrame, k: int) -> None:
    rows.loc[k, "minutes"] += 30.0


@_relaxation("contingencies")
def _less_in_emergencies(rows: pd.DataFrame, k: int) -> None:
    rows.loc[k, "served_share"] *= 0.6


@_relaxation("network_links")
def _thicker(rows: pd.DataFrame, k: int) -> None:
    rows.loc[k, "capacity"] *= 2.0


def _lost(rows: pd.DataFrame, k: int) -> None:
    rows.drop(index=k, inplace=True)
    rows.reset_index(drop=True, inplace=True)


for _table in ("gaps", "closing_rules", "together_rules", "shift_limits",
               "building_capacity", "concentrations", "connections", "mergers",
               "agglomerations"):  # fmt: skip
    RELAXED[_table] = _lost


def rule_relaxed(tables: Tables, rng: Random) -> tuple[str, float]:
    """Let a rule give way."""
    known = [name for name in RELAXED if len(tables.get(name, ()))]
    # Thicker wires share angles out anew, and may carry less together.
    if len(tables["networks"]) and (tables["networks"]["flow_model"] == "dc").any():
        known = [name for name in known if name != "network_links"]
    if not known:
        return "", 1.0
    name = rng.choice(known)
    RELAXED[name](tables[name], rng.randrange(len(tables[name])))
    return "<", 1.0


BY_PLACE = ("population", "anchors", "settlement_tags", "gaps", "together_rules",
            "mobile_services", "concentrations", "growth_candidates", "networks",
            "agglomerations", "closing_rules")  # fmt: skip


def settlement_split(tables: Tables, rng: Random) -> tuple[str, float]:
    """Let half of a settlement live next door, with the same ways."""
    places, ways, sites = tables["settlements"], tables["travel"], tables["sites"]
    k = rng.randrange(len(places))
    old = places["settlement"][k]
    for column in places:
        if column in ("population", "border_population"):
            places.loc[k, column] /= 2.0
    twin = places.iloc[[k]].assign(settlement="twin")
    tables["settlements"] = pd.concat([places, twin], ignore_index=True)
    own = ways[ways["settlement"] == old].assign(settlement="twin")
    here = sites["site"][sites["settlement"] == old]
    home = [s for s in here.unique() if s not in set(own["site"])]
    within = float(places["internal_minutes"][k])
    inside = pd.DataFrame({"settlement": "twin", "site": home, "minutes": within})
    tables["travel"] = pd.concat([ways, own, inside], ignore_index=True)
    return "=", 1.0


BY_PERIOD = ("population", "growth", "budgets", "impact_limits", "shift_limits",
             "staff_supply", "building_capacity", "agglomerations", "load_rates",
             "industrial_loads", "growth_gains", "funding_limits", "funding_sources",
             "partnerships", "counts", "burdens")  # fmt: skip


def period_split(tables: Tables, rng: Random) -> tuple[str, float]:
    """Cut a period in two: the same can be done, and more besides."""
    periods = tables["periods"]
    long = [k for k, years in enumerate(periods["years"]) if years > 1]
    if not long:
        return "", 1.0
    k = rng.choice(long)
    row, first = periods.iloc[[k]], rng.randrange(1, int(periods["years"][k]))
    parts = [
        periods.iloc[:k], row.assign(years=first),
        row.assign(
            period="later", years=row["years"] - first,
            first_year=row["first_year"] + first,
        ),
        periods.iloc[k + 1 :],
    ]  # fmt: skip
    tables["periods"] = pd.concat(parts, ignore_index=True)
    return "<", 1.0


KINDS = [
    Kind(name, "metamorphic", count, tried(strategy, change, lost))
    for name, count, strategy, change, *lost in (
        ("all money times k: the cost times k", 60, ANY, money_scaled),
        ("other names: the same cost", 60, ANY, names_changed),
        ("rows in another order: the same cost", 60, ANY, rows_shuffled),
        ("a site where nothing may stand: the same cost", 40, ANY, useless_site),
        ("a site that nobody reaches: the same cost", 30, FREE, far_site),
        ("a rule that gives way: not dearer", 80, ANY, rule_relaxed),
        (
            "a settlement in two halves: the same cost",
            30,
            FREE,
            settlement_split,
            *BY_PLACE,
        ),
        ("a period in two parts: not dearer", 30, ANY, period_split, *BY_PERIOD),
    )
]
