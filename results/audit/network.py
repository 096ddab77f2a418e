"""One network while it is verified: its tables, what is built, its money."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from aumaq.instances.language.texts import Pattern, Text
from aumaq.results.audit.decided import ServicePlan
from aumaq.results.audit.facts import Facts
from aumaq.results.audit.findings import Floats, Notebook, named

Row = dict[str, Any]


@dataclass
class NetworkCheck:
    """One network while it is checked."""

    facts: Facts
    row: Row
    plans: dict[str, ServicePlan]
    notes: Notebook
    tables: dict[str, list[Row]]  # of the plan
    nodes: list[Row] = field(default_factory=list)
    links: dict[str, Row] = field(default_factory=dict)
    upgrades: dict[tuple[str, int], Row] = field(default_factory=dict)
    built: dict[tuple[str, int], int] = field(default_factory=dict)
    money: dict[tuple[str, str, int], float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The network."""
        return str(self.row["network"])

    @property
    def has_angles(self) -> bool:
        """Whether flows follow angles."""
        return bool(self.row["flow_model"] == "dc")

    @cached_property
    def regions(self) -> dict[str, str]:
        """The region of each node at a settlement."""
        rows = self.facts.settlements
        of = dict(zip(self.facts.ids, rows["region"].tolist(), strict=True))
        at = {row["node"]: row["settlement"] for row in self.nodes}
        return {node: str(of[home]) for node, home in at.items() if home}

    @cached_property
    def steps_of(self) -> dict[str, list[tuple[int, int]]]:
        """Step and its first period, by link: once all of ``built`` is known."""
        found: dict[str, list[tuple[int, int]]] = {}
        for (code, step), since in self.built.items():
            found.setdefault(code, []).append((step, since))
        return found

    def rule(self, kind: str) -> str:
        """Return the id of a rule of this network."""
        return f"network:{self.name}:{kind}"

    def period(self, row: Row) -> int:
        """Return the position of the row's period."""
        return self.facts.times.position(row["period"])

    def note(self, kind: str, row: Row, message: Text) -> None:
        """Write down a broken row."""
        keys = ("link", "step", "service", "site", "node", "option", "period")
        self.notes.note(self.rule(kind), named(row, keys), message)

    def at_most(
        self, kind: str, value: float, limit: float, place: str, message: Pattern,
        scale: float = 0.0,
    ) -> None:  # fmt: skip
        """Check one number against its limit."""
        self.notes.at_most(
            self.rule(kind), value, limit, lambda *_: place, message, scale
        )

    def pay(self, item: str, region: str, t: int, mln: float) -> None:
        """Add to the money of an item (paid once, or a year's) in a period."""
        self.money[item, region, t] = self.money.get((item, region, t), 0.0) + mln


def region_of(check: NetworkCheck, *codes: str) -> str:
    """Return the region of the first of these nodes whose settlement has one."""
    found = (check.regions.get(code, "") for code in codes)
    return next((region for region in found if region), "")


def money_of(check: NetworkCheck, item: str) -> tuple[list[str], Floats, Floats]:
    """Return regions, money paid and money discounted of an item, (regions, T)."""
    times = check.facts.times
    source = "building" if item == "residual" else item
    keys = [key for key in check.money if key[0] == source]
    regions = sorted({region for _, region, _ in keys})
    amount = np.zeros((len(regions), len(times.names)))
    for key in keys:
        amount[regions.index(key[1]), key[2]] += check.money[key]
    if item == "building":
        return regions, amount, amount * times.once
    if item == "residual":
        life = float(check.row["lifetime_years"])
        left = np.maximum(0.0, 1.0 - (times.end - np.array(times.first)) / life)
        left = left * float(bool(check.facts.policy["count_residual_value"]))
        return regions, -amount * left, -amount * left * times.at_end
    return regions, amount * np.array(times.years, dtype=float), amount * times.yearly
