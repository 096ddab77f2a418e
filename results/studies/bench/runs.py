"""Benchmark runs in parallel processes, kept in a DuckDB file as they end.

A run that is there (same file content, question, method, versions, time limit and seed)
is not done again, so that a benchmark goes on where it was stopped.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from aumaq.instances.errors import ExportError
from aumaq.instances.interruption import is_asked, listening
from aumaq.instances.language.texts import say
from aumaq.results.store.database import check_kind, connected
from aumaq.results.studies.bench.cases import Case
from aumaq.results.studies.bench.methods import versions_of, wants_more

WAITING = 5.0
"""Seconds for another process to let go of the file."""
NAMES = "SELECT table_name FROM information_schema.tables"
GRACE = 600.0
"""Seconds that a process may take beside its time limit: reading, compiling."""
TABLES = """
CREATE TABLE IF NOT EXISTS bench_runs (
    run VARCHAR PRIMARY KEY, file VARCHAR, folder VARCHAR, problem VARCHAR,
    parameter VARCHAR, method VARCHAR, versions VARCHAR, seed INTEGER,
    time_limit DOUBLE, status VARCHAR, bound DOUBLE, objective DOUBLE, gap DOUBLE,
    best_known DOUBLE, distance DOUBLE, seconds DOUBLE, cpu_seconds DOUBLE,
    peak_mb DOUBLE, started_utc TIMESTAMP, error VARCHAR, machine VARCHAR, load DOUBLE
);
ALTER TABLE bench_runs ADD COLUMN IF NOT EXISTS machine VARCHAR;
ALTER TABLE bench_runs ADD COLUMN IF NOT EXISTS load DOUBLE;
CREATE TABLE IF NOT EXISTS bench_traces (
    run VARCHAR, seconds DOUBLE, bound DOUBLE, objective DOUBLE
);
"""
COLUMNS = (
    "run", "file", "folder", "problem", "parameter", "method", "versions", "seed",
    "time_limit", "status", "bound", "objective", "gap", "best_known", "distance",
    "seconds", "cpu_seconds", "peak_mb", "started_utc", "error", "machine", "load",
)  # fmt: skip
QUESTION = ["folder", "file", "problem", "parameter", "method"]
"""Columns that say who was asked what."""
Row = dict[str, Any]
Trace = list[tuple[float, float, float]]


@dataclass(frozen=True)
class Task:
    """One case by one method."""

    case: Case
    method: str
    seconds: float
    seed: int

    @property
    def run(self) -> str:
        """A name of the run by all that its figures depend on."""
        content = Path(self.case.path).read_bytes()
        question = json.dumps({**self.case.as_record(), "path": "", "best_known": 0})
        parts = (question, self.method, versions_of(self.method), self.seconds,
                 self.seed)  # fmt: skip
        whole = hashlib.sha256(content + repr(parts).encode())
        return whole.hexdigest()[:24]


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """Open the file of runs, with its tables (ExportError if it is none, or busy)."""
    import duckdb

    is_new = not path.exists()
    if not is_new:
        check_kind(path)
    try:
        connection = connected(path, time.monotonic() + WAITING, is_reader=False)
    except ExportError:
        if is_new:  # what DuckDB began is no file of runs
            path.unlink(missing_ok=True)
        raise
    try:
        names = {name for (name,) in connection.execute(NAMES).fetchall()}
        if "store" in names:
            raise ExportError(
                say("{path}: is a store of plans, no file of bench runs", path=path)
            )
        if names and "bench_runs" not in names:
            raise ExportError(
                say("{path}: is a DuckDB file, but none of bench runs", path=path)
            )
        connection.execute(TABLES)
        yield connection
    except duckdb.Error as error:
        told = " ".join(str(error).split())
        raise ExportError(say("{path}: {error}", path=path, error=told)) from None
    finally:
        connection.close()


def run_all(
    tasks: Sequence[Task], path: Path, jobs: int, tell: Callable[[Row], None]
) -> int:
    """Do the tasks that are not in the file yet; return how many were done.

    A Ctrl-C lets what is under way go, and keeps all that ended.
    """
    done = 0
    with opened(path) as store, listening():
        known = {
            row[0] for row in store.execute("SELECT run FROM bench_runs").fetchall()
        }
        left = iter([task for task in tasks if task.run not in known])
        with ThreadPoolExecutor(jobs) as pool:
            under_way = set[Future[tuple[Row, Trace] | None]]()
            while True:
                while len(under_way) < jobs and not is_asked():
                    task = next(left, None)
                    if task is None:
                        break
                    under_way.add(pool.submit(run_one, task))
                if not under_way:
                    return done
                ended, under_way = wait(under_way, 0.5, FIRST_COMPLETED)
                for future in ended:
                    if (found := future.result()) is not None:
                        keep(store, *found)
                        tell(found[0])
                        done += 1


def run_one(task: Task) -> tuple[Row, Trace] | None:
    """Run a task in a process of its own; None if we were asked to stop meanwhile."""
    started = datetime.now(UTC).replace(tzinfo=None)
    asked = {
        "case": task.case.as_record(), "method": task.method,
        "seconds": task.seconds, "seed": task.seed,
    }  # fmt: skip
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "NUMBA")}
    process = subprocess.Popen(
        [sys.executable, "-m", "aumaq.results.studies.bench.worker"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, encoding="utf-8", env={**os.environ, **threads},
        start_new_session=True,
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(json.dumps(asked))
    process.stdin.close()
    process.stdin = None
    answer = _answer(process, task.seconds + GRACE)
    return None if answer is None else (_row(task, answer, started), answer["trace"])


def _answer(process: subprocess.Popen[str], most: float) -> Row | None:
    """Wait for the answer of a process; end it when it is late, or we are to stop."""
    ends, status = time.monotonic() + most, "late"
    while True:
        try:
            out, said = process.communicate(timeout=1.0)
            break
        except subprocess.TimeoutExpired:
            if is_asked() or time.monotonic() > ends:
                process.kill()
                process.communicate()
                if is_asked():
                    return None
                return {"status": status, "trace": [], "seconds": most}
    lines = out.splitlines()
    if not lines:
        tail = said.strip().splitlines()[-1:] or [f"exit code {process.returncode}"]
        return {"status": "error", "trace": [], "error": tail[0]}
    found: Row = json.loads(lines[-1])
    return found


def _row(task: Task, answer: Row, started: datetime) -> Row:
    case, nan = task.case, float("nan")
    objective, bound = answer.get("objective", nan), answer.get("bound", nan)
    kind = case.kind or "as the file"
    return {
        "run": task.run, "file": Path(case.path).name,
        "folder": Path(case.path).parent.name, "problem": kind,
        "parameter": case.parameter, "method": task.method,
        "versions": versions_of(task.method), "seed": task.seed,
        "time_limit": task.seconds, "started_utc": started,
        "machine": machine(), "load": load(),
        "best_known": case.best_known, "gap": relative(objective, bound),
        "distance": distance(objective, case.best_known, more=wants_more(case.kind)),
        **{name: answer.get(name) for name in
           ("status", "objective", "bound", "seconds", "cpu_seconds", "peak_mb",
            "error")},
    }  # fmt: skip


def machine() -> str:
    """Return system, processor, number of cores and memory of this machine."""
    name = platform.processor() or platform.machine()
    if (cpus := Path("/proc/cpuinfo")).is_file():
        known = re.search(r"model name\s*: (.+)", cpus.read_text(encoding="utf-8"))
        name = known.group(1).strip() if known else name
    cores, memory = os.cpu_count() or 1, ""
    told = getattr(os, "sysconf", None)  # Windows has none
    if told is not None and "SC_PHYS_PAGES" in os.sysconf_names:
        size = told("SC_PHYS_PAGES") * told("SC_PAGE_SIZE")
        memory = f", {size / 2**30:.0f} GB"
    return f"{platform.system()}, {name}, {cores} cores{memory}"


def load() -> float:
    """Return how many processes waited for a core in the last minute, on average."""
    told = getattr(os, "getloadavg", None)  # Windows has none
    return float("nan") if told is None else float(told()[0])


def relative(objective: float, bound: float) -> float:
    """Return the distance of objective and bound, relative to the objective."""
    apart = abs(objective - bound)
    if not math.isfinite(apart):
        return float("nan")
    return apart / abs(objective) if objective else apart


def distance(objective: float, best: float | None, *, more: bool) -> float:
    """Return by how much a value is worse than the best known one, relative to it."""
    if best is None or not math.isfinite(objective) or not best:
        return float("nan")
    return (best - objective if more else objective - best) / abs(best)


def keep(store: Any, row: Row, trace: Trace) -> None:
    """Write a run and its trace in one transaction."""
    marks = ", ".join("?" * len(COLUMNS))
    store.execute("BEGIN")
    store.execute(
        f"INSERT OR REPLACE INTO bench_runs VALUES ({marks})",
        [_plain(row[name]) for name in COLUMNS],
    )
    points = [(row["run"], *map(_plain, point)) for point in trace]
    if points:
        store.executemany("INSERT INTO bench_traces VALUES (?, ?, ?, ?)", points)
    store.execute("COMMIT")


def _plain(value: Any) -> Any:
    is_number = isinstance(value, float)
    return None if is_number and not math.isfinite(value) else value


def read_runs(*paths: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the runs of some files, and their traces.

    Of a question that a method was asked more than once the run with the longest time
    limit counts, of those the last.
    """
    runs, traces = [], []
    for path in paths:
        with opened(path) as store:
            columns = ", ".join(COLUMNS)
            found = store.execute(f"SELECT {columns} FROM bench_runs ORDER BY ALL").df()
            runs.append(found)
            traces.append(store.execute("SELECT * FROM bench_traces").df())
    whole = pd.concat(runs, ignore_index=True)
    whole = whole.sort_values(["time_limit", "started_utc"], kind="stable")
    whole = whole.drop_duplicates(QUESTION, keep="last").sort_values(QUESTION)
    trace = pd.concat(traces, ignore_index=True).drop_duplicates()
    return whole.reset_index(drop=True), trace[trace["run"].isin(whole["run"])]
