"""How the command line shows things: progress, facts, summaries."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

import aumaq
from aumaq.results.language import Language

WIDE = 160
"""Columns of tables that go to a file or another program."""

out = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
err = Console(stderr=True, highlight=False)


class Lines:
    """Progress as plain lines on standard error, at most one a second."""

    def __init__(self) -> None:
        self._last = -1.0

    def update(self, event: Any) -> None:
        """Print an event."""
        if event.phase.endswith("solving") and event.seconds - self._last < 1.0:
            return
        self._last = event.seconds
        err.print(
            f"{event.seconds:7.1f} s  {event.phase:<20}"
            f" plan {_number(event.incumbent_mln):>14}"
            f"  bound {_number(event.bound_mln):>14}"
            f"  {'' if event.gap != event.gap else f'gap {event.gap:8.2%}'}".rstrip(),
            markup=False,
            soft_wrap=True,
        )


def _number(value: float) -> str:
    return "-" if value != value else f"{value:,.1f}"


def facts(found: dict[str, Any], seconds: float) -> None:
    """Print what an instance holds."""
    out.print(f"{found['title']} ({found['name']})", style="bold", markup=False)
    lines = {
        "scenario": f"{found['scenario']} of {', '.join(found['scenarios'])}",
        "periods": ", ".join(found["periods"]),
        "settlements": f"{found['settlements']:,}",
        "people": " → ".join(f"{x:,.0f}" for x in found["people_by_period"]),
        "rows": ", ".join(f"{k} {n:,}" for k, n in found["tables"].items()),
        "estimates": ", ".join(
            f"{share:.0%} of {name}" for name, share in found["synthetic_share"].items()
        )
        or "none",
        "tied to roads": f"{found['snapped_to_roads']:,} settlements without a node,"
        f" at most {found['farthest_snap_km']} km away",
        "roads": _roads(found["roads"]),
        "warnings": f"{found['warnings']}  (aumaq validate {found['name']})",
        "hash": found["hash"],
        "read in": f"{seconds:.2f} s",
    }
    for name, text in lines.items():
        out.print(f"  {name:<14} {text}", markup=False, soft_wrap=True)
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("service")
    heads = ("sites", "facilities", "capacity", "demand first", "demand last")
    for head in (*heads, "options", "by upgrades", "beyond cut-off", "unreachable"):
        table.add_column(head, justify="right")
    for service in found["services"].values():
        table.add_row(
            f"{service['title']} ({service['unit']})",
            f"{service['sites']:,}",
            f"{service['facilities_today']:,}",
            f"{service['capacity_today']:,.0f}",
            *_access_cells(service),
        )
    out.print(table)
    for service in found["services"].values():
        for kind in ("unreachable", "beyond_cutoff"):
            if service.get(kind):
                words = f"{service['title']}, {kind.replace('_', ' ')}:"
                out.print(words, ", ".join(service[kind]), markup=False, soft_wrap=True)


def _access_cells(service: dict[str, Any]) -> list[str]:
    """Return the cells on demand and access; none where nobody comes."""
    if "demand_by_period" not in service:
        return []
    demand = service["demand_by_period"]
    return [
        f"{demand[0]:,.0f}",
        f"{demand[-1]:,.0f}",
        f"{service['access_options']:,}",
        f"{service['options_by_upgrades']:,}",
        f"{service['settlements_beyond_cutoff']:,}",
        f"{service['settlements_unreachable']:,}",
    ]


def _roads(found: dict[str, Any]) -> str:
    return (
        f"{found['length_km']:,.0f} km, {found['season']} season; {found['upgrades']}"
        f" upgrades of {found['upgraded_km']:,.0f} km;"
        f" {found['connections']} connections,"
        f" {found['connections_held_today']} hold today,"
        f" {found['connections_possible']} can"
    )


def summary(plan: aumaq.Plan, lang: Language) -> None:
    """Print a plan in plain sentences, the cost by term, and how sure it is."""
    from aumaq.results.summary import sentences

    for sentence in sentences(plan, lang):
        out.print(f"• {sentence}", markup=False, soft_wrap=True)
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("term")
    table.add_column("discounted mln", justify="right")
    for row in plan.objective.to_dict("records"):
        if row["discounted_mln"]:
            table.add_row(row["term"], f"{row['discounted_mln']:,.1f}")
    out.print(table)
    out.print(
        f"objective {plan.objective_mln:,.1f} mln {plan.instance.currency}, bound"
        f" {plan.bound_mln:,.1f}, gap {plan.gap:.2%}, {plan.status},"
        f" {'verified' if plan.is_verified else 'FAILED VERIFICATION'}",
        markup=False,
        soft_wrap=True,
    )
    for problem in list(plan.record["problems"])[:20]:
        out.print(f"  {problem}", markup=False, soft_wrap=True)


def ways(found: dict[str, Any]) -> None:
    """Print the three ways to plan side by side."""
    table = Table(show_edge=False, pad_edge=False)
    table.add_column(f"mln {found['currency']}")
    columns = []
    for name, way in found["ways"].items():
        table.add_column(name.replace("_", " "), justify="right")
        columns.append(dict(_way_rows(way)))
    for label in dict.fromkeys(label for column in columns for label in column):
        table.add_row(label, *(column.get(label, "") for column in columns))
    out.print(table)
    for name, way in found["ways"].items():
        if way["message"]:
            out.print(f"{name}: {way['message']}", markup=False, soft_wrap=True)


def _way_rows(way: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the rows of a way: label and text."""
    if not way["has_plan"]:
        return [("objective", "no plan")]
    rows = [
        ("objective", f"{way['objective_mln']:,.1f}"),
        ("bound", f"{way['bound_mln']:,.1f}"),
        ("gap", f"{way['gap']:.2%}"),
        ("verified", "yes" if way["verified"] else "NO"),
        ("dearer than joint", f"{way.get('difference_mln', 0.0):,.1f}"),
        ("  share", f"{way.get('difference_share', 0.0):.2%}"),
        ("  at least", f"{way.get('difference_at_least_mln', 0.0):,.1f}"),
        ("  at most", f"{way.get('difference_at_most_mln', 0.0):,.1f}"),
        ("road upgrades", f"{way['road_upgrades']:,}"),
        ("steps of links", f"{way['network_steps']:,}"),
        ("connections missed", f"{way['connections_missed']:,}"),
    ]
    rows += [(f"{s}: served", f"{x:.2%}") for s, x in way["served_share"].items()]
    rows += [(f"{s}: minutes", f"{x:.1f}") for s, x in way["mean_minutes"].items()]
    rows += [(f"{n}: load shed", f"{x:.3%}") for n, x in way["shed_share"].items()]
    rows += [(f"{k}: invested", f"{x:,.0f}") for k, x in way["investment_mln"].items()]
    return rows


