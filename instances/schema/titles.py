"""Titles of tables and columns for readers: what the headers of workbooks say.

A title follows from the machine name: its words without the unit, which stands beside
it. Names that need more say so in :data:`TITLES`. Titles are the keys of the catalogues
(:mod:`aumaq.instances.language.words`); within a table they are distinct in every
language, so that a header leads back to its column.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from aumaq.instances.language.words import LANGUAGES, worded

TITLES = {
    "amount_mln": "amount",
    "aversion_per_minute": "aversion to inequality",
    "applies_to": "settlements that count",
    "area_km2": "area",
    "births_per_woman_year": "births",
    "capacity_use_share": "use of capacity",
    "capex_mln": "capex",
    "capex_mln_per_unit": "capex",
    "carried_over_mln": "carried over",
    "closing_mln": "cost of closing",
    "companions_per_trip": "companions",
    "coord_source": "source of coordinates",
    "cost_mln": "cost",
    "cost_mln_per_day": "cost of a day",
    "cost_mln_per_team_year": "cost of a team",
    "cost_mln_per_unit_year": "cost of a unit",
    "cost_mln_per_year": "yearly cost",
    "cost_per_km": "cost of a kilometre",
    "hire_mln": "price of hiring",
    "train_mln": "price of training",
    "most_mln": "most money",
    "most_mln_per_year": "most in a year",
    "within_minutes": "longest ride",
    "cutoff_minutes": "longest trip",
    "discounted_mln": "discounted amount",
    "distance_km": "distance",
    "emissions_t_per_unit_year": "emissions",
    "emissions_t_per_year": "emissions",
    "empty_below_persons": "empty below",
    "enlarge_credit_share": "credit of enlarging",
    "excess_mln_per_unit_year": "price of excess",
    "excess_mln_per_year": "price of excess",
    "flow_mln_per_unit_year": "price of flow",
    "footprint_ha": "footprint",
    "gravity_share_per_year": "share that moves",
    "growth_per_year": "growth",
    "instead_of_mln": "instead of",
    "internal_minutes": "trip inside",
    "investment_mln": "investment",
    "lat": "latitude",
    "length_km": "length",
    "lifetime_years": "lifetime",
    "limit_minutes": "time limit",
    "left_mln": "left",
    "liability_mln": "owed at the end",
    "limit_mln": "limit",
    "load_kw": "power load",
    "load_m3_per_day": "water load",
    "lon": "longitude",
    "loss_per_km": "loss",
    "male_birth_share": "share of boys",
    "max_growth_per_year": "most growth",
    "max_use_share": "most use",
    "min_population": "least population",
    "minutes": "travel time",
    "name_en": "name in English",
    "name_kk": "name in Kazakh",
    "name_ru": "name in Russian",
    "norm_per_1000": "norm",
    "of": "cause",
    "money_mln": "what is paid",
    "operation_mln": "operation",
    "opex_mln_per_unit_year": "opex",
    "opex_mln_per_year": "opex",
    "overrun_mln": "overrun",
    "overrun_price": "price of overrun",
    "paid_back_mln": "paid back",
    "paid_mln": "paid",
    "payment_mln_per_year": "payment",
    "persons_per_year": "persons",
    "pop_source": "source of population",
    "radius_km": "radius",
    "power_kw": "power load",
    "renewal_share": "price of renewal",
    "saving_mln_per_year": "yearly saving",
    "served_within_minutes": "farthest that is served",
    "share_synthetic": "synthetic share",
    "shed": "load not met",
    "shed_mln_per_unit_year": "price of load not met",
    "shortfall_mln_per_unit_year": "price of shortfall",
    "shortfall_mln_per_year": "price of shortfall",
    "speed_kmh": "speed",
    "spent_mln": "spent",
    "stayed": "hired or trained before",
    "step_years": "length of a step",
    "supply_emissions_t_per_unit_year": "emissions of supply",
    "supply_mln_per_unit_year": "price of supply",
    "transport_cost_per_km": "cost of transport",
    "trend_half_life_years": "half-life of trends",
    "trips_per_year": "trips",
    "units": "number of units",
    "units_per_person": "load of a person",
    "unpaved_km": "longest unpaved way",
    "unserved": "unserved demand",
    "unserved_mln_per_unit_year": "price of unserved demand",
    "use_share": "use",
    "value_of_time_per_hour": "value of time",
    "voltage_kv": "voltage",
    "within_km": "within",
    "water_m3_per_day": "water load",
    "wet_speed_kmh": "speed when wet",
}
"""Name of a table or column -> title in English, where it is not just its words."""


def english_title(name: str) -> str:
    """Return the title of a table or column in English."""
    return TITLES.get(name) or name.replace("_", " ")


def title_of(name: str, code: str) -> str:
    """Return the title of a table or column in a language."""
    return worded(english_title(name), code)


def with_unit(title: str, unit: str, code: str) -> str:
    """Return a header: a title with its unit, ``length [km]``."""
    return f"{title} [{worded(unit, code)}]" if unit else title


@lru_cache(maxsize=256)
def by_title(names: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """Return folded title -> (name, language) for names of tables, or of a table.

    Titles in every language count, and the names themselves (as English); the first
    name that has a title keeps it.
    """
    found = {folded(name): (name, "en") for name in names}
    for code in LANGUAGES:
        for name in names:
            found.setdefault(folded(title_of(name, code)), (name, code))
    return found


def folded(text: str) -> str:
    """Return a text as titles are compared: case and runs of blanks do not matter."""
    return " ".join(text.split()).casefold()


def clashes(names: Iterable[str]) -> list[str]:
    """Return the titles that would lead to two of the names, in any language."""
    owner: dict[str, str] = {}
    found = []
    for name in names:
        for text in {folded(name), *(folded(title_of(name, c)) for c in LANGUAGES)}:
            if owner.setdefault(text, name) != name:
                found.append(f"{text}: {owner[text]}, {name}")
    return found
