"""The command line.

Exit codes: 0 fine, 1 no plan, 2 bad input, 3 internal error or a run that is wrong,
130 stopped before there was a result, 141 nobody reads the output any more.
"""

from __future__ import annotations

import gc
import shlex
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import aumaq
from aumaq import (
    cli_alternatives,
    cli_analyse,
    cli_bench,
    cli_budgets,
    cli_chain,
    cli_classic,
    cli_conflicts,
    cli_convert,
    cli_demo,
    cli_explain,
    cli_fairest,
    cli_futures,
    cli_import,
    cli_indicators,
    cli_locate,
    cli_new,
    cli_pareto,
    cli_plan,
    cli_plot,
    cli_project,
    cli_report,
    cli_runs,
    cli_sensitivity,
    cli_sndlib,
    cli_sweep,
    cli_water,
    cli_what_if,
    documents,
    endings,
    installation,
    interrupts,
    show,
    streams,
    translating,
    words,
)
from aumaq.instances.language.texts import say
from aumaq.keeping import keep
from aumaq.option_groups import (
    Commands,
    Effort,
    Kept,
    Loop,
    Output,
    Purpose,
    Search,
    Source,
    Target,
    Telling,
    grouped,
)
from aumaq.options import (
    EXPORT_NAMES,
    AsJson,
    Changes,
    Lang,
    Name,
    NoChanges,
    PlanName,
    StoreFile,
    Where,
    read_instance,
    read_plans,
    tell_warnings,
    under_changes,
)
from aumaq.refusals import CarefulGroup
from aumaq.several import end
from aumaq.streams import line
from aumaq.words import t

if TYPE_CHECKING:
    from aumaq.results.exports import Written

UNTIL_GARBAGE = 50_000
"""New objects between two searches for garbage; with Python's own 700 they take
a twentieth of the time of a small instance."""
RUNS = Path("runs")
"""Where plans go if nobody says where."""

