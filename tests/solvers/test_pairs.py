"""Rules of two kinds at once against enumeration: money, networks, roads, running."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from coupled_instances import coupled_instances
from differences import differences, differences_by
from examples import examples
from growth_instances import growth_instances
from hypothesis import assume, given
from hypothesis import strategies as st
from land_instances import draw_works
from road_instances import road_instances
from running_rows import DRAWN, draw_running
from tiny_instances import Rows, draw_gap, draw_money, some, tiny_instances

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


@st.composite
def with_gaps(draw: st.DrawFn, usual: st.SearchStrategy[Instance]) -> Instance:
    """Draw a bound between groups for a *usual* instance."""

    def more(rows: dict[str, Rows]) -> None:
        rows["gaps"] = [draw_gap(draw, rows)]

    return _with(draw(usual), more)


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
       with_money(tiny_instances("free", running=frozenset([name])))
       for name in DRAWN},
    "money and roads": with_money(ROADS),
    "money and growth": with_money(growth_instances(PLAIN)),
    **{f"{name} and power": with_running(coupled_instances("power"), frozenset([name]))
       for name in DRAWN},
    **{f"{name} and roads": with_running(ROADS, frozenset([name])) for name in DRAWN},
    **{f"{name} and growth":
       growth_instances(tiny_instances("free", running=frozenset([name])))
       for name in DRAWN},
    "staff, money and power":
        with_money(with_running(coupled_instances("power"), frozenset(["staff"]))),
    **{f"land and {kind}": with_works(coupled_instances(kind)) for kind in NETWORKS},
    "land and roads": with_works(ROADS),
    "gaps and growth": growth_instances(with_gaps(PLAIN)),
    "gaps and power": with_gaps(coupled_instances("power")),
    "gaps and roads": with_gaps(ROADS),
}  # fmt: skip
"""Two kinds of rules -> instances that have both."""


@pytest.mark.slow
@pytest.mark.parametrize("kinds", PAIRS)
@examples(40)
@given(data=st.data())
def test_pairs_as_enumerated(kinds: str, data: st.DataObject) -> None:
    """Both formulations find the optimum of enumeration, and the audit agrees."""
    instance = data.draw(PAIRS[kinds])
    assert differences(instance, data.draw(some("strong", "weak"))) == []


@pytest.mark.slow
@pytest.mark.parametrize("method", ["blocks", "decomposed"])
@pytest.mark.parametrize("kinds", PAIRS)
@examples(20)
@given(data=st.data())
def test_pairs_are_priced(kinds: str, method: str, data: st.DataObject) -> None:
    """Methods that decompose: no bound above the optimum, no plan below it."""
    assert differences_by(method, data.draw(PAIRS[kinds])) == []
