"""Expressions over tables of plans: what they mean, and that nothing else is read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from indicator_case import hand_plan, of, territory
from shared_plans import best_plan

from aumaq.instances import Instance
from aumaq.instances.expressions import ExpressionError, parse
from aumaq.instances.schema.plan import PLAN_TABLES, WORDS
from aumaq.results.indicators.expressions import evaluate
from aumaq.results.indicators.state import of_plan
from aumaq.results.plan.plan import Plan


def test_words_are_the_tables_of_plans() -> None:
    """What expressions may name is what a real plan has, kind by kind."""
    tables = best_plan().tables
    kinds = {
        name: {
            column: "flag" if pd.api.types.is_bool_dtype(dtype)
            else "number" if pd.api.types.is_numeric_dtype(dtype) else "text"
            for column, dtype in table.dtypes.items()
        }
        for name, table in tables.items()
    }  # fmt: skip
    assert kinds == PLAN_TABLES


@pytest.fixture(scope="module")
def case() -> Instance:
    """Return the territory, without indicators."""
    return territory()


def value(plan: Plan, text: str) -> list[float]:
    """Return the whole territory's value of an expression in p1 and p2."""
    table = pd.DataFrame([of("expression", expression=text)])
    again = hand_plan(plan.instance.replace(indicators=table))
    rows = again.indicators[again.indicators["region"] == ""].set_index("period")
    return rows["plan"].reindex(["p1", "p2"]).tolist()


@pytest.mark.slow
def test_expressions_are_what_pandas_says(case: Instance) -> None:
    """Every function, filters of each kind, row arithmetic, brackets, signs."""
    plan = hand_plan(case)
    rows = plan.table("allocation").assign(is_b=lambda r: r["settlement"] == "b")
    loads, by = plan.table("loads"), ["p1", "p2"]

    def each(make: Any) -> list[float]:
        return [float(make(rows[rows["period"] == p])) for p in by]

    assert value(plan, "sum(allocation.demand)") == each(lambda r: r["demand"].sum())
    assert value(plan, "mean(allocation.minutes, settlement!='b')") == each(
        lambda r: r.loc[~r["is_b"], "minutes"].mean()
    )
    assert value(plan, "max(allocation.minutes) - -min(allocation.demand)") == each(
        lambda r: r["minutes"].max() + r["demand"].min()
    )
    assert value(
        plan, "sum(allocation.demand * allocation.minutes) / sum(allocation.demand)"
    ) == pytest.approx(each(lambda r: np.average(r["minutes"], weights=r["demand"])))
    assert value(plan, "share(allocation.demand, minutes <= 5, kind = 'village')") == (
        pytest.approx(
            each(lambda r: r.loc[r["is_b"] & (r["minutes"] <= 5), "demand"].sum()
                 / r["demand"].sum())
        )
    )  # fmt: skip
    assert value(plan, "count(allocation, is_growth_point=True) * 2") == [2.0, 2.0]
    assert value(plan, "(1 + count(loads, shed > 0)) * 3") == [
        3.0 * (1 + (loads[loads["period"] == p]["shed"] > 0).sum()) for p in by
    ]
    nothing = value(plan, "sum(actions.cost_mln) / count(actions)")
    assert np.isnan(nothing).all()


