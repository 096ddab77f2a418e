"""The tables of a plan and their columns, as data: what user expressions may name.

Plans are made in a later layer; a test holds this list equal to the tables of a real
plan. Expressions see two things more: a table ``population``, and the columns of
:data:`OF_SETTLEMENT` in every table that has a settlement.
"""

from __future__ import annotations

from typing import Literal

Kind = Literal["text", "number", "flag"]
Words = dict[str, Kind]


def _words(text: str = "", number: str = "", flag: str = "") -> Words:
    kinds: Words = dict.fromkeys(text.split(), "text")
    kinds.update(dict.fromkeys(number.split(), "number"))
    kinds.update(dict.fromkeys(flag.split(), "flag"))
    return kinds


PLAN_TABLES: dict[str, Words] = {
    "facilities": _words(
        "service site settlement name region period title",
        "level units capacity used capacity_use_share opex_mln_per_year load_kw"
        " load_m3_per_day",
        "is_synthetic",
    ),
    "actions": _words(
        "service site settlement name region period action",
        "from_level to_level units cost_mln",
        "is_synthetic",
    ),
    "allocation": _words(
        "service settlement site period", "share demand minutes length_km"
    ),
    "unserved": _words("service settlement period", "share demand"),
    "network_steps": _words(
        "network link from_node to_node period", "step capacity capex_mln"
    ),
    "flows": _words(
        "network link from_node to_node period",
        "step forward backward capacity use_share lost",
    ),
    "sources": _words("network service site node period", "level supply capacity"),
    "local_supply": _words("network node settlement option period", "capacity supply"),
    "loads": _words(
        "network node settlement period",
        "base_load facility_load shed local_supply from_network angle",
    ),
    "road_upgrades": _words("upgrade title region period", "length_km capex_mln"),
    "connections": _words(
        "connection from_settlement to_settlement period",
        "minutes limit_minutes cost_mln",
        "is_met",
    ),
    "growth_points": _words(
        "settlement name region tier period",
        "persons persons_gained capex_mln opex_mln_per_year",
        "is_chosen",
    ),
    "concentrations": _words(
        "concentration service period",
        "capacity in_growth_points share required_share",
    ),
    "money": _words("period service region item", "amount_mln discounted_mln"),
    "shortfalls": _words(
        "standard service group period", "required reached shortfall cost_mln"
    ),
    "budgets": _words("budget period", "limit_mln spent_mln overrun_mln"),
    "objective": _words("term", "discounted_mln"),
}
"""Table of a plan -> column -> kind."""

WHOLE = ("level", "step", "from_level", "to_level", "units")
"""Columns of numbers that are whole."""

OF_SETTLEMENT: Words = _words(
    "region district kind", flag="is_remote is_border is_growth_point"
)
"""Columns of ``settlements`` that its rows have in expressions."""

POPULATION: Words = _words("settlement period", "persons")
"""All inhabitants, by settlement and period."""

WORDS: dict[str, Words] = {
    table: words | OF_SETTLEMENT if "settlement" in words else words
    for table, words in {**PLAN_TABLES, "population": POPULATION}.items()
}
"""Everything that expressions may name: table -> column -> kind."""

KNOWN_TODAY = (
    "facilities", "allocation", "unserved", "flows", "sources", "local_supply",
    "loads", "connections", "population",
)  # fmt: skip
"""Tables that today's stock has, too; the others hold decisions."""
