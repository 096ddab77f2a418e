"""Rules of two kinds at once against enumeration: money, networks, running, closing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from coupled_instances import coupled_instances
from differences import differences, differences_by
from examples import examples
from feeder_optima import feeder_instances
from growth_instances import growth_instances
from hypothesis import assume, given
from hypothesis import strategies as st
from land_instances import draw_works
from road_instances import road_instances
from running_rows import DRAWN, draw_running
from tiny_instances import (
    Rows,
    closing_rule,
    draw_gap,
    draw_money,
    merger,
    possible_merger,
    relocation,
    some,
    tiny_instances,
)

from aumaq.instances import Instance, InstanceError, from_tables

NETWORKS = ("power", "water", "angles")


@st.composite
def with_money(draw: st.DrawFn, usual: st.SearchStrategy[Instance]) -> Instance:
    """Draw who pays for a *usual* instance."""
    return _with(draw(usual), lambda rows: draw_money(draw, rows))


@st.composite
def with_running(
    draw: st.DrawFn, usual: st.SearchStrategy[Instance], names: frozenset[str]
) -> Instance:
    """Draw rules of running for a *usual* instance, whose services people go to."""
    return _with(draw(usual), lambda rows: draw_running(draw, rows, names))


RULES: dict[str, Callable[[st.DrawFn, dict[str, Rows]], dict[str, Any]]] = {
    "gaps": draw_gap,
    "closing_rules": lambda draw, rows: draw(
        closing_rule(some(*(row["service"] for row in rows["services"])))
    ),
    "mergers": lambda draw, rows: draw(merger("s", rows)),
    "possible_mergers": lambda draw, rows: draw(possible_merger("s", rows)),
    "relocations": lambda draw, rows: draw(relocation("s", rows)),
}
"""Table -> what draws a rule of it."""


@st.composite
def with_rule(
    draw: st.DrawFn, table: str, usual: st.SearchStrategy[Instance]
) -> Instance:
    """Draw a rule of a *table* for a *usual* instance, which may close what stands."""

    def more(rows: dict[str, Rows]) -> None:
        rows[table] = [RULES[table](draw, rows)]
        rows["policies"][0]["allow_closing"] = True

    return _with(draw(usual), more)


def running(*names: str) -> st.SearchStrategy[Instance]:
    """Return tiny instances with rules of running of these names."""
    return tiny_instances("free", running=frozenset(names))


@st.composite
def with_works(draw: st.DrawFn, usual: st.SearchStrategy[Instance]) -> Instance:
    """Draw zones that forbid roads, lines and local supply of a *usual* instance."""
    return _with(draw(usual), lambda rows: draw_works(draw, rows))


def _with(base: Instance, change: Callable[[dict[str, Rows]], None]) -> Instance:
    """Return an instance with rows changed; what cannot be is not tried."""
    rows = {name: table.to_dict("records") for name, table in base.tables.items()}
    change(rows)
    tables = {name: pd.DataFrame(part) for name, part in rows.items() if part}
    try:
        return from_tables({**base.tables, **tables})
    except InstanceError:
        assume(False)
        raise


ROADS, PLAIN = road_instances("free"), tiny_instances("free")
PAIRS = {
    **{f"money and {kind}": with_money(coupled_instances(kind)) for kind in NETWORKS},
    **{f"money and {name}":
       with_money(running(name))
       for name in DRAWN},
    "money and roads": with_money(ROADS),
    "money and growth": with_money(growth_instances(PLAIN)),
    **{f"{name} and power": with_running(coupled_instances("power"), frozenset([name]))
       for name in DRAWN},
    **{f"{name} and roads": with_running(ROADS, frozenset([name])) for name in DRAWN},
    **{f"{name} and growth":
       growth_instances(running(name))
       for name in DRAWN},
    "staff, money and power":
        with_money(with_running(coupled_instances("power"), frozenset(["staff"]))),
    **{f"land and {kind}": with_works(coupled_instances(kind)) for kind in NETWORKS},
    "land and roads": with_works(ROADS),
    "gaps and growth": growth_instances(with_rule("gaps", PLAIN)),
    "gaps and power": with_rule("gaps", coupled_instances("power")),
    "gaps and roads": with_rule("gaps", ROADS),
    **{f"gaps and {name}": with_rule("gaps", running(name)) for name in DRAWN},
    **{f"closing and {name}": with_rule("closing_rules", running(name))
       for name in DRAWN},
    **{f"{table} and {name}": with_rule(table, running(name))
       for table in ("mergers", "possible_mergers", "relocations")
       for name in ("staff", "building_capacity")},
    **{f"{table} and money": with_money(with_rule(table, PLAIN))
       for table in ("closing_rules", "mergers", "possible_mergers", "relocations")},
    **{f"{table} and feeders": with_rule(table, feeder_instances())
       for table in ("gaps", "closing_rules", "mergers", "relocations")},
    **{f"{name} and feeders": feeder_instances(running=frozenset([name]))
       for name in ("shifts", "staff", "building_capacity")},
    "feeders and money": with_money(feeder_instances()),
    "buses, gaps and closing":
        with_rule("closing_rules", with_rule("gaps", running("buses"))),
}  # fmt: skip
"""Two kinds of rules -> instances that have both."""


@pytest.mark.slow
@pytest.mark.parametrize("kinds", PAIRS)
@examples(20)
@given(data=st.data())
def test_pairs_as_enumerated(kinds: str, data: st.DataObject) -> None:
    """Both formulations find the optimum of enumeration, and the audit agrees."""
    instance = data.draw(PAIRS[kinds])
    assert differences(instance, data.draw(some("strong", "weak"))) == []


@pytest.mark.slow
@pytest.mark.parametrize("method", ["blocks", "decomposed"])
@pytest.mark.parametrize("kinds", PAIRS)
@examples(10)
@given(data=st.data())
def test_pairs_are_priced(kinds: str, method: str, data: st.DataObject) -> None:
    """Methods that decompose: no bound above the optimum, no plan below it."""
    assert differences_by(method, data.draw(PAIRS[kinds])) == []
