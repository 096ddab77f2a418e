"""How much a plan depends on numbers that are not known well.

Numbers of the tables are varied within ranges, and the instance is solved for each
point, side by side as a sweep. Three ways to choose the points: ``ranges`` varies one
number at a time; ``morris`` walks trajectories of single steps (Morris 1991, "Factorial
sampling plans for preliminary computational experiments", Technometrics 33; mean of
absolute
effects by Campolongo, Cariboni and Saltelli 2007); ``sobol`` splits the variance of the
result (Sobol' 2001; estimators of Saltelli et al. 2010). Points and indices of the last
two are those of SALib.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances import Instance, OptionError, UnknownNameError
from aumaq.instances.arguments import checked
from aumaq.instances.arrays import Floats
from aumaq.instances.language.texts import say
from aumaq.instances.scenarios.changes import ACTIONS, CHANGE
from aumaq.results.studies.sweep import Sweep, sweep
from aumaq.solvers import SolveOptions

METHODS = ("ranges", "morris", "sobol")
VARY = re.compile(
    r"(?P<what>.+?[=*+])\s*(?P<low>[-+.\deE]+)\s*:\s*(?P<high>[-+.\deE]+)\s*"
)
"""What is varied: ``budgets.amount_mln*0.8:1.2``."""
MOST_RUNS = 100_000
"""Solves of a study; so many take days."""
LEVELS = 4
"""Levels of the grid of Morris."""
TOLD = ("objective_mln", "investment_mln")
"""Results of which indices are told."""


@dataclass(frozen=True)
class Factor:
    """A number that is varied: a change without its value, and the range of that."""

    what: str
    low: float
    high: float

    def at(self, value: float) -> str:
        """Return the change for a value."""
        return f"{self.what}{value:.10g}"


@dataclass(frozen=True)
class Sensitivity:
    """Runs of a sensitivity study.

    ``points`` is (runs, factors), ``rows`` the rows of the sweep in the same order
    with the values varied, ``effects`` a row for each result and factor, ``sites`` how
    often each site is chosen. Without a plan for every point there are no indices of
    Morris or Sobol (``effects`` is empty then).
    """

    instance: Instance
    method: str
    factors: tuple[Factor, ...]
    points: Floats
    rows: pd.DataFrame
    effects: pd.DataFrame
    sites: pd.DataFrame
    sweep: Sweep

    @property
    def without_plan(self) -> int:
        """Runs that ended without a plan."""
        return int((~self.rows["has_plan"]).sum())

    @property
    def noise_share(self) -> float:
        """The largest gap of any run: differences below it may be the solver's."""
        gaps = self.rows.get("gap", pd.Series(dtype=float)).dropna()
        return float(gaps.max()) if len(gaps) else float("nan")

    def record(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        from aumaq.results.strict_json import strict

        found = {
            "instance": self.instance.name,
            "scenario": self.instance.scenario,
            "method": self.method,
            "factors": [vars(factor) for factor in self.factors],
            "runs": len(self.rows),
            "without_plan": self.without_plan,
            "noise_share": self.noise_share,
            "effects": self.effects.to_dict("records"),
            "sites": self.sites.to_dict("records"),
            "rows": self.rows.to_dict("records"),
        }
        return dict(strict(found))


def factors_of(texts: Sequence[str]) -> tuple[Factor, ...]:
    """Return what is varied; several in a text have commas between.

    Raises OptionError naming each that cannot be read.
    """
    found, wrong = [], []
    for text in (part for line in texts for part in line.split(",") if part.strip()):
        match = VARY.fullmatch(text.strip())
        try:
            low, high = (float(match[key]) for key in ("low", "high"))  # type: ignore[index]
        except (TypeError, ValueError):
            wrong.append(text.strip())
            continue
        if match is None or not (np.isfinite([low, high]).all() and low < high):
            wrong.append(text.strip())
            continue
        found.append(Factor(match["what"], low, high))
    names = [factor.what.rstrip("*=+").strip() for factor in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        text = say("{names}: varied twice; give one range", names=", ".join(twice))
        raise OptionError(text, ["vary"])
    if wrong or not found:
        raise OptionError(
            say(
                "{option}: expected table.column*low:high (with = or + as well), low"
                " below high, such as budgets.amount_mln*0.8:1.2",
                option=", ".join(wrong) or "vary",
            ),
            ["vary"],
        )
    return tuple(found)


@checked
def sensitivity(
    instance: Instance,
    vary: Sequence[str],
    *,
    method: str = "ranges",
    runs: int = 20,
    seed: int = 0,
    **options: Any,
) -> Sensitivity:
    """Vary numbers of the tables within ranges and solve for each point.

    *vary* are changes with a range for a value (``budgets.amount_mln*0.8:1.2``),
    *runs* about how many points: as many as the method can use of them. *options* are
    those of :func:`aumaq.sweep`. Raises UnknownNameError, OptionError, InstanceError.
    """
    if method not in METHODS:
        raise UnknownNameError(say("method"), method, METHODS)
    if not 1 <= runs <= MOST_RUNS:
        text = say("runs must be from 1 to {most:,}, not {n}", most=MOST_RUNS, n=runs)
        raise OptionError(text, ["runs"])
    SolveOptions(seed=seed)  # refuses what makes no sense
    factors = factors_of(vary)
    for side in ("low", "high"):  # what cannot be is told before the work
        instance.with_changes([f.at(getattr(f, side)) for f in factors])
    points = _points(method, factors, runs, seed)
    many = with_points(instance, factors, points)
    found = sweep(many, names_of(len(points)), seed=seed, **options)
    values = pd.DataFrame(points, columns=[f.what for f in factors])
    rows = pd.concat([found.rows.reset_index(drop=True), values], axis=1)
    effects = pd.DataFrame()
    if method == "ranges" or bool(rows["has_plan"].all()):
        effects = _effects(method, factors, points, rows, seed)
    sites = chosen_sites(many, found)
    return Sensitivity(instance, method, factors, points, rows, effects, sites, found)


def names_of(count: int) -> list[str]:
    """Return the names of the scenarios of so many points."""
    return [f"run-{k + 1:04d}" for k in range(count)]


def with_points(
    instance: Instance, factors: Sequence[Factor], points: Floats
) -> Instance:
    """Return the instance with a scenario for each point, like the active one else."""
    scenarios, overrides = instance.base["scenarios"], instance.base["overrides"]
    own = scenarios[scenarios["scenario"] == instance.scenario]
    if not len(own):
        raise OptionError(
            say("sensitivity takes a scenario of the table, not a combination"),
            ["scenario"],
        )
    row, more, changes = own.iloc[0], [], []
    for name, point in zip(names_of(len(points)), points, strict=True):
        sets = [row["overrides"], name] if row["overrides"] else [name]
        more.append({
            **row.to_dict(), "scenario": name, "title": name,
            "projection": row["projection"] or instance.scenario,
            "overrides": "; ".join(sets),
        })  # fmt: skip
        changes += [
            _override(name, factor.at(value))
            for factor, value in zip(factors, point, strict=True)
        ]
    return instance.replace(
        scenarios=_appended(scenarios, more), overrides=_appended(overrides, changes)
    )


def _override(name: str, text: str) -> dict[str, str]:
    found = CHANGE.fullmatch(text)
    assert found is not None  # with_changes has read it
    return {
        "override": name,
        "table": found["table"],
        "where": found["where"] or "",
        "column": found["column"],
        "action": ACTIONS[found["sign"]],
        "value": found["value"].strip(),
        "source": text,
    }


def _appended(rows: pd.DataFrame, more: list[dict[str, Any]]) -> pd.DataFrame:
    new = pd.DataFrame(more).reindex(columns=rows.columns)
    return pd.concat([rows, new.astype(rows.dtypes.to_dict())], ignore_index=True)


def _problem(factors: Sequence[Factor]) -> dict[str, Any]:
    """Return the factors as SALib takes them."""
    return {
        "num_vars": len(factors),
        "names": [f.what for f in factors],
        "bounds": [[f.low, f.high] for f in factors],
    }


def _points(method: str, factors: Sequence[Factor], runs: int, seed: int) -> Floats:
    count = len(factors)
    if method == "ranges":
        return _one_at_a_time(factors, max(2, (runs - 1) // count))
    if method == "morris":
        from SALib.sample import morris

        trajectories = max(2, runs // (count + 1))
        return np.asarray(
            morris.sample(_problem(factors), trajectories, LEVELS, seed=seed), float
        )
    from SALib.sample import sobol

    size = 2 ** max(1, int(np.log2(max(2, runs // (count + 2)))))
    return np.asarray(
        sobol.sample(_problem(factors), size, calc_second_order=False, seed=seed),
        float,
    )


def _middle(factor: Factor) -> float:
    """Return what a factor is while others vary: as it is where the range has that."""
    same = {"*": 1.0, "+": 0.0}.get(factor.what[-1])
    if same is not None and factor.low <= same <= factor.high:
        return same
    return 0.5 * (factor.low + factor.high)


def _one_at_a_time(factors: Sequence[Factor], each: int) -> Floats:
    middle = np.array([_middle(f) for f in factors])
    points = [middle]
    for k, factor in enumerate(factors):
        for value in np.linspace(factor.low, factor.high, each):
            point = middle.copy()
            point[k] = value
            points.append(point)
    return np.array(points)


def _effects(
    method: str,
    factors: Sequence[Factor],
    points: Floats,
    rows: pd.DataFrame,
    seed: int,
) -> pd.DataFrame:
    found = []
    for result in TOLD:
        if result not in rows:
            continue
        y = rows[result].to_numpy(dtype=float)
        for factor, told in zip(
            factors, _told(method, factors, points, y, seed), strict=True
        ):
            found.append({"result": result, "factor": factor.what, **told})
    return pd.DataFrame(found)


def _told(
    method: str, factors: Sequence[Factor], points: Floats, y: Floats, seed: int
) -> list[dict[str, float]]:
    """Return the indices of each factor for one result."""
    if method == "ranges":
        middle = points[0]
        told = []
        for k in range(len(factors)):
            others = np.delete(points, k, axis=1) == np.delete(middle, k)
            own = y[others.all(axis=1)]
            own = own[np.isfinite(own)]
            is_known = len(own) > 0
            told.append({
                "least": float(own.min()) if is_known else float("nan"),
                "most": float(own.max()) if is_known else float("nan"),
            })  # fmt: skip
        return told
    if not np.ptp(y) > 0.0:  # nothing varies: no share of anything
        keys = ("mu_star", "sigma") if method == "morris" else ("first", "total")
        return [dict.fromkeys(keys, 0.0) for _ in factors]
    problem = _problem(factors)
    if method == "morris":
        from SALib.analyze import morris

        # Effects are for the whole of a range.
        s = morris.analyze(problem, points, y, num_levels=LEVELS, seed=seed)
        return [
            {"mu_star": float(m), "mu": float(mu), "sigma": float(d)}
            for m, mu, d in zip(s["mu_star"], s["mu"], s["sigma"], strict=True)
        ]
    from SALib.analyze import sobol

    s = sobol.analyze(problem, y, calc_second_order=False, seed=seed)
    return [
        {"first": float(a), "first_within": float(b), "total": float(c),
         "total_within": float(d)}
        for a, b, c, d in zip(s["S1"], s["S1_conf"], s["ST"], s["ST_conf"],
                              strict=True)
    ]  # fmt: skip


def chosen_sites(instance: Instance, found: Sweep) -> pd.DataFrame:
    """Return how often each site is chosen: service, site, and shares of all plans.

    ``runs_share``: something runs there in the last period; ``built_share``: something
    is opened or enlarged there in any.
    """
    last, plans = instance.period_names[-1], 0
    runs: dict[tuple[str, str], int] = {}
    built: dict[tuple[str, str], int] = {}
    for outcome in found.outcomes.values():
        if outcome.tables is None:
            continue
        plans += 1
        rows, actions = outcome.tables["facilities"], outcome.tables["actions"]
        rows = rows[(rows["period"] == last) & (rows["units"] > 0)]
        grown = actions[actions["action"].isin(["open", "enlarge"])]
        for table, counts in ((rows, runs), (grown, built)):
            for key in set(zip(table["service"], table["site"], strict=True)):
                counts[key] = counts.get(key, 0) + 1
    keys = sorted({*runs, *built}, key=lambda k: (-runs.get(k, 0), k))
    told = [
        (service, site, runs.get((service, site), 0) / plans,
         built.get((service, site), 0) / plans)
        for service, site in keys
    ]  # fmt: skip
    columns = ["service", "site", "runs_share", "built_share"]
    return pd.DataFrame(told, columns=columns)
