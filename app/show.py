"""How the command line shows things: progress, facts, summaries."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Table

import aumaq
from aumaq.instances.language.texts import chained, say
from aumaq.words import bound, figure, lower, spoken, t, upper

if TYPE_CHECKING:
    import pandas as pd

    from aumaq.instances import Instance
    from aumaq.instances.language.texts import Text
    from aumaq.results.exports.plan_folder import Written
    from aumaq.results.language import Language
    from aumaq.solvers import ProgressEvent

WIDE = 160
"""Columns of tables that go to a file or another program."""

_is_screen = sys.stdout is not None and sys.stdout.isatty()
out = Console(highlight=False, width=None if _is_screen else WIDE)
err = Console(stderr=True, highlight=False)


class Lines:
    """Progress as plain lines on standard error, at most one a second."""

    def __init__(self) -> None:
        self._last = -1.0

    def update(self, event: ProgressEvent) -> None:
        """Print an event."""
        if event.phase.endswith("solving") and event.seconds - self._last < 1.0:
            return
        self._last = event.seconds
        gap = upper(event.gap, ".2%") if event.gap == event.gap else "-"
        told = say("gap {share}", share=f"{gap:>9}")
        progress_line(
            event.seconds,
            _number(event.incumbent_mln),
            _bound(event.bound_mln, event.incumbent_mln),
            f"{t(told)}  {spoken().tell(event.phase)}",
        )


def progress_line(seconds: float, plan: str, bound: str, rest: str) -> None:
    """Print a line of progress; what has any length comes last, columns stay."""
    text = say(
        "{seconds} s  plan {plan}  bound {bound}",
        seconds=figure(seconds, "7.1f"),
        plan=f"{plan:>14}",
        bound=f"{bound:>14}",
    )
    err.print(f"{t(text)}  {rest}", markup=False, soft_wrap=True)


def _number(value: float) -> str:
    return "-" if value != value else figure(value, ",.1f")


def _bound(limit: float, value: float) -> str:
    return "-" if limit != limit else bound(limit, value, ",.1f")


def verdict(is_verified: bool) -> str:
    """Return whether the verification passed."""
    return t(say("verified")) if is_verified else t(say("FAILED VERIFICATION"))


def facts(found: dict[str, Any], seconds: float, source: str) -> None:
    """Print what an instance holds; *source* is what it was called by."""
    title = spoken().title(found["title"])
    out.print(f"{title} ({found['name']})", style="bold", markup=False)
    lines = _facts(found, seconds, source)
    width = max(14, *map(len, lines))
    for name, text in lines.items():
        out.print(f"  {name:<{width}} {text}", markup=False, soft_wrap=True)
    table = Table(show_edge=False, pad_edge=False)
    table.add_column(t(say("service")))
    for head in FACT_HEADS:
        table.add_column(t(head), justify="right")
    for service in found["services"].values():
        table.add_row(
            f"{spoken().title(service['title'])} ({spoken().unit(service['unit'])})",
            figure(service["sites"]),
            figure(service["facilities_today"]),
            figure(service["capacity_today"]),
            *_access_cells(service),
        )
    out.print(table)
    words = {"unreachable": say("unreachable"), "beyond_cutoff": say("beyond cutoff")}
    for service in found["services"].values():
        for kind, told in words.items():
            if service.get(kind):
                named = f"{spoken().title(service['title'])}, {t(told)}:"
                codes = ", ".join(service[kind])
                out.print(named, codes, markup=False, soft_wrap=True)


def goal(told: dict[str, Any]) -> None:
    """Print what a plan reaches at its goal, and how sure that is."""
    from aumaq.instances.goals import PLAN_GOALS

    form = ",.2f" if told["unit"] == "min" else ",.1f"
    text = say(
        "goal: {goal}; {value} {unit}, bound {bound}, gap {gap}; no plan that is as"
        " good costs less than {cost} mln",
        goal=PLAN_GOALS[told["goal"]].title,
        value=figure(told["value"], form),
        unit=t(say("min")) if told["unit"] == "min" else t(say("persons")),
        bound=bound(told["bound"], told["value"], form, is_above=told["unit"] != "min"),
        gap=upper(told["gap"], ".2%"),
        cost=lower(told["cost_bound_mln"], ",.1f"),
    )
    out.print(t(text), markup=False, soft_wrap=True)


FACT_HEADS = (
    say("sites"), say("facilities"), say("capacity"), say("demand first"),
    say("demand last"), say("options"), say("by upgrades"), say("beyond cut-off"),
    say("unreachable"),
)  # fmt: skip


def _facts(found: dict[str, Any], seconds: float, source: str) -> dict[str, str]:
    """Return lines on an instance: label and text."""
    shares = found["synthetic_share"].items()
    return {
        t(say("scenario")): t(
            say(
                "{name} of {names}",
                name=found["scenario"],
                names=", ".join(found["scenarios"]),
            )
        ),
        t(say("periods")): ", ".join(found["periods"]),
        t(say("settlements")): figure(found["settlements"]),
        t(say("people")): " → ".join(map(figure, found["people_by_period"])),
        t(say("rows")): ", ".join(
            f"{k} {figure(n)}" for k, n in found["tables"].items()
        ),
        t(say("estimates")): ", ".join(
            t(say("{share} of {name}", share=figure(share, ".0%"), name=name))
            for name, share in shares
        )
        or t(say("none")),
        t(say("tied to roads")): t(
            say(
                "{n} settlement without a node, at most {km} km away",
                "{n} settlements without a node, at most {km} km away",
                n=int(found["snapped_to_roads"]),
                km=figure(found["farthest_snap_km"], ""),
            )
        ),
        t(say("roads")): _roads(found["roads"]),
        t(say("warnings")): f"{found['warnings']}  (aumaq validate {source})",
        t(say("hash")): found["hash"],
        t(say("read in")): t(say("{seconds} s", seconds=figure(seconds, ".2f"))),
    }


def _access_cells(service: dict[str, Any]) -> list[str]:
    """Return the cells on demand and access; none where nobody comes."""
    if "demand_by_period" not in service:
        return []
    demand = service["demand_by_period"]
    return [
        figure(demand[0]),
        figure(demand[-1]),
        figure(service["access_options"]),
        figure(service["options_by_upgrades"]),
        figure(service["settlements_beyond_cutoff"]),
        figure(service["settlements_unreachable"]),
    ]


def _roads(found: dict[str, Any]) -> str:
    return t(
        say(
            "{km} km in {pieces} pieces, {cut_off} settlements not on the largest;"
            " {season} season; {upgrades} upgrades of {upgraded} km; {connections}"
            " connections, {held} hold today, {possible} can",
            km=figure(found["length_km"]),
            pieces=found["pieces"],
            cut_off=found["settlements_cut_off"],
            season=spoken().word(found["season"]),
            upgrades=found["upgrades"],
            upgraded=figure(found["upgraded_km"]),
            connections=found["connections"],
            held=found["connections_held_today"],
            possible=found["connections_possible"],
        )
    )


def summary(plan: aumaq.Plan, lang: Language) -> None:
    """Print a plan in plain sentences, the cost by term, and how sure it is."""
    from aumaq.results.plan.cautions import again, cautions
    from aumaq.results.plan.summary import sentences

    if "start_used" in plan.record:
        out.print(_start_used(plan.record["start_used"]), markup=False, soft_wrap=True)
    for text in cautions(plan, lang):
        out.print(text, style="bold red", markup=False, soft_wrap=True)
    if options := again(plan, lang):
        out.print(f"  {options}", style="bold red", markup=False, soft_wrap=True)
    for sentence in sentences(plan, lang):
        out.print(f"• {sentence}", markup=False, soft_wrap=True)
    out.print(_by_term(plan, lang))
    out.print(_by_sector(plan))
    out.print(_certainty(plan), markup=False, soft_wrap=True)
    for problem in list(plan.record["problems"])[:20]:
        out.print(f"  {lang.tell(problem)}", markup=False, soft_wrap=True)


def _by_term(plan: aumaq.Plan, lang: Language) -> Table:
    """Return the terms of the cost that are not 0, and what each is counted as."""
    from aumaq.results.plan.terms import is_money
    from aumaq.results.plan.titles import item_title

    table = Table(show_edge=False, pad_edge=False)
    table.add_column(t(say("term")))
    table.add_column(t(say("counted as")))
    table.add_column(t(say("discounted mln")), justify="right")
    for row in plan.objective.to_dict("records"):
        if row["discounted_mln"]:
            table.add_row(
                item_title(row["term"], lang),
                t(say("money")) if is_money(row["term"]) else t(say("points")),
                figure(row["discounted_mln"], ",.1f"),
            )
    return table


def _certainty(plan: aumaq.Plan) -> str:
    """Return what a plan costs in all, and how sure that is."""
    from aumaq.results.plan.terms import money_and_points

    money, points = money_and_points(plan.objective)
    return t(
        say(
            "objective {cost} mln (money {money} mln {currency}, points {points}"
            " mln), bound {bound}, gap {gap}, {status}, {verdict}",
            cost=figure(plan.objective_mln, ",.1f"),
            money=figure(money, ",.1f"),
            points=figure(points, ",.1f"),
            currency=plan.instance.currency,
            bound=bound(plan.bound_mln, plan.objective_mln, ",.1f"),
            gap=upper(plan.gap, ".2%"),
            status=spoken().word(plan.status.replace("_", " ")),
            verdict=verdict(plan.is_verified),
        )
    )


def _by_sector(plan: aumaq.Plan) -> Table:
    """Return the plan by sector: money and actions of all periods, jobs at the end."""
    from aumaq.results.plan.sectors import SECTOR_TITLES, by_sector

    table = Table(show_edge=False, pad_edge=False)
    table.add_column(t(say("sector")))
    rows = by_sector(plan)
    has_jobs = rows["jobs"].any()  # without anchors there are none to tell
    heads = [say("invested mln"), say("operation mln"), say("actions")]
    for head in [*heads, say("jobs")] if has_jobs else heads:
        table.add_column(t(head), justify="right")
    for row in rows.to_dict("records"):
        table.add_row(
            t(SECTOR_TITLES[row["sector"]]),
            figure(row["investment_mln"], ",.1f"),
            figure(row["operation_mln"], ",.1f"),
            figure(row["actions"]),
            *([figure(row["jobs"], ",.0f")] if has_jobs else []),
        )
    return table


KINDS = {
    "facilities": say("{n} of {all} facilities"),
    "network_steps": say("{n} of {all} lines and mains, new or enlarged"),
    "road_upgrades": say("{n} of {all} road upgrades"),
    "growth_points": say("{n} of {all} growth points"),
}
"""What of a start plan is counted."""


def _start_used(used: dict[str, list[int]]) -> str:
    """Say how much of a start plan the instance knows."""
    if not any(n for n, _ in used.values()):
        return t(
            say("nothing of the start plan fits this instance; it began from today")
        )
    told = (
        t(KINDS[kind], n=figure(n), all=figure(whole))
        for kind, (n, whole) in used.items()
    )
    return t(say("the start plan could be used: {parts}", parts=", ".join(told)))


def ways(found: dict[str, Any]) -> None:
    """Print the three ways to plan side by side."""
    from aumaq.results.studies.coordination import WAYS

    table = Table(show_edge=False, pad_edge=False)
    table.add_column(t(say("mln {currency}", currency=found["currency"])))
    columns = []
    for name, way in found["ways"].items():
        table.add_column(spoken().tell(WAYS[name]), justify="right")
        columns.append(dict(_way_rows(way)))
    for label in dict.fromkeys(label for column in columns for label in column):
        table.add_row(label, *(column.get(label, "") for column in columns))
    out.print(table)
    for name, way in found["ways"].items():
        if way["message"]:
            told = spoken().tell(chained([WAYS[name], way["message"]], ": "))
            out.print(told, markup=False, soft_wrap=True)


def _way_rows(way: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the rows of a way: label and text."""
    if not way["has_plan"]:
        return [(t(say("objective")), t(say("no plan")))]
    rows = [
        (t(say("objective")), figure(way["objective_mln"], ",.1f")),
        (t(say("bound")), bound(way["bound_mln"], way["objective_mln"], ",.1f")),
        (t(say("gap")), upper(way["gap"], ".2%")),
        (t(say("verified")), t(say("yes")) if way["verified"] else t(say("NO"))),
        (t(say("dearer than joint")), figure(way.get("difference_mln", 0.0), ",.1f")),
        (f"  {t(say('share'))}", figure(way.get("difference_share", 0.0), ".2%")),
        (
            f"  {t(say('at least'))}",
            lower(way.get("difference_at_least_mln", 0.0), ",.1f"),
        ),
        (
            f"  {t(say('at most'))}",
            upper(way.get("difference_at_most_mln", 0.0), ",.1f"),
        ),
        (t(say("road upgrades")), figure(way["road_upgrades"])),
        (t(say("lines and mains, new or enlarged")), figure(way["network_steps"])),
        (t(say("connections missed")), figure(way["connections_missed"])),
    ]
    for key, label, form in (
        ("served_share", say("{name}: served"), ".2%"),
        ("mean_minutes", say("{name}: minutes"), ".1f"),
        ("shed_share", say("{name}: load shed"), ".3%"),
        ("investment_mln", say("{name}: invested"), ",.0f"),
    ):
        rows += [(t(label, name=n), figure(x, form)) for n, x in way[key].items()]
    return rows


