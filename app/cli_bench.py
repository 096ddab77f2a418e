"""``aumaq bench``: published files by some methods, side by side."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aumaq import documents
from aumaq.cli_classic import refuse
from aumaq.instances.errors import OptionError
from aumaq.instances.language.texts import say
from aumaq.option_groups import grouped
from aumaq.options import AsJson, Quiet, Seed
from aumaq.streams import line
from aumaq.words import figure, t

if TYPE_CHECKING:
    from aumaq.results.studies.bench.cases import Case

Files = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FILES", help="files of classic problems, folders, or files of runs"
    ),
]


@dataclass(frozen=True)
class Trials:
    """Which methods run on each question, how long, and how many at a time."""

    methods: Annotated[
        str, typer.Option(help="aumaq, highs, spopt-highs, spopt-cbc; commas between")
    ] = "aumaq"
    time_limit: Annotated[float, typer.Option(help="seconds of each run")] = 60.0
    seed: Seed = 0
    jobs: Annotated[
        int | None, typer.Option(help="runs at a time (default: one a core)")
    ] = None


@dataclass(frozen=True)
class Questions:
    """What is asked of the files."""

    kind: Annotated[
        str, typer.Option("--problem", help="only these questions of the table")
    ] = ""
    counts: Annotated[
        str, typer.Option("--p", help="sites, of files without a table: 100,500")
    ] = ""
    radius: Annotated[
        str, typer.Option(help="how far a site covers, of such files: 800,1200")
    ] = ""
    capacity: Annotated[
        str,
        typer.Option(help="where a file has the word capacity: 8000,10000"),
    ] = ""
    rounding: Annotated[
        str, typer.Option(help="of points without a table: floor, nearest, ceil, none")
    ] = ""


@dataclass(frozen=True)
class Paths:
    """Where runs are kept, results go, and public cases are."""

    store: Annotated[
        Path, typer.Option("--out", help="DuckDB file of runs; goes on where it was")
    ] = Path("runs.duckdb")
    results: Annotated[
        Path | None, typer.Option(help="folder for RESULTS.md and its pictures")
    ] = None
    public: Annotated[
        Path | None, typer.Option(help="folder of public cases: check their values")
    ] = None


@grouped
def bench(
    files: Files = None,
    *,
    trials: Trials,
    questions: Questions,
    paths: Paths,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Compare methods on published files; each run in a process of its own.

    Values of a table optima.csv beside the files are shown, and its rows are what is
    asked. Exit code 1 if a run or public case fails, or a public case differs.
    """
    if paths.public is not None:
        _check_public(paths.public, as_json=as_json)
        return
    if not files and paths.results is None:
        raise OptionError(say("bench needs files, --results or --public"))
    methods = _methods(trials.methods)
    _check_limits(trials.time_limit, trials.jobs, trials.seed)
    from aumaq.instances.formats.raw import needed

    needed("duckdb", "bench")
    if paths.results is not None:
        from aumaq.results.studies.bench.report import check_results

        check_results(paths.results)  # before the work, not after it
    if not any(not _has_runs(name) for name in files or ()):
        why = say("nothing is run, the files are of runs")
        for group in (trials, questions):
            refuse(why, group)
    kept = [Path(name) for name in files or () if _has_runs(name)]
    rest = [name for name in files or () if not _has_runs(name)]
    if rest:
        cases = _cases(rest, questions)
        _run(cases, methods, trials, paths.store, is_quiet=quiet or as_json)
    if rest or not kept:
        kept.append(paths.store)
    _tell(kept, paths.results, as_json=as_json)


def _has_runs(name: str) -> bool:
    return Path(name).suffix == ".duckdb"


def _cases(files: list[str], questions: Questions) -> list[Case]:
    """Return what is asked of files; OptionError for numbers that are none."""
    from aumaq.cli_classic import ROUNDINGS
    from aumaq.instances.errors import UnknownNameError
    from aumaq.results.studies.bench.cases import Given, cases_of

    words = _words(questions.counts)
    wrong = [word for word in words if not word.isdecimal() or not int(word)]
    if wrong:
        told = say("--p takes whole numbers above 0, not {words}", words=wrong[0])
        raise OptionError(told, ["p"])
    lengths = _numbers("radius", questions.radius)
    room = _numbers("capacity", questions.capacity)
    rounding = questions.rounding
    if rounding and rounding not in ROUNDINGS:
        raise UnknownNameError(say("rounding"), rounding, ROUNDINGS)
    rule = ROUNDINGS[rounding] if rounding else ""
    given = Given([int(word) for word in words], lengths, room, rule)
    return cases_of(files, questions.kind, given)


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _numbers(option: str, text: str) -> list[float]:
    """Return the numbers of an option; OptionError for one that is not above 0."""
    found = []
    for word in _words(text):
        try:
            value = float(word)
        except ValueError:
            value = 0.0
        if not 0.0 < value < float("inf"):
            told = say("--{option} takes numbers above 0, not {word}", option=option,
                       word=word)  # fmt: skip
            raise OptionError(told, [option])
        found.append(value)
    return found


