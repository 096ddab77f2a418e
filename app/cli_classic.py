"""Files of classic location problems: what ``solve`` and the others do with them."""

from __future__ import annotations

import csv
import json
import os
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aumaq import documents
from aumaq.instances.language.texts import say
from aumaq.show import out, progress_line
from aumaq.streams import line
from aumaq.words import figure, spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aumaq.classic import Problem, Solution
    from aumaq.instances import Instance
    from aumaq.instances.language.texts import Text
    from aumaq.option_groups import Output

Kind = Annotated[
    str,
    typer.Option(
        "--problem",
        help="of a classic file: p-median, uflp, p-center, p-dispersion, lscp,"
        " lscp-b, mclp, cflp, sscflp, cpmp or relocation (default: what the file is)",
    ),
]
Count = Annotated[
    int | None, typer.Option("--p", help="sites of a classic problem (default: file's)")
]
Radius = Annotated[
    float | None, typer.Option(help="how far a site covers, in the file's units")
]
Capacity = Annotated[
    float | None,
    typer.Option(help="what each site holds, where a file has the word capacity"
                 " or none (default: file's)"),
]  # fmt: skip
Budget = Annotated[
    float | None,
    typer.Option(help="of a relocation: what opening and closing sites may cost"),
]
SiteTable = Annotated[
    Path | None,
    typer.Option(
        "--sites",
        help="table of a classic file's sites: site, status, fixed_cost or"
        " opening_cost, closing_cost, capacity",
        metavar="FILE",
    ),
]
Rounding = Annotated[
    str,
    typer.Option(help="of distances of points: floor, nearest, ceil or none"),
]
ROUNDINGS = {"floor": "floor", "nearest": "nearest", "ceil": "ceil", "none": "euclid"}
OPTIONS = {
    "changes": "--set", "kind": "--problem", "folder": "--out", "counts": "--p",
}  # fmt: skip
"""Options that are not called as in Python."""
FILES = ("solution.json", "sites.csv", "allocation.csv")
"""What a solution is written as."""


@dataclass(frozen=True)
class Asked:
    """What is asked of a file; empty or None: what the file says."""

    kind: Kind = ""
    p: Count = None
    radius: Radius = None
    capacity: Capacity = None
    budget: Budget = None
    rounding: Rounding = ""
    sites: SiteTable = None


@dataclass(frozen=True)
class Limits:
    """How long a solve may take, and the seed of what is random."""

    seconds: float
    seed: int


def refuse(text: Text, group: Any, but: Sequence[str] = ()) -> None:
    """Raise OptionError where options of a group are given, some excepted.

    *text* says of the {names} why.
    """
    from aumaq.instances.errors import OptionError

    given = [
        field.name
        for field in fields(group)
        if field.name not in ("name", *but)
        and getattr(group, field.name) != field.default
    ]
    if given:
        names = [OPTIONS.get(n, "--" + n.replace("_", "-")) for n in given]
        raise OptionError(
            say("{names}: {why}", names=", ".join(names), why=text), given
        )


def refuse_model_options(*groups: Any) -> None:
    """Raise OptionError where options of plans are given with a classic file."""
    why = say("not with a file of a classic problem")
    for group in groups:
        store = getattr(group, "store", None)
        is_usual = store is not None and str(store) == os.environ.get("AUMAQ_STORE")
        refuse(why, group, ("time_limit", "seed", "folder", "overwrite")
               + ("store",) * is_usual)  # fmt: skip


def refuse_asked(asked: Asked) -> None:
    """Raise OptionError where options of classic files are given with an instance."""
    refuse(say("only with a file of a classic problem"), asked)


def is_ours(name: str) -> bool:
    """Whether a name is a file of a classic problem, by what is in it."""
    path = Path(name)
    if not path.is_file():
        return False
    from aumaq.instances.formats import FOREIGN

    if path.suffix.lower() in FOREIGN:
        return False
    from aumaq.classic.readers import reader_of

    return reader_of(path) is not None