def projection(found: Any, instance: aumaq.Instance) -> None:
    """Print people by region at the start and end of a projection, and the flows."""
    first, last = found.years[0], found.years[-1]
    text = f"{instance.title}: projection {found.name}, {first} to {last}"
    out.print(text, style="bold", markup=False)
    names = dict(instance.table("regions")[["region", "name"]].to_numpy().tolist())
    sums = found.ledger.groupby("region", sort=False).sum(numeric_only=True)
    flows = [c for c in found.ledger.columns if c not in ("region", "year", "start",
                                                          "end")]  # fmt: skip
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("region")
    for head in (str(first), *flows, str(last)):
        table.add_column(head.replace("_", " "), justify="right")
    wide = found.totals.pivot(index="region", columns="year", values="persons")
    rows = [(names.get(r, r), wide.loc[r], sums.loc[r]) for r in sums.index]
    rows.append(("all", wide.sum(), sums.sum()))
    for name, people, flow in rows:
        cells = [people[first], *(flow[c] for c in flows), people[last]]
        table.add_row(name, *(f"{cell:,.0f}" for cell in cells))
    out.print(table)


def sweep(found: aumaq.Sweep) -> None:
    """Print a sweep, a row a scenario, and why some have no plan."""
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("scenario")
    table.add_column("status")
    heads = ("objective", "bound", "gap", "verified", "seconds", "invested")
    for head in heads:
        table.add_column(head, justify="right")
    rows = found.record()["rows"]
    for row in rows:
        cells = [row["scenario"], row["status"]]
        if row["has_plan"]:
            cells += [
                f"{row['objective_mln']:,.0f}", f"{row['bound_mln']:,.0f}",
                f"{row['gap']:.2%}", "yes" if row["verified"] else "NO",
            ]  # fmt: skip
        else:
            cells += ["", "", "", ""]
        cells.append(f"{row['seconds']:.1f}")
        cells.append(f"{row['investment_mln']:,.0f}" if row["has_plan"] else "")
        table.add_row(*cells)
    out.print(table)
    for row in rows:
        if row["message"]:
            text = f"{row['scenario']}: {row['message']}"
            out.print(text, markup=False, soft_wrap=True)


def kept(store: Path | None, record: dict[str, Any]) -> None:
    """Say under which batch plans were kept, if they were."""
    if store is not None:
        batch = record["batch_id"]
        text = f"kept as batch {batch}: aumaq runs {store} --batch {batch[:8]}"
        out.print(text, markup=False, soft_wrap=True)