def _methods(words: str) -> list[str]:
    from aumaq.results.studies.bench.methods import METHODS

    chosen = _words(words)
    unknown = [word for word in chosen if word not in METHODS]
    if unknown or not chosen:
        raise OptionError(
            say(
                "methods must be of {known}, not {unknown}",
                known=", ".join(METHODS),
                unknown=", ".join(unknown) or "''",
            )
        )
    return list(dict.fromkeys(chosen))


def _check_limits(time_limit: float, jobs: int | None, seed: int) -> None:
    from aumaq.solvers import SolveOptions

    SolveOptions(time_limit=time_limit, seed=seed)  # refuses what makes no sense
    if jobs is not None and jobs < 1:
        raise OptionError(say("jobs must be at least 1, not {jobs}", jobs=jobs))


def _run(
    cases: list[Case],
    methods: list[str],
    trials: Trials,
    store: Path,
    *,
    is_quiet: bool,
) -> None:
    from aumaq.results.studies.bench.runs import Task, run_all

    limits = trials.time_limit, trials.seed
    tasks = [Task(case, name, *limits) for case in cases for name in methods]
    count = 0

    def tell(row: dict[str, Any]) -> None:
        nonlocal count
        count += 1
        if not is_quiet:
            line(_row(row, count, len(tasks)))

    done = run_all(tasks, store, trials.jobs or os.cpu_count() or 1, tell)
    if not is_quiet:
        told = say(
            "{done} runs done, {rest} were there or are left",
            done=done,
            rest=len(tasks) - done,
        )
        line(t(told))


def _row(row: dict[str, Any], count: int, total: int) -> str:
    """Return what is told of a run: figures, names, and why it failed if it did."""
    name = f"{row['folder']}/{row['file']} {row['problem']} {row['parameter']}"
    figures = "  ".join(
        figure(row[key], ",.6g") if row[key] is not None else "-"
        for key in ("objective", "bound")
    )
    parts = [f"{count}/{total}", name.strip(), row["method"], row["status"], figures]
    for key in ("gap", "distance"):
        value = row[key]
        parts.append("-" if value is None or value != value else figure(value, ".4%"))
    if _is_contradicted(row):
        parts[-1] = t(say("published value contradicted"))
    parts.append(t(say("{seconds} s", seconds=figure(row["seconds"] or 0, ".1f"))))
    parts += [row["error"]] * bool(row["error"])
    return "  ".join(parts)


def _is_contradicted(row: dict[str, Any]) -> bool:
    """Whether a proven bound contradicts the published value: no distance to it."""
    import pandas as pd

    from aumaq.results.studies.bench.summary import doubtful

    values = pd.DataFrame([row]).astype({"bound": float, "best_known": float})
    return not doubtful(values).empty


DOUBTS = ["folder", "file", "problem", "parameter", "best_known", "bound", "method"]
"""What is shown of runs whose bound contradicts a published value."""


def _tell(stores: list[Path], results: Path | None, *, as_json: bool) -> None:
    from aumaq.results.studies.bench.report import write_results
    from aumaq.results.studies.bench.runs import read_runs
    from aumaq.results.studies.bench.summary import doubtful, summary, told

    for store in stores:
        if not store.is_file():
            raise OptionError(say("{file} is not there", file=str(store)))
    runs, _ = read_runs(*stores)
    table, odd = summary(runs), doubtful(runs)
    written = write_results(stores, results) if results is not None else []
    if as_json:
        rows = table.astype(object).where(table.notna(), None).to_dict("records")
        files = [str(path) for path in written]
        doubts = odd[DOUBTS].to_dict("records")
        documents.tell({"summary": rows, "contradicted": doubts, "files": files})
    else:
        line(told(table))
        if len(odd):
            text = say("published values that a proven bound contradicts: one of the"
                       " two is wrong, there is no distance to them")  # fmt: skip
            line(t(text))
            line(told(odd[DOUBTS]))
        for path in written:
            line(t(say("written to {target}", target=path)))
    if runs["status"].isin(["error", "wrong", "late"]).any():
        raise typer.Exit(1)


def _check_public(folder: Path, *, as_json: bool) -> None:
    from aumaq.results.studies.bench.public import checked
    from aumaq.results.studies.bench.summary import told

    found = checked(folder)
    if as_json:
        rows = found.astype(object).where(found.notna(), None).to_dict("records")
        documents.tell({"cases": rows})
    else:
        line(told(found))
    if not found["verdict"].isin(["same", "published is wrong"]).all():
        raise typer.Exit(1)
