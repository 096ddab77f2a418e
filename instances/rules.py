"""Rules of an instance: one id and one title each, for model, audit and readers.

Rows of the model and findings of the audit name the id; whoever tells of a rule has its
title in the reader's language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from aumaq.instances.instance import Instance
from aumaq.instances.land.forbidden import has_rules
from aumaq.instances.language.texts import Text, Title, chained, say
from aumaq.instances.schema.column import Table
from aumaq.instances.schema.tables import TABLES


@dataclass(frozen=True)
class Rule:
    """A rule of the instance.

    ``id`` names it in rows, reports and messages (``standard:school:village``);
    ``source`` says where it comes from (norm, paragraph, table).
    """

    id: str
    title: str
    source: str
    is_hard: bool = True


MODEL = say("model")
"""The source of rules that are no rows of a table."""

BY_SERVICE = {
    "siting": say("each place of a site holds one level; levels change by transitions"),
    "allocation": say("all demand is served, or counted as unserved"),
    "access": say("ways and times are those of the roads that stand"),
    "capacity": say("no facility serves more than it holds"),
    "minimum_use": say("no facility runs below its minimum use"),
    "bus": say("who rides a bus goes where it leads, no longer than it may take"),
    "visits": say(
        "who is visited belongs to the base of the team, and is counted once"
    ),
    "whole": say("a settlement goes to one site as a whole"),
    "nearest": say("a settlement goes to its nearest open site"),
    "lock": say("what is locked stays as it is"),
    "required": say("a required site is open"),
    "forbidden": say("nothing stands on a forbidden site"),
    "renewal": say("old facilities are renewed in time, rebuilt or closed"),
    "land": say("nothing is built where the land does not permit it"),
}


BY_NETWORK = {
    "balance": say(
        "every node gets its load, or sheds it at a price; facilities never do"
    ),
    "capacity": say("no line or main carries more than it can"),
    "steps": say("what is built stays, and each step follows the one before"),
    "supply": say("no plant or works gives more than it has"),
    "yield": say("no source gives more than it yields in the long run"),
    "local": say("local supply gives no more than is installed, and stays"),
    "angles": say("power flows as voltage angles ask"),
}


BY_ROADS = {
    "upgrades": say("what is built on roads stays"),
    "access": say("a way is used only once all that it needs is built"),
}


BY_POLICY = {
    "points": say("a growth point stays one, is of one tier, and not before its time"),
}


BY_MONEY = {
    "covered": say("somebody pays for all that is spent"),
    "partners": say("partners together pay no more than is invested"),
}


OF_PLANS = {
    "objective": say("the objective is the sum of its terms"),
    "impacts": say("impacts are the sums of what adds to them"),
    "tables": say("a plan has all its tables and columns"),
    "record": say("the record of a plan says what its tables say"),
    "sectors": say("the list by sector adds up what the plan does"),
    "model": say("model and plan agree on what the plan costs and misses"),
    "indicators": say("indicators beside a plan are those of its tables"),
    "futures:first-period": say("plans for several futures begin alike"),
}
"""What holds for a plan of any instance: id -> title."""
ELSEWHERE = ("model", "indicators", "futures:first-period")
"""Of these, what is checked only where a plan is made, read, or is one of several."""


NAMED = {
    "service": ("services", "service"), "to_service": ("services", "service"),
    "network": ("networks", "network"),
}  # fmt: skip
"""Columns of rules that name what has a title: its table, and the codes there."""
PLACES = {"service": "title", "region": "name", "zone": "title"}
"""Columns of rules that say where: of their tables, the column of what it is called."""
PREFIXES = {"tier": "growth:tier", "profession": "staff"}
"""What ids of rules begin with, where it is not the first column of their table."""


def rules_of(instance: Instance) -> dict[str, Rule]:
    """Return all rules of an instance by id."""
    rules = [
        *_of("roads:{kind}", say("Roads"), BY_ROADS),
        *_of("growth:{kind}", say("Growth points"), BY_POLICY),
        *_of("funding:{kind}", say("Money"), BY_MONEY),
        *(Rule(id_, title, MODEL) for id_, title in OF_PLANS.items()),
    ]
    for row in instance.tables["services"].itertuples():
        name = row.title or row.service
        rules += _of(f"{{kind}}:{row.service}", name, BY_SERVICE)
    for row in instance.tables["networks"].itertuples():
        name = row.title or row.network
        rules += _of(f"network:{row.network}:{{kind}}", name, BY_NETWORK)
    for table in TABLES:
        if table.rule:
            rules += _in(table, instance.tables)
    return {rule.id: rule for rule in rules}


def rules_that_apply(instance: Instance) -> list[Rule]:
    """Return the rules that anything in the tables asks for: those to show a reader."""
    tables = instance.tables
    sites, stock, levels = tables["sites"], tables["facilities"], tables["levels"]
    asking = {
        "minimum_use": levels["service"][levels["min_use"] > 0],
        "lock": stock["service"][stock["is_locked"]],
        "renewal": stock["service"][stock["renew_by_year"] > 0],
        "required": sites["service"][sites["status"] == "required"],
        "bus": tables["buses"]["service"],
        "visits": tables["mobile_services"]["service"],
        "forbidden": sites["service"][sites["status"] == "forbidden"],
    }
    idle = {
        *ELSEWHERE,
        *(() if len(tables["road_upgrades"]) else ("roads:upgrades", "roads:access")),
        *(() if len(tables["growth_tiers"]) else ("growth:points",)),
        *(() if len(tables["impacts"]) else ("impacts",)),
        *(() if len(tables["funding_sources"]) else ("funding:covered",)),
        *(() if len(tables["partnerships"]) else ("funding:partners",)),
    }
    for row in tables["services"].itertuples():
        serves = row.role == "serve"
        kinds = {kind for kind, names in asking.items() if row.service in set(names)}
        kinds |= {"siting", "capacity", *(("land",) if has_rules(tables) else ())}
        kinds |= {"allocation", "access", row.allocation} if serves else set()
        idle |= {f"{kind}:{row.service}" for kind in BY_SERVICE if kind not in kinds}
    for row in tables["networks"].itertuples():
        kinds = {"balance", "capacity", "steps", "supply", "yield", "local"}
        kinds |= {"angles"} if row.flow_model == "dc" else set()
        idle |= {
            f"network:{row.network}:{kind}" for kind in BY_NETWORK if kind not in kinds
        }
    return [rule for rule in rules_of(instance).values() if rule.id not in idle]


def _of(form: str, name: str, kinds: Mapping[str, Text]) -> list[Rule]:
    """Return the rules that hold for whatever has this name."""
    titled = say("{name}: {title}").given(name=Title(str(name)))
    return [
        Rule(form.replace("{kind}", kind), titled.given(title=title), MODEL)
        for kind, title in kinds.items()
    ]


def _in(table: Table, tables: Mapping[str, pd.DataFrame]) -> list[Rule]:
    """Return the rules that are rows of a table; what they name has its title."""
    rows, code = tables[table.name].drop_duplicates(table.key[0]), table.key[0]
    differ = differing(tables[table.name], code)
    titles = {
        column.name: _titles(tables, NAMED[column.name])
        for column in table.columns
        if column.name in NAMED
    }
    given, called, where = rows.to_dict("records"), list[Text](), list[list[Text]]()
    for row in given:
        named = {name: known.get(row[name]) for name, known in titles.items()}
        title = table.rule_title(row | {k: Title(t) for k, t in named.items() if t})
        called.append(title)
        same = {c: "" for c in PLACES if c in row and row[code] in differ[c]}
        where.append(_where(table, row | same, tables))
    times = Counter(map(str, called))
    found = []
    for row, title, parts in zip(given, called, where, strict=True):
        is_told = bool(row["title"]) and times[title] == 1
        told = title if is_told or not parts else chained([title, *parts], ", ")
        id_ = f"{PREFIXES.get(code, code)}:{row[code]}"
        is_hard = bool(row.get("is_hard", True))
        found.append(Rule(id_, told, Title(row["source"]), is_hard))
    times = Counter(str(rule.title) for rule in found)
    return [
        rule if times[rule.title] == 1 else _with_code(rule, row[code])
        for rule, row in zip(found, given, strict=True)
    ]


def _with_code(rule: Rule, code: str) -> Rule:
    """Return a rule whose title no other rule of its table has."""
    return replace(rule, title=say("{title} ({code})", title=rule.title, code=code))


def _where(
    table: Table, row: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]
) -> list[Text]:
    """Return where and since when a rule holds: what its own title may not say.

    Columns that are part of a key are not looked at: there one rule has several rows.
    """
    own = table.rule.template if isinstance(table.rule, Text) else ""
    has = {c.name for c in table.columns if f"{{{c.name}}}" not in own} - {*table.key}
    found = list[Text]()
    lowest = next((row[c] for c in ("from_level", "min_level") if c in has), 1)
    if lowest > 1:
        found.append(say("from level {n} up", n=lowest))
    if "to_level" in has and row["to_level"]:
        found.append(say("up to level {n}", n=row["to_level"]))
    for column in PLACES:
        # A text of its own names the service.
        is_named = column == "service" and not isinstance(table.rule, Text)
        if column in has and row[column] and not is_named:
            found.append(called(tables, column, row[column]))
    if "period" in has and row["period"]:
        found.append(Title(row["period"]))
    since = row["first_period"] if "first_period" in has else ""
    if since not in ("", next(iter(tables["periods"]["period"]), "")):
        found.append(say("from {period} on", period=since))
    return found


def called(tables: Mapping[str, pd.DataFrame], column: str, code: str) -> Text:
    """Return what a code of a column of ``PLACES`` is called: its title, or itself."""
    rows = tables[f"{column}s"]
    return Title(next(iter(rows[PLACES[column]][rows[column] == code]), "") or code)


def differing(rows: pd.DataFrame, code: str) -> dict[str, set[str]]:
    """Return by column of ``PLACES`` the codes of rules whose rows differ in it."""
    found = {}
    for column in PLACES:
        number = rows.groupby(code)[column].nunique() if column in rows else None
        found[column] = set() if number is None else set(number.index[number > 1])
    return found


def _titles(tables: Mapping[str, pd.DataFrame], named: tuple[str, str]) -> Any:
    """Return the titles in a table by the codes of its rows."""
    table, code = named
    return tables[table].set_index(code)["title"].to_dict()
