"""Ways in which a plan can be false, as changes of its tables."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pandas as pd
from grid_example import grid_rows
from shared_plans import shipped
from tiny_instances import Rows
from two_villages import village_rows

import aumaq
from aumaq.instances import Instance
from aumaq.results import Plan

Tables = dict[str, pd.DataFrame]
Change = Callable[[Tables], None]
Corruptions = dict[str, tuple[Change, str]]
"""Name -> what becomes of a plan, and the id of the rule that it breaks then."""


@cache
def ruled() -> Instance:
    """The tiny instance with a priced standard, a priced budget, and a count."""
    tiny = shipped()
    standards = tiny.table("standards").reindex(range(1)).assign(
        standard="near", service="school", applies_to="all", scope="settlement",
        minutes=10.0, share=0.5, is_hard=False, shortfall_mln_per_unit_year=0.1,
        first_period="", title="", source="",
    )  # fmt: skip
    budgets = tiny.table("budgets").reindex(range(1)).assign(
        budget="all", period="2026-30", amount_mln=150.0, covers="investment",
        title="", service="", region="", is_hard=False, overrun_price=0.5, source="",
    )  # fmt: skip
    counts = tiny.table("counts").reindex(range(1)).assign(
        count="few", service="school", from_level=1, region="R", period="", most=2,
        title="", source="",
    )  # fmt: skip
    impacts = [{"impact": "co2", "unit": "t/year"}]
    rates = [{"impact": "co2", "of": "facility", "service": "school", "rate": 2.0}]
    cap = {"limit": "cap", "period": "2026-30", "impact": "co2", "most": 1.0,
           "excess_mln_per_unit_year": 1e-4}  # fmt: skip
    return tiny.replace(
        standards=standards, budgets=budgets, counts=counts,
        impacts=pd.DataFrame(impacts), impact_rates=pd.DataFrame(rates),
        impact_limits=pd.DataFrame([cap]),
    )  # fmt: skip


@cache
def best_plan() -> Plan:
    """Return the optimal plan of that instance."""
    return aumaq.solve(ruled(), gap=0.0)


def cell(table: str, row: int, column: str, value: object) -> Change:
    """Return a change of one cell."""

    def change(tables: Tables) -> None:
        frame = tables[table].copy()
        frame[column] = frame[column].astype(object)
        frame.loc[frame.index[row], column] = value
        tables[table] = frame.infer_objects()

    return change


def drop(table: str, *rows: int) -> Change:
    """Return a change that removes rows."""

    def change(tables: Tables) -> None:
        tables[table] = tables[table].drop(index=list(rows)).reset_index(drop=True)

    return change


def double(table: str) -> Change:
    """Return a change that repeats the first row."""

    def change(tables: Tables) -> None:
        tables[table] = pd.concat([tables[table], tables[table].head(1)])

    return change


def every(table: str, column: str, value: object) -> Change:
    """Return a change of a whole column."""

    def change(tables: Tables) -> None:
        tables[table] = tables[table].assign(**{column: value})

    return change


def again(table: str, **values: object) -> Change:
    """Return a change that repeats the first row with other values."""

    def change(tables: Tables) -> None:
        rows = [tables[table], tables[table].head(1).assign(**values)]
        tables[table] = pd.concat(rows, ignore_index=True)

    return change


def several(*changes: Change) -> Change:
    """Return a change made of changes."""

    def change(tables: Tables) -> None:
        for one in changes:
            one(tables)

    return change


CORRUPTIONS: Corruptions = {
    "a facility vanishes": (drop("facilities", 1), "siting:school"),
    "all facilities vanish": (drop("facilities", 0, 1), "capacity:school"),
    "one unit more than fits": (cell("facilities", 0, "units", 2), "siting:school"),
    "half a facility": (cell("facilities", 0, "units", 0.5), "siting:school"),
    "fewer than none": (cell("facilities", 0, "units", -1), "siting:school"),
    "a level that is not": (cell("facilities", 0, "level", 7), "siting:school"),
    "a level too small for its pupils": (
        several(
            cell("facilities", 0, "level", 1),
            cell("actions", 0, "to_level", 1),
            cell("actions", 0, "action", "keep"),
            cell("actions", 1, "from_level", 1),
        ),
        "capacity:school",
    ),
    "a facility at a site unheard of": (
        cell("facilities", 0, "site", "z"),
        "siting:school",
    ),
    "more run than may": (cell("facilities", 0, "units", 3), "count:few"),
    "a facility moves by itself": (cell("facilities", 1, "site", "b"), "siting:school"),
    "an action unsaid": (drop("actions", 0), "siting:school"),
    "an action from nowhere": (cell("actions", 0, "from_level", 2), "siting:school"),
    "an action under a false name": (
        cell("actions", 0, "action", "close"),
        "siting:school",
    ),
    "building at half price": (cell("actions", 0, "cost_mln", 100.0), "objective"),
    "served one and a half times": (
        cell("allocation", 0, "share", 1.5),
        "allocation:school",
    ),
    "half forgotten": (cell("allocation", 0, "share", 0.5), "allocation:school"),
    "a negative share": (cell("allocation", 0, "share", -1.0), "allocation:school"),
    "served where nothing stands": (
        cell("allocation", 2, "site", "b"),
        "capacity:school",
    ),
    "served without a facility": (
        cell("allocation", 2, "site", "b"),
        "allocation:school",
    ),
    "a column left out": (
        lambda tables: tables.update(
            allocation=tables["allocation"].drop(columns="minutes")
        ),
        "tables",
    ),
    "a column too many": (every("allocation", "more", 1.0), "allocation:school"),
    "served beyond the cut-off": (
        several(drop("unserved", 0), cell("allocation", 2, "settlement", "c")),
        "allocation:school",
    ),
    "minutes made shorter": (cell("allocation", 2, "minutes", 5.0), "access:school"),
    "demand made smaller": (cell("allocation", 0, "demand", 8.0), "allocation:school"),
    "unserved people hidden": (drop("unserved", 0), "allocation:school"),
    "a share that is no number": (
        cell("allocation", 0, "share", float("nan")),
        "allocation:school",
    ),
    "a row twice": (double("allocation"), "allocation:school"),
    "a period unheard of": (
        cell("allocation", 0, "period", "1999"),
        "allocation:school",
    ),
    "a shortfall hidden": (cell("shortfalls", -1, "shortfall", 0.0), "standard:near"),
    "a standard left out": (drop("shortfalls", 0), "standard:near"),
    "an overrun hidden": (cell("budgets", 0, "overrun_mln", 0.0), "budget:all"),
    "spending hidden": (cell("budgets", 0, "spent_mln", 1.0), "budget:all"),
    "money hidden": (cell("money", 0, "amount_mln", 1.0), "objective"),
    "discounting twice": (cell("money", 0, "discounted_mln", 1.0), "objective"),
    "emissions hidden": (cell("impacts", 0, "amount", 0.5), "impacts"),
    "a limit that looks kept": (cell("impact_limits", 0, "excess", 0.0), "limit:cap"),
    "a cheaper objective": (cell("objective", 0, "discounted_mln", 1.0), "objective"),
    "spending of a sector hidden": (
        cell("sectors", 0, "investment_mln", 1.0),
        "sectors",
    ),
    "people of a sector invented": (cell("sectors", 0, "persons", 1e6), "sectors"),
    "a table left out": (lambda tables: tables.pop("allocation"), "tables"),
}

ON_ROADS: Corruptions = {
    "the road is not there": (drop("road_upgrades", 0), "access:s"),
    "an unknown road": (cell("road_upgrades", 0, "upgrade", "x"), "roads:upgrades"),
    "a wrong price": (cell("road_upgrades", 0, "capex_mln", 2.0), "roads:upgrades"),
    "a wrong length": (cell("road_upgrades", 0, "length_km", 2.0), "roads:upgrades"),
    "a period too early": (cell("road_upgrades", 0, "period", "p0"), "roads:upgrades"),
    "today's minutes": (cell("allocation", 1, "minutes", 60.0), "access:s"),
    "a connection missed": (cell("connections", 0, "is_met", False), "connection:c"),
    "a connection's minutes": (cell("connections", 0, "minutes", 3.0), "connection:c"),
    "a connection's price": (cell("connections", 0, "cost_mln", 1.0), "connection:c"),
    "no connection": (drop("connections", 0), "connection:c"),
    "an unknown connection": (cell("connections", 0, "connection", "x"),
                              "connection:x"),
}  # fmt: skip
"""The same of the joint plan of two villages."""

ON_NETWORKS: Corruptions = {
    "a line that nobody built": (drop("network_steps", 0), "network:power:capacity"),
    "a line at half price": (
        cell("network_steps", 0, "capex_mln", 1.0),
        "network:power:steps",
    ),
    "a step unheard of": (cell("network_steps", 0, "step", 7), "network:power:steps"),
    "more than a line carries": (
        cell("flows", 1, "forward", 99.0),
        "network:power:capacity",
    ),
    "a flow forgotten": (drop("flows", 0), "network:power:balance"),
    "a flow made up": (cell("flows", 0, "backward", 5.0), "network:power:balance"),
    "a negative flow": (cell("flows", 1, "backward", -1.0), "network:power:capacity"),
    "a line unheard of": (cell("flows", 0, "link", "e9"), "network:power:capacity"),
    "more than the plant has": (
        cell("sources", 0, "supply", 50.0),
        "network:power:supply",
    ),
    "a plant unheard of": (cell("sources", 0, "site", "q"), "network:power:supply"),
    "power from nowhere": (drop("local_supply", 0), "network:power:balance"),
    "more solar than there is": (
        cell("local_supply", 0, "supply", 9.0),
        "network:power:local",
    ),
    "more solar than fits": (
        cell("local_supply", 0, "capacity", 9.0),
        "network:power:local",
    ),
    "shed load hidden": (cell("loads", 2, "shed", 0.0), "network:power:balance"),
    "load made smaller": (cell("loads", 1, "base_load", 1.0), "network:power:balance"),
    "a school without load": (
        cell("loads", 1, "facility_load", 0.0),
        "network:power:balance",
    ),
    "a node left out": (drop("loads", 1), "network:power:balance"),
    "shedding for nothing": (cell("objective", 8, "discounted_mln", 0.0), "objective"),
}
"""The same of the plan of the example with a network."""

ON_GROWTH_POINTS: Corruptions = {
    "a choice hidden": (every("growth_points", "is_chosen", False), "allocation:s"),
    "people invented": (
        every("growth_points", "persons_gained", 70.0),
        "growth:points",
    ),
    "more inhabitants": (every("growth_points", "persons", 170.0), "growth:points"),
    "a cheaper point": (every("growth_points", "capex_mln", 1.0), "growth:points"),
    "a point unheard of": (every("growth_points", "settlement", "b"), "growth:points"),
    "another tier": (every("growth_points", "tier", "low"), "growth:points"),
    "demand of before": (every("allocation", "demand", 100.0), "allocation:s"),
    "money hidden": (every("money", "amount_mln", 0.0), "objective"),
    "concentration invented": (
        every("concentrations", "in_growth_points", 90.0),
        "concentration:k",
    ),
}
"""The same of a plan with a growth point, in every row."""

VILLAGES: dict[str, Rows] = {
    "policies": [{"discount_rate": 0.0, "count_residual_value": False}],
    "sites": [
        {"site": "a", "service": "s", "settlement": "a", "status": "existing"},
        {"site": "b", "service": "s", "settlement": "b"},
    ],
    "levels": [{"service": "s", "level": 1, "capacity": 150.0, "capex_mln": 500.0}],
    "facilities": [{"service": "s", "site": "a", "level": 1}],
}
"""Two villages of 100 people, one school for 150: the others have none."""
TWO_SCHOOLS: dict[str, Rows] = {
    **VILLAGES,
    "settlements": [{"settlement": "a"}, {"settlement": "b", "population": 40.0}],
    "sites": [{**site, "status": "existing"} for site in VILLAGES["sites"]],
    "levels": [{**VILLAGES["levels"][0], "opex_mln_per_year": 9.0}],
    "facilities": [{"service": "s", "site": at, "level": 1} for at in "ab"],
}
"""Two villages of 100 and 40 people with a school each: one of them is dear enough."""
GIVES: dict[str, Rows] = {
    "possible_mergers": [
        {
            "possible_merger": "m",
            "service": "s",
            "site": "a",
            "other_site": "b",
            "saving_mln_per_year": 9.0,
        }
    ]
}
GRID = grid_rows()
IN_A_PARK: dict[str, Rows] = {
    "zones": [{"zone": "park", "title": "Park", "kind": "protected", "lat": 50.0,
               "lon": 70.0, "radius_km": 1.0}],
    "zone_works": [{"zone_work": "w", "kind": "protected", "of": "links"}],
}  # fmt: skip
"""The line of the grid begins in a park where none may be built."""


def with_all(rows: dict[str, Rows], table: str, **values: object) -> dict[str, Rows]:
    """Return a table with values in every row of it."""
    return {table: [{**row, **values} for row in rows.get(table, [])]}


SERVED: dict[str, Rows] = {
    "services": [{"service": "s", "unserved_mln_per_unit_year": 1.0}]
}
SECOND: dict[str, Rows] = {
    "services": [*SERVED["services"], {**SERVED["services"][0], "service": "h"}],
    "levels": [*VILLAGES["levels"], {**VILLAGES["levels"][0], "service": "h"}],
    "sites": [*VILLAGES["sites"], {"site": "a", "service": "h", "settlement": "a"}],
    "referrals": [
        {"referral": "up", "service": "s", "from_level": 1, "to_service": "h",
         "to_level": 1, "minutes": 15.0}
    ],
}  # fmt: skip
TIER: dict[str, Rows] = {
    "growth_tiers": [{"tier": "t", "min_count": 1}],
    "growth_candidates": [
        {"settlement": "b", "tier": "t", "gain_share": 0.05, "donors": "total"}
    ],
}
CROWDED: dict[str, Rows] = {
    **VILLAGES,
    **TIER,
    "settlements": [
        {"settlement": "a"}, {"settlement": "b", "agglomeration": "A"}
    ],
    "agglomerations": [{"agglomeration": "A", "max_persons": 105.0}],
}  # fmt: skip
ANGLES: dict[str, Rows] = {
    **with_all(GRID, "networks", flow_model="dc"),
    **with_all(GRID, "network_links", susceptance=20.0, loss_per_km=0.0),
    **with_all(GRID, "link_upgrades", susceptance=20.0),
}


EMPTY: dict[str, Rows] = {
    "facilities": [],
    "sites": [{**row, "status": "candidate"} for row in VILLAGES["sites"]],
    **with_all(VILLAGES, "levels", capex_mln=5.0),
}
PARK: dict[str, Rows] = {
    "zones": [{"zone": "park", "kind": "protected", "lat": 50.0, "lon": 70.0,
               "radius_km": 3.0}],
    "zone_permits": [{"kind": "protected", "is_permitted": False}],
}  # fmt: skip


SHIFT: dict[str, Rows] = {
    "shifts": [{"service": "s", "extra_share": 0.2, "cost_mln_per_unit_year": 0.01}],
}
SHIFT_LIMIT: Rows = [
    {"shift_limit": "few", "service": "s", "period": "p1", "most_share": 0.1}
]
TEACHERS: dict[str, Rows] = {
    "professions": [{"profession": "teacher"}],
    "staff_needs": [
        {"profession": "teacher", "service": "s", "level": 1, "posts": 9.0}
    ],
    "staff_supply": [
        {"profession": "teacher", "region": "R", "period": "p1", "available": 7.0,
         "hire_mln": 0.5}
    ],
}  # fmt: skip
FAR: Rows = [
    {"standard": "near", "service": "s", "minutes": 10.0, "share": 0.4,
     "is_hard": False, "shortfall_mln_per_unit_year": 0.5}
]  # fmt: skip
BUS: dict[str, Rows] = {
    "standards": FAR,
    "buses": [{"service": "s", "within_minutes": 40.0, "cost_mln_per_unit_year": 0.01}],
}
CLINIC: dict[str, Rows] = {
    "standards": FAR,
    "mobile_services": [
        {"mobile_service": "m", "service": "s", "days_per_year": 60.0,
         "units_per_day": 1.0, "within_minutes": 40.0, "cost_mln_per_day": 0.001,
         "cost_mln_per_team_year": 0.01}
    ],
}  # fmt: skip
RENEWED = with_all(VILLAGES, "facilities", renew_by_year=2026)
KEPT = with_all(VILLAGES, "facilities", renew_by_year=2026, is_locked=True)
BUILDERS: Rows = [{"building_capacity": "k", "period": "p1", "most_changes": 0.0}]


MONEY: dict[str, Rows] = {
    **VILLAGES,
    "sites": [*VILLAGES["sites"][:1], {**VILLAGES["sites"][1], "status": "required"}],
    "levels": [{**VILLAGES["levels"][0], "opex_mln_per_year": 2.0}],
    "funding_sources": [{"fund": "n"}, {"fund": "d"}],
    "funding_limits": [{"fund": "d", "period": "p1", "amount_mln": 100.0}],
    "funding_eligibility": [{"fund": "n", "covers": "operation"},
                            {"fund": "d", "covers": "investment"}],
    "partnerships": [{"partnership": "p", "service": "s", "limit_mln": 1e3,
                      "premium": 0.1, "term_years": 4, "first_payment_years": 0}],
}  # fmt: skip
"""A school that must be built for 500 mln: *d* has 100, the partner pays the rest."""
TWICE: dict[str, Rows] = {
    **MONEY,
    "funding_sources": [], "funding_limits": [], "funding_eligibility": [],
    "policies": [{"discount_rate": 0.2}],
    "partnerships": [{**MONEY["partnerships"][0], "partnership": p, "share_most": 0.8}
                     for p in "pq"],
}  # fmt: skip
"""Two partners who are worth more than what they are paid back pay for it."""


MOVED: dict[str, Rows] = {
    "periods": [{"period": "p1", "first_year": 2026, "years": 1},
                {"period": "p2", "first_year": 2027, "years": 1}],
    "relocations": [{"relocation": "m", "service": "s", "site": "a", "to_site": "b",
                     "cost_mln": 2.0}],
}  # fmt: skip
MOVING: dict[str, Rows] = {
    **VILLAGES,
    **MOVED,
    "settlements": [{"settlement": "a", "population": 20.0}, {"settlement": "b"}],
    "services": [{"service": "s", "unserved_mln_per_unit_year": 1.0,
                  "cutoff_minutes": 20.0}],
}  # fmt: skip
"""A school in a village of 20, which moves to where 100 live."""


FED: dict[str, Rows] = {
    "policies": [{"discount_rate": 0.0, "value_of_time_per_hour": 0.0,
                  "count_residual_value": False}],
    "services": [{"service": "s", "unserved_mln_per_unit_year": 5.0},
                 {"service": "h", "unserved_mln_per_unit_year": 1.0}],
    "levels": [{"service": "s", "level": 1, "capacity": 200.0, "capex_mln": 900.0},
               {"service": "h", "level": 1, "capacity": 100.0, "capex_mln": 900.0}],
    "sites": [{"site": x, "service": y, "settlement": x, "status": "existing"}
              for y, x in ("sa", "ha", "hb")],
    "facilities": [{"service": y, "site": x, "level": 1}
                   for y, x in ("sa", "ha", "hb")],
}  # fmt: skip
"""Pupils of a and b go to one school in a; two secondary schools hold 100 each."""
ON: dict[str, Rows] = {"feeders": [{"feeder": "on", "service": "s", "to_service": "h"}]}


ROADS = village_rows(price=5.0)
TWO_YEARS: dict[str, Rows] = {"periods": MOVED["periods"]}
THREE_SCHOOLS: dict[str, Rows] = {
    **TWO_SCHOOLS,
    "settlements": [*TWO_SCHOOLS["settlements"], {"settlement": "c",
                                                  "population": 1.0}],
    "sites": [*TWO_SCHOOLS["sites"],
              {"site": "c", "service": "s", "settlement": "c", "status": "existing"}],
    "facilities": [*TWO_SCHOOLS["facilities"],
                   {"service": "s", "site": "c", "level": 1}],
}  # fmt: skip
"""The same with a hamlet that has a third school."""


def twice_renewed(tables: Tables) -> None:
    """Renew each facility twice that is renewed."""
    actions = tables["actions"]
    is_renewal = actions["action"] == "renew"
    factor = is_renewal + 1
    tables["actions"] = actions.assign(
        units=actions["units"] * factor, cost_mln=actions["cost_mln"] * factor
    )


def nothing(_: Tables) -> None:
    """Leave the plan as it is."""


UNDER_A_RULE: dict[str, tuple[dict[str, Rows], dict[str, Rows], Change, str]] = {
    "a village is split": (
        VILLAGES, with_all(SERVED, "services", allocation="whole"), nothing, "whole:s",
    ),
    "past an open site": (
        VILLAGES, with_all(SERVED, "services", allocation="nearest"),
        again("facilities", site="b"), "nearest:s",
    ),
    "too few come": (
        VILLAGES, with_all(VILLAGES, "levels", min_use=120.0), drop("allocation", 1),
        "minimum_use:s",
    ),
    "a line crosses a park": (
        GRID, {**GRID, **IN_A_PARK}, nothing, "zone_work:w",
    ),
    "what is locked is gone": (
        VILLAGES, with_all(VILLAGES, "facilities", is_locked=True),
        drop("facilities", 0), "lock:s",
    ),
    "a required site is empty": (
        VILLAGES, {"sites": [VILLAGES["sites"][0],
                             {**VILLAGES["sites"][1], "status": "required"}]},
        nothing, "required:s",
    ),
    "it stands where nothing may": (
        VILLAGES, {"sites": [{**VILLAGES["sites"][0], "status": "forbidden"},
                             VILLAGES["sites"][1]]},
        nothing, "forbidden:s",
    ),
    "it stands where the land forbids it": (
        {**VILLAGES, **EMPTY}, PARK, nothing, "land:s",
    ),
    "nobody renews it": (
        VILLAGES, with_all(VILLAGES, "facilities", renew_by_year=2026), nothing,
        "renewal:s",
    ),
    "nowhere to refer to": (VILLAGES, SECOND, nothing, "referral:up"),
    "regions too far apart": (
        {**VILLAGES, "settlements": [{"settlement": "a", "region": "R"},
                                     {"settlement": "b", "region": "Q"}]},
        {"gaps": [{"gap": "apart", "service": "s", "minutes": 10.0, "most": 0.2,
                   "is_hard": True}]},
        nothing, "gap:apart",
    ),
    "too few open": (
        VILLAGES,
        {"counts": [{"count": "more", "service": "s", "what": "openings",
                     "least": 1}]},
        nothing, "count:more",
    ),
    "too few open in all periods": (
        VILLAGES,
        {"counts": [{"count": "more", "service": "s", "what": "openings",
                     "least": 1, "is_total": True}]},
        nothing, "count:more",
    ),
    "no growth point of a tier": (VILLAGES, TIER, nothing, "growth:tier:t"),
    "more than a source yields": (
        GRID, {"sites": [GRID["sites"][0], {**GRID["sites"][1], "max_supply": 3.0}]},
        nothing, "network:power:yield",
    ),
    "too many in second shift": (
        {**VILLAGES, **SHIFT}, {"shift_limits": SHIFT_LIMIT}, nothing,
        "shift_limit:few",
    ),
    "a second shift hidden": (
        {**VILLAGES, **SHIFT}, {}, drop("second_shift", 0), "capacity:s",
    ),
    "a ride longer than may be": (
        {**VILLAGES, **BUS}, with_all(BUS, "buses", within_minutes=20.0), nothing,
        "bus:s",
    ),
    "more ride than go there": (
        {**VILLAGES, **BUS}, {}, cell("bused", 0, "share", 1.0), "bus:s",
    ),
    "a visit farther away than may be": (
        {**VILLAGES, **CLINIC}, with_all(CLINIC, "mobile_services", within_minutes=9.0),
        nothing, "mobile_service:m",
    ),
    "a visit where the service is not for": (
        {**VILLAGES, **CLINIC},
        with_all(CLINIC, "mobile_services", population_most=1.0), nothing,
        "mobile_service:m",
    ),
    "more of a village visited than may be": (
        {**VILLAGES, **CLINIC}, with_all(CLINIC, "mobile_services", most_share=0.05),
        nothing, "mobile_service:m",
    ),
    "more days than a team has": (
        {**VILLAGES, **CLINIC}, with_all(CLINIC, "mobile_services", days_per_year=1.0),
        nothing, "mobile_service:m",
    ),
    "more teams than a base may have": (
        {**VILLAGES, **CLINIC}, {}, cell("mobile_teams", 0, "teams", 2),
        "mobile_service:m",
    ),
    "a team that nobody sends": (
        {**VILLAGES, **CLINIC}, {}, drop("mobile_teams", 0), "mobile_service:m",
    ),
    "more visited than go there": (
        {**VILLAGES, **CLINIC}, {}, cell("visits", 0, "share", 1.0), "visits:s",
    ),
    "nobody to teach": (
        VILLAGES, {**TEACHERS, **with_all(TEACHERS, "staff_supply", most_hired=1.0)},
        nothing, "staff:teacher",
    ),
    "hiring hidden": (
        {**VILLAGES, **TEACHERS}, {}, every("staff", "hired", 0.0), "staff:teacher",
    ),
    "a second shift that nobody teaches": (
        {**VILLAGES, **SHIFT, **TEACHERS}, {}, every("staff", "hired", 2.0),
        "staff:teacher",
    ),
    "it is renewed twice": (
        {**VILLAGES, **KEPT}, {}, twice_renewed, "renewal:s",
    ),
    "more is renewed than can be": (
        {**VILLAGES, **RENEWED}, {"building_capacity": BUILDERS}, nothing,
        "building_capacity:k",
    ),
    "builders cannot do what a merger takes": (
        {**TWO_SCHOOLS, **with_all(GIVES, "possible_mergers", cost_mln=2.0)},
        {"building_capacity": [{"building_capacity": "k", "period": "p1",
                                "most_mln": 1.9}]},
        nothing, "building_capacity:k",
    ),
    "more people than an agglomeration holds": (
        CROWDED,
        {"agglomerations": [{"agglomeration": "A", "max_persons": 100.0}]},
        nothing, "agglomeration:A",
    ),
    "a line is lost, and nobody is fed": (
        GRID, {"contingencies": [{"contingency": "n1", "network": "power", "link": "e0",
                                  "is_hard": True}]},
        nothing, "contingency:n1",
    ),
    "power without angles": (GRID, ANGLES, nothing, "network:power:angles"),
    "nothing is paid instead": (MOVING, {}, drop("relocations", 0), "objective"),
    "what moves has not closed": (
        MOVING, {}, every("relocations", "level", 2), "relocation:m",
    ),
    "it moves when it has not closed": (
        MOVING, {}, every("relocations", "period", "p2"), "relocation:m",
    ),
    "it moves before its time": (
        MOVING, with_all(MOVING, "relocations", first_period="p2"), nothing,
        "relocation:m",
    ),
    "it must move": (
        {**MOVING, **with_all(MOVING, "relocations", cost_mln=900.0)},
        with_all(MOVING, "relocations", cost_mln=900.0, is_forced=True), nothing,
        "relocation:m",
    ),
    "pupils of a school go on to two": (FED, ON, nothing, "feeder:on"),
    "it goes on where another one is given": (
        {**FED, **ON, "feeder_sites": [{"feeder": "on", "site": "a", "to_site": "a"}]},
        {"feeder_sites": [{"feeder": "on", "site": "a", "to_site": "b"}]}, nothing,
        "feeder:on",
    ),
    "both of a pair run": (
        VILLAGES, {"mergers": [{"merger": "m", "service": "s", "site": "a",
                                "other_site": "b"}]},
        again("facilities", site="b"), "merger:m",
    ),
    "what has merged is two": (
        {**TWO_SCHOOLS, **GIVES}, {}, again("facilities", site="b"),
        "possible_merger:m",
    ),
    "a merger that saves nothing": (
        {**TWO_SCHOOLS, **GIVES}, {}, drop("merged", 0), "objective",
    ),
    "a class is split": (
        VILLAGES, {"together_rules": [{"together": "k", "service": "s"}]}, nothing,
        "together:k",
    ),
    "the only school is closed": (
        TWO_SCHOOLS, {"closing_rules": [{"closing": "c", "service": "s"}]}, nothing,
        "closing:c",
    ),
    "ten minutes more than may be": (
        TWO_SCHOOLS, {"closing_rules": [{"closing": "c", "service": "s",
                                         "keep_only": False,
                                         "extra_minutes_most": 20.0}]},
        nothing, "closing:c",
    ),
    "who loses a school goes nowhere": (
        TWO_SCHOOLS, {}, drop("reassigned", 0), "allocation:s",
    ),
    "they have not far to go": (
        TWO_SCHOOLS, {}, cell("reassigned", 0, "minutes_after", 5.0), "allocation:s",
    ),
    "fewer ride than none": (
        {**VILLAGES, **BUS}, {}, cell("bused", 0, "share", -0.5), "bus:s",
    ),
    "they ride where nobody is served": (
        {**VILLAGES, **BUS}, {}, again("bused", settlement="a", site="b"), "bus:s",
    ),
    "a source pays less than nothing": (
        MONEY, {}, every("financing", "amount_mln", -5.0), "fund:d",
    ),
    "less than its share": (
        MONEY, with_all(MONEY, "funding_eligibility", share_least=0.9),
        every("financing", "amount_mln", 1.0), "fund:d",
    ),
    "a partner pays less than nothing": (
        MONEY, {}, every("partnerships", "money_mln", -5.0), "partnership:p",
    ),
    "a growth point before its time": (
        {**CROWDED, **TWO_YEARS}, {"growth_candidates": [
            {**TIER["growth_candidates"][0], "first_period": "p2"}]},
        every("growth_points", "is_chosen", True), "growth:points",
    ),
    "a growth point given up": (
        {**CROWDED, **TWO_YEARS}, {}, several(
            every("growth_points", "is_chosen", True),
            cell("growth_points", -1, "is_chosen", False)),
        "growth:points",
    ),
    "more growth points than may be": (
        CROWDED, {"growth_tiers": [{"tier": "t", "max_count": 0, "min_count": 0}]},
        nothing, "growth:tier:t",
    ),
    "a growth point of two tiers": (
        CROWDED, {"growth_tiers": [{"tier": "t"}, {"tier": "u"}],
                  "growth_candidates": [TIER["growth_candidates"][0],
                                        {**TIER["growth_candidates"][0], "tier": "u"}]},
        again("growth_points", tier="u"), "growth:points",
    ),
    "more emissions than may be": (
        VILLAGES,
        {"impacts": [{"impact": "co2", "unit": "t"}],
         "impact_rates": [{"impact": "co2", "of": "facility", "service": "s",
                           "rate": 2.0}],
         "impact_limits": [{"limit": "cap", "period": "p1", "impact": "co2",
                            "most": 1.0, "is_hard": True}]},
        nothing, "limit:cap",
    ),
    "more money than there is": (
        {**VILLAGES, **with_all(VILLAGES, "levels", opex_mln_per_year=5.0)},
        {"budgets": [{"budget": "own", "period": "p1", "amount_mln": 1.0,
                      "covers": "operation", "is_hard": True}]},
        nothing, "budget:own",
    ),
    "a standard that must hold": (
        VILLAGES, {"standards": [{**FAR[0], "share": 0.9, "is_hard": True}]}, nothing,
        "standard:near",
    ),
    "they go to neither of a pair": (
        THREE_SCHOOLS, {"mergers": [{"merger": "m", "service": "s", "site": "a",
                                     "other_site": "b"}]},
        every("allocation", "site", "c"), "merger:m",
    ),
    "they go to neither of what merged": (
        {**THREE_SCHOOLS, **GIVES}, {}, every("allocation", "site", "c"),
        "possible_merger:m",
    ),
    "a merger before its time": (
        {**TWO_SCHOOLS, **GIVES, **TWO_YEARS},
        with_all(GIVES, "possible_mergers", first_period="p2"), nothing,
        "possible_merger:m",
    ),
    "what has merged is too small": (
        {**TWO_SCHOOLS, **GIVES,
         "levels": [TWO_SCHOOLS["levels"][0],
                    {**TWO_SCHOOLS["levels"][0], "level": 2, "capacity": 300.0,
                     "capex_mln": 900.0}]},
        with_all(GIVES, "possible_mergers", least_level=2), nothing,
        "possible_merger:m",
    ),
    "a negative supply": (
        GRID, {}, cell("sources", 0, "supply", -5.0), "network:power:supply",
    ),
    "a level of a plant that is not": (
        GRID, {}, cell("sources", 0, "level", 7), "network:power:supply",
    ),
    "shed load below nothing": (
        GRID, {}, cell("loads", 0, "shed", -5.0), "network:power:balance",
    ),
    "more shed than there is": (
        GRID, {}, cell("loads", 0, "shed", 999.0), "network:power:balance",
    ),
    "a node unheard of": (
        GRID, {}, again("loads", node="zz"), "network:power:balance",
    ),
    "solar below nothing": (
        GRID, {}, cell("local_supply", 0, "supply", -1.0), "network:power:local",
    ),
    "a local supply unheard of": (
        GRID, {}, again("local_supply", option="zz"), "network:power:local",
    ),
    "solar before its time": (
        {**GRID, **TWO_YEARS}, with_all(GRID, "local_supplies", first_period="p2"),
        nothing, "network:power:local",
    ),
    "solar taken down": (
        {**GRID, **TWO_YEARS}, {}, cell("local_supply", -1, "capacity", 0.0),
        "network:power:local",
    ),
    "a line built twice": (GRID, {}, double("network_steps"), "network:power:steps"),
    "a line before its time": (
        {**GRID, **TWO_YEARS}, with_all(GRID, "link_upgrades", first_period="p2"),
        nothing, "network:power:steps",
    ),
    "against a one-way line": (
        GRID, with_all(GRID, "network_links", is_one_way=True),
        every("flows", "backward", 1.0), "network:power:capacity",
    ),
    "everything moves twice": (MOVING, {}, again("relocations", period="p2"),
                               "relocation:m"),
    "unserved below nothing": (
        VILLAGES, {}, cell("unserved", 0, "share", -0.5), "allocation:s",
    ),
    "unserved where nobody may be": (
        VILLAGES, with_all(SERVED, "services", may_be_unserved=False), nothing,
        "allocation:s",
    ),
    "minutes that are not its own": (
        VILLAGES, {}, cell("allocation", 0, "minutes", 1.0), "access:s",
    ),
    "kilometres that are not its own": (
        VILLAGES, {}, cell("allocation", 0, "length_km", 9.0), "access:s",
    ),
    "a change that may not be": (
        TWO_SCHOOLS, {"policies": [{"discount_rate": 0.0, "allow_closing": False}]},
        nothing, "siting:s",
    ),
    "more hired than may be": (
        {**VILLAGES, **TEACHERS}, with_all(TEACHERS, "staff_supply", most_hired=1.0),
        nothing, "staff:teacher",
    ),
    "trained in the last period": (
        {**VILLAGES, **TEACHERS}, {}, every("staff", "trained", 1.0), "staff:teacher",
    ),
    "fewer hired than none": (
        {**VILLAGES, **TEACHERS}, {}, every("staff", "hired", -1.0), "staff:teacher",
    ),
    "visits below nothing": (
        {**VILLAGES, **CLINIC}, {}, cell("visits", 0, "share", -0.1),
        "mobile_service:m",
    ),
    "fewer teams than none": (
        {**VILLAGES, **CLINIC}, {}, cell("mobile_teams", 0, "teams", -1),
        "mobile_service:m",
    ),
    "visits where nobody is served": (
        {**VILLAGES, **CLINIC}, {}, again("visits", settlement="a", site="b"),
        "mobile_service:m",
    ),
    "a road before its time": (
        {**ROADS, **TWO_YEARS}, with_all(ROADS, "road_upgrades", first_period="p2"),
        nothing, "roads:upgrades",
    ),
    "a connection that must be": (
        with_all(ROADS, "connections", minutes=25.0) | {
            k: v for k, v in ROADS.items() if k != "connections"},
        with_all(ROADS, "connections", minutes=25.0, is_hard=True),
        drop("road_upgrades", 0),
        "connection:c",
    ),
    "a step without the one before": (
        GRID, {"link_upgrades": [*GRID["link_upgrades"],
                                 {**GRID["link_upgrades"][0], "step": 2}]},
        cell("network_steps", 0, "step", 2), "network:power:steps",
    ),
    "too little stands in growth points": (
        CROWDED, {"concentrations": [{"concentration": "k", "service": "s",
                                      "share": 1.0}]},
        nothing, "concentration:k",
    ),
    "a bus that there is not": (
        {**VILLAGES, **BUS}, {"buses": []}, nothing, "bus:s",
    ),
    "nobody pays": (MONEY, {}, drop("financing", 0), "funding:covered"),
    "paid twice": (
        MONEY, {}, cell("financing", 0, "amount_mln", 900.0), "funding:covered",
    ),
    "a source unheard of": (
        MONEY, {}, every("financing", "fund", "x"), "funding:covered",
    ),
    "more than it has": (
        MONEY, with_all(MONEY, "funding_limits", amount_mln=90.0), nothing, "fund:d",
    ),
    "what it may not pay for": (
        MONEY, with_all(MONEY, "funding_eligibility", service="roads"), nothing,
        "fund:d",
    ),
    "more than its share": (
        MONEY, with_all(MONEY, "funding_eligibility", share_most=0.5), nothing,
        "fund:d",
    ),
    "what is left made up": (MONEY, {}, cell("funds", 1, "left_mln", 5.0), "fund:d"),
    "more than a partner has": (
        MONEY, with_all(MONEY, "partnerships", limit_mln=399.0), nothing,
        "partnership:p",
    ),
    "more than a partner's share": (
        MONEY, with_all(MONEY, "partnerships", share_most=0.7), nothing,
        "partnership:p",
    ),
    "what a partner is not for": (
        MONEY, with_all(MONEY, "partnerships", service="roads"), nothing,
        "partnership:p",
    ),
    "a partner unheard of": (
        MONEY, {}, every("partnerships", "partnership", "x"), "funding:covered",
    ),
    "a partner who gives": (
        MONEY, {}, every("partnerships", "money_mln", 0.0), "funding:covered",
    ),
    "two partners who pay twice": (
        TWICE, {}, every("partnerships", "money_mln", 400.0), "funding:partners",
    ),
    "a debt hidden": (
        MONEY, {}, every("partnerships", "liability_mln", 0.0), "partnership:p",
    ),
    "a payment past the end hidden": (MONEY, {}, drop("payments", 3), "partnership:p"),
    "too much a year": (
        MONEY, {"burdens": [{"burden": "b", "most_mln_per_year": 100.0}]}, nothing,
        "burden:b",
    ),
}  # fmt: skip
"""Rows that are solved, tables of the same under one more rule, what becomes of the
plan, and the id of the rule that it breaks then."""

UNHEARD_OF: dict[str, tuple[dict[str, Rows], dict[str, Rows], Change, str]] = {
    "a pattern unheard of": (
        {**FED, **ON}, {}, again("follow_ons", feeder="no"), "feeder:no",
    ),
    "a merger unheard of": (
        {**TWO_SCHOOLS, **GIVES}, {}, again("merged", possible_merger="x"),
        "possible_merger:x",
    ),
    "a relocation unheard of": (
        MOVING, {}, every("relocations", "relocation", "x"), "relocation:x",
    ),
    "staff of nowhere": (
        {**VILLAGES, **TEACHERS}, {}, again("staff", profession="smith"), "staff:smith",
    ),
    "a mobile service unheard of": (
        {**VILLAGES, **CLINIC}, {}, every("visits", "mobile_service", "x"),
        "mobile_service:x",
    ),
}  # fmt: skip
"""The same of what the instance does not have, so that no rule is in the catalogue."""
