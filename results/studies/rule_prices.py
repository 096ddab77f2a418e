"""What a rule costs: a scenario with its variant against the same without it.

The least cost of each lies between its bound and its plan, whatever the variant
changes; so the difference of the two lies between the bound with it less the plan
without, and the plan with it less the bound without.
"""

from __future__ import annotations

import pandas as pd

from aumaq.instances.scenarios.scenario import JOIN

COLUMNS = ("scenario", "variant", "least_mln", "found_mln", "most_mln", "is_certain")


def rule_prices(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what each variant alone costs, discounted mln, from the rows of a sweep.

    ``least_mln`` to ``most_mln`` is where its price lies, ``found_mln`` the difference
    of the plans; ``is_certain``: that it costs something, or that it saves. Rows
    without a verified plan say nothing.
    """
    known = rows[rows["has_plan"] & rows["verified"]].set_index("scenario")
    found = []
    for name in known.index:
        base, *variants = str(name).split(JOIN)
        if len(variants) != 1 or base not in known.index:
            continue
        own, other = known.loc[name], known.loc[base]
        least = own["bound_mln"] - other["objective_mln"]
        most = own["objective_mln"] - other["bound_mln"]
        difference = own["objective_mln"] - other["objective_mln"]
        row = base, variants[0], least, difference, most, least > 0.0 or most < 0.0
        found.append(row)
    return pd.DataFrame(found, columns=list(COLUMNS))
