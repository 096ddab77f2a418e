"""RESULTS.md: published files by all methods, from runs that are kept in files.

``python -m benchmarks results [FOLDER] --runs RUNS [--only SETS] [--at-most S]``

With the folder of published files each of its sets is run as SETS says, no run for
more than S seconds, into a DuckDB file of its own in RUNS; what is there already is not
run again. Then the page and its pictures are made of all files of runs in RUNS, whoever
made them. Without a folder of published files only that is done.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aumaq.results.studies.bench.cases import Given, cases_of
from aumaq.results.studies.bench.report import write_results
from aumaq.results.studies.bench.runs import Task, run_all

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Plan:
    """How a set of files is run."""

    seconds: float
    methods: tuple[str, ...] = ("aumaq",)
    kind: str = ""  # only these questions
    counts: tuple[int, ...] = ()  # sites, of points that no table asks about
    capacities: tuple[float, ...] = ()  # of files that leave it open

    def tasks(self, folder: Path, at_most: float) -> list[Task]:
        """Return the runs of a folder, each of *at_most* so many seconds."""
        given = Given(self.counts, (), self.capacities, "floor")
        cases = cases_of([str(folder)], self.kind, given)
        seconds = min(self.seconds, at_most)
        return [Task(c, name, seconds, 0) for name in self.methods for c in cases]


BESIDE = ("aumaq", "spopt-highs", "spopt-cbc")
CAPA = (8000.0, 10000.0, 12000.0, 14000.0)
"""The four problems that OR-Library publishes of one file."""
SETS = {
    "pmed": [Plan(300.0, BESIDE)],
    "mclp": [Plan(300.0)],
    "tsplib": [Plan(600.0, counts=(100, 500, 1000))],
    "orlib_cap": [Plan(60.0, ("aumaq", "highs"), capacities=CAPA)],
    "sscflp/holmberg": [Plan(600.0)],
    "sscflp/delmaire": [Plan(600.0)],
    "sscflp/yang": [Plan(600.0)],
    "sscflp/tbed1": [Plan(60.0, kind="cflp"), Plan(600.0, kind="sscflp")],
    "fcnet": [Plan(60.0)],
}
"""Folders of published files and how each is run: seconds, methods, questions."""


def run(*arguments: str) -> None:
    """Run what is left, and write the page and its pictures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks results")
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--only", default=",".join(SETS), help="sets, commas between")
    parser.add_argument("--at-most", type=float, default=float("inf"), help="seconds")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", type=Path, default=HERE)
    given = parser.parse_args(arguments)
    chosen = given.only.split(",")
    if unknown := [name for name in chosen if name not in SETS]:
        parser.error(f"no set {unknown[0]!r}; there are: {', '.join(SETS)}")
    given.runs.mkdir(parents=True, exist_ok=True)
    for name in chosen if given.folder is not None else ():
        if (given.folder / name).is_dir():
            folder, most = given.folder / name, given.at_most
            tasks = [task for plan in SETS[name] for task in plan.tasks(folder, most)]
            store = given.runs / f"{name.replace('/', '_')}.duckdb"
            run_all(tasks, store, given.jobs, _tell)
    stores = sorted(given.runs.glob("*.duckdb"))
    if not stores:
        parser.error(f"no file of runs (*.duckdb) in {given.runs}")
    for path in write_results(stores, given.out):
        print(path)


def _tell(row: dict[str, Any]) -> None:
    """Print how a run went."""
    names = ("file", "problem", "parameter", "method", "status", "objective", "bound")
    print(*(row[name] for name in names), f"{row['seconds'] or 0:.1f} s", flush=True)
