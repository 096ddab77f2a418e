"""Random tiny instances with several futures, and how a plan of them may differ."""

from __future__ import annotations

import numpy as np
import pandas as pd
from futures_optima import best_common
from hypothesis import assume
from hypothesis import strategies as st
from road_instances import road_instances
from tiny_instances import some, tiny_instances

import aumaq
from aumaq.instances import Instance, InstanceError, NoPlanError, from_tables


@st.composite
def futures_instances(
    draw: st.DrawFn, kind: str, *, is_financed: bool = False
) -> Instance:
    """Draw an instance with two or three futures: people, prices, budgets differ.

    Who pays is asked where it *is_financed*, and nowhere else: enumerating it is long.
    """
    drawn = road_instances if kind == "roads" else tiny_instances
    allocation = "free" if kind == "roads" else kind
    base = draw(drawn(allocation, is_financed=is_financed))
    assume(len(base.period_names) > 1)
    paid = ("funding_sources", "partnerships", "burdens")
    assume(is_financed or all(base.table(name).empty for name in paid))
    names = ["low", "high", "odd"][: draw(some(2, 2, 3))]
    scenarios = [
        {
            "scenario": name,
            "capex_factor": draw(some(0.5, 1.0, 2.0)),
            "opex_factor": draw(some(0.5, 1.0)),
            "budget_factor": draw(some(0.5, 1.0, 2.0)),
            "probability": draw(some(0.5, 1.0, 2.0)),
        }
        for name in names
    ]
    growth = [
        {"scenario": name, "region": "", "period": period,
         "factor": draw(some(0.0, 0.5, 1.0, 1.5, 2.0))}
        for name in names
        for period in base.period_names
    ]  # fmt: skip
    tables = {name: rows for name, rows in base.base.items() if name != "population"}
    tables |= {"scenarios": pd.DataFrame(scenarios), "growth": pd.DataFrame(growth)}
    try:
        return from_tables(tables)
    except InstanceError:
        assume(False)
        raise


def futures_differences(instance: Instance, objective: str) -> list[str]:
    """Return how the plan differs from the optimum of enumeration, in words."""
    best = best_common(instance.futures)
    try:
        found = aumaq.solve_futures(instance, objective=objective, gap=0.0)
    except NoPlanError as error:
        is_right = best is None and "infeasible" in str(error)
        return [] if is_right else [f"optimum {best}, the model says: {error}"]
    if best is None:
        return [f"there is no plan, the model finds {found}"]
    costs = found.regret_table["cost_mln"].to_numpy()
    room = 4e-6 * max(1.0, float(np.abs(costs).max()))
    problems = list(found.record()["problems"])
    if abs(found.objective_mln - best[objective]) > room:
        problems.append(f"optimum {best[objective]}, found {found.objective_mln}")
    if found.bound_mln > best[objective] + room:
        problems.append(f"bound {found.bound_mln} above {best[objective]}")
    if found.objective_mln - found.bound_mln > room or found.status != "optimal":
        problems.append(f"not proven: {found!r}")
    return problems