SEASONS = (say("dry"), say("wet"))
"""Seasons for which plans are made (table policies)."""
FLOWS = (
    say("births"), say("deaths"), say("migration in"), say("migration out"),
    say("external"), say("announced"), say("adjustment"),
)  # fmt: skip
"""Flows of people, as the ledger of a projection names them."""


def projection(found: Any, instance: aumaq.Instance) -> None:
    """Print people by region at the start and end of a projection, and the flows."""
    first, last = found.years[0], found.years[-1]
    text = t(
        say(
            "{title}: projection {name}, {first} to {last}",
            title=spoken().title(instance.title),
            name=found.name,
            first=first,
            last=last,
        )
    )
    out.print(text, style="bold", markup=False)
    regions = instance.table("regions")
    names = dict(zip(regions["region"], spoken().names(regions, "region"), strict=True))
    sums = found.ledger.groupby("region", sort=False).sum(numeric_only=True)
    flows = [c for c in found.ledger.columns if c not in ("region", "year", "start",
                                                          "end")]  # fmt: skip
    table = Table(show_edge=False, pad_edge=False)
    table.add_column(t(say("region")))
    heads = [spoken().word(flow.replace("_", " ")) for flow in flows]
    for head in (str(first), *heads, str(last)):
        table.add_column(head, justify="right")
    wide = found.totals.pivot(index="region", columns="year", values="persons")
    rows = [(names.get(r, r), wide.loc[r], sums.loc[r]) for r in sums.index]
    rows.append((t(say("all")), wide.sum(), sums.sum()))
    for name, people, flow in rows:
        cells = [people[first], *(flow[c] for c in flows), people[last]]
        table.add_row(name, *map(figure, cells))
    out.print(table)


