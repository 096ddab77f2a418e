"""Beside others: HiGHS on the model's LP file, spopt on a problem that it knows.

``python -m benchmarks peer FOLDER INSTANCE ... [--seconds 60] [--gap 0.01]
[--threads 2] [--facilities 10]``

HiGHS reads the file that ``--save-lp`` writes and has the same seconds, gap and
threads as ``aumaq solve``. spopt (with PuLP; left out if it is not installed: ``pip
install spopt pulp``) places a number of facilities among the settlements so that people
travel the least (p-median), and so does the same problem written in highspy. The FOLDER
gets ``peer.csv`` and ``peer.md``.
"""

from __future__ import annotations

import argparse
import importlib.util
import tempfile
import time
from pathlib import Path
from typing import Any

import highspy
import numpy as np
import pandas as pd

import aumaq
from aumaq.instances import Instance
from benchmarks.anytime import ROOT, row_of, solved, written

EARTH_KM = 6371.0088
MOST_PLACES = 400
"""The largest settlements, as p-median has a variable for each pair."""
Row = dict[str, Any]


def highs(path: Path, seconds: float, gap: float, threads: int) -> Row:
    """Return what HiGHS finds for a model file by itself."""
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("time_limit", seconds)
    solver.setOptionValue("mip_rel_gap", gap)
    solver.setOptionValue("threads", threads)
    begun = time.monotonic()
    solver.readModel(str(path))
    reading = time.monotonic() - begun
    solver.run()
    info = solver.getInfo()
    has_plan = info.primal_solution_status == highspy.kSolutionStatusFeasible
    return {
        "status": solver.modelStatusToString(solver.getModelStatus()),
        "plan_mln": info.objective_function_value if has_plan else None,
        "bound_mln": info.mip_dual_bound,
        "last_gap": info.mip_gap if has_plan else np.inf,
        "read_s": reading,
        "wall_s": time.monotonic() - begun,
    }


def beside_highs(instance: str, given: argparse.Namespace) -> list[Row]:
    """Return rows of ``aumaq solve`` and of HiGHS on the same model."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.lp"
        options = ["--gap", str(given.gap), "--threads", str(given.threads)]
        ours = solved(ROOT, instance, options, given.seconds)
        # A run of its own writes the file: its time is not ours to spend.
        save = [*options, "--method", "direct", "--save-lp", str(path)]
        solved(ROOT, instance, save, 1.0)
        theirs = highs(path, given.seconds, given.gap, given.threads)
    return [{"solver": "aumaq", **row_of(ours)}, {"solver": "HiGHS alone", **theirs}]


def distances_km(places: pd.DataFrame) -> np.ndarray:
    """Return straight ways between settlements, km."""
    lat, lon = np.radians(places["lat"].to_numpy()), np.radians(places["lon"])
    flat = np.cos(lat)
    points = np.column_stack([flat * np.cos(lon), flat * np.sin(lon), np.sin(lat)])
    found: np.ndarray = EARTH_KM * np.linalg.norm(
        points[:, None] - points[None, :], axis=2
    )
    return found


def p_median(km: np.ndarray, people: np.ndarray, count: int, seconds: float) -> Row:
    """Return the least km x people with *count* facilities, by highspy."""
    solver, n = highspy.Highs(), len(people)
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("time_limit", seconds)
    begun = time.monotonic()
    opened = solver.addBinaries(n)
    goes = [solver.addVariables(n, lb=0.0, ub=1.0) for _ in range(n)]
    columns = np.arange(n, n + n * n, dtype=np.int32)  # after those of openings
    solver.changeColsCost(n * n, columns, (km * people[:, None]).ravel())
    for i in range(n):
        solver.addConstr(solver.qsum(goes[i]) == 1.0)
        for j in range(n):
            solver.addConstr(goes[i][j] <= opened[j])
    solver.addConstr(solver.qsum(opened) == count)
    solver.run()
    return {
        "solver": "HiGHS, p-median",
        "status": solver.modelStatusToString(solver.getModelStatus()),
        "plan_mln": solver.getInfo().objective_function_value / 1e6,
        "wall_s": time.monotonic() - begun,
    }


def by_spopt(km: np.ndarray, people: np.ndarray, count: int, seconds: float) -> Row:
    """Return the same of spopt, solved with HiGHS through PuLP."""
    import pulp
    from spopt.locate import PMedian

    begun = time.monotonic()
    model = PMedian.from_cost_matrix(km, people, p_facilities=count)
    model.solve(pulp.HiGHS(msg=False, timeLimit=seconds))
    return {
        "solver": "spopt, p-median",
        "status": pulp.LpStatus[model.problem.status],
        "plan_mln": pulp.value(model.problem.objective) / 1e6,
        "wall_s": time.monotonic() - begun,
    }


def medians(instance: Instance, given: argparse.Namespace) -> list[Row]:
    """Return rows of p-median on the largest settlements; km x people, millions."""
    places = instance.table("settlements").nlargest(MOST_PLACES, "population")
    km, people = distances_km(places), places["population"].to_numpy(dtype=float)
    count = min(given.facilities, len(places) - 1)
    rows = [p_median(km, people, count, given.seconds)]
    if importlib.util.find_spec("spopt") and importlib.util.find_spec("pulp"):
        rows.append(by_spopt(km, people, count, given.seconds))
    else:
        print("spopt or PuLP is not installed; p-median is solved by HiGHS only")
    return rows


def run(*words: str) -> None:
    """Solve each instance in all ways and write what was found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks peer")
    parser.add_argument("folder", type=Path)
    parser.add_argument("instances", nargs="+")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--gap", type=float, default=0.01)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--facilities", type=int, default=10)
    given = parser.parse_args(words)
    rows: list[Row] = []
    for name in given.instances:
        path = Path(name)
        instance = str(path.resolve()) if path.exists() else name
        found = [*beside_highs(instance, given), *medians(aumaq.read(instance), given)]
        rows += [{"instance": path.name, **row} for row in found]
        written(pd.DataFrame(rows), given.folder, "peer", f"peer {' '.join(words)}")
