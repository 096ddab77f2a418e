"""The table of indicators: baseline, plan, target, met or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from aumaq.instances import Instance, OptionError
from aumaq.instances.arguments import checked
from aumaq.instances.arrays import Floats
from aumaq.instances.expressions import parse, tables_of
from aumaq.instances.language.texts import say
from aumaq.instances.schema.dtypes import TEXT
from aumaq.instances.schema.formulas import FORMULAS
from aumaq.instances.schema.plan import KNOWN_TODAY
from aumaq.results.indicators.registry import COMPUTED
from aumaq.results.indicators.state import WHOLE, Indicator, State, of_plan
from aumaq.results.indicators.today import of_today

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

SAME = 1e-9
"""A target is met up to this, relative to its size: rounding, not a miss."""
COLUMNS = {
    "indicator": TEXT, "title": TEXT, "unit": TEXT, "region": TEXT,
    "scenario": TEXT, "period": TEXT, "baseline": "float64", "plan": "float64",
    "target": "float64", "direction": TEXT, "is_met": "boolean",
}  # fmt: skip
OTHER = ["baseline", "target"]
KEY = ["indicator", "title", "unit", "direction", "region", "period"]


def indicator_table(plan: Plan) -> pd.DataFrame:
    """Return every indicator of the plan's instance by region and period.

    Columns: indicator, title, unit, region (empty: the whole territory), scenario,
    period, baseline (given, or of what stands today; NaN if there is none), plan,
    target (NaN: none), direction, is_met (missing where there is no target or no
    value). Rows without a value, baseline and target are left out.
    """
    instance = plan.instance
    found: list[dict[str, Any]] = []
    if len(instance.tables["indicators"]):
        state, base = of_plan(plan), Baselines(instance)
        targets = _targets(instance)
        for indicator in indicators_of(instance):
            value = COMPUTED[indicator.formula](state, indicator).value
            baseline = base.of(indicator)
            found += _rows(state, indicator, value, baseline, targets)
    return pd.DataFrame(found, columns=list(COLUMNS)).astype(COLUMNS)


def indicators_of(instance: Instance) -> Iterator[Indicator]:
    """Yield the indicators of an instance; title and unit filled in."""
    for row in instance.tables["indicators"].to_dict("records"):
        yield Indicator(
            indicator=row["indicator"],
            title=row["title"] or row["indicator"],
            unit=row["unit"] or FORMULAS[row["formula"]].unit,
            formula=row["formula"],
            expression=row["expression"],
            service=row["service"],
            network=row["network"],
            minutes=float(row["minutes"]),
            unpaved_km=float(row["unpaved_km"]),
            applies_to=row["applies_to"],
            direction=row["direction"],
            digits=int(row["digits"]),
            share=float(row["share"]),
            aversion=float(row["aversion"]),
        )


class Baselines:
    """Baselines of an instance; what stands today is worked out on first use."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        rows = instance.tables["indicator_baselines"]
        rows = rows[rows["year"] <= instance.base_year].sort_values("year")
        latest = rows.drop_duplicates(["indicator", "region"], keep="last")
        self._given = latest.set_index(["indicator", "region"])["value"].to_dict()

    @cached_property
    def today(self) -> State:
        """What stands today."""
        return of_today(self._instance)

    def of(self, indicator: Indicator) -> dict[str, float]:
        """Return the baseline by region; those that are given come first."""
        found: dict[str, float] = {}
        if is_known_today(indicator):
            value = COMPUTED[indicator.formula](self.today, indicator).value[:, 0]
            names = (WHOLE, *self.today.regions)
            found = dict(zip(names, value.tolist(), strict=True))
        given = {r: v for (code, r), v in self._given.items() if
                 code == indicator.indicator}  # fmt: skip
        return {**found, **given}


def is_known_today(indicator: Indicator) -> bool:
    """Whether the indicator can be computed from what stands today."""
    if indicator.formula != "expression":
        return FORMULAS[indicator.formula].has_today
    return tables_of(parse(indicator.expression)) <= set(KNOWN_TODAY)


def _targets(instance: Instance) -> Mapping[tuple[str, str, str], float]:
    rows = instance.tables["indicator_targets"]
    keys = rows[["indicator", "region", "period"]].itertuples(index=False, name=None)
    return dict(zip(keys, rows["target"].tolist(), strict=True))


def _rows(
    state: State,
    indicator: Indicator,
    value: Floats,
    baseline: Mapping[str, float],
    targets: Mapping[tuple[str, str, str], float],
) -> Iterator[dict[str, Any]]:
    for r, region in enumerate((WHOLE, *state.regions)):
        for t, period in enumerate(state.periods):
            key = (indicator.indicator, region)
            target = targets.get((*key, period), targets.get((*key, ""), np.nan))
            plan, before = float(value[r, t]), baseline.get(region, np.nan)
            if np.isnan([plan, before, target]).all():
                continue
            yield {
                "indicator": indicator.indicator,
                "title": indicator.title,
                "unit": indicator.unit,
                "region": region,
                "scenario": state.instance.scenario,
                "period": period,
                "baseline": before,
                "plan": plan,
                "target": target,
                "direction": indicator.direction,
                "is_met": _is_met(plan, target, indicator.direction),
            }


def _is_met(value: float, target: float, direction: str) -> bool | None:
    if np.isnan(value) or np.isnan(target):
        return None
    slack = SAME * max(1.0, abs(target))
    if direction == "higher":
        return value >= target - slack
    return value <= target + slack


@checked
def indicators(plans: Mapping[str, Plan] | Sequence[Plan]) -> pd.DataFrame:
    """Return the indicators of several plans beside each other.

    *plans*: by label, or in a row (then labelled by scenario, numbered where scenarios
    repeat). Columns: indicator, title, unit, direction, region, period, baseline,
    target (those of the first plan that has one), then for each plan its value under
    its label and ``<label> is_met``. A row that a plan does not have is empty there.
    Raises OptionError where a label is the name of another column.
    """
    named = plans if isinstance(plans, Mapping) else _labelled(plans)
    clash = sorted({*KEY, *OTHER} & named.keys())
    if clash:
        raise OptionError(
            say("a plan cannot be labelled {clash!r}, that is a column", clash=clash[0])
        )
    if not named:
        return pd.DataFrame(columns=[*KEY, *OTHER])
    tables = {label: plan.indicators.set_index(KEY) for label, plan in named.items()}
    order = pd.concat([table.index.to_frame() for table in tables.values()])
    rows = order.drop_duplicates().index
    found = pd.DataFrame(index=rows)
    for column in OTHER:
        found[column] = np.nan
        for table in tables.values():
            found[column] = found[column].fillna(table[column].reindex(rows))
    for label, table in tables.items():
        found[label] = table["plan"].reindex(rows)
        found[f"{label} is_met"] = table["is_met"].reindex(rows)
    return found.reset_index()


def _labelled(plans: Sequence[Plan]) -> dict[str, Plan]:
    """Return plans by scenario, numbered where several have the same."""
    names = [plan.instance.scenario for plan in plans]
    labels = [
        name if names.count(name) == 1 else f"{name} {names[: k + 1].count(name)}"
        for k, name in enumerate(names)
    ]
    return dict(zip(labels, plans, strict=True))