SWEEP_HEADS = (
    say("objective"), say("bound"), say("gap"), say("verified"), say("seconds"),
    say("invested"),
)  # fmt: skip


def sweep(found: aumaq.Sweep) -> None:
    """Print a sweep, a row a scenario, and why some have no plan."""
    from aumaq.results.studies.sweep_task import status_title

    table = Table(show_edge=False, pad_edge=False)
    table.add_column(t(say("scenario")))
    table.add_column(t(say("status")))
    for head in SWEEP_HEADS:
        table.add_column(t(head), justify="right")
    rows = found.record()["rows"]
    for row in rows:
        cells = [row["scenario"], spoken().tell(status_title(row["status"]))]
        if row["has_plan"]:
            cells += [
                figure(row["objective_mln"]),
                bound(row["bound_mln"], row["objective_mln"]),
                upper(row["gap"], ".2%"),
                t(say("yes") if row["verified"] else say("NO")),
            ]  # fmt: skip
        else:
            cells += ["", "", "", ""]
        cells.append(figure(row["seconds"], ".1f"))
        cells.append(figure(row["investment_mln"]) if row["has_plan"] else "")
        table.add_row(*cells)
    out.print(table)
    for row in rows:
        if row["message"]:
            text = chained([row["scenario"], row["message"]], ": ")
            out.print(spoken().tell(text), markup=False, soft_wrap=True)
    _prices(found)


