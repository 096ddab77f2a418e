"""The mean of several futures: one instance with average people, loads and prices.

Planning for the mean is what an office does that knows of the futures but plans for
one; what that costs is the value of the stochastic solution (docs/futures.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Floats
from aumaq.instances.instance import Instance, from_tables
from aumaq.instances.people import loads
from aumaq.instances.people.demand import ALL
from aumaq.instances.scenarios.scenario import FACTORS

Tables = Mapping[str, pd.DataFrame]

MEAN = "mean"
"""Scenario and projection of the mean instance."""


def mean_instance(instances: Sequence[Instance], weights: Floats) -> Instance | None:
    """Return the mean of instances that differ in numbers only.

    *weights* sum to 1. People of every settlement, period and group are averaged,
    factors of the scenarios too, and every number that overrides change. The load of
    people is right in total for each kind of settlement. None if something else than
    numbers differs: a row that is only in one of them, a text, a count.
    """
    tables = dict(instances[0].tables)
    own = {"scenarios", "population", "growth", "load_rates"}
    for name in tables:
        found = _mean_table([i.tables[name] for i in instances], weights)
        if found is None and name not in own:
            return None
        if found is not None:
            tables[name] = found
    tables["scenarios"] = _scenario(instances, weights)
    tables["population"] = _population(instances, weights, tables["population"])
    tables["load_rates"] = _load_rates(instances, weights, tables["load_rates"])
    # Whom anchors bring is among the people of the mean already.
    tables["anchors"] = tables["anchors"].assign(persons_per_job=0.0)
    # What people draw more in agglomerations is in the load of the mean.
    inside = tables["agglomeration_demand"]
    is_load = inside["service"].isin(instances[0].network_names)
    tables["agglomeration_demand"] = inside[~is_load].reset_index(drop=True)
    return from_tables(tables)


def _mean_table(frames: Sequence[pd.DataFrame], weights: Floats) -> pd.DataFrame | None:
    """Return the table with its numbers averaged; None if other cells differ."""
    first = frames[0]
    if all(frame is first or frame.equals(first) for frame in frames):
        return first
    if any(frame.shape != first.shape for frame in frames):
        return None
    numbers = [name for name in first.columns if first[name].dtype == np.float64]
    rest = first.drop(columns=numbers)
    if not all(frame.drop(columns=numbers).equals(rest) for frame in frames):
        return None
    mean = first.copy()
    for name in numbers:
        cells = np.array([frame[name].to_numpy() for frame in frames])
        if (np.isnan(cells).any(axis=0) != np.isnan(cells).all(axis=0)).any():
            return None
        mean[name] = weights @ cells
    return mean


def _scenario(instances: Sequence[Instance], weights: Floats) -> pd.DataFrame:
    """Return the one row of ``scenarios`` with average factors."""
    factors = {
        name: float(weights @ [getattr(i.active_scenario, name) for i in instances])
        for name in FACTORS
        if name != "probability"
    }
    row = instances[0].tables["scenarios"].iloc[:1]
    return row.assign(
        scenario=MEAN, title="Mean of futures", projection=MEAN, **factors
    )


def _population(
    instances: Sequence[Instance], weights: Floats, rows: pd.DataFrame
) -> pd.DataFrame:
    """Return ``population`` with rows of the mean for all groups."""
    first = instances[0]
    given = set(first.tables["groups"]["group"])
    parts = [rows[rows["scenario"] != MEAN]]
    for group in sorted(given | {ALL}):
        persons = _mean([_persons(i, group) for i in instances], weights)
        index = list(product(first.settlement_ids, first.period_names))
        frame = pd.DataFrame(index, columns=["settlement", "period"])
        parts.append(frame.assign(scenario=MEAN, group=group, persons=persons.ravel()))
    return pd.concat(parts, ignore_index=True)


def _persons(instance: Instance, group: str) -> Floats:
    """Return the members of a group, (settlements, periods); ``all`` may be none."""
    if group in set(instance.tables["groups"]["group"]):
        return instance.persons(group)
    return loads.everyone(instance.tables, instance.active_scenario.projection)


def _load_rates(
    instances: Sequence[Instance], weights: Floats, rows: pd.DataFrame
) -> pd.DataFrame:
    """Return ``load_rates`` with the mean load a person, by kind of settlement."""
    first = instances[0]
    kinds = first.tables["settlements"]["kind"].to_numpy(dtype=object)
    people = _mean([_persons(i, ALL) for i in instances], weights)
    found = []
    for network in first.network_names:
        load = _mean([i.people_load(network) for i in instances], weights)
        for kind in pd.unique(kinds):
            here = kinds == kind
            count = people[here].sum(axis=0)
            rate = load[here].sum(axis=0) / np.where(count > 0, count, 1.0)
            found += [
                {"network": network, "kind": kind, "scenario": MEAN, "period": period,
                 "units_per_person": value}
                for period, value in zip(first.period_names, rate, strict=True)
            ]  # fmt: skip
    more = pd.DataFrame(found, columns=list(found[0]) if found else ["network"])
    return pd.concat([rows[rows["scenario"] != MEAN], more], ignore_index=True)


def _mean(values: Sequence[Floats], weights: Floats) -> Floats:
    return np.asarray(np.einsum("w,wit->it", weights, np.array(values)))
