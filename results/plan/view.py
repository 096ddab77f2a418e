"""A plan as a notebook shows it: what it costs, what is done, and a map."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from aumaq.instances import UnknownNameError
from aumaq.instances.language.texts import say
from aumaq.instances.svg_map import Points, svg_map
from aumaq.instances.view import settlement_layers
from aumaq.results.actions import DONE as ACTIONS
from aumaq.results.language import ENGLISH
from aumaq.results.plan.titles import titles_of

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

MOST_ACTIONS = 12
RUNS, DONE, GONE = "#1f5f99", "#b3266f", "#8a8a8a"


def picture(plan: Plan, service: str = "") -> str:
    """Return a map as SVG: what runs at the end, what opens, what closes."""
    instance = plan.instance
    if service and service not in instance.service_names:
        raise UnknownNameError(say("service"), service, instance.service_names)
    names = [service] if service else [
        name for name in instance.service_names if instance.serves(name)
    ]  # fmt: skip
    acts, runs = plan.actions, plan.facilities
    last = runs[runs["period"] == instance.period_names[-1]]
    layers, titles = settlement_layers(instance), titles_of(instance, ENGLISH)
    kinds = (
        (say("runs at the end"), RUNS, "square", 3.5, last),
        (say("closed"), GONE, "square", 4.5, acts[acts["action"] == "close"]),
        (say("opened"), DONE, "star", 9.0, acts[acts["action"] == "open"]),
    )
    for title, colour, shape, size, rows in kinds:
        lat, lon, told = [], [], []
        for name in names:
            sites = instance.service_sites(name).set_index("site")
            own = rows[rows["service"] == name].drop_duplicates("site")
            at = sites.loc[own["site"]]
            lat += at["lat"].tolist()
            lon += at["lon"].tolist()
            told += [f"{titles[name]}: {place}" for place in at["name"]]
        layers.append(
            Points(title, colour, np.array(lat, dtype=float), np.array(lon, float),
                   np.full(len(lat), size), told, shape)
        )  # fmt: skip
    return svg_map(layers, f"{instance.title}, {instance.scenario}")


def _in_words(plan: Plan, actions: pd.DataFrame) -> pd.DataFrame:
    """Return actions as people read them: titles and words for codes."""
    titles = titles_of(plan.instance, ENGLISH)
    return pd.DataFrame(
        {
            say("What"): actions["service"].map(titles),
            say("Where"): actions["name"],
            say("Period"): actions["period"],
            say("Action"): actions["action"].map(ACTIONS),
            say("Cost, mln"): actions["cost_mln"],
        }
    )


def html(plan: Plan) -> str:
    """Return the plan as a piece of HTML."""
    instance, record = plan.instance, plan.record
    least = ENGLISH.bound(plan.bound_mln, plan.objective_mln, ",.1f")
    status = plan.status.replace("_", " ")
    is_sure = say("verified") if plan.is_verified else say("FAILED VERIFICATION")
    facts = (
        (say("scenario"), instance.scenario),
        (say("objective"), f"{plan.objective_mln:,.1f} mln {instance.currency}"),
        (say("of it money"), f"{float(record['money_mln']):,.1f} mln"),
        (say("bound"), f"{least} mln"),
        (say("gap"), f"{ENGLISH.at_most(plan.gap)} ({status})"),
        (say("verification"), is_sure),
    )
    lines = "".join(
        f"<tr><th scope='row' style='text-align:left'>{escape(name)}</th>"
        f"<td style='text-align:left'>{escape(text)}</td></tr>"
        for name, text in facts
    )
    done = plan.actions[plan.actions["action"] != "keep"]
    table = _in_words(plan, done.head(MOST_ACTIONS)).to_html(index=False, border=0)
    more = len(done) - MOST_ACTIONS
    rest = f"<p>{escape(say('and {n} more', 'and {n} more', n=more))}</p>"
    return (
        f"<div class='aumaq'><h3>{escape(instance.title or instance.name)}</h3>"
        f"<table>{lines}</table>{table}{rest if more > 0 else ''}{picture(plan)}</div>"
    )
