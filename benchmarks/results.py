"""RESULTS.md: all published files by all methods, in one run.

``python -m benchmarks results FOLDER [--time-limit 60] [--jobs 2] [--out FILE]``: what
the DuckDB file has already is not run again.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from aumaq.results.studies.bench.cases import cases_of
from aumaq.results.studies.bench.methods import METHODS
from aumaq.results.studies.bench.report import write_results
from aumaq.results.studies.bench.runs import Task, run_all

HERE = Path(__file__).parent


def run(*arguments: str) -> None:
    """Run what is left, and write the page and its pictures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks results")
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--time-limit", type=float, default=60.0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--methods", default=",".join(METHODS))
    parser.add_argument("--out", type=Path, default=Path("runs.duckdb"))
    given = parser.parse_args(arguments)
    tasks = [
        Task(case, method, given.time_limit, 0)
        for case in cases_of(given.folders)
        for method in given.methods.split(",")
    ]
    run_all(tasks, given.out, given.jobs, lambda row: print(row["file"], row["method"]))
    for path in write_results(given.out, HERE):
        print(path)