REFUSED = [
    "__import__('os').system('x')",
    "().__class__.__base__.__subclasses__()",
    "sum(allocation.__class__)",
    "sum(allocation.demand.real)",
    "sum(allocation.demand, **{})",
    "sum(*allocation)",
    "sum(allocation.demand)(1)",
    "[x for x in (1, 2)]",
    "(lambda: 1)()",
    "sum(allocation.demand) ** 9",
    "sum(allocation.demand) if 1 else 2",
    "sum(allocation.demand) and 1",
    "f'{1}'",
    "sum(allocation.demand, minutes in (1, 2))",
    "sum(allocation.demand, 1 < minutes < 3)",
    "sum(allocation.demand, loads.shed > 1)",
    "sum(allocation.demand, minutes > 'x')",
    "sum(allocation.demand, site > 'x')",
    "sum(allocation.demand, is_border = 1)",
    "sum(allocation.site)",
    "sum(allocation.demand + loads.shed)",
    "sum(1)",
    "sum()",
    "share(allocation.demand)",
    "allocation.demand",
    "1 + 1",
    "",
    "9" * 400 + " * sum(allocation.demand)",
    "1e999 * sum(allocation.demand)",
    "True * sum(allocation.demand)",
    "-" * 100 + "sum(allocation.demand)",
    "(" * 240 + "1",
    "x" + ".a" * 240,
    "\x00",
    "\ud800",
    "sum(allocation.demand)\nimport os",
    " + ".join(["sum(allocation.demand)"] * 40),
]


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_what_is_not_allowed_is_refused(text: str) -> None:
    """Nothing but the few parts of an expression is read."""
    with pytest.raises(ExpressionError):
        parse(text)


WORD = st.sampled_from(
    [*"()+-*/,.=<>'\"[]{}:@!%", "==", "<=", "**", "sum", "share", "count", "mean",
     "lambda", "eval", "exec", "open", "import", "if", "else", "for", "in", "not",
     "1", "0", "1e308", "x", "__class__", "True", "None", " ", "\n", *WORDS,
     "demand", "minutes", "allocation.demand", "sum(allocation.demand"]
)  # fmt: skip


@st.composite
def right_ones(draw: st.DrawFn) -> str:
    """Draw an expression that is allowed, of any table."""
    table = draw(st.sampled_from(sorted(WORDS)))
    numbers = [c for c, kind in WORDS[table].items() if kind == "number"]
    texts = [c for c, kind in WORDS[table].items() if kind == "text"]
    column = st.sampled_from(numbers).map(lambda c: f"{table}.{c}")
    function = draw(st.sampled_from(["sum", "mean", "min", "max", "share", "count"]))
    amount = table if function == "count" else draw(column)
    if function != "count" and draw(st.booleans()):
        amount += f" {draw(st.sampled_from('+-*/'))} {draw(column)}"
    limit = f"{draw(st.sampled_from(numbers))} >= {draw(st.integers(-5, 50))}"
    if texts and draw(st.booleans()):
        limit += f", {draw(st.sampled_from(texts))}='s'"
    return f"-2 * ({function}({amount}, {limit}) / 3 + {function}({amount}, {limit}))"


@examples(60)
@given(text=right_ones())
def test_whatever_is_allowed_has_a_value(text: str) -> None:
    """An allowed expression of any table is computed: a number or no value."""
    found = evaluate(GARBAGE_STATE, parse(text))
    assert found.shape == (3, 2)
    assert not np.isinf(found).any()


@pytest.mark.slow
@examples(200)
@given(text=st.one_of(st.text(max_size=60), st.lists(WORD, max_size=25).map("".join)))
def test_garbage_is_an_error_or_a_number(text: str) -> None:
    """Whatever is written: a proper error, or an expression that can be computed."""
    try:
        part = parse(text)
    except ExpressionError:
        return
    assert evaluate(GARBAGE_STATE, part).shape == (3, 2)


GARBAGE_STATE = of_plan(hand_plan(territory()))


def test_errors_help() -> None:
    """A near miss is named, and so is what there is."""
    for text, said in (
        ("sum(alocation.demand)", "did you mean 'allocation'"),
        ("sum(allocation.demnd)", "did you mean 'demand'"),
        ("summ(allocation.demand)", "did you mean 'sum'"),
        ("sum(allocation.demand, servce='s')", "did you mean 'service'"),
        ("allocation.demand", "sum(allocation.demand)"),
    ):
        with pytest.raises(ExpressionError) as found:
            parse(text)
        assert said in str(found.value), text
