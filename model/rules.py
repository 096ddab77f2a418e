"""Rules are objects: every row of the model knows the rule that it enforces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aumaq.instances import Instance
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


BY_SERVICE = {
    "siting": "each place of a site holds one level; levels change by transitions",
    "allocation": "all demand is served, or counted as unserved",
    "capacity": "no facility serves more than it holds",
    "minimum_use": "no facility runs below its minimum use",
    "whole": "a settlement goes to one site as a whole",
    "nearest": "a settlement goes to its nearest open site",
    "lock": "what is locked stays as it is",
    "required": "a required site is open",
    "forbidden": "nothing stands on a forbidden site",
    "renewal": "old facilities are renewed in time, rebuilt or closed",
}


BY_NETWORK = {
    "balance": "every node gets its load, or sheds it at a price; facilities never do",
    "capacity": "no line or main carries more than it can",
    "steps": "what is built stays, and each step follows the one before",
    "supply": "no plant or works gives more than it has",
    "yield": "no source gives more than it yields in the long run",
    "local": "local supply gives no more than is installed, and stays",
    "angles": "power flows as voltage angles ask",
}


BY_ROADS = {
    "upgrades": "what is built on roads stays",
    "access": "a way is used only once all that it needs is built",
}


PREFIXES = {"tier": "growth:tier"}
"""What ids of rules begin with, where it is not the first column of their table."""

BY_POLICY = {
    "points": "a growth point stays one, is of one tier, and not before its time",
}


def rule_id(row: Any) -> str:
    """Return the id of the rule that a row of a model (of Pyomo) enforces."""
    rule, by = row.parent_block().rule_of[row.parent_component().local_name]
    return str(rule.format(**dict(zip(by, row.index(), strict=True))))


def rules_of(instance: Instance) -> dict[str, Rule]:
    """Return all rules of an instance by id."""
    rules = []
    for service in instance.tables["services"].itertuples():
        name = service.title or service.service
        rules += [
            Rule(f"{kind}:{service.service}", f"{name}: {title}", "model")
            for kind, title in BY_SERVICE.items()
        ]
    for network in instance.tables["networks"].itertuples():
        name = network.title or network.network
        rules += [
            Rule(f"network:{network.network}:{kind}", f"{name}: {title}", "model")
            for kind, title in BY_NETWORK.items()
        ]
    rules += [
        Rule(f"roads:{kind}", f"Roads: {title}", "model")
        for kind, title in BY_ROADS.items()
    ]
    rules += [
        Rule(f"growth:{kind}", f"Growth points: {title}", "model")
        for kind, title in BY_POLICY.items()
    ]
    for table in TABLES:
        rows = instance.tables[table.name]
        if table.rule and len(rows):
            code = table.key[0]
            for row in rows.drop_duplicates(code).to_dict("records"):
                title = row["title"] or table.rule.format_map(row)
                is_hard = bool(row.get("is_hard", True))
                name = f"{PREFIXES.get(code, code)}:{row[code]}"
                rules.append(Rule(name, title, row["source"], is_hard))
    return {rule.id: rule for rule in rules}
