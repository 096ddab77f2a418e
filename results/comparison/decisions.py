"""What differs in what is decided: facilities, actions, roads, networks, growth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import starmap
from typing import Any

import pandas as pd

from aumaq.instances.language.texts import Figure, Text, chained, say
from aumaq.instances.schema.networks import LOAD_UNITS
from aumaq.instances.schema.running import STAFF
from aumaq.results.actions import CHANGES
from aumaq.results.comparison.columns import LETTERS, side_by_side
from aumaq.results.language import ENGLISH
from aumaq.results.plan import figures
from aumaq.results.plan.plan import Plan
from aumaq.results.plan.titles import level_title

KEY = ["kind", "service", "code", "period"]
PLACE = ["name", "region"]
STATE = [*KEY, *PLACE, "text"]
TYPES = dict.fromkeys(STATE, "str") | dict.fromkeys(("code", "text"), "object")
"""Texts of ours are objects: columns of strings forget how they were made."""
STAFF_DUST = 0.05
"""So much of a post is no decision."""
DUST = 1e-6
"""Local capacity up to this is numerical dust and no decision."""


def changed_decisions(before: Plan, after: Plan) -> pd.DataFrame:
    """Return the decisions that two plans take differently.

    Columns: kind, service (or network, or tier), code, period, name, region, before,
    after (a text that any language can tell again, a capacity as a number; empty:
    nothing there). Facilities and actions are compared by site and period; an upgrade,
    a step or a growth point by the period in which it begins.
    """
    old, new = states(before), states(after)
    both = old.merge(
        new, on=KEY, how="outer", suffixes=("_before", "_after"), sort=False
    )
    codes = {code: code for code in [*old["code"], *new["code"]]}
    both["code"] = _texts(both, map(codes.get, both["code"]))  # merged, they are plain
    for column in PLACE:
        both[column] = both[f"{column}_before"].fillna(both[f"{column}_after"])
    texts = both[["text_before", "text_after"]].fillna("")
    both["before"], both["after"] = texts["text_before"], texts["text_after"]
    found = both.loc[both["before"] != both["after"], [*KEY, *PLACE, "before", "after"]]
    periods = [*dict.fromkeys([*before.instance.period_names,
                               *after.instance.period_names])]  # fmt: skip
    order = found.assign(
        kind=found["kind"].map(list(STATES).index),
        period=found["period"].map({p: t for t, p in enumerate(periods)}).fillna(-1),
    ).sort_values(["kind", "service", "code", "period"], kind="stable")
    return found.loc[order.index].reset_index(drop=True)


def states(plan: Plan) -> pd.DataFrame:
    """Return what a plan decides: kind, service, code, period, name, region, text."""
    parts = []
    for kind, make in STATES.items():
        rows = make(plan)
        rows.insert(0, "kind", pd.Series(kind, index=rows.index, dtype="str"))
        parts.append(rows[STATE].astype(TYPES))
    return pd.concat(parts, ignore_index=True)


def decision_counts(plans: Sequence[Plan]) -> pd.DataFrame:
    """Return how many decisions of each kind and service the plans hold."""
    values = [states(plan).groupby(["kind", "service"], sort=False).size() for plan in
              plans]  # fmt: skip
    return side_by_side(values, ["kind", "service"], fill=0.0)


def action_counts(plans: Sequence[Plan]) -> pd.DataFrame:
    """Return facilities opened, enlarged, reduced, closed, renewed, by service."""
    values = []
    for plan in plans:
        rows = plan.actions[plan.actions["action"].isin(list(CHANGES))]
        values.append(rows.groupby(["service", "action"], sort=False)["units"].sum())
    return side_by_side(values, ["service", "action"], fill=0.0)


def money(plans: Sequence[Plan]) -> pd.DataFrame:
    """Return discounted mln by service and item."""
    values = [
        plan.money.groupby(["service", "item"], sort=False)["discounted_mln"].sum()
        for plan in plans
    ]
    return side_by_side(values, ["service", "item"], fill=0.0)


def investment(plans: Sequence[Plan], key: str) -> pd.DataFrame:
    """Return what is invested by *key* (service, region), mln of its year."""
    values = [figures.investment(plan, key) for plan in plans]
    return side_by_side(values, [key], fill=0.0)


def number_differing(plans: Sequence[Plan], changes: pd.DataFrame) -> pd.DataFrame:
    """Return counts of decisions, and how many each plan takes otherwise than A."""
    found = decision_counts(plans)
    counted = changes.groupby(["plan", "kind", "service"]).size()
    pairs = pd.MultiIndex.from_frame(found[["kind", "service"]])
    for letter in LETTERS[1 : len(plans)]:
        own = counted.xs(letter) if letter in counted.index.get_level_values(0) else (
            pd.Series(dtype="int64", index=pairs[:0]))  # fmt: skip
        found[f"{letter} otherwise"] = own.reindex(pairs, fill_value=0).to_numpy()
    return found.drop(columns=[f"{x}-A" for x in LETTERS[1 : len(plans)]])


def _joined(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return a row for each key with the texts of its rows joined."""
    texts: dict[tuple[str, ...], list[Text]] = {}
    for key, text in zip(zip(*(rows[k] for k in keys), strict=True), rows["text"],
                         strict=True):  # fmt: skip
        texts.setdefault(key, []).append(text)
    found = rows.drop_duplicates(keys)
    return found.assign(text=_texts(found, [chained(t, " + ") for t in texts.values()]))


def _texts(rows: pd.DataFrame, texts: Iterable[object]) -> pd.Series[Any]:
    """Return a column of texts that remember how they were made."""
    return pd.Series(list(texts), rows.index, dtype="object")


