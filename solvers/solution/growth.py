"""Growth points in a solution: read the choice, and shares of what demand there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from aumaq.instances.arrays import Floats, Ints
from aumaq.model import BuiltModel
from aumaq.solvers.solution.networks import Number, columns_of


def chosen_of(built: BuiltModel, number: Number) -> Ints:
    """Return which candidates are growth points in which period, (K, T)."""
    return np.round(number(built.chosen)).astype(np.int64)


def demand_ratio(built: BuiltModel, service: str, chosen: Ints) -> Floats:
    """Return the most demand there may be over what there is, (I, T); 0 for none.

    Shares of the model are of the first, shares of a plan of the second.
    """
    effect = built.data.growth.demand[service]
    now = effect.under(chosen)
    return np.divide(effect.most, now, out=np.zeros_like(now), where=now > 0)


def candidate_sites(
    built: BuiltModel, place: Ints
) -> Iterator[tuple[str, list[int], tuple[float, float]]]:
    """Yield a key, the columns and the place of each candidate."""
    growth, rows = built.data.growth, built.data.instance.tables["settlements"]
    for i, tier, members in zip(
        growth.settlement.tolist(), growth.tier, built.chosen, strict=True
    ):
        columns = columns_of(place, members)
        if columns:
            point = (float(rows["lat"].iloc[i]), float(rows["lon"].iloc[i]))
            yield f"growth/{tier}/{i}", columns, point


def candidate_columns(models: Iterable[tuple[BuiltModel, Ints]]) -> Ints:
    """Return the columns of all candidates of models, each with its places."""
    none = np.zeros(0, dtype=np.int64)
    found = [place[built.chosen.ravel()] for built, place in models]
    columns = np.unique(np.concatenate([none, *found]))
    return columns[columns >= 0]
