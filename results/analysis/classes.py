"""Classes of units by socio-economic potential: k-means on standardised indicators.

Indicators that are missing in more than half of the units, or the same in all, are
left out; other gaps take the median. The number of classes is the one with the best
mean silhouette (Rousseeuw 1987), from 2 to 8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aumaq.instances import OptionError
from aumaq.instances.language.texts import say
from aumaq.results.analysis.measures import Measure
from aumaq.results.analysis.units import Floats, Ints

FEWEST_UNITS = 4
MOST_CLASSES = 8
MOST_MISSING = 0.5
STARTS = 10
WEAK_SILHOUETTE = 0.25
"""Up to here a silhouette tells of no substantial structure (Kaufman, Rousseeuw)."""
TOLD = 3
"""So many indicators describe a class."""
COLUMNS = ["class", "units", "members", "potential", "description"]


@dataclass(frozen=True)
class Classes:
    """Classes and how they were found.

    ``of`` is the class of each unit (0: none), ``potential`` the mean of its indicators
    in standard deviations, each turned so that more is better (NaN without classes).
    Class 1 has the highest mean potential.
    """

    of: Ints
    potential: Floats
    classes: pd.DataFrame
    indicators: pd.DataFrame
    silhouettes: pd.DataFrame
    note: str


def classify(
    units: pd.DataFrame, measures: Sequence[Measure], word: str, wanted: int = 0
) -> Classes:
    """Group *units* (rows with ``name`` and measures); *word* names them in texts.

    *wanted*: so many classes instead of the best number. Raises OptionError without
    scikit-learn, or if there cannot be as many classes.
    """
    indicators, scores, ranked = standardised(units, measures)
    potential = (scores * [measure.direction for measure in ranked]).mean(axis=1) if (
        ranked
    ) else np.full(len(units), np.nan)  # fmt: skip
    different = len(np.unique(scores, axis=0)) if ranked else 0
    why = ""
    if len(units) < FEWEST_UNITS:
        why = f"at least {FEWEST_UNITS} {word} are needed, here are {len(units)}"
    elif different < 2:
        why = f"no indicator tells the {word} apart"
    if why:
        return _none(units, indicators, f"There are no classes: {why}.")
    most = min(MOST_CLASSES, len(units) - 1, different)
    if wanted and not 2 <= wanted <= most:
        raise OptionError(
            say(
                "expected 2 to {most} classes of these {word}, not {wanted}",
                most=most,
                word=word,
                wanted=wanted,
            )
        )
    of, silhouettes = _grouped(scores, most, wanted)
    order = np.argsort([-potential[of == k].mean() for k in np.unique(of)])
    of = np.argsort(order)[of] + 1
    best = silhouettes.loc[silhouettes["is_chosen"], "silhouette"].iloc[0]
    note = f"{of.max()} classes of {len(units)} {word}, mean silhouette {best:.2f}."
    if best <= WEAK_SILHOUETTE:
        note += " The structure is weak: the classes shade into each other."
    classes = _described(units, scores, ranked, of, potential)
    return Classes(of, potential, classes, indicators, silhouettes, note)


def no_classes(units: pd.DataFrame, note: str) -> Classes:
    """Return that there are no classes, and why."""
    return _none(units, standardised(units, ())[0], note)


def standardised(
    units: pd.DataFrame, measures: Sequence[Measure]
) -> tuple[pd.DataFrame, Floats, list[Measure]]:
    """Return what became of each indicator, scores (units, used), and those used."""
    rows: list[dict[str, Any]] = []
    columns: list[Floats] = []
    used: list[Measure] = []
    for measure in measures:
        if not measure.direction or measure.column not in units:
            continue
        values = units[measure.column].to_numpy(dtype=float)
        if measure.is_log:
            positive = np.where(values > 0, values, np.nan)
            values = np.log10(positive)
        is_missing = np.isnan(values)
        why, mean, spread = "", np.nan, np.nan
        if is_missing.mean() > MOST_MISSING:
            why = "missing in more than half of the units"
        else:
            filled = np.where(is_missing, np.nanmedian(values), values)
            mean, spread = float(filled.mean()), float(filled.std())
            if spread <= 1e-12 * max(1.0, abs(mean)):
                why = "the same everywhere"
            else:
                columns.append((filled - mean) / spread)
                used.append(measure)
        rows.append(
            {
                "indicator": measure.column,
                "title": measure.title,
                "unit": f"log10 {measure.unit}" if measure.is_log else measure.unit,
                "direction": measure.direction,
                "missing_share": float(is_missing.mean()),
                "mean": mean,
                "standard_deviation": spread,
                "left_out_because": why,
            }
        )
    names = ["indicator", "title", "unit", "direction", "missing_share", "mean",
             "standard_deviation", "left_out_because"]  # fmt: skip
    scores = np.column_stack(columns) if columns else np.zeros((len(units), 0))
    return pd.DataFrame(rows, columns=names), scores, used


def _grouped(scores: Floats, most: int, wanted: int) -> tuple[Ints, pd.DataFrame]:
    """Return a label of each unit, and the silhouette of each number of classes."""
    try:
        from sklearn.cluster import KMeans
        from sklearn.metrics import silhouette_score
        from threadpoolctl import threadpool_limits
    except ImportError:
        raise OptionError(
            say(
                "classes need scikit-learn: pip install 'aumaq[analysis]', or"
                " leave them out with --classes none"
            )
        ) from None
    labels: dict[int, NDArray[Any]] = {}
    quality = {}
    # So few units are grouped sooner by one thread than by several that wait.
    with threadpool_limits(1):
        for count in range(2, most + 1):
            means = KMeans(count, n_init=STARTS, random_state=0).fit(scores)
            labels[count] = means.labels_
            quality[count] = float(silhouette_score(scores, means.labels_))
    chosen = wanted or max(quality, key=lambda count: quality[count])
    rows = [(count, value, count == chosen) for count, value in quality.items()]
    table = pd.DataFrame(rows, columns=["classes", "silhouette", "is_chosen"])
    return labels[chosen].astype(np.int64), table


def _described(
    units: pd.DataFrame,
    scores: Floats,
    ranked: Sequence[Measure],
    of: Ints,
    potential: Floats,
) -> pd.DataFrame:
    """Return a row a class: members, mean scores, and what sets it apart."""
    rows = []
    for k in range(1, of.max() + 1):
        inside = of == k
        mean = scores[inside].mean(axis=0)
        told = np.argsort(-np.abs(mean), kind="stable")[:TOLD]
        parts = [f"{_lower(ranked[m].title)} ({mean[m]:+.1f})" for m in told]
        text = f"Set apart by {', '.join(parts[:-1])} and {parts[-1]}" if (
            len(parts) > 1
        ) else f"Set apart by {parts[0]}"  # fmt: skip
        rows.append(
            {
                "class": k,
                "units": int(inside.sum()),
                "members": "; ".join(units.loc[inside, "name"]),
                "potential": float(potential[inside].mean()),
                "description": f"{text}, in standard deviations from the mean.",
                **{
                    f"z_{measure.column}": float(score)
                    for measure, score in zip(ranked, mean, strict=True)
                },
            }
        )
    return pd.DataFrame(rows)


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]


def _none(units: pd.DataFrame, indicators: pd.DataFrame, note: str) -> Classes:
    silhouettes = pd.DataFrame({"classes": [], "silhouette": [], "is_chosen": []})
    return Classes(
        np.zeros(len(units), dtype=np.int64),
        np.full(len(units), np.nan),
        pd.DataFrame({name: [] for name in COLUMNS}),
        indicators,
        silhouettes,
        note,
    )