def _named(plan: Plan, rows: pd.DataFrame, code: str) -> pd.DataFrame:
    """Return rows with code and name; settlements have their English names."""
    places = plan.instance.tables["settlements"]
    names = ENGLISH.site_names(places, rows["settlement"], rows["name"])
    name = pd.Series(names, rows.index, dtype="str")
    return rows.assign(code=rows[code], name=name.where(name != "", rows[code]))


def _facilities(plan: Plan) -> pd.DataFrame:
    """Return what runs at each site in each period."""
    rows = _named(plan, plan.facilities, "site")
    stands = zip(rows["units"].tolist(), rows["title"], rows["level"], strict=True)
    rows["text"] = _texts(
        rows,
        (
            say("{n} × {title}", n=n, title=level_title(title, level))
            for n, title, level in stands
        ),
    )
    rows = rows.sort_values(["service", "code", "period", "level"], kind="stable")
    return _joined(rows, ["service", "code", "period"])


def _actions(plan: Plan) -> pd.DataFrame:
    """Return what is done at each site in each period; keeping is nothing done."""
    rows = _named(plan, plan.actions[plan.actions["action"] != "keep"], "site")
    cells = ("action", "units", "from_level", "to_level")
    done = zip(*(rows[name].tolist() for name in cells), strict=True)
    rows["text"] = _texts(
        rows,
        (
            say("{done}, level {old} → {new}", done=CHANGES[action].given(n=n),
                old=old, new=new)
            for action, n, old, new in done
        ),
    )  # fmt: skip
    order = ["service", "code", "period", "from_level", "to_level", "action"]
    return _joined(rows.sort_values(order), ["service", "code", "period"])


def _upgrades(plan: Plan) -> pd.DataFrame:
    rows = plan.table("road_upgrades")
    return rows.assign(
        service="roads", code=rows["upgrade"], name=rows["title"], text=rows["period"],
        period="",
    )  # fmt: skip


def step_code(link: str, step: int) -> Text:
    """Return what stands for a step of a link as its code."""
    return say("{link}, step {n}", link=link, n=step)


def _steps(plan: Plan) -> pd.DataFrame:
    rows = plan.table("network_steps")
    steps = zip(rows["link"], rows["step"].tolist(), strict=True)
    code = _texts(rows, starmap(step_code, steps))
    ends = rows["from_node"] + " – " + rows["to_node"]
    return rows.assign(
        service=rows["network"], code=code, name=ends, region="", text=rows["period"],
        period="",
    )  # fmt: skip


def _local(plan: Plan) -> pd.DataFrame:
    rows = plan.table("local_supply")
    rows = rows[rows["capacity"] > DUST]
    code = rows["node"] + ", " + rows["option"]
    amounts = zip(rows["network"], rows["capacity"], strict=True)
    text = _texts(rows, (_amount(network, x) for network, x in amounts))
    name = rows["settlement"]
    return rows.assign(
        service=rows["network"], code=code, name=name, region="", text=text
    )


def _amount(network: str, capacity: float) -> Text:
    """Return a capacity, of four digits, with its unit."""
    unit, amount = Text(LOAD_UNITS[network]), float(f"{capacity:.4g}")
    return say("{amount} {unit}", amount=Figure(f"{amount:,.12g}"), unit=unit)


def _points(plan: Plan) -> pd.DataFrame:
    rows = _named(plan, plan.table("growth_points"), "settlement")
    first = rows[rows["is_chosen"]].drop_duplicates(["settlement", "tier"])
    return first.assign(service=first["tier"], text=first["period"], period="")


def _relocations(plan: Plan) -> pd.DataFrame:
    rows = plan.table("relocations")
    ends = zip(rows["site"], rows["to_site"], strict=True)
    text = _texts(rows, (say("from {site} to {to_site}", site=a, to_site=b)
                         for a, b in ends))  # fmt: skip
    return rows.assign(
        code=rows["relocation"], name=rows["title"], region="", text=text
    )


def _merged(plan: Plan) -> pd.DataFrame:
    """Return the pairs that merge, in the period from which they are one."""
    rows = plan.table("merged")
    words = say("{site} and {other_site} are one, at {left}")
    ends = zip(rows["site"], rows["other_site"], rows["left"], strict=True)
    text = _texts(rows, (words.given(site=a, other_site=b, left=c) for a, b, c in ends))
    return rows.assign(
        code=rows["possible_merger"], name=rows["title"], region="", text=text
    )


def _staff(plan: Plan) -> pd.DataFrame:
    """Return who is hired and trained, rounded to tenths of a post."""
    rows = plan.table("staff")
    people = rows["hired"] + rows["trained"]
    rows = rows[people > STAFF_DUST]
    told = zip(rows["hired"].round(1), rows["trained"].round(1), strict=True)
    words = say("{hired} hired, {trained} trained")
    text = _texts(rows, (words.given(hired=h, trained=t) for h, t in told))
    return rows.assign(service=STAFF, code=rows["profession"] + ", " + rows["region"],
                       name=rows["title"], text=text)  # fmt: skip


def _teams(plan: Plan) -> pd.DataFrame:
    """Return the teams of mobile services at each base in each period."""
    rows = _named(plan, plan.table("mobile_teams"), "site")
    words = say("{n} × {title}")
    told = zip(rows["teams"].tolist(), rows["mobile_service"], strict=True)
    rows["text"] = _texts(rows, (words.given(n=n, title=m) for n, m in told))
    return _joined(rows, ["service", "code", "period"])


STATES: dict[str, Callable[[Plan], Any]] = {
    "facility": _facilities,
    "action": _actions,
    "road upgrade": _upgrades,
    "network step": _steps,
    "local supply": _local,
    "growth point": _points,
    "staff": _staff,
    "mobile team": _teams,
    "relocation": _relocations,
    "merger": _merged,
}
"""Kinds of decisions in the order in which they are told."""
