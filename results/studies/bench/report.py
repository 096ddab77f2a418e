"""RESULTS.md with its pictures, made of the kept runs alone."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from aumaq.instances.formats.drafts import draft_file
from aumaq.instances.formats.targets import probe_file
from aumaq.results.studies.bench.runs import read_runs
from aumaq.results.studies.bench.summary import (
    PROVEN,
    against,
    doubtful,
    ratios,
    summary,
    told,
)

ROWS = ["folder", "file", "problem", "parameter", "method", "status", "objective",
        "bound", "gap", "best_known", "distance", "seconds", "cpu_seconds",
        "peak_mb"]  # fmt: skip
PROFILE, PROGRESS = "profile.png", "gap_over_time.png"
BESIDE = """Questions that both methods were asked. *ended*: how many the other proved;
the seconds are of those, *ratio* is theirs over ours, in all and at each question.
"""


def check_results(folder: Path) -> None:
    """Raise ExportError unless the files may be written there."""
    for name in ("RESULTS.md", PROFILE, PROGRESS):
        probe_file(folder / name)


def write_results(stores: Sequence[Path], folder: Path) -> list[Path]:
    """Write RESULTS.md and two pictures of some files of runs into a folder.

    Returns what was written.
    """
    runs, traces = read_runs(*stores)
    check_results(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / "RESULTS.md"]
    if draw_profile(runs, folder / PROFILE):
        written.append(folder / PROFILE)
    if draw_progress(runs, traces, folder / PROGRESS):
        written.append(folder / PROGRESS)
    text = _text(runs, [p.name for p in written[1:]])
    with draft_file(written[0]) as draft:
        draft.write_text(text, encoding="utf-8")
    return written


def _text(runs: pd.DataFrame, pictures: list[str]) -> str:
    known = sorted({part for text in runs["versions"] for part in text.split(", ")})
    parts = [
        "# Benchmark results\n",
        f"{len(runs)} runs; {', '.join(known)}; Python {platform.python_version()}."
        f" One thread each, networks all cores. {_machines(runs)}\n",
        "Gap: between bound and objective, relative to the objective."
        " Distance: to the published value. Seconds are those of the method, without"
        " reading; those of the clock depend on what else the machine does, cpu_s do"
        f" not. A gap up to {PROVEN:g} counts as proven.\n",
        "## Summary\n",
        told(summary(runs)),
    ]
    others = against(runs)
    if len(others):
        parts += ["## Beside other programs\n", BESIDE, told(others)]
    parts += [f"![{name}]({name})\n" for name in pictures]
    odd = doubtful(runs)
    if len(odd):
        parts += [
            "## Published values that a proven bound contradicts\n",
            told(odd[["folder", "file", "problem", "parameter", "best_known", "bound",
                      "objective", "method"]]),
        ]  # fmt: skip
    failed = runs[runs["error"].fillna("") != ""]
    if len(failed):
        parts += ["## Failures\n", told(failed[["folder", "file", "method", "error"]])]
    ordered = runs.sort_values(["folder", "problem", "file", "parameter", "method"])
    ordered = ordered[ordered["status"] != "unknown to the method"]
    return "\n".join([*parts, "## All runs\n", told(ordered[ROWS])])


def _machines(runs: pd.DataFrame) -> str:
    """Say which machines the runs were on, and whether those had other work."""
    told = []
    for name, part in runs.groupby(runs["machine"].fillna("an unknown machine")):
        busy = part["load"].median()
        waiting = "" if busy != busy else f" (median load {busy:.1f})"
        told.append(f"{len(part)} runs on {name}{waiting}")
    return "; ".join(told) + ". A load above the number of cores: it was shared."


def draw_profile(runs: pd.DataFrame, path: Path) -> bool:
    """Draw the share of cases that each method proves within a multiple of the least
    time; return whether there was anything to draw.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    found = ratios(runs)
    if found.empty:
        return False
    tried = runs[runs["status"] != "unknown to the method"]
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    for method in found.columns:
        own = tried[tried["method"] == method]
        cases = own[["folder", "file", "problem", "parameter"]].drop_duplicates()
        values = np.sort(found[method].dropna().to_numpy())
        share = np.arange(1, len(values) + 1) / max(len(cases), 1)
        axes.step([1.0, *values], [0.0, *share], where="post",
                  label=f"{method} ({len(cases)} cases)")  # fmt: skip
    axes.set(xscale="log", ylim=(0, 1.02), xlabel="time over the least of all methods",
             ylabel="share of its cases proven")  # fmt: skip
    axes.legend()
    with draft_file(path) as draft:
        figure.savefig(draft, dpi=120, metadata={"Software": None})
    plt.close(figure)
    return True


def draw_progress(runs: pd.DataFrame, traces: pd.DataFrame, path: Path) -> bool:
    """Draw the gap over time, median of each set; return whether there was any."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    whole = traces.merge(runs[["run", "folder", "problem", "method"]], on="run")
    whole = whole[whole["method"] == "aumaq"]
    if whole.empty:
        return False
    times = np.geomspace(0.1, max(runs["time_limit"].max(), 1.0), 60)
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    for (folder, problem), part in whole.groupby(["folder", "problem"]):
        lines = [gaps_at(one, times) for _, one in part.groupby("run")]
        middle = np.median(np.array(lines), axis=0)
        axes.plot(times, 100 * np.clip(middle, 1e-5, 1.0), label=f"{folder} {problem}")
    axes.set(xscale="log", yscale="log", xlabel="seconds",
             ylabel="median gap of aumaq, %")  # fmt: skip
    axes.legend(fontsize=7)
    with draft_file(path) as draft:
        figure.savefig(draft, dpi=120, metadata={"Software": None})
    plt.close(figure)
    return True


def gaps_at(trace: pd.DataFrame, times: np.ndarray) -> np.ndarray:
    """Return the gap of a run at some times, 1 where it had no bound or no plan."""
    trace = trace.sort_values("seconds")
    gap = (trace["objective"] - trace["bound"]).abs() / trace["objective"].abs()
    place = np.searchsorted(trace["seconds"].to_numpy(), times, side="right") - 1
    values = gap.fillna(1.0).to_numpy()
    return np.where(place < 0, 1.0, values[np.maximum(place, 0)])
