"""Parts of an instance by the names that planners use, and the columns to begin with.

A template holds the sheets of its parts and no others. Of the tables that every
instance needs only the columns show that a first plan needs; all others may be added by
their names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from aumaq.instances.errors import UnknownNameError
from aumaq.instances.language.texts import say
from aumaq.instances.schema.column import Column, Table
from aumaq.instances.schema.tables import BY_NAME, TABLES

SERVICES, ALL = "services", "all"

PARTS: dict[str, tuple[str, ...]] = {
    SERVICES: ("instance", "policies", "groups", "services", "levels", "settlements",
               "facilities"),
    "periods": ("periods",),
    "sites": ("sites",),
    "standards": ("standards", "referrals", "counts"),
    "roads": ("road_nodes", "road_links", "road_classes"),
    "travel": ("sites", "travel"),
    "roadworks": ("road_nodes", "road_links", "road_classes", "road_upgrades",
                  "road_upgrade_links", "connections"),
    "power": ("networks", "network_nodes", "network_links", "link_upgrades",
              "load_rates", "industrial_loads", "local_supplies"),
    "water": ("networks", "network_nodes", "network_links", "link_upgrades",
              "load_rates", "industrial_loads", "local_supplies"),
    "reliability": ("contingencies",),
    "money": ("periods", "budgets"),
    "financing": ("periods", "budgets", "funding_sources", "funding_limits",
                  "funding_eligibility", "partnerships", "burdens"),
    "people": ("periods", "scenarios", "population", "growth"),
    "projection": ("periods", "scenarios", "regions", "projections", "cohorts",
                   "fertility", "survival", "migration_rates", "external_migration",
                   "population_totals", "censuses", "settlement_trends", "levers",
                   "announced_sites"),
    "scenarios": ("scenarios", "variants", "overrides"),
    "names": ("regions", "districts", "settlement_tags"),
    "fairness": ("standards", "gaps", "settlement_tags"),
    "closing": ("transitions", "closing_rules", "together_rules", "mergers",
                "possible_mergers"),
    "feeders": ("sites", "feeders", "feeder_sites"),
    "moving": ("sites", "relocations"),
    "mobile": ("mobile_services",),
    "buses": ("buses",),
    "shifts": ("periods", "shifts", "shift_limits"),
    "staff": ("periods", "professions", "staff_needs", "staff_supply"),
    "builders": ("periods", "building_capacity"),
    "growth": ("growth_tiers", "growth_candidates", "growth_gains", "concentrations"),
    "agglomerations": ("agglomerations", "agglomeration_demand", "anchors"),
    "land": ("sites", "zones", "site_zones", "zone_permits", "buffers", "zone_works"),
    "environment": ("impacts", "impact_rates", "impact_limits"),
    "indicators": ("indicators", "indicator_targets", "indicator_baselines"),
    "history": ("regions", "region_history", "districts", "jobs"),
}  # fmt: skip
"""Part -> its tables; those of the first are in every template."""

SHORT: dict[str, tuple[str, ...]] = {
    "instance": ("name", "title", "currency", "base_year", "fill_missing"),
    "policies": ("discount_rate", "value_of_time_per_hour", "allow_closing"),
    "groups": ("group", "title", "share_urban", "share_rural"),
    "services": ("service", "title", "group", "unit", "cutoff_minutes",
                 "trips_per_year", "unserved_mln_per_unit_year"),
    "levels": ("service", "level", "title", "capacity", "capex_mln",
               "opex_mln_per_year", "min_population"),
    "settlements": ("settlement", "name", "kind", "region", "lat", "lon",
                    "population"),
    "facilities": ("service", "site", "level", "units"),
    "sites": ("site", "service", "settlement", "lat", "lon", "status", "max_units",
              "max_level"),
    "standards": ("standard", "service", "title", "applies_to", "scope", "minutes",
                  "share", "is_hard", "shortfall_mln_per_unit_year"),
    "budgets": ("budget", "period", "title", "amount_mln", "covers", "service",
                "is_hard", "overrun_price"),
    "scenarios": ("scenario", "title"),
    "road_links": ("from_node", "to_node", "length_km", "road_class", "road"),
}  # fmt: skip
"""Table -> the columns of it that a template shows; others show all."""


EXPLAINED = (SERVICES, "periods", "sites", "standards", "roads", "travel", "money",
             "power")  # fmt: skip
"""Parts whose explanations are translated; those of others are in English."""


OF_NORMS: dict[str, tuple[str, ...]] = {
    "groups": ("from_age", "to_age", "participation", "source"),
    "services": ("norm_per_1000", "nearest_sites", "served_within_minutes",
                 "max_use_share", "companions_per_trip", "transport_cost_per_km",
                 "lifetime_years", "enlarge_credit_share", "source"),
    "levels": ("closing_mln", "min_use", "load_kw", "load_m3_per_day", "footprint_ha",
               "emissions_t_per_year", "source"),
    "standards": ("source",),
}  # fmt: skip
"""Columns that come with the norms of a country."""


def explained() -> Iterator[tuple[Table, Column]]:
    """Yield tables and columns of templates whose explanations are translated."""
    for name in tables_of(EXPLAINED):
        table = BY_NAME[name]
        for column in table.columns:
            if column in short_columns(name) or column.name in OF_NORMS.get(name, ()):
                yield table, column


def explanations() -> list[str]:
    """Return the texts of templates that are translated: meanings, words of lists."""
    found = []
    for table, column in explained():
        words = [choice.replace("_", " ") for choice in column.choices]
        found += [table.meaning, column.meaning, *words]
    return list(dict.fromkeys(found))


def tables_of(parts: Sequence[str]) -> list[str]:
    """Return the tables of parts by name, in the order of the schema.

    Raises UnknownNameError that lists the parts.
    """
    wanted = set(PARTS[SERVICES])
    for part in parts:
        if part != ALL and part not in PARTS:
            raise UnknownNameError(say("part of a template"), part, (*PARTS, ALL))
        wanted |= set(BY_NAME) if part == ALL else set(PARTS[part])
    return [table.name for table in TABLES if table.name in wanted]


def short_columns(name: str) -> tuple[Column, ...]:
    """Return the columns of a table that a template shows without values."""
    table = BY_NAME[name]
    names = SHORT.get(name, [column.name for column in table.columns])
    return tuple(column for column in table.columns if column.name in names)


def shown_columns(
    tables: Mapping[str, pd.DataFrame],
) -> dict[str, tuple[Column, ...]]:
    """Return the columns that a template shows: the short ones, and all with values."""
    return {
        name: tuple(
            column
            for column in BY_NAME[name].columns
            if column in short_columns(name) or column.name in frame
        )
        for name, frame in tables.items()
    }
