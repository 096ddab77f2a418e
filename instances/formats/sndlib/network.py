"""What a file of SNDlib gives, and the checks that both of its forms share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from aumaq.instances.errors import InstanceError, Problem
from aumaq.instances.language.texts import Text, say

UNLIMITED = "UNLIMITED"
"""The longest path of a demand that may take any."""


@dataclass(frozen=True)
class Link:
    """A link without direction; money and capacity in the units of the file."""

    name: str
    ends: tuple[str, str]
    capacity: float
    """What stands."""
    capacity_cost: float
    """What that costs in every plan."""
    routing_cost: float
    """A unit of flow."""
    setup_cost: float
    """Using the link at all."""
    modules: tuple[tuple[float, float], ...]
    """Capacity and cost of each; any number of each may be installed."""


@dataclass(frozen=True)
class Demand:
    """What is to be sent between two nodes."""

    name: str
    ends: tuple[str, str]
    amount: float
    """Its value times its unit: the capacity that it takes."""
    most_links: float
    """Links of its longest path, inf: any."""


@dataclass(frozen=True)
class Network:
    """Nodes with their places (x, y), links, demands, and paths that are listed."""

    name: str
    nodes: dict[str, tuple[float, float] | None]
    links: tuple[Link, ...]
    demands: tuple[Demand, ...]
    admissible_paths: int


class Draft:
    """Gathers nodes, links and demands as texts, with all that is wrong with them.

    Rows are lines of the file, columns what SNDlib calls the value.
    """

    def __init__(self, file: str) -> None:
        self.problems: list[Problem] = []
        self.admissible_paths = 0
        self.knows_nodes = True
        """Whether all nodes could be read, so that others are none."""
        self._file = file
        self._nodes: dict[str, tuple[float, float] | None] = {}
        self._links: dict[str, Link] = {}
        self._demands: dict[str, Demand] = {}

    def refuse(
        self, told: Text, row: int = 0, column: str = "", value: str = ""
    ) -> None:
        """Note a problem of a line."""
        self.problems.append(Problem(self._file, told, row, column, value))

    def node(self, row: int, name: str, place: Sequence[str]) -> None:
        """Add a node; *place* is x and y, or empty."""
        if name in self._nodes:
            self.refuse(say("expected each node once"), row, "node_id", name)
        self._nodes[name] = None
        if place:
            x, y = (
                self._number(row, column, text, least=-math.inf)
                for column, text in zip(("x", "y"), place, strict=True)
            )
            self._nodes[name] = (x, y)

    def link(
        self,
        row: int,
        name: str,
        ends: tuple[str, str],
        values: Sequence[str],
        modules: Sequence[str],
    ) -> None:
        """Add a link; *values* are the four of a link, *modules* pairs in one row."""
        if name in self._links:
            self.refuse(say("expected each link once"), row, "link_id", name)
        self._check_ends(row, ends)
        if ends[0] == ends[1]:
            self.refuse(say("expected two different ends"), row, "target", ends[1])
        columns = ("pre_installed_capacity", "pre_installed_capacity_cost",
                   "routing_cost", "setup_cost")  # fmt: skip
        size, paid, flow, setup = (
            self._number(row, column, text)
            for column, text in zip(columns, values, strict=True)
        )
        if len(modules) % 2:
            told = say("expected pairs of capacity and cost of a module")
            self.refuse(told, row, "module_cost", " ".join(modules))
        pairs = []
        for text, cost in zip(modules[::2], modules[1::2], strict=False):
            capacity = self._number(row, "module_capacity", text)
            if capacity == 0.0:
                told = say("expected a number above 0")
                self.refuse(told, row, "module_capacity", text)
            pairs.append((capacity, self._number(row, "module_cost", cost)))
        self._links[name] = Link(name, ends, size, paid, flow, setup, tuple(pairs))

    def demand(
        self,
        row: int,
        name: str,
        ends: tuple[str, str],
        values: tuple[str, str],
        longest: str,
    ) -> None:
        """Add a demand; *values* are its unit and its value."""
        if name in self._demands:
            self.refuse(say("expected each demand once"), row, "demand_id", name)
        self._check_ends(row, ends)
        unit = self._number(row, "routing_unit", values[0])
        value = self._number(row, "demand_value", values[1])
        most = math.inf
        if longest.isascii() and longest.isdecimal() and int(longest) > 0:
            most = float(longest)
        elif longest != UNLIMITED:
            told = say("expected {word} or a whole number above 0", word=UNLIMITED)
            self.refuse(told, row, "max_path_length", longest)
        self._demands[name] = Demand(name, ends, unit * value, most)

    def network(self, name: str) -> Network:
        """Return what was gathered; InstanceError if anything is wrong."""
        if not self.problems and not self._nodes:
            self.refuse(say("has no nodes"))
        if self.problems:
            raise InstanceError(self.problems)
        return Network(
            name,
            self._nodes,
            tuple(self._links.values()),
            tuple(self._demands.values()),
            self.admissible_paths,
        )

    def _check_ends(self, row: int, ends: tuple[str, str]) -> None:
        for column, node in zip(("source", "target"), ends, strict=True):
            if self.knows_nodes and node not in self._nodes:
                self.refuse(say("there is no such node"), row, column, node)

    def _number(self, row: int, column: str, text: str, *, least: float = 0.0) -> float:
        """Return a number of a line; 1 in place of one that is refused."""
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if math.isfinite(number) and number >= least and "_" not in text:
            return number
        told = say("expected a number") if least else say("expected a number from 0 on")
        self.refuse(told, row, column, text)
        return 1.0
