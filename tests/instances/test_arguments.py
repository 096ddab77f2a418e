"""Arguments of a wrong type are one clear sentence, and names complete in a shell."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from shared_plans import shipped

import aumaq


@pytest.fixture(scope="module")
def plan() -> aumaq.Plan:
    """A plan of the tiny instance."""
    return aumaq.solve(shipped())


def test_public_names_complete() -> None:
    """``aumaq.<Tab>`` lists what there is, before anything is imported."""
    code = "import aumaq; print(*dir(aumaq))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    told = done.stdout.split()
    assert {"read", "solve", "compare", "Plan", "Store", "AumaqError"} <= set(told)
    assert {name for name in told if name[0] != "_"} == set(aumaq.__all__)
    assert all(getattr(aumaq, name) is not None for name in aumaq.__all__)


WRONG = {
    "solve('tiny')": ("solve: instance", "'tiny' (str)", "aumaq.read"),
    "solve(T, time_limit='60')": ("time_limit must be a number", "'60' (str)"),
    "solve(T, gap=None)": ("gap must be a number", "None"),
    "solve(T, gap=True)": ("gap", "True (bool)"),
    "solve(T, threads=1.5)": ("threads must be a whole number or None", "1.5"),
    "solve(T, timelimit=5)": ("solve", "timelimit"),
    "solve(T, progress=print)": ("progress", "Progress"),
    "solve(T, start='runs/kz')": ("start", "find_plan"),
    "solve()": ("solve", "instance"),
    "read(5)": ("read", "a text or a path", "5 (int)"),
    "read(None)": ("read", "None"),
    "write('tiny', 'x')": ("write: instance", "aumaq.read"),
    "describe(P)": ("describe: instance", "(Plan)"),
    "compare(P, 'x')": ("compare: plans[1] must be of type Plan", "'x' (str)"),
    "compare([P, 'x'])": ("plans[1]", "'x' (str)"),
    "verify(P)": ("verify", "tables"),
    "indicators([T])": ("plans", "Instance"),
    "plot_pareto(P)": ("plot_pareto: plans must be a list",),
    "sweep(T, time_limit='60')": ("time_limit must be a number", "'60'"),
    "sweep(T, nonsense=1)": ("SolveOptions", "nonsense"),
    "close_loop(T, max_rounds='x')": ("max_rounds must be a whole number",),
    "solve_futures(T, 'base')": ("scenarios must be a list", "'base'"),
    "Store(5)": ("Store: path", "5 (int)"),
    "Store('s.duckdb').add('plan')": ("Store.add: plan",),
    "find_plan(3)": ("find_plan: where", "3 (int)"),
    "from_tables([1])": ("from_tables: tables must be a dictionary",),
}


@pytest.mark.parametrize("call", WRONG)
def test_a_wrong_type_is_one_sentence(plan: aumaq.Plan, call: str) -> None:
    """Each names the function, the argument, what it takes, and what was given."""
    with pytest.raises(aumaq.ArgumentError) as told:
        eval(f"aumaq.{call}", {"aumaq": aumaq, "T": plan.instance, "P": plan})
    text = str(told.value)
    assert "\n" not in text
    assert all(word in text for word in WRONG[call]), text
    assert isinstance(told.value, TypeError)
    assert isinstance(told.value, aumaq.AumaqError)


@pytest.mark.parametrize(
    ("method", "given"),
    [
        ("to_csv", (3,)), ("to_html", ("x.html", 3)), ("table", (3,)),
        ("export", (3, "x")),
    ],
)  # fmt: skip
def test_methods_of_a_plan_tell_it_too(
    plan: aumaq.Plan, method: str, given: tuple[Any, ...]
) -> None:
    """Nothing is written, and the message names the argument."""
    with pytest.raises(aumaq.ArgumentError, match=r"Plan\.\w+: \w+ must be a text"):
        getattr(plan, method)(*given)


def test_numbers_of_numpy_and_paths_are_fine(plan: aumaq.Plan) -> None:
    """What can be used is used."""
    found = aumaq.solve(
        plan.instance, time_limit=np.float64(30), gap=0, threads=np.int64(1), seed=3
    )
    assert found.objective_mln == pytest.approx(780.0)