app = Commands(
    cls=CarefulGroup,
    help="Place schools, clinics and utility nodes over several periods.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="show the version")
    ] = False,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="with --version: all versions, and what the solver answers"
        ),
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="show where an internal error comes from")
    ] = False,
    lang: Lang = "en",
) -> None:
    del lang  # its callback has chosen the words
    del debug  # stands anywhere on the line: main() looks for it
    if check:
        raise typer.Exit(0 if installation.installed() else 3)
    if version:
        line(f"aumaq {aumaq.__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        context.fail("Missing command.")


@app.command()
def instances() -> None:
    """List the instances that come with the package."""
    for name in aumaq.shipped():
        line(name)


app.command()(cli_demo.demo)
app.command()(cli_new.new)


@app.command()
def validate(
    name: Name,
    changes: Changes = None,
    deep: Annotated[
        bool, typer.Option("--deep", help="count as well what can never fit")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check an instance under all its scenarios; every problem is listed."""
    instance = read_instance(name, changes=changes)
    instance.check_scenarios()
    if deep:
        aumaq.check_deeply(instance)
    if as_json:
        warnings = [vars(problem) for problem in instance.warnings]
        documents.tell({"status": "valid", "errors": [], "warnings": warnings})
        return
    tell_warnings(instance)
    line(
        words.spoken().tell(
            say(
                "{name}: valid, {n} warning",
                "{name}: valid, {n} warnings",
                n=len(instance.warnings),
                name=instance.name,
            )
        )
    )


@app.command()
@grouped
def describe(*, source: Source, as_json: AsJson = False) -> None:
    """Show sizes, totals, access, and what is unreachable."""
    for files in (cli_classic, cli_chain):
        if files.is_ours(source.name):
            cli_classic.refuse_model_options(source)
            files.describe(source.name, as_json=as_json)
            return
    if cli_sndlib.is_ours(source.name):
        cli_classic.refuse(say("not with a file of SNDlib; convert it first"), source)
        cli_sndlib.describe(source.name, as_json=as_json)
        return
    started = time.perf_counter()
    instance = source.read()
    found = aumaq.describe(instance)
    seconds = time.perf_counter() - started
    if as_json:
        documents.tell({**found, "seconds": seconds})
    else:
        show.facts(found, seconds, source.name)


app.command("import")(cli_import.import_)
app.command()(cli_convert.convert)
app.command()(cli_project.project)
app.command()(cli_sweep.sweep)
app.command()(cli_fairest.fairest)
app.command()(cli_plan.plan)
app.command()(cli_locate.locate)
app.command()(cli_conflicts.conflicts)
app.command()(cli_explain.explain)
app.command()(cli_sensitivity.sensitivity)
app.command()(cli_bench.bench)


@app.command()
@grouped
def solve(
    *,
    source: Source,
    purpose: Purpose,
    search: Search,
    target: Target,
    kept: Kept,
    loop: Loop,
    classic: cli_classic.Asked,
    telling: Telling,
) -> None:
    """Solve an instance; write a verified plan with bound and gap.

    A file of a classic problem (pmed, cap, TSPLIB, costs as CSV, chains of RELOG) is
    solved as such.
    """
    for files in (cli_classic, cli_chain):
        if files.is_ours(source.name):
            cli_classic.refuse_model_options(source, purpose, search, target, kept,
                                             loop)  # fmt: skip
            seconds = 120.0 if search.time_limit is None else search.time_limit
            limits = cli_classic.Limits(seconds, search.seed)
            files.solve(source.name, classic, limits, target.folder,
                        telling.output, overwrite=target.overwrite)  # fmt: skip
            return
    cli_classic.refuse_asked(classic)
    from aumaq.instances.interruption import finishing
    from aumaq.results.exports import check_target

    _check_places(target.folder, kept.save_lp, target.store)
    instance = source.read()
    if target.folder is not None:
        check_target(target.folder, instance=instance, overwrite=target.overwrite)
    options = _solve_options(purpose, search, kept)
    options["progress"] = telling.progress
    beside = target.folder or RUNS / _stem(instance)
    options["evidence"] = beside.with_name(f"{beside.name}-contradiction.lp")
    plan = _planned(instance, source, loop, options)
    with finishing():  # the work is done: Ctrl-C would only lose it
        run = keep(target.store, lambda store: aumaq.Store(store).add(plan))
        written = _written(plan, target, telling.lang)
    if telling.as_json:
        record = {key: value for key, value in plan.record.items() if key != "trace"}
        kept_as = {"run_id": run.key} if run.key else {}
        documents.tell({**record, "out": str(written.folder), **kept_as})
    else:
        named = f"{target.store}:{run.key}" if run.key else ""
        _summary(plan, written.folder, named)
    show.troubles(written.troubles)
    run.end()
    show.ended(written)
    end([plan])


def _solve_options(purpose: Purpose, search: Search, kept: Kept) -> dict[str, Any]:
    """Return what the command asks of a solve, by the names of the library."""
    from aumaq.solvers.options import seconds_for

    return {
        **vars(purpose),
        **vars(search),
        **vars(kept),
        "time_limit": seconds_for(search.time_limit, search.work_limit),
        "start": aumaq.find_plan(kept.start) if kept.start else None,
    }


def _planned(
    instance: aumaq.Instance, source: Source, loop: Loop, options: dict[str, Any]
) -> aumaq.Plan:
    """Return the plan of a solve, or the last one of the closed loop."""
    if loop.close_loop:
        _check_loop(options["goal"])
        return aumaq.close_loop(instance, max_rounds=loop.rounds, **options).plan
    with cli_conflicts.reasons(instance, source, options["time_limit"]):
        return aumaq.solve(instance, **options)


def _written(plan: aumaq.Plan, target: Target, lang: str) -> Written:
    """Write the folder of a plan: a new one if none is named."""
    from aumaq.instances.formats.targets import new_folder
    from aumaq.results.exports import write_plan_folder

    folder = target.folder or new_folder(RUNS, _stem(plan.instance))
    is_new = target.folder is None
    return write_plan_folder(
        plan, folder, lang, overwrite=target.overwrite, is_new=is_new
    )


def _check_places(
    folder: Path | None, save_lp: Path | None, store: Path | None
) -> None:
    """Try where results go, before the work."""
    from aumaq.instances.formats.targets import probe_file
    from aumaq.results.exports import check_target
    from aumaq.solvers.options import LP_SUFFIXES

    check_target(RUNS / "new" if folder is None else folder)
    if save_lp is not None:
        probe_file(save_lp, LP_SUFFIXES)
    if store is not None:
        aumaq.Store(store).check()


def _check_loop(goal: str) -> None:
    """Raise OptionError for a loop that is to plan for another goal than cost."""
    from aumaq.instances import OptionError

    if goal != "cost":
        raise OptionError(say("--close-loop: only for the goal cost"), ["goal"])


def _summary(plan: aumaq.Plan, folder: Path, run: str) -> None:
    """Show a plan, the run of a store as which it is kept, and where it is."""
    show.summary(plan, words.spoken())
    if "goal" in plan.record:
        show.goal(plan.record["goal"])
    if run:
        line(t(say("kept as {run}", run=run)))
    page = folder / "report.html"
    told = (
        say("plan written to {target}, the page is {page}")
        if page.exists()
        else say("plan written to {target}")
    )
    line(t(told, target=folder, page=page))


def _stem(instance: aumaq.Instance) -> str:
    """Return how the folder of a plan is called if nobody names it."""
    from aumaq.instances.formats.targets import safe_name

    stamp = time.strftime("%Y%m%d-%H%M%S")
    return f"{safe_name(instance.name, instance.scenario)}-{stamp}"


@app.command()
@grouped
def coordination(
    *,
    source: Source,
    effort: Effort,
    store: StoreFile = None,
    output: Output,
) -> None:
    """Compare a joint plan with services first and with networks first."""
    from aumaq.instances.interruption import finishing

    if store is not None:
        aumaq.Store(store).check()  # before the work, not after it
    ways = aumaq.coordination(
        source.read(),
        progress=output.progress,
        **vars(effort),
    )
    found = ways.record()
    with finishing():
        batch = keep(store, ways.keep)
    if output.as_json:
        documents.tell({**found, "batch_id": batch.key} if batch.key else found)
    else:
        show.ways(found)
        show.kept(store, batch.key)
    batch.end()
    plans = [way.plan for way in ways.ways.values() if way.plan is not None]
    if any(way.is_contradicted for way in ways.ways.values()):
        raise typer.Exit(3)
    if not all(plan.is_verified for plan in plans):
        raise typer.Exit(1)


@app.command()
def verify(
    plan: PlanName,
    changes: NoChanges = None,
    instance: Where = "",
    as_json: AsJson = False,
) -> None:
    """Check a written plan against its instance again."""
    if changes:
        from aumaq.instances import OptionError

        raise OptionError(
            say(
                "verify holds a plan against what it was made for, and takes no --set;"
                " how the plan does where values are changed: aumaq what-if {plan}"
                " --score --set {change}",
                plan=plan,
                change=shlex.quote(changes[0]),
            ),
            ["changes"],
        )
    (found,) = read_plans([plan], instance)
    if as_json:
        record = found.record
        keys = ("verified", "problems", "objective_mln", "bound_mln", "gap")
        missing = record.get("missing_columns", [])
        older = record.get("older_indicators", False)
        more = {"missing_columns": missing, "older_indicators": older}
        documents.tell({**{k: record[k] for k in keys}, **more})
    else:
        line(f"{plan}: {show.verdict(found.is_verified)}")
        if missing := found.record.get("missing_columns"):
            columns = ", ".join(missing)
            text = say(
                "the plan lacks columns, which were recomputed or left blank: {columns}"
            )
            line(f"  {t(text, columns=columns)}")
        if found.record.get("older_indicators"):
            text = say("its indicators had another definition; they are computed anew")
            line(f"  {t(text)}")
        for problem in found.record["problems"]:
            line(f"  {words.spoken().tell(problem)}")
    if not found.is_verified:
        raise typer.Exit(1)


@app.command()
def export(
    plan: PlanName,
    to: Annotated[str, typer.Option(help=f"one of {', '.join(EXPORT_NAMES)}")],
    target: Annotated[Path, typer.Option("--out", help="file, or folder of csv")],
    changes: Changes = None,
    instance: Where = "",
    lang: Lang = "en",
) -> None:
    """Write a plan in another format.

    With --set it is the plan, its decisions as they are, where values are changed.
    """
    from aumaq.results.exports import check_export

    check_export(to, target)  # before the work, not after it
    (found,) = under_changes(read_plans([plan], instance), changes)
    found.export(to, target, lang)
    line(t(say("written to {target}", target=target)))


app.command()(cli_analyse.analyse)
app.command("indicators")(cli_indicators.indicators)
app.command()(cli_futures.futures)
app.command()(cli_runs.runs)
app.command()(cli_runs.compare)
app.command()(cli_plot.plot)
app.command()(cli_report.report)
app.command("check-water")(cli_water.check_water)
app.command()(cli_alternatives.alternatives)
app.command()(cli_pareto.pareto)
app.command()(cli_budgets.budgets)
app.command("what-if")(cli_what_if.what_if)


def main() -> None:
    """Run the command line with the exit codes that scripts rely on."""
    arguments = sys.argv[1:]
    gc.set_threshold(UNTIL_GARBAGE)
    streams.prepare()
    documents.begin()
    with words.process(), interrupts.heard_alike():
        code = endings.code_of(partial(_run, arguments), arguments)
    sys.exit(code)


def _run(arguments: list[str]) -> int:
    words.decide(arguments)
    if not {"--help", "--version"} & set(arguments):
        endings.check_memory()
    given = endings.without_debug(arguments)
    return translating.run(typer.main.get_command(app), given)