def read(name: str, asked: Asked) -> Problem:
    """Return the problem that is asked of a file."""
    from aumaq.classic.distances import Points
    from aumaq.classic.problems import with_capacity
    from aumaq.classic.readers import read as read_file
    from aumaq.classic.readers.tsplib import rounded
    from aumaq.instances.errors import OptionError, UnknownNameError

    problem = read_file(name)
    if asked.rounding:
        if asked.rounding not in ROUNDINGS:
            raise UnknownNameError(say("rounding"), asked.rounding, ROUNDINGS)
        points = problem.distances
        if not isinstance(points, Points) or points.rule in ("geo", "great_circle"):
            told = say("--rounding is for files with points in a plane")
            raise OptionError(told, ["rounding"])
        problem = rounded(problem, ROUNDINGS[asked.rounding])
    kind = asked.kind or problem.kind
    _check_meaning(asked, kind)
    if asked.capacity is not None:
        problem = with_capacity(problem, asked.capacity)
    if asked.sites is not None:
        problem = _with_sites(problem, asked.sites)
    p = problem.p if asked.p is None else asked.p
    if kind in ("uflp", "cflp", "sscflp", "lscp", "lscp-b"):
        p = None
    radius = problem.radius if asked.radius is None else asked.radius
    return replace(problem, kind=kind, p=p, radius=radius, budget=asked.budget)


def _with_sites(problem: Problem, path: Path) -> Problem:
    """Return a problem with what a table says of its sites."""
    from aumaq.classic.readers.sites import with_sites
    from aumaq.results.location.reading import read_tables

    [table] = read_tables(path)
    assert table is not None
    return with_sites(problem, table.frame, table.file)


def _check_meaning(asked: Asked, kind: str) -> None:
    """Raise OptionError for numbers that a problem has no place for."""
    from aumaq.classic.problems import (
        BY_BUDGET,
        BY_COUNT,
        BY_RADIUS,
        CAPACITATED,
        KINDS,
    )
    from aumaq.instances.errors import OptionError

    for key, value, known in (
        ("p", asked.p, (*BY_COUNT, *BY_BUDGET)), ("radius", asked.radius, BY_RADIUS),
        ("capacity", asked.capacity, CAPACITATED), ("budget", asked.budget, BY_BUDGET),
    ):  # fmt: skip
        if value is not None and kind in KINDS and kind not in known:
            text = say("--{option}: means nothing to the problem {kind}",
                       option=key, kind=kind)  # fmt: skip
            raise OptionError(text, [key])
    capacity = asked.capacity
    if capacity is not None and not 0.0 < capacity < float("inf"):
        text = say("--capacity must be a number above 0, not {value:g}", value=capacity)
        raise OptionError(text, ["capacity"])


def describe(name: str, *, as_json: bool) -> None:
    """Show what a file asks."""
    problem = read(name, Asked())
    facts = facts_of(problem)
    if as_json:
        documents.tell(facts)
        return
    for key, value in facts.items():
        if value not in (None, "", []):
            line(f"{key:<16} {value}")


def facts_of(problem: Problem) -> dict[str, Any]:
    """Return size and totals of a problem."""
    from aumaq.classic.problems import KINDS

    n, m = problem.shape
    return {
        "name": problem.name,
        "problem": problem.kind,
        "asks": KINDS[problem.kind],
        "clients": n,
        "sites": m,
        "p": problem.p,
        "radius": problem.radius,
        "distances": type(problem.distances).__name__.lower(),
        "rule": getattr(problem.distances, "rule", ""),
        "weight": float(problem.clients.weights.sum()),
        "fixed_costs": float(problem.sites.fixed_costs.sum()),
        "capacity": _capacity(problem),
        "notes": list(problem.notes),
    }


def _capacity(problem: Problem) -> float | None:
    """Return what all sites hold, None without limits or where it is left open."""
    total = float(problem.sites.capacities.sum())
    return total if total < float("inf") else None


def instance_of(name: str, asked: Asked) -> Instance:
    """Return a classic file as an instance of the integrated model."""
    from aumaq.classic.instance import to_instance

    return to_instance(read(name, asked))


