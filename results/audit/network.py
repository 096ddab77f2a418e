"""One network of a plan while it is audited: its tables, what is built, where it is.

Amounts are in the units of the network (kW, m3/day).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from aumaq.instances.arrays import Floats
from aumaq.instances.language.texts import Text
from aumaq.results.audit.decided import ServicePlan
from aumaq.results.audit.facts import Facts
from aumaq.results.audit.findings import Notebook, named

Row = dict[str, Any]
Step = tuple[str, int]


@dataclass
class NetworkPlan:
    """One network: rows of the instance, what is decided, and what follows.

    *decided* are rows by table; *rows* the same with all columns of the plan's tables.
    """

    facts: Facts
    row: Row
    plans: dict[str, ServicePlan]
    notes: Notebook
    decided: dict[str, list[Row]]
    nodes: list[Row]
    links: dict[str, Row]
    upgrades: dict[Step, Row]
    built: dict[Step, int] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The network."""
        return str(self.row["network"])

    @property
    def has_angles(self) -> bool:
        """Whether flows follow angles."""
        return bool(self.row["flow_model"] == "dc")

    @property
    def size(self) -> tuple[int, int]:
        """Numbers of nodes and of periods."""
        return len(self.nodes), len(self.facts.times.names)

    @cached_property
    def position(self) -> dict[str, int]:
        """Node -> its position."""
        return {row["node"]: k for k, row in enumerate(self.nodes)}

    @cached_property
    def fed_by(self) -> dict[str, str]:
        """Settlement -> its node."""
        return {r["settlement"]: r["node"] for r in self.nodes if r["settlement"]}

    @cached_property
    def regions(self) -> dict[str, str]:
        """The region of each node at a settlement."""
        rows = self.facts.settlements
        of = dict(zip(self.facts.ids, rows["region"].tolist(), strict=True))
        at = {row["node"]: row["settlement"] for row in self.nodes}
        return {node: str(of[home]) for node, home in at.items() if home}

    def region_of(self, *codes: str) -> str:
        """Return the region of the first of these nodes whose settlement has one."""
        found = (self.regions.get(code, "") for code in codes)
        return next((region for region in found if region), "")

    def region_of_link(self, code: str) -> str:
        """Return the region that pays for a link."""
        link = self.links[code]
        return self.region_of(link["from_node"], link["to_node"])

    def ends(self, code: str) -> Row:
        """Return the columns that say which link a row is of."""
        link = self.links[code]
        ends = {end: link[end] for end in ("from_node", "to_node")}
        return {"network": self.name, "link": code, **ends}

    def loss(self, code: str) -> float:
        """Return the share of what enters a link that does not arrive."""
        link = self.links[code]
        return min(1.0, float(link["length_km"]) * float(link["loss_per_km"]))

    def room(self, code: str, step: int, t: int) -> float:
        """Return the capacity of a circuit under the plan."""
        if step:
            is_there = self.built.get((code, step), np.inf) <= t
            return float(self.upgrades[code, step]["capacity"]) if is_there else 0.0
        link = self.links[code]
        room = float(link["capacity"])
        if not self.has_angles:
            room += sum(
                float(self.upgrades[code, k]["capacity"])
                for k, since in self.steps_of.get(code, ())
                if since <= t
            )
        return room + self._held(link["station"], t) if link["station"] else room

    def _held(self, site: str, t: int) -> float:
        """Return what the facilities of a station hold in a period."""
        for name, service in self.facts.services.items():
            is_own = service.row["role"] == "carry"
            is_own &= service.row["network"] == self.name
            if is_own and site in service.sites:
                units = self.plans[name].units[service.sites.get_loc(site), :, t]
                return float(service.levels["capacity"] @ units)
        return 0.0

    @cached_property
    def steps_of(self) -> dict[str, list[tuple[int, int]]]:
        """Step and its first period, by link: once all of ``built`` is known."""
        found: dict[str, list[tuple[int, int]]] = {}
        for (code, step), since in sorted(self.built.items()):
            found.setdefault(code, []).append((step, since))
        return found

    @cached_property
    def local_rules(self) -> dict[tuple[str, str], Row]:
        """(option, settlement or "" for all) -> its row of the instance."""
        return {
            (row["option"], row["settlement"]): row
            for row in self.facts.of("local_supplies", self.name)
        }

    def local_rule(self, node: str, option: str) -> Row | None:
        """Return the row of the instance for local supply at a node; None: none."""
        k = self.position.get(node)
        home = "" if k is None else self.nodes[k]["settlement"]
        rules = self.local_rules
        return rules.get((option, home), rules.get((option, ""))) if home else None

    def period(self, row: Row) -> int:
        """Return the position of the row's period."""
        return self.facts.times.position(row["period"])

    def grid(self, amounts: list[tuple[str, int, float]]) -> Floats:
        """Return sums of (node, period, amount), (nodes, periods)."""
        total = np.zeros(self.size)
        for node, t, amount in amounts:
            if node in self.position:
                total[self.position[node], t] += amount
        return total

    def rule(self, kind: str) -> str:
        """Return the id of a rule of this network."""
        return f"network:{self.name}:{kind}"

    def note(self, kind: str, row: Row, message: Text) -> None:
        """Write down a broken row."""
        keys = ("link", "step", "service", "site", "node", "option", "period")
        self.notes.note(self.rule(kind), named(row, keys), message)

    def at_most(
        self, kind: str, value: float, limit: float, place: str, message: Text,
        scale: float = 0.0,
    ) -> None:  # fmt: skip
        """Check one number against its limit."""
        self.notes.at_most(
            self.rule(kind), value, limit, lambda *_: place, message, scale
        )
