"""The command line. Exit codes: 0 fine, 1 no plan, 2 bad input, 3 internal error."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

import aumaq

app = typer.Typer(
    help="Place schools, clinics and utility nodes over several periods.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

Name = Annotated[str, typer.Argument(metavar="INSTANCE", help="name or folder")]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON only")]
ScenarioName = Annotated[str, typer.Option(help="scenario (default: the first)")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"aumaq {aumaq.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True)
    ] = False,
) -> None:
    pass


@app.command()
def instances() -> None:
    """List the instances that come with the package."""
    for name in aumaq.shipped():
        typer.echo(name)


@app.command()
def new(folder: Path) -> None:
    """Write a small commented instance to start from."""
    from aumaq.instances.skeleton import write_skeleton

    write_skeleton(folder)
    typer.echo(f"written to {folder}; change it, then: aumaq validate {folder}")


@app.command()
def validate(name: Name, as_json: AsJson = False) -> None:
    """Check an instance; every problem is listed."""
    instance = aumaq.read(name)
    if as_json:
        warnings = [vars(problem) for problem in instance.warnings]
        typer.echo(json.dumps({"errors": [], "warnings": warnings}, ensure_ascii=False))
        return
    for problem in instance.warnings:
        err.print(f"warning: {problem}", markup=False, soft_wrap=True)
    typer.echo(f"{instance.name}: valid, {len(instance.warnings)} warnings")


@app.command()
def describe(name: Name, scenario: ScenarioName = "", as_json: AsJson = False) -> None:
    """Show sizes, totals, access, and what is unreachable."""
    started = time.perf_counter()
    instance = aumaq.read(name)
    if scenario:
        instance = instance.with_scenario(scenario)
    facts = _facts(instance, time.perf_counter() - started)
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False))
        return
    for key, value in facts.items():
        if isinstance(value, dict):
            typer.echo(f"{key}:")
            for inner, number in value.items():
                typer.echo(f"  {inner}: {number}")
        else:
            typer.echo(f"{key}: {value}")


def _facts(instance: aumaq.Instance, seconds: float) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "name": instance.name,
        "title": instance.title,
        "scenario": instance.scenario,
        "hash": instance.content_hash,
        "read_seconds": round(seconds, 2),
        "rows": {n: len(t) for n, t in instance.tables.items() if len(t)},
        "warnings": len(instance.warnings),
        "snapped_to_roads": len(instance.snapping),
    }
    for service in instance.service_names:
        options, sites = instance.access(service), instance.service_sites(service)
        demand = instance.demand(service).sum(axis=0)
        cutoff = float(instance.service(service)["cutoff_minutes"])
        reached = options["settlement"].nunique()
        facts[f"service {service}"] = {
            "sites": len(sites),
            "access_options": len(options),
            "beyond_cutoff": int((options["minutes"] > cutoff).sum()),
            "settlements_without_option": len(instance.settlement_ids) - reached,
            "demand_by_period": [round(float(x), 1) for x in demand],
        }
    return facts


class _Lines:
    """Progress as plain lines on standard error, at most one a second."""

    def __init__(self) -> None:
        self._last = -1.0

    def update(self, event: Any) -> None:
        """Print an event."""
        if event.phase == "solving" and event.seconds - self._last < 1.0:
            return
        self._last = event.seconds
        gap = "" if event.gap != event.gap else f"  gap {event.gap:8.2%}"
        err.print(
            f"{event.seconds:7.1f} s  {event.phase:<16}"
            f" plan {event.incumbent_mln:14,.1f}"
            f"  bound {event.bound_mln:14,.1f}{gap}",
            markup=False,
        )


@app.command()
def solve(
    name: Name,
    scenario: ScenarioName = "",
    method: Annotated[str, typer.Option()] = "direct",
    formulation: Annotated[str, typer.Option(help="strong or weak")] = "strong",
    time_limit: Annotated[float, typer.Option(help="seconds")] = 120.0,
    gap: Annotated[float, typer.Option(help="relative, 0.01 is 1 %")] = 0.01,
    threads: Annotated[int | None, typer.Option()] = None,
    seed: Annotated[int, typer.Option()] = 0,
    folder: Annotated[Path | None, typer.Option("--out", help="plan folder")] = None,
    start: Annotated[Path | None, typer.Option(help="plan to start from")] = None,
    save_lp: Annotated[Path | None, typer.Option(help="write the model")] = None,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet")] = False,
) -> None:
    """Solve an instance; write a verified plan with bound and gap."""
    instance = aumaq.read(name)
    if scenario:
        instance = instance.with_scenario(scenario)
    plan = aumaq.solve(
        instance,
        method=method,
        formulation=formulation,
        time_limit=time_limit,
        gap=gap,
        threads=threads,
        seed=seed,
        start=None if start is None else aumaq.Plan.read(start),
        progress=None if quiet or as_json else _Lines(),
        save_lp=save_lp,
    )
    stamp = time.strftime("%Y%m%d-%H%M%S")
    target = folder or Path("runs") / f"{instance.name}-{instance.scenario}-{stamp}"
    plan.to_csv(target)
    plan.to_json(target / "plan.json")
    plan.to_geojson(target / "plan.geojson")
    plan.to_html(target / "report.html")
    if as_json:
        record = {key: value for key, value in plan.record.items() if key != "trace"}
        typer.echo(json.dumps({**record, "out": str(target)}, ensure_ascii=False))
    else:
        _summary(plan, target)
    if not plan.is_verified:
        raise typer.Exit(1)


def _summary(plan: aumaq.Plan, target: Path) -> None:
    done = plan.actions[plan.actions["action"] != "keep"]
    for (service, action), units in (
        done.groupby(["service", "action"])["units"].sum().items()
    ):
        typer.echo(f"{service}: {action} {units}")
    for row in plan.objective.to_dict("records"):
        if row["discounted_mln"]:
            typer.echo(f"{row['term']:<12}{row['discounted_mln']:16,.1f} mln")
    typer.echo(
        f"objective {plan.objective_mln:,.1f} mln {plan.instance.currency}, bound"
        f" {plan.bound_mln:,.1f}, gap {plan.gap:.2%}, {plan.status},"
        f" {'verified' if plan.is_verified else 'FAILED VERIFICATION'}"
    )
    for problem in list(plan.record["problems"])[:20]:
        typer.echo(f"  {problem}")
    typer.echo(f"plan written to {target}")


@app.command()
def verify(plan: Path, as_json: AsJson = False) -> None:
    """Check a written plan against its instance again."""
    found = aumaq.Plan.read(plan)
    if as_json:
        record = found.record
        keys = ("verified", "problems", "objective_mln", "bound_mln", "gap")
        typer.echo(json.dumps({k: record[k] for k in keys}, ensure_ascii=False))
    else:
        word = "verified" if found.is_verified else "FAILED VERIFICATION"
        typer.echo(f"{plan}: {word}")
        for problem in found.record["problems"]:
            typer.echo(f"  {problem}")
    if not found.is_verified:
        raise typer.Exit(1)


@app.command()
def export(
    plan: Path,
    to: Annotated[str, typer.Option(help="csv, json, geojson or html")],
    target: Annotated[Path, typer.Option("--out")],
) -> None:
    """Write a plan in another format."""
    aumaq.Plan.read(plan).export(to, target)
    typer.echo(f"written to {target}")


def main() -> None:
    """Run the command line with the exit codes that scripts rely on."""
    from aumaq.instances import AumaqError, NoPlanError

    try:
        app(standalone_mode=True)
    except NoPlanError as error:
        err.print(str(error), markup=False, soft_wrap=True)
        sys.exit(1)
    except AumaqError as error:
        err.print(str(error), markup=False, soft_wrap=True)
        sys.exit(2)
    except KeyboardInterrupt:
        err.print("stopped")
        sys.exit(1)
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        err.print(f"internal error: {type(error).__name__}: {error}", markup=False)
        sys.exit(3)