def solve(
    name: str,
    asked: Asked,
    limits: Limits,
    folder: Path | None,
    output: Output,
    *,
    overwrite: bool,
) -> None:
    """Solve a file, show the solution, and write it if a folder is given."""
    from aumaq.classic import solve as solve_problem
    from aumaq.classic.methods.clock import silent

    if folder is not None:
        check_folder(folder, FILES, overwrite=overwrite)
    problem = read(name, asked)
    tell = silent if output.is_silent else told
    solution = solve_problem(
        problem, time_limit=limits.seconds, seed=limits.seed, tell=tell
    )
    record = record_of(problem, solution)
    if folder is not None:
        write(folder, problem, solution, record)
        record["out"] = str(folder)
    if output.as_json:
        documents.tell(record)
        return
    show_record(record)


def show_record(record: dict[str, Any]) -> None:
    """Print what is known of a solution."""
    for key, value in record.items():
        shown = figure(value, ",.6f") if isinstance(value, float) else value
        shown = ", ".join(map(str, value)) if isinstance(value, list) else shown
        if value not in (None, "", []):
            out.print(f"{key:<12} {shown}", markup=False, soft_wrap=True)


def told(phase: Text, seconds: float, bound: float, objective: float) -> None:
    """Print a line of progress."""
    name = spoken().tell(phase)
    progress_line(seconds, _number(objective), _number(bound), name)


def _number(value: float) -> str:
    return figure(value, ",.1f") if abs(value) < float("inf") else "-"


def record_of(problem: Problem, solution: Solution) -> dict[str, Any]:
    """Return a solution by name: value, bound, gap, open sites."""
    names = problem.sites.names
    sites = [names[j] if names else int(j) for j in solution.sites]
    return {
        "name": problem.name,
        "problem": problem.kind,
        "clients": problem.shape[0],
        "candidates": problem.shape[1],
        "p": problem.p,
        "radius": problem.radius,
        "rule": getattr(problem.distances, "rule", ""),
        **_changes(problem, solution),
        "objective": solution.objective,
        "bound": solution.bound + 0.0,  # never -0
        "gap": solution.gap,
        "status": "optimal" if solution.proven else "feasible",
        "seconds": solution.seconds,
        "sites": sites,
        "notes": list(problem.notes),
    }


def _changes(problem: Problem, solution: Solution) -> dict[str, Any]:
    """Return what opens and closes, and what that costs, where sites may close."""
    from aumaq.classic.problems import BY_BUDGET, cost_of_changes

    if problem.kind not in BY_BUDGET:
        return {}
    today, then = set(problem.sites.existing.nonzero()[0]), set(solution.sites)
    names = problem.sites.names
    named = {
        key: [names[j] if names else int(j) for j in sorted(changed)]
        for key, changed in (("opens", then - today), ("closes", today - then))
    }
    spent = cost_of_changes(problem, solution.sites)
    return {"budget": problem.budget, "spent": spent, **named}


def check_folder(folder: Path, files: tuple[str, ...], *, overwrite: bool) -> None:
    """Raise ExportError where *files* cannot be written, or would replace others."""
    from aumaq.instances.errors import ExportError
    from aumaq.instances.formats.targets import probe_folder

    probe_folder(folder)  # before the work
    there = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    if there and not (overwrite and set(there) <= set(files)):
        told = say("{path} is not empty; nothing is replaced", path=str(folder))
        raise ExportError(told)


def write(
    folder: Path, problem: Problem, solution: Solution, record: dict[str, Any]
) -> None:
    """Write a solution as JSON and two CSV files; all of them or none appear."""
    from aumaq.classic.solution import distances_to
    from aumaq.instances.formats.drafts import draft_folder
    from aumaq.results.strict_json import strict

    text = json.dumps(strict(record), ensure_ascii=False, indent=1)
    names = problem.sites.names or tuple(map(str, range(problem.shape[1])))
    clients = problem.clients.names or tuple(map(str, range(problem.shape[0])))
    away = distances_to(problem, solution.sites)[0]
    rows = [
        [clients[i], names[j] if j >= 0 else "", repr(float(away[i]))]
        for i, j in enumerate(solution.allocation)
    ]
    with draft_folder(folder) as draft:
        (draft / FILES[0]).write_text(text + "\n", encoding="utf-8")
        write_table(draft / FILES[1], ["site"], [[names[j]] for j in solution.sites])
        write_table(draft / FILES[2], ["client", "site", "nearest_distance"], rows)


def write_table(path: Path, header: list[str], rows: list[list[str]]) -> None:
    """Write a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
