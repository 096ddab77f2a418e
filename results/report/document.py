"""Everything that the report's script shows, as one JSON document."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from aumaq.instances.language.texts import say
from aumaq.results.indicators.today import of_today
from aumaq.results.language import Language
from aumaq.results.pages.marks import ACTIONS, ANCHOR, marks_of
from aumaq.results.pages.territory import territory
from aumaq.results.plan.cautions import again, cautions
from aumaq.results.plan.summary import chapters
from aumaq.results.report.actions import action_list, done_words
from aumaq.results.report.cards import cards
from aumaq.results.report.finance import money_tables, spending_chart
from aumaq.results.report.findings import (
    INVESTED,
    WITHIN_NORM,
    flow_table,
    gain_table,
    gaps,
    growth_points,
    indicator_table,
    key_figures,
    missed,
    network_chart,
    rules,
    shadings,
    unserved,
    who_gains,
)
from aumaq.results.report.follow_ons import follow_ons
from aumaq.results.report.goal_figures import goal_axes
from aumaq.results.report.land import anchor_places, land_tables, zone_shapes
from aumaq.results.report.networks import network_layers
from aumaq.results.report.notes import money_note, notes, settings
from aumaq.results.report.reassigned import reassigned
from aumaq.results.report.running import running_tables
from aumaq.results.report.scheme import agglomerations, anchors, losses
from aumaq.results.report.services import service_data
from aumaq.results.report.unit_costs import unit_cost_table

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan


AXES = (INVESTED, WITHIN_NORM)
"""Figures of the chart of several plans that have no goals of their own, until its
reader chooses others."""

PARTS = {
    "access": say("measuring access"),
    "build": say("building the model"),
    "pass": say("compiling"),
    "first plan": say("first plan"),
    "solve": say("solving"),
    "polish": say("polishing"),
    "total": say("in all"),
}
"""Part of a solve -> what readers call it."""


def document(
    plans: Sequence[Plan], lang: Language, labels: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the runs, and the territories they are on: equal ones stand once.

    *labels*: names of plans whose scenarios do not tell them apart.
    """
    territories: dict[str, dict[str, Any]] = {}
    runs = []
    for plan in plans:
        land = territory(plan.instance, lang)
        key = json.dumps(land, ensure_ascii=False)
        territories.setdefault(key, land)
        runs.append({**_run(plan, lang), "territory": list(territories).index(key)})
    alike = len({plan.instance.scenario for plan in plans}) < len(plans)
    given = [*labels, *[""] * len(plans)]
    for run, own, label in zip(runs, given, run_labels(plans, lang), strict=False):
        run["label"] = (alike and own) or label
    return {
        "territories": list(territories.values()),
        "runs": runs,
        "done": done_words(lang),
        "marks": marks_of({**ACTIONS, **ANCHOR}, lang),
        "axes": goal_axes(plans, lang) or [lang.tell(title) for title in AXES],
    }


def _run(plan: Plan, lang: Language) -> dict[str, Any]:
    instance, today = plan.instance, of_today(plan.instance)
    tables = [
        action_list(plan, lang),
        reassigned(plan, lang),
        *follow_ons(plan, lang),
        indicator_table(plan, lang),
        unit_cost_table(plan, lang),
        *money_tables(plan, lang),
        flow_table(plan, lang),
        growth_points(plan, lang),
        *land_tables(plan, lang),
        *running_tables(plan, lang),
        agglomerations(plan, lang),
        anchors(plan, lang),
        losses(plan, lang),
        missed(plan, lang),
        gaps(plan, lang),
        gain_table(plan, today, lang),
        unserved(plan, lang),
        rules(plan, lang),
        settings(plan, lang),
    ]
    return {
        "title": lang.title(instance.title, instance.name),
        "currency": instance.currency,
        "verified": plan.is_verified,
        "cautions": cautions(plan, lang),
        "problems": [lang.tell(problem) for problem in plan.record["problems"][:20]],
        "summary": list(chapters(plan, lang).items()),
        "cards": cards(plan, today, lang),
        "figures": key_figures(plan, lang),
        "periods": list(instance.period_names),
        "services": [
            service_data(plan, name, today, lang) for name in instance.service_names
        ],
        "networks": network_layers(plan, lang),
        "shadings": shadings(plan, lang),
        "zones": zone_shapes(plan, lang),
        "anchors": anchor_places(plan, lang),
        "tables": {table["name"]: table for table in tables},
        "spending": spending_chart(plan, lang),
        "whoGains": who_gains(plan, today, lang),
        "moneyNote": money_note(instance, lang),
        "notes": notes(plan, lang, tables),
        "loading": [network_chart(plan, n, lang) for n in instance.network_names],
        "proof": _proof(plan, lang),
    }


def run_labels(plans: Sequence[Plan], lang: Language) -> list[str]:
    """Return a label for each run, all different.

    It is the scenario's title, with the instance's where there are several instances;
    runs that are still alike are numbered.
    """
    labels = []
    for plan in plans:
        scenario = plan.instance.active_scenario
        # The title of a combined scenario is that of its parts, joined.
        parts = (scenario.title or plan.instance.scenario).split(", ")
        labels.append(", ".join(lang.titles(parts)))
    if len({plan.instance.name for plan in plans}) > 1:
        titles = [lang.title(p.instance.title, p.instance.name) for p in plans]
        labels = [
            f"{title}: {label}" for title, label in zip(titles, labels, strict=True)
        ]
    return [
        f"{label} ({labels[: k + 1].count(label)})"
        if labels.count(label) > 1
        else label
        for k, label in enumerate(labels)
    ]


def _asked_for(options: Mapping[str, Any], lang: Language) -> str:
    """Return the limit and the gap of a solve."""
    gap = lang.share(options["gap"], 2)
    if (units := options.get("work_limit")) is not None:
        text = say(
            "{units} units of work, gap {gap}", units=lang.number(units), gap=gap
        )
    else:
        seconds = lang.number(options["time_limit"])
        text = say("{seconds} s, gap {gap}", seconds=seconds, gap=gap)
    return lang.tell(text)


def _proof(plan: Plan, lang: Language) -> list[list[str]]:
    """Return label and value of what says how sure the plan is."""
    record, options = plan.record, plan.record["options"]
    sizes = (lang.number(record[k]) for k in ("rows", "columns", "integers"))
    seconds = (
        f"{lang.tell(PARTS.get(k, k))} {lang.number(v, 1)}"
        for k, v in record["seconds"].items()
    )
    more = again(plan, lang)
    return [
        [lang.tell(say("Status")), lang.word(plan.status.replace("_", " "))],
        [
            lang.tell(say("Objective, discounted mln")),
            lang.number(plan.objective_mln, 1),
        ],
        [
            lang.tell(say("Lower bound, discounted mln")),
            lang.bound(plan.bound_mln, plan.objective_mln, ",.1f"),
        ],
        [lang.tell(say("Gap")), lang.at_most(plan.gap)],
        [lang.tell(say("Method")), f"{record['method']} ({record['formulation']})"],
        [lang.tell(say("Rows, columns, integers")), " / ".join(sizes)],
        [lang.tell(say("Seconds")), ", ".join(seconds)],
        [
            lang.tell(say("Asked for")),
            _asked_for(options, lang),
        ],
        *([[lang.tell(say("For a better plan")), more]] if more else []),
        [lang.tell(say("Instance hash")), record["instance_hash"]],
        [
            lang.tell(say("Versions")),
            ", ".join(f"{k} {v}" for k, v in record["versions"].items()),
        ],
    ]
