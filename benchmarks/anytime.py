"""Plan and bound over time: instances x seeds x seconds, each a process of its own.

``python -m benchmarks anytime FOLDER INSTANCE ... [--seconds 60 600] [--seeds 0 1]
[--gap 0] [--busy N] [--against CHECKOUT] [--method auto]``

Each run is ``aumaq solve``, with N busy loops beside it. With ``--against`` the code of
another checkout (with a ``.venv`` of its own) runs in turn with this one. The FOLDER
gets ``anytime.csv``, ``anytime.md`` and a picture of each instance.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

ROOT = Path(__file__).parent.parent
GAPS = (0.05, 0.03, 0.01)
PAUSE_SECONDS = 0.2
"""Between two looks at the memory of a process."""
BUSY = "while True: pass"
ALLOWANCE_SECONDS = 600.0
"""What a run may take beyond its limit, for reading, building and writing."""
Point = tuple[float, float | None, float | None]


@contextmanager
def busy_loops(count: int) -> Iterator[None]:
    """Keep *count* cores busy meanwhile."""
    loops = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def peak_mb(process: subprocess.Popen[Any], most_seconds: float) -> float:
    """Wait for a process; return the most memory it held, MB (NaN: not known)."""
    status, peak = Path(f"/proc/{process.pid}/status"), math.nan
    begun = time.monotonic()
    while process.poll() is None:
        if time.monotonic() - begun > most_seconds:
            process.kill()
            process.wait()
            break
        peak = _high_water(status, peak)
        time.sleep(PAUSE_SECONDS)
    return peak


def _high_water(status: Path, before: float) -> float:
    try:
        lines = status.read_text().splitlines()
    except OSError:  # it has just ended, or this is no Linux
        return before
    found = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return float(found[0]) / 1e3 if found else before


def solved(checkout: Path, instance: str, options: Sequence[str], seconds: float,
           busy: int = 0) -> dict[str, Any]:  # fmt: skip
    """Run ``aumaq solve`` of a checkout; return its record, seconds and peak MB."""
    with tempfile.TemporaryDirectory() as folder, busy_loops(busy):
        out, program = Path(folder) / "plan", checkout / ".venv" / "bin" / "aumaq"
        words = [str(program), "solve", instance, "--out", str(out), "--quiet",
                 "--json", "--time-limit", str(seconds), *options]  # fmt: skip
        log = Path(folder) / "log"
        begun = time.monotonic()
        with log.open("w") as file:
            process = subprocess.Popen(words, stdout=file, stderr=file, cwd=folder)
            peak = peak_mb(process, seconds + ALLOWANCE_SECONDS)
        wall = time.monotonic() - begun
        record = out / "record.json"
        if record.exists():
            found = json.loads(record.read_text(encoding="utf-8"))
        else:
            found = {"status": "error", "message": log.read_text()[-500:]}
    return {**found, "wall_seconds": wall, "peak_mb": peak}


def gap_of(plan: float | None, bound: float | None) -> float:
    """Return the relative gap; infinite without a plan or a bound."""
    if plan is None or bound is None:
        return math.inf
    return abs(plan - bound) / max(abs(plan), 1e-9)


def first_time(trace: Sequence[Point], gap: float | None) -> float:
    """Return seconds until a plan was there (*gap* None) or within a gap; else NaN."""
    for seconds, plan, bound in trace:
        if plan is not None and (gap is None or gap_of(plan, bound) <= gap):
            return seconds
    return math.nan


def row_of(record: dict[str, Any]) -> dict[str, Any]:
    """Return what is told of a run."""
    trace = [tuple(point) for point in record.get("trace", [])]
    plan, bound = record.get("objective_mln"), record.get("bound_mln")
    return {
        "status": record["status"],
        "verified": record.get("verified"),
        "first_plan_s": first_time(trace, None),
        **{f"gap_{gap:.0%}_s": first_time(trace, gap) for gap in GAPS},
        "last_gap": gap_of(plan, bound),
        "plan_mln": plan,
        "bound_mln": bound,
        "wall_s": round(record["wall_seconds"], 1),
        "peak_mb": record["peak_mb"],
        "columns": record.get("columns"),
    }


def written(rows: pd.DataFrame, folder: Path, name: str, command: str) -> None:
    """Write rows as CSV and as markdown, with the command that gave them."""
    folder.mkdir(parents=True, exist_ok=True)
    rows.to_csv(folder / f"{name}.csv", index=False)
    cells = [[_shown(value) for value in row] for row in rows.to_numpy().tolist()]
    lines = [list(rows.columns), ["---"] * len(rows.columns), *cells]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    text = f"`python -m benchmarks {command}`\n\n{table}\n"
    (folder / f"{name}.md").write_text(text, encoding="utf-8")
    print(text)


def _shown(value: Any) -> str:
    if value is None or value != value:
        return ""
    return (
        f"{value:,.4g}"
        if isinstance(value, float) and abs(value) < 1e4
        else (f"{value:,.0f}" if isinstance(value, float) else str(value))
    )


def drawn(title: str, curves: dict[str, Sequence[Point]], path: Path) -> None:
    """Draw plan and bound over time, a colour a run."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(8, 5))
    for k, (label, trace) in enumerate(curves.items()):
        for column, style in ((1, "-"), (2, "--")):
            known = [(p[0], p[column]) for p in trace if p[column] is not None]
            if known:
                name = label if column == 1 else None
                axes.step(*zip(*known, strict=True), style, where="post",
                          color=f"C{k % 10}", label=name)  # fmt: skip
    axes.set(title=f"{title}: plan (solid), bound (dashed)", xlabel="seconds",
             ylabel="mln")  # fmt: skip
    if axes.get_legend_handles_labels()[0]:
        axes.legend()
    figure.savefig(path, dpi=120)
    plt.close(figure)


def arguments_of(words: Sequence[str]) -> argparse.Namespace:
    """Return the arguments of the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks anytime")
    parser.add_argument("folder", type=Path)
    parser.add_argument("instances", nargs="+")
    parser.add_argument("--seconds", type=float, nargs="+", default=[60.0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--gap", type=float, default=0.0)
    parser.add_argument("--busy", type=int, default=0)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--method", default="auto")
    return parser.parse_args(words)


def run(*words: str) -> None:
    """Run all, write after each run, draw a picture of each instance."""
    given = arguments_of(words)
    codes = {"this": ROOT}
    if given.against:
        codes["other"] = given.against.resolve()
    rows: list[dict[str, Any]] = []
    curves: dict[str, dict[str, Sequence[Point]]] = {}
    for name, seconds, seed in itertools.product(
        given.instances, given.seconds, given.seeds
    ):
        for code, checkout in codes.items():
            path = Path(name)
            instance = str(path.resolve()) if path.exists() else name
            options = ["--seed", str(seed), "--gap", str(given.gap),
                       "--method", given.method]  # fmt: skip
            record = solved(checkout, instance, options, seconds, given.busy)
            told = {"instance": path.name, "code": code, "seconds": seconds,
                    "seed": seed, "busy": given.busy}  # fmt: skip
            rows.append({**told, **row_of(record)})
            label = f"{code}, seed {seed}, {seconds:g} s"
            curves.setdefault(path.name, {})[label] = record.get("trace", [])
            command = f"anytime {' '.join(words)}"
            written(pd.DataFrame(rows), given.folder, "anytime", command)
            drawn(path.name, curves[path.name], given.folder / f"{path.name}.png")