def _prices(found: aumaq.Sweep) -> None:
    """Print what each variant alone costs, as a range."""
    from aumaq.results.studies.rule_prices import rule_prices

    rows = rule_prices(found.rows)
    if rows.empty:
        return
    table = Table(show_edge=False, pad_edge=False)
    table.add_column(t(say("variant")))
    for head in (say("costs at least"), say("plans differ by"), say("at most")):
        table.add_column(t(head), justify="right")
    for row in rows.itertuples():
        amounts = lower(row.least_mln), figure(row.found_mln), upper(row.most_mln)
        name = f"{row.scenario}+{row.variant}"
        table.add_row(name, *amounts)
    out.print()
    out.print(table)


RANKED_HEADS = (
    say("served"), say("unit"), say("settlements"), say("minutes farther"),
    say("without any"), say("mln more without it, at most"),
)  # fmt: skip


def ranked(rows: pd.DataFrame, instance: Instance) -> None:
    """Print all facilities by what the plan costs without each."""
    from aumaq.results.plan.titles import titles_of

    titles = titles_of(instance, spoken())
    table = Table(show_edge=False, pad_edge=False)
    table.add_column(t(say("service")))
    table.add_column(t(say("site")))
    for head in RANKED_HEADS:
        table.add_column(t(head), justify="right")
    for row in rows.to_dict("records"):
        cost = row["replacement_at_most_mln"]
        dear = t(say("no plan")) if cost == float("inf") else upper(cost, ",.1f")
        table.add_row(
            titles[row["service"]], row["name"], figure(row["served"]), row["unit"],
            figure(row["settlements"]), figure(row["extra_minutes"]),
            figure(row["stranded"]), dear,
        )  # fmt: skip
    out.print(table)
    told = say("mln {currency}", currency=instance.currency)
    out.print(t(told), markup=False)


