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
from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.extras import install_command
from aumaq.instances.language.texts import Figure, Text, say
from aumaq.results.analysis.measures import Measure
from aumaq.results.language import ENGLISH, Language

FEWEST_UNITS = 4
MOST_CLASSES = 8
MOST_MISSING = 0.5
STARTS = 10
WEAK_SILHOUETTE = 0.25
"""Up to here a silhouette tells of no substantial structure (Kaufman, Rousseeuw)."""
TOLD = 3
"""So many indicators describe a class."""
COLUMNS = ["class", "units", "members", "potential", "description"]
WORDS = {"regions": say("regions"), "districts": say("districts")}
"""What is classified, inside a sentence."""
Traits = tuple[tuple[Measure, float], ...]
"""Indicators that set a class apart, the first the most, with their mean score."""


@dataclass(frozen=True)
class Classes:
    """Classes and how they were found.

    ``of`` is the class of each unit (0: none), ``potential`` the mean of its indicators
    in standard deviations, each turned so that more is better (NaN without classes).
    Class 1 has the highest mean potential. ``traits`` are what sets each class apart.
    """

    of: Ints
    potential: Floats
    classes: pd.DataFrame
    indicators: pd.DataFrame
    silhouettes: pd.DataFrame
    note: Text
    traits: tuple[Traits, ...] = ()


def classify(
    units: pd.DataFrame, measures: Sequence[Measure], what: str, wanted: int = 0
) -> Classes:
    """Group *units* (rows with ``name`` and measures): *what* is a key of WORDS.

    *wanted*: so many classes instead of the best number. Raises OptionError without
    scikit-learn, or if there cannot be as many classes.
    """
    indicators, scores, ranked = standardised(units, measures)
    potential = (scores * [measure.direction for measure in ranked]).mean(axis=1) if (
        ranked
    ) else np.full(len(units), np.nan)  # fmt: skip
    different = len(np.unique(scores, axis=0)) if ranked else 0
    word, why = WORDS[what], say("")
    if len(units) < FEWEST_UNITS:
        why = say(
            "at least {n} {word} are needed, here are {units}",
            n=FEWEST_UNITS,
            word=word,
            units=len(units),
        )
    elif different < 2:
        why = say("no indicator tells the {word} apart", word=word)
    if why:
        return _none(units, indicators, say("There are no classes: {why}.", why=why))
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
    note = say(
        "{n} classes of {units} {word}, mean silhouette {value}.",
        n=int(of.max()),
        units=len(units),
        word=word,
        value=Figure(f"{best:.2f}"),
    )
    if best <= WEAK_SILHOUETTE:
        note = say(
            "{note} The structure is weak: the classes shade into each other.",
            note=note,
        )
    means = [scores[of == k].mean(axis=0) for k in range(1, of.max() + 1)]
    traits = tuple(_traits(ranked, mean) for mean in means)
    classes = _table(units, means, ranked, of, potential)
    classes.insert(4, "description", [str(described(t, ENGLISH)) for t in traits])
    return Classes(of, potential, classes, indicators, silhouettes, note, traits)


def described(traits: Traits, lang: Language) -> str:
    """Return in words what sets a class apart."""
    parts = []
    for measure, score in traits:
        title = lang.tell(measure.title)
        trait = title[:1].lower() + title[1:]
        parts.append(
            lang.tell(
                say("{trait} ({score})", trait=trait, score=lang.figure(score, "+.1f"))
            )
        )
    told = parts[-1]
    if len(parts) > 1:
        first = ", ".join(parts[:-1])
        told = lang.tell(say("{first} and {other}", first=first, other=told))
    return lang.tell(
        say("Set apart by {traits}, in standard deviations from the mean.", traits=told)
    )


def no_classes(units: pd.DataFrame, note: Text) -> Classes:
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
                "title": str(measure.title),
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
                "classes need scikit-learn: {command}; or leave them out with"
                " --classes none",
                command=install_command("analysis"),
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


def _traits(ranked: Sequence[Measure], mean: Floats) -> Traits:
    """Return the measures of which a class has the most unusual mean scores."""
    order = np.argsort(-np.abs(mean), kind="stable")[:TOLD]
    return tuple((ranked[m], float(mean[m])) for m in order)


def _table(
    units: pd.DataFrame,
    means: Sequence[Floats],
    ranked: Sequence[Measure],
    of: Ints,
    potential: Floats,
) -> pd.DataFrame:
    """Return a row a class: members and mean scores."""
    rows = []
    for k, mean in enumerate(means, start=1):
        inside = of == k
        rows.append(
            {
                "class": k,
                "units": int(inside.sum()),
                "members": "; ".join(units.loc[inside, "name"]),
                "potential": float(potential[inside].mean()),
                **{
                    f"z_{measure.column}": float(score)
                    for measure, score in zip(ranked, mean, strict=True)
                },
            }
        )
    return pd.DataFrame(rows)


def _none(units: pd.DataFrame, indicators: pd.DataFrame, note: Text) -> Classes:
    silhouettes = pd.DataFrame({"classes": [], "silhouette": [], "is_chosen": []})
    return Classes(
        np.zeros(len(units), dtype=np.int64),
        np.full(len(units), np.nan),
        pd.DataFrame({name: [] for name in COLUMNS}),
        indicators,
        silhouettes,
        note,
    )
