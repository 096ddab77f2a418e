"""Ways in which a plan can be false, as changes of its tables."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pandas as pd
from shared_plans import shipped

import aumaq
from aumaq.instances import Instance
from aumaq.results import Plan

Tables = dict[str, pd.DataFrame]


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
    return tiny.replace(standards=standards, budgets=budgets, counts=counts)


@cache
def best_plan() -> Plan:
    """Return the optimal plan of that instance."""
    return aumaq.solve(ruled(), gap=0.0)


def cell(table: str, row: int, column: str, value: object) -> Callable[[Tables], None]:
    """Return a change of one cell."""

    def change(tables: Tables) -> None:
        frame = tables[table].copy()
        frame[column] = frame[column].astype(object)
        frame.loc[frame.index[row], column] = value
        tables[table] = frame.infer_objects()

    return change


def drop(table: str, *rows: int) -> Callable[[Tables], None]:
    """Return a change that removes rows."""

    def change(tables: Tables) -> None:
        tables[table] = tables[table].drop(index=list(rows)).reset_index(drop=True)

    return change


def double(table: str) -> Callable[[Tables], None]:
    """Return a change that repeats the first row."""

    def change(tables: Tables) -> None:
        tables[table] = pd.concat([tables[table], tables[table].head(1)])

    return change


def several(*changes: Callable[[Tables], None]) -> Callable[[Tables], None]:
    """Return a change made of changes."""

    def change(tables: Tables) -> None:
        for one in changes:
            one(tables)

    return change


CORRUPTIONS = {
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
    "a shortfall hidden": (cell("shortfalls", -1, "shortfall", 0.0), "near"),
    "a standard left out": (drop("shortfalls", 0), "near"),
    "an overrun hidden": (cell("budgets", 0, "overrun_mln", 0.0), "all"),
    "spending hidden": (cell("budgets", 0, "spent_mln", 1.0), "all"),
    "money hidden": (cell("money", 0, "amount_mln", 1.0), "objective"),
    "discounting twice": (cell("money", 0, "discounted_mln", 1.0), "objective"),
    "a cheaper objective": (cell("objective", 0, "discounted_mln", 1.0), "objective"),
    "a table left out": (lambda tables: tables.pop("allocation"), "allocation"),
}
