"""Killed at any moment, out of room, or several at once: files are whole or absent."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from children import Child, complaints, contents, done, lost, start
from malformed import masters
from programme import Kind, own_seed

from aumaq.instances.formats.drafts import is_draft
from aumaq.results.plan.plan import Plan
from aumaq.results.store import Store
from aumaq.solvers.checkpoint import read_checkpoint

SOLVE = ("solve", "mine", "--quiet", "--threads", "1", "--work-limit", "1")
EXPORTS = ("xlsx", "gpkg", "json", "csv", "parquet", "html", "geojson")
BY_FILES = {"open", "os.rename", "os.remove", "os.mkdir", "os.link", "os.rmdir",
            "shutil.rmtree", "os.truncate", "os.scandir"}  # fmt: skip
"""What Python tells of operations on files, before they are done."""


def ready(root: Path) -> Path:
    """Return a folder with an instance, its plan, and a store with it."""
    folder = root / "here"
    folder.mkdir(exist_ok=True)
    for name in ("mine", "plan"):
        shutil.copytree(masters() / name, folder / name)
    shutil.copy(masters() / "runs.duckdb", folder)
    return folder


def dying(operation: int, folder: Path) -> Callable[[], None]:
    """Return what kills a process at its n-th operation on files in a folder."""

    def prepare() -> None:
        left, here = [operation], str(folder)

        def heard(event: str, given: tuple[Any, ...]) -> None:
            if (
                event not in BY_FILES
                or not given
                or not isinstance(given[0], str | Path)
            ):
                return
            path = os.path.abspath(given[0])
            if path.startswith(here):
                left[0] -= 1
                if left[0] <= 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(heard)

    return prepare


def killed(
    words: tuple[str, ...], folder: Path, rng: Random, seconds: float, operations: int
) -> Child:
    """Run a command and kill it: by the clock, or at an operation on files."""
    if rng.random() < 0.5:
        before = dying(rng.randrange(1, operations), folder)
        child = start(*words, folder=folder, before=before)
        child.wait()
        return child
    child = start(*words, folder=folder)
    time.sleep(rng.random() * seconds)
    child.kill()
    return child


@cache
def usual_seconds(*words: str) -> float:
    """Return how long a command takes that nobody kills."""
    with tempfile.TemporaryDirectory() as root:
        folder = ready(Path(root))
        begin = time.monotonic()
        done(*words, folder=folder)
        return time.monotonic() - begin


def kill_solve(seed: int, number: int, root: Path) -> list[str]:
    """Kill a solve that keeps a checkpoint and replaces a plan; then go on."""
    rng, folder = Random(own_seed(seed, "kill solve", number)), ready(root)
    words = (*SOLVE, "--out", "plan", "--checkpoint", "half.aumaq")
    killed(words, folder, rng, usual_seconds(*words), 60)
    faults = whole_plan(folder / "plan")
    half = folder / "half.aumaq"
    if half.exists():
        read_checkpoint(half)
        words = (*SOLVE, "--out", "plan", "--resume", "half.aumaq")
    else:
        words = (*SOLVE, "--out", "plan", "--checkpoint", "half.aumaq")
    return faults + complaints(done(*words, folder=folder), (0,)) + tidy(folder)


def whole_plan(path: Path) -> list[str]:
    """Return what is wrong with a plan that must be there."""
    plan = Plan.read(path)
    return [] if plan.is_verified else [f"{path.name}: {plan.record['problems']}"]


def tidy(folder: Path) -> list[str]:
    """Return drafts that are left after a later command ended well."""
    return [f"{p.name} is left" for p in folder.iterdir() if is_draft(p.name)]


def kill_store(seed: int, number: int, root: Path) -> list[str]:
    """Kill a solve that is kept in a store: it opens, with whole runs."""
    rng, folder = Random(own_seed(seed, "kill store", number)), ready(root)
    if rng.random() < 0.3:
        (folder / "runs.duckdb").unlink()
    count = len(runs(folder)) if (folder / "runs.duckdb").exists() else 0
    words = (*SOLVE, "--store", "runs.duckdb")
    killed(words, folder, rng, usual_seconds(*words), 30)
    faults = complaints(done(*words, folder=folder), (0,))
    found = runs(folder)
    if not count < len(found) <= count + 2:
        faults.append(f"{count} runs, then {len(found)}")
    return faults + whole_runs(folder, found)


def runs(folder: Path) -> list[str]:
    """Return the ids of the runs of a store."""
    found: list[str] = Store(folder / "runs.duckdb").runs()["run_id"].tolist()
    return found


def whole_runs(folder: Path, ids: list[str]) -> list[str]:
    """Return which runs are not sound."""
    store = Store(folder / "runs.duckdb")
    plans = [(run, store.plan(run)) for run in ids]
    return [f"run {run} is not sound" for run, plan in plans if not plan.is_verified]


def kill_export(seed: int, number: int, root: Path) -> list[str]:
    """Kill an export over an earlier one: the old file or the new one, whole."""
    rng, folder = Random(own_seed(seed, "kill export", number)), ready(root)
    kind = EXPORTS[number % len(EXPORTS)]
    out = f"made.{kind}" if kind not in ("csv", "parquet") else "made"
    words = ("export", "plan", "--to", kind, "--out", out)
    faults = complaints(done(*words, folder=folder), (0,))
    before = {k: v for k, v in contents(folder).items() if k.startswith("made")}
    killed(words, folder, rng, usual_seconds(*words), 12)
    after = {k: v for k, v in contents(folder).items() if k.startswith("made")}
    if not after.keys() >= before.keys():
        faults.append(f"of {sorted(before)} is left {sorted(after)}")
    if kind in ("gpkg", "json", "csv", "parquet"):
        faults += whole_plan(folder / out)
    else:
        sizes = [abs(len(after[k]) - len(v)) for k, v in before.items() if k in after]
        if any(size > 200 for size in sizes):
            faults.append(f"{out} is cut short")
    return faults + complaints(done(*words, folder=folder), (0,)) + tidy(folder)


MOST_BYTES = (4096, 8192, 20_000, 100_000)
FREE_BYTES = (0, 4096, 20_000, 100_000, 400_000)
COMMANDS = (
    (*SOLVE, "--out", "plan"), (*SOLVE, "--store", "runs.duckdb"),
    (*SOLVE, "--checkpoint", "half.aumaq"), ("convert", "mine", "made.xlsx"),
    ("convert", "mine", "made.gpkg"), ("convert", "mine", "made.parquet"),
    ("convert", "mine", "made"),
    *(("export", "plan", "--to", kind, "--out", f"made.{kind}") for kind in EXPORTS),
    ("report", "plan", "--out", "made.html"),
)  # fmt: skip


def small_files(seed: int, number: int, root: Path) -> list[str]:
    """Let no file grow beyond some bytes: a clear error, and all that was is there."""
    rng, folder = Random(own_seed(seed, "small files", number)), ready(root)
    words, most = COMMANDS[number % len(COMMANDS)], rng.choice(MOST_BYTES)

    def narrow() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))

    return without_room(words, folder, narrow)


def full_disk(seed: int, number: int, root: Path) -> list[str]:
    """Let a file system run full: the same."""
    rng, folder = Random(own_seed(seed, "full disk", number)), root / "here"
    folder.mkdir()
    mount = ("mount", "-t", "tmpfs", "-o", "size=4m", "none", str(folder))
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        raise LookupError("no file system of its own can be mounted here")
    try:
        ready(root)
        free, room = shutil.disk_usage(folder).free, rng.choice(FREE_BYTES)
        (folder / "filler").write_bytes(b"x" * max(0, free - room))
        return without_room(COMMANDS[number % len(COMMANDS)], folder, lambda: None)
    finally:
        subprocess.run(("umount", str(folder)), check=True)


def without_room(
    words: tuple[str, ...], folder: Path, before: Callable[[], None]
) -> list[str]:
    """Run a command that may find no room; then see that nothing is lost."""
    known = contents(folder)
    child = done(*words, folder=folder, before=before)
    faults = complaints(child, (0, 2))
    if child.wait():
        now = contents(folder)
        known.pop("runs.duckdb")  # it may have grown, and been taken back
        faults += lost(known, folder)
        more = [name for name in now if name not in known]
        faults += [f"{name} is left" for name in more if is_ours(name)]
    (folder / "filler").unlink(missing_ok=True)
    for kept in (*folder.glob("plan-*"), *folder.glob("runs/*")):
        faults += whole_plan(kept)
    faults += whole_plan(folder / "plan")
    found = runs(folder)
    return faults + whole_runs(folder, found) + ([] if found else ["no run is left"])


def is_ours(name: str) -> bool:
    """Whether a failed command may not leave this: a draft, or a part of a target.

    A plan that found no room is kept elsewhere, and told where; a checkpoint stays.
    """
    parts = Path(name).parts
    return parts[0].startswith("made") or any(map(is_draft, parts))


def several_on_one_store(seed: int, number: int, root: Path) -> list[str]:
    """Let processes write into one store at once, and others read it, one killed."""
    rng, folder = Random(own_seed(seed, "several", number)), ready(root)
    if number % 2:
        (folder / "runs.duckdb").unlink()
    before = len(runs(folder)) if not number % 2 else 0
    words = (*SOLVE, "--store", "runs.duckdb")
    writers = [start(*words, folder=folder) for _ in range(5)]
    time.sleep(rng.random() * usual_seconds(*words))
    readers = [start("runs", "runs.duckdb", folder=folder) for _ in range(2)]
    victim = start(*words, folder=folder)
    time.sleep(rng.random() * usual_seconds(*words))
    victim.kill()
    faults = [fault for one in writers for fault in complaints(one, (0,))]
    for one in readers:  # a store that nobody has made yet is told
        faults += complaints(one, (0, 2) if number % 2 else (0,))
    found = runs(folder)
    if not before + 5 <= len(found) <= before + 6:
        faults.append(f"5 runs were kept, {len(found) - before} are there")
    return faults + whole_runs(folder, found)


KINDS = [
    Kind("killed: solve with checkpoint, then resumed", "broken off", 20, kill_solve),
    Kind("killed: run kept in a store", "broken off", 14, kill_store),
    Kind("killed: export over an earlier one", "broken off", 16, kill_export),
    Kind("files that may not grow", "broken off", 30, small_files),
    Kind("disk full", "broken off", 30, full_disk),
    Kind("several processes on one store", "broken off", 6, several_on_one_store),
]
