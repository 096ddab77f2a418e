"""Limits of time and memory are kept, and the same seed gives the same plan."""

from __future__ import annotations

import hashlib
import os
import resource
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
from programme import Kind, own_seed

import aumaq
from aumaq.instances.generators import clustered

METHODS = ("direct", "blocks", "decomposed", "auto")
SECONDS = 3.0
MARGIN_SECONDS = 60.0
"""What a busy machine may add to a limit: that one is kept at all is tried here."""
MB = (600, 1_000, 1_250, 1_500, 2_000, 3_000)
SOLVE = """
import sys
from limits_kept import digest, solved
print(digest(solved(int(sys.argv[1]), sys.argv[2])))
"""


def solved(seed: int, method: str) -> aumaq.Plan:
    """Return the plan of a generated instance, found within counted work."""
    instance = clustered(6 + seed % 8, seed % 1000)
    return aumaq.solve(
        instance, method=method, seed=seed % 7, work_limit=0.5, threads=1, gap=0.0
    )


def digest(plan: aumaq.Plan) -> str:
    """Return what stands for all numbers and names of a plan."""
    text = f"{plan.objective_mln!r} {plan.bound_mln!r}"
    for name, table in sorted(plan.tables.items()):
        text += f"{name} {pd.util.hash_pandas_object(table).sum()}"
    return hashlib.sha256(text.encode()).hexdigest()


def same_seed(seed: int, number: int, _: Path) -> list[str]:
    """Solve in two processes that order sets and dictionaries differently."""
    own, method = own_seed(seed, "same seed", number), METHODS[number % len(METHODS)]
    words = [sys.executable, "-c", SOLVE, str(own), method]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    found = [
        subprocess.run(
            words, env={**env, "PYTHONHASHSEED": str(k)}, check=True,
            capture_output=True, text=True,
        ).stdout
        for k in (1, 2)
    ]  # fmt: skip
    return [] if found[0] == found[1] else [f"{method}, {own}: two plans"]


def time_limit(seed: int, number: int, _: Path) -> list[str]:
    """Solve what takes longer than it may: a sound plan, a bound, and in time."""
    rng = Random(own_seed(seed, "time limit", number))
    method, instance = METHODS[number % len(METHODS)], clustered(30, rng.randrange(999))
    plan = aumaq.solve(instance, method=method, gap=0.0, time_limit=SECONDS)
    faults: list[Any] = list(plan.record["problems"])
    if plan.record["seconds"]["total"] > SECONDS + MARGIN_SECONDS:
        faults.append(f"{method}: {plan.record['seconds']} of {SECONDS}")
    if plan.bound_mln > plan.objective_mln * (1.0 + 1e-6):
        faults.append(f"{method}: bound {plan.bound_mln} above {plan.objective_mln}")
    return list(map(str, faults))


def memory_limit(_: int, number: int, root: Path) -> list[str]:
    """Solve with little address space: a plan, or that there is not enough."""
    most = MB[number % len(MB)] * 1_000_000

    def narrow() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))

    words = ("solve", "west-kazakhstan", "--quiet", "--time-limit", "5", "--gap", "0.2")
    done = subprocess.run(
        [sys.executable, "-m", "aumaq", *words], cwd=root, preexec_fn=narrow,
        capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    told = done.stderr[-1000:]
    is_clean = "Traceback" not in told and "internal error" not in told
    if done.returncode in (0, 2) and is_clean and (told or not done.returncode):
        return []
    return [f"{most}: exit code {done.returncode}: {told}"]


KINDS = [
    Kind("the same seed: the same plan", "limits", 16, same_seed),
    Kind("a limit of time", "limits", 12, time_limit),
    Kind("a limit of memory", "limits", 6, memory_limit),
]
