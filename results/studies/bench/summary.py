"""Tables of benchmark runs: one row for each set of files, problem and method."""

from __future__ import annotations

import numpy as np
import pandas as pd

PROVEN = 1e-6
"""Relative gap from which on a plan counts as proven."""
BELOW = 1e-6
GROUP = ["folder", "problem", "method"]
CASE = ["folder", "file", "problem", "parameter"]


def summary(runs: pd.DataFrame) -> pd.DataFrame:
    """Return limits, counts, gaps, distances, times, memory by set, problem, method."""
    odd = doubtful(runs).index
    runs = runs.assign(distance=runs["distance"].where(~runs.index.isin(odd)))
    runs = runs[runs["status"] != "unknown to the method"]
    rows = []
    for key, part in runs.groupby(GROUP, sort=True):
        solved = part[part["objective"].notna()]
        limits = sorted(set(part["time_limit"]))
        rows.append(
            {
                **dict(zip(GROUP, key, strict=True)),
                "limit_s": " or ".join(f"{s:g}" for s in limits),
                "runs": len(part),
                "plans": len(solved),
                "proven": int((part["gap"] <= PROVEN).sum()),
                "mean_gap": solved["gap"].mean(),
                "worst_gap": solved["gap"].max(),
                "mean_distance": solved["distance"].mean(),
                "worst_distance": solved["distance"].max(),
                "total_s": part["seconds"].sum(),
                "longest_s": part["seconds"].max(),
                "cpu_s": part["cpu_seconds"].sum(),
                "peak_mb": part["peak_mb"].max(),
            }
        )
    return pd.DataFrame(rows)


def doubtful(runs: pd.DataFrame) -> pd.DataFrame:
    """Return runs whose proven bound contradicts the published value.

    A published least cost cannot lie below a bound, nor a greatest value above one.
    """
    more = runs["problem"].isin(["mclp", "p-dispersion"])
    over = np.where(more, runs["best_known"] - runs["bound"],
                    runs["bound"] - runs["best_known"])  # fmt: skip
    return runs[over > BELOW * runs["best_known"].abs()]


def ratios(runs: pd.DataFrame) -> pd.DataFrame:
    """Return for each case the time of each method that proved it, over the least."""
    proven = runs[runs["gap"] <= PROVEN]
    times = proven.pivot_table(
        index=CASE, columns="method", values="seconds", aggfunc="min"
    )
    times = times.clip(lower=0.01)
    return times.div(times.min(axis=1), axis=0)


def against(runs: pd.DataFrame, ours: str = "aumaq") -> pd.DataFrame:
    """Return times of other methods over ours, where both were asked the same.

    Sums and ratios are of the questions that the other one proved.
    """
    tried = runs[runs["status"] != "unknown to the method"]
    own = tried[tried["method"] == ours]
    both = own.merge(tried[tried["method"] != ours], on=CASE, suffixes=("", "_other"))
    rows = []
    for key, part in both.groupby(["folder", "problem", "method_other"], sort=True):
        ended = part[part["gap_other"] <= PROVEN]
        times = ended["seconds_other"].sum(), ended["seconds"].sum()
        each = ended["seconds_other"] / ended["seconds"].clip(lower=0.01)
        rows.append(
            {
                **dict(zip(GROUP, key, strict=True)),
                "questions": len(part),
                "ended": len(ended),
                f"{ours}_proven": int((part["gap"] <= PROVEN).sum()),
                "total_s": times[0],
                f"{ours}_s": times[1],
                "ratio": times[0] / times[1] if times[1] else float("nan"),
                "least_ratio": each.min(),
                "median_ratio": each.median(),
                "greatest_ratio": each.max(),
            }
        )
    return pd.DataFrame(rows)


ALL_DIGITS = 1e5
"""From here on numbers are whole."""


def told(table: pd.DataFrame) -> str:
    """Return a table in Markdown."""
    head = [*table.columns]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in table.itertuples(index=False):
        cells = [_cell(name, value) for name, value in zip(head, row, strict=True)]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _cell(name: str, value: object) -> str:
    if (
        value is None
        or value is pd.NaT
        or (isinstance(value, float) and value != value)
    ):
        return "-"
    if not isinstance(value, float):
        return str(value)
    if "gap" in name or "distance" in name:
        return f"{value:.4%}"
    if name.endswith("ratio"):
        return f"{value:,.2f}"
    short = ("_s", "_mb", "seconds")
    if name.endswith(short):
        return f"{value:,.1f}"
    return f"{value:,.6g}" if abs(value) < ALL_DIGITS else f"{value:,.0f}"
