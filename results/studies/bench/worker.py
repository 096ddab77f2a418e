"""One run in a process of its own: its answer, its time and its memory.

Reads a JSON object (case, method, seconds, seed) and writes one as its last line.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

import numpy as np

from aumaq.classic.distances import Dense
from aumaq.classic.problems import Problem, clients_of, sites_of
from aumaq.classic.solving import solve
from aumaq.instances.errors import AumaqError
from aumaq.results.studies.bench.cases import CHAIN, NETWORK, Case, problem_of
from aumaq.results.studies.bench.methods import Answer, answer_of

try:
    import resource
except ImportError:  # no such limits here
    resource = None  # type: ignore[assignment]

MOST_TRACE = 400
"""Points of a trace that are kept."""


def main() -> None:
    """Run what standard input asks for."""
    asked = json.load(sys.stdin)
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what solvers print is no answer
    text = ""
    try:
        case = Case(**asked["case"])
        if asked["method"] == "aumaq":
            compiled(case)
    except AumaqError:
        pass  # the run itself says what is wrong
    begun, before = time.monotonic(), used()["cpu_seconds"]
    try:
        found = answer_of(case, asked["method"], asked["seconds"], asked["seed"])
    except (AumaqError, ImportError, MemoryError, RuntimeError) as error:
        found, text = Answer("error"), f"{type(error).__name__}: {error}"
    whole = time.monotonic() - begun
    spent = used()
    spent["cpu_seconds"] -= before
    trace = found.trace[:: max(1, len(found.trace) // MOST_TRACE)]
    answer = {
        "status": found.status, "objective": found.objective, "bound": found.bound,
        "seconds": found.seconds or whole, "trace": trace, "error": text, **spent,
    }  # fmt: skip
    out.write(json.dumps(answer) + "\n")
    out.flush()


def compiled(case: Case) -> None:
    """Solve a tiny problem of the kind first: compiling is done once for a machine."""
    if case.kind in (NETWORK, CHAIN):
        return
    asked = problem_of(case)
    rng = np.random.default_rng(0)
    lengths = Dense(rng.integers(1, 9, (6, 4)).astype(float))
    clients = clients_of(6, None, np.full(6, 2.0))
    sites = sites_of(4, np.full(4, 3.0), np.full(4, 5.0))
    p = None if asked.p is None else 3
    solve(Problem(asked.kind, clients, sites, lengths, p, 5.0), time_limit=20.0)


def used() -> dict[str, Any]:
    """Return processor seconds and the most memory, with those of own processes."""
    if resource is None:
        return {"cpu_seconds": time.process_time(), "peak_mb": float("nan")}
    parts = [
        resource.getrusage(who)
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    unit = 1 / 1024 if sys.platform != "darwin" else 1 / 1024**2
    return {
        "cpu_seconds": sum(part.ru_utime + part.ru_stime for part in parts),
        "peak_mb": sum(part.ru_maxrss for part in parts) * unit,
    }


if __name__ == "__main__":
    main()
