"""Checks of totals: people, demand, loads and costs that no territory has.

Each cell may be within the limits of its unit, and their product beyond all sums.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aumaq.instances.arrays import Floats
from aumaq.instances.checks.check import Found, problem
from aumaq.instances.checks.scale import numbers_of
from aumaq.instances.language.texts import figure, say
from aumaq.instances.people.anchors import LOAD

if TYPE_CHECKING:
    from aumaq.instances.instance import Instance


MOST_PEOPLE = 1e11
MOST_UNITS = 1e12
MOST_MLN = 1e15
"""Largest totals: people at a time, units of a demand or a load, money of a plan."""


def totals_are_possible(instance: Instance) -> Found:
    """People, demand, loads and money stay within what adds up."""
    futures = (instance, *instance.futures)
    people = max(_peak(future.persons("all")) for future in futures)
    if people > MOST_PEOPLE:
        text = say(
            "with all growth {total:.3g} people at a time; expected at most {most:.3g}",
            total=people,
            most=MOST_PEOPLE,
        )
        yield problem("settlements", text, None, "population")
        return
    years = sum(instance.period_years)
    services = instance.tables["services"]
    for k, service in enumerate(instance.service_names):
        demand = max(_peak(future.demand(service)) for future in futures)
        if demand > MOST_UNITS:
            text = say(
                "demand is up to {total:.3g} in all; expected at most {most:.3g}",
                total=demand,
                most=MOST_UNITS,
            )
            value = figure(services["demand_per_person"][k])
            yield problem("services", text, k, "demand_per_person", value)
            continue
        column = "unserved_mln_per_unit_year"
        price = float(services[column][k])
        yield from _too_dear("services", k, column, price, price * demand * years)
        hour = instance.policies.value_of_time_per_hour
        trips = float(services["trips_per_year"][k])
        cost = hour / 1e6 * trips * demand * years
        yield from _too_dear("policies", 0, "value_of_time_per_hour", hour, cost)
    networks = instance.tables["networks"]
    for k, network in enumerate(instance.network_names):
        load = _peak_load(instance, network)
        if load > MOST_UNITS:
            text = say(
                "load is up to {total:.3g} in all; expected at most {most:.3g}",
                total=load,
                most=MOST_UNITS,
            )
            yield problem("networks", text, k, "network", network)
            continue
        price = float(networks["shed_mln_per_unit_year"][k])
        cost = price * load * years
        yield from _too_dear("networks", k, "shed_mln_per_unit_year", price, cost)
    yield from _factors(instance)


def _factors(instance: Instance) -> Found:
    """Costs times factors of scenarios."""
    scenarios, years = instance.base["scenarios"], sum(instance.period_years)
    opex = max(_largest(instance, "mln/year"), 0.0) * years
    costs = {"capex_factor": _largest(instance, "mln"), "opex_factor": opex}
    for name, cost in costs.items():
        for k, factor in enumerate(scenarios[name]):
            yield from _too_dear("scenarios", k, name, factor, cost * factor)


def _too_dear(table: str, k: int, column: str, value: float, cost: float) -> Found:
    if cost > MOST_MLN:
        text = say(
            "makes costs of up to {cost:.3g} mln; expected at most {most:.3g}",
            cost=cost,
            most=MOST_MLN,
        )
        yield problem(table, text, k, column, figure(value))


def _peak(values: Floats) -> float:
    """Return the largest total of a period."""
    return float(values.sum(axis=0).max(initial=0.0))


def _peak_load(instance: Instance, network: str) -> float:
    """Return the largest load that a network may have, facilities at their largest."""
    rows = instance.tables["industrial_loads"]
    industry = float(rows.loc[rows["network"] == network, "load"].sum())
    industry += float(instance.tables["anchors"][LOAD[network]].sum())
    futures = (instance, *instance.futures)
    people = max(_peak(future.people_load(network)) for future in futures)
    levels, sites = instance.tables["levels"], instance.tables["sites"]
    column = {"power": "load_kw", "water": "load_m3_per_day"}[network]
    largest = levels.groupby("service")[column].max()
    own = sites["service"].map(largest).to_numpy(float) * sites["max_units"]
    return people + industry + float(own.sum())


def _largest(instance: Instance, unit: str) -> float:
    tops = (float(numbers.values.max()) for numbers in numbers_of(instance, unit))
    return max(tops, default=0.0)
