"""What of the objective is money, what is points, and what its bound says.

The cost of a plan is its money. Points weigh travel, shortfalls and what is not met.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from aumaq.model.assemble import MONEY
from aumaq.solvers.progress import relative_gap


def is_money(term: str) -> bool:
    """Return whether a term of the objective is money that somebody pays."""
    return term in MONEY


def money_and_points(objective: pd.DataFrame) -> tuple[float, float]:
    """Return the sums of the terms that are money and of those that are points, mln.

    *objective* is the plan's table of that name; the two sums make the objective.
    """
    paid = objective["term"].isin(sorted(MONEY))
    values = objective["discounted_mln"]
    return float(values[paid].sum()), float(values[~paid].sum())


def gap_record(
    objective: pd.DataFrame, bound_mln: float, unavoidable_mln: float
) -> dict[str, Any]:
    """Return the fields of a plan's record on its objective, bound and gap.

    ``gap`` is the share of the objective that could be saved at most,
    ``gap_of_decisions`` the same of what decisions can change: without
    ``unavoidable_mln``, which every plan has.
    """
    money, points = money_and_points(objective)
    total = float(objective["discounted_mln"].sum())
    return {
        "objective_mln": total,
        "money_mln": money,
        "points_mln": points,
        "bound_mln": bound_mln,
        "gap": relative_gap(total, bound_mln),
        "unavoidable_mln": unavoidable_mln,
        "gap_of_decisions": relative_gap(
            total - unavoidable_mln, bound_mln - unavoidable_mln
        ),
    }
