"""Whether plans for several futures agree in their first period: from tables alone."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from aumaq.instances.language.texts import say
from aumaq.instances.schema.plan import PLAN
from aumaq.results.audit.findings import Finding

Tables = Mapping[str, pd.DataFrame]

RULE = "futures:first-period"
COMMON = {
    table.name: (table.common, table.decided or "") for table in PLAN if table.common
}
"""What is decided in the first period: names of a row, and its number if it has one."""


def first_period_differences(
    plans: Mapping[str, Tables], period: str, tolerance: float = 1e-6
) -> list[Finding]:
    """Return what any plan decides otherwise than the first one in *period*.

    *plans* are the tables of plans by future. A number may differ by *tolerance* of
    the largest of its table.
    """
    found: list[Finding] = []
    (reference, tables), *others = plans.items()
    for table, (names, number) in COMMON.items():
        one = _decided(tables[table], period, names, number)
        for future, other_tables in others:
            other = _decided(other_tables[table], period, names, number)
            rows = one.index.union(other.index)
            a, b = (part.reindex(rows, fill_value=0.0) for part in (one, other))
            largest = max(1.0, float(a.abs().max() if len(a) else 0.0))
            away = (a - b).abs()
            for row in rows[(away > tolerance * largest).to_numpy()]:
                place = ", ".join(map(str, row if isinstance(row, tuple) else (row,)))
                text = say(
                    "{table}: {a:g} in {reference!r}, {b:g} in {future!r}",
                    table=table,
                    a=a[row],
                    reference=reference,
                    b=b[row],
                    future=future,
                )
                found.append(Finding(RULE, place, text, float(away[row])))
    return found


def _decided(
    table: pd.DataFrame, period: str, names: tuple[str, ...], number: str
) -> pd.Series[float]:
    """Return the number (1 where there is none) of each decision of the period."""
    rows = table[table["period"] == period]
    values = rows[number] if number else pd.Series(1.0, index=rows.index)
    keys = [rows[name] for name in names]
    return values.astype("float64").groupby(keys).sum()