MOST_SITES = 20
"""Sites of which it is shown how often they are chosen."""
RESULTS = {
    "objective_mln": say("cost, discounted mln"),
    "investment_mln": say("investment, mln"),
}
"""Results of which the indices are told -> what readers call them."""
INDEX_HEADS = {
    "least": say("least"), "most": say("most"), "mu_star": say("mean effect, absolute"),
    "mu": say("mean effect"), "sigma": say("deviation of effects"),
    "first": say("share of variance alone"), "first_within": say("give or take"),
    "total": say("share of variance in all"), "total_within": say("give or take"),
}  # fmt: skip


def sensitivity(found: aumaq.Sensitivity) -> None:
    """Print what matters, and how often sites are chosen."""
    from aumaq.results.report.changed_values import varied

    record = found.record()
    text = say(
        "{runs} runs, {lost} without a plan; differences below {noise} of the cost may"
        " be the solver's",
        runs=record["runs"],
        lost=record["without_plan"],
        noise=figure(found.noise_share, ".2%"),
    )
    out.print(t(text), markup=False, soft_wrap=True)
    if len(found.effects):
        table = Table(show_edge=False, pad_edge=False)
        table.add_column(t(say("result")))
        table.add_column(t(say("what varies")))
        keys = [key for key in INDEX_HEADS if key in found.effects]
        for key in keys:
            table.add_column(t(INDEX_HEADS[key]), justify="right")
        for row in found.effects.to_dict("records"):
            cells = [figure(row[key], ",.4g") for key in keys]
            what = varied(row["factor"], spoken())
            table.add_row(t(RESULTS[row["result"]]), what, *cells)
        out.print(table)
    else:
        text = say("without a plan for every run there are no indices")
        out.print(t(text), markup=False, soft_wrap=True)
    out.print(_chosen_sites(found))


def _chosen_sites(found: aumaq.Sensitivity) -> Table:
    """Return how often sites are chosen."""
    from aumaq.results.pages.territory import site_names
    from aumaq.results.plan.titles import titles_of

    table, instance = Table(show_edge=False, pad_edge=False), found.instance
    titles, names = titles_of(instance, spoken()), dict[tuple[str, str], str]()
    for service in found.sites["service"].unique():
        sites = instance.service_sites(service)
        called = site_names(instance, sites, spoken())
        keys = ((service, site) for site in sites["site"])
        names |= dict(zip(keys, called, strict=True))
    for head in (say("service"), say("site")):
        table.add_column(t(head))
    for head in (say("runs in so many plans"), say("opened or enlarged in")):
        table.add_column(t(head), justify="right")
    for row in found.sites.head(MOST_SITES).to_dict("records"):
        shares = (figure(row[key], ".0%") for key in ("runs_share", "built_share"))
        name = names[row["service"], row["site"]]
        table.add_row(titles[row["service"]], name, *shares)
    return table


def contradiction(record: Mapping[str, Any]) -> None:
    """Say that a run contradicts itself, and where its evidence is, if it was kept."""
    from aumaq.results.plan.cautions import contradiction as told

    out.print(
        spoken().tell(told(record)), style="bold red", markup=False, soft_wrap=True
    )


def written(found: Written) -> None:
    """Say what was not written as asked; exit with 2 if it went to another place, with
    3 if something could not be made at all.
    """
    troubles(found.troubles)
    ended(found)


def ended(found: Written) -> None:
    """Exit as :func:`written` does; what is to be said is said."""
    if found.troubles:
        raise typer.Exit(2 if found.moved else 3)


def troubles(found: Sequence[Text]) -> None:
    """Say on standard error what was not written as asked."""
    for text in found:
        err.print(spoken().tell(text), markup=False, soft_wrap=True)


def kept(store: Path | None, batch: str) -> None:
    """Say under which batch plans were kept, if they were."""
    if batch:
        text = t(
            say(
                "kept as batch {batch}: aumaq runs {store} --batch {short}",
                batch=batch,
                store=store,
                short=batch[:8],
            )
        )
        out.print(text, markup=False, soft_wrap=True)
