"""The table of contents of the mathematics: families in order, then the objective."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aumaq.instances import Instance
from aumaq.model import families
from aumaq.model.algebra import linear, pyo
from aumaq.model.built import BuiltModel, built_model
from aumaq.model.context import Context, Numbers, Objects
from aumaq.model.data.gathered import ModelData, gather
from aumaq.model.family import FAMILIES, in_build_order

assert families  # importing the package registers its families

TERMS = (
    "building",
    "closing",
    "renewal",
    "residual",
    "operation",
    "travel",
    "transport",
    "unserved",
    "supply",
    "shedding",
    "shortfall",
    "overrun",
)
"""The terms of the objective, in the order in which they are reported."""
MONEY = frozenset(
    {"building", "closing", "renewal", "residual", "operation", "transport", "supply"}
)
"""Terms that somebody pays (or, as residual value, still owns); they are the cost.

All others are points: travel time, demand and load that are not met, missed standards
and connections, overrun budgets weigh in the objective at the prices of the instance.
"""


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause Python's collector of cycles: millions of living objects have none.

    It would walk all of them again and again, for most of the time of building.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def build(
    instance: Instance,
    *,
    formulation: str = "strong",
    data: ModelData | None = None,
    look_up: Callable[[], None] = lambda: None,
) -> BuiltModel:
    """Build the Pyomo model of the instance's active scenario.

    *formulation* is ``strong`` (allocation keeps the level index) or ``weak``; *data*
    are the numbers of the instance, if they were gathered before. *look_up* is called
    every second or so; what it raises ends the building.
    """
    with collector_paused():
        context = Context(
            pyo.ConcreteModel(name=instance.name),
            data or gather(instance),
            formulation,
            look_up,
        )
        for family in in_build_order(FAMILIES.values()):
            look_up()
            family.build(context)
        _objective(context)
    return built_model(context)


def _objective(c: Context) -> None:
    """Add ``cost`` = sum of all terms, each kept apart as an expression."""
    c.model.term = pyo.Expression(
        TERMS, rule=lambda _, name: _linear(c.objective.get(name, []))
    )
    everything = [part for name in TERMS for part in c.objective.get(name, [])]
    c.model.cost = pyo.Objective(expr=_linear(everything), sense=pyo.minimize)


def _linear(parts: list[tuple[Numbers, Objects]]) -> Any:
    prices = [price for numbers, _ in parts for price in numbers.tolist()]
    variables = [variable for _, members in parts for variable in members.tolist()]
    return linear(prices, variables) if prices else 0.0
