"""Arguments of a wrong type are one clear sentence, and names complete in a shell."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from inspect import Parameter, isfunction, signature
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
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
    "find_plan('x' * 300)": ("255 bytes", "xxx..."),
    "read('\\ud800')": ("no file name may hold", "ud800"),
    "indicators({'a': 5})": ("plans['a'] must be of type Plan", "5 (int)", "find_plan"),
    "indicators({5: P})": ("a key of plans must be a text", "5 (int)"),
    "compare([P, P], 5)": ("compare: give plans one by one, or a list",),
    "verify(T, {'facilities': 5}, claimed_objective_mln=None)": (
        "tables['facilities'] must be of type DataFrame",
    ),
    "verify(T, {}, claimed_objective_mln=None, missing=None)": (
        "missing must be a list, each item a text",
    ),
    "solve(T, progress={})": ("progress must be of type Progress", "{} (dict)"),
    "conflicts(T, progress=FRAME)": ("progress must be of type Progress",),
    "locate(T, progress=5)": ("progress must be a function or None",),
    "check_deeply('tiny')": ("check_deeply: instance", "aumaq.read"),
    "services_only(None)": ("services_only: instance", "aumaq.read"),
    "lock_rows([5])": ("lock_rows: lock[0] must be a text", "5 (int)"),
    "lock_rows(file=5)": ("lock_rows: file must be a text or a path",),
    "from_tables([1])": ("from_tables: tables must be a dictionary",),
}


@pytest.mark.parametrize("call", WRONG)
def test_a_wrong_type_is_one_sentence(plan: aumaq.Plan, call: str) -> None:
    """Each names the function, the argument, what it takes, and what was given."""
    known = {"aumaq": aumaq, "T": plan.instance, "P": plan, "FRAME": pd.DataFrame()}
    with pytest.raises(aumaq.ArgumentError) as told:
        eval(f"aumaq.{call}", known)
    text = str(told.value)
    assert "\n" not in text
    assert all(word in text for word in WRONG[call]), text
    assert isinstance(told.value, TypeError)
    assert isinstance(told.value, aumaq.AumaqError)


def test_all_functions_look_at_what_they_are_given() -> None:
    """No public function is left that would fail somewhere within."""
    functions = [getattr(aumaq, name) for name in aumaq.__all__]
    assert [
        f.__name__ for f in functions
        if isfunction(f) and signature(f).parameters and not hasattr(f, "__wrapped__")
    ] == []  # fmt: skip


def objects(plan: aumaq.Plan, folder: Path) -> list[Any]:
    """Return what public functions return and users call methods of."""
    instance = plan.instance
    return [
        instance,
        instance.edit(),
        plan,
        aumaq.analyse(instance),
        aumaq.compare(plan, plan),
        aumaq.conflicts(instance),
        aumaq.locate(instance, service="school", new=1, minutes=30.0),
        aumaq.sweep(instance, ["base"], jobs=1),
        aumaq.Store(folder / "runs.duckdb"),
    ]


INSIDE = {"from_solution", "assembled", "judged", "verified", "held_against",
          "with_problems"}  # fmt: skip
"""Methods of a plan that only what makes one calls."""


@pytest.mark.slow
def test_all_methods_look_at_what_they_are_given(
    plan: aumaq.Plan, tmp_path: Path
) -> None:
    """The first argument that is of no use is named; none fails somewhere within."""
    for one in objects(plan, tmp_path):
        for name, method in vars(type(one)).items():
            if name[0] == "_" or name in INSIDE or not isfunction(method):
                continue
            named = list(signature(method).parameters.values())[1:]
            if not named or named[0].kind is Parameter.VAR_KEYWORD:
                continue
            with pytest.raises(aumaq.ArgumentError, match=rf"{name}|export"):
                getattr(one, name)(object(), *["x"] * _needed(named[1:]))


def _needed(parameters: list[Parameter]) -> int:
    return sum(
        p.default is Parameter.empty and p.kind is Parameter.POSITIONAL_OR_KEYWORD
        for p in parameters
    )


def test_names_that_an_object_has_not_are_told(
    plan: aumaq.Plan, tmp_path: Path
) -> None:
    """A table, a letter, a batch: with what there is, and nothing is kept."""
    two, store = aumaq.compare(plan, plan), aumaq.Store(tmp_path / "runs.duckdb")
    store.check()
    for call, told in (
        (lambda: two.table("figurs"), "unknown table 'figurs', did you mean 'figures'"),
        (lambda: two.plan("C"), "unknown plan 'C'; known: A, B"),
        (lambda: store.add(plan, "nosuch"), "unknown batch 'nosuch'"),
        (lambda: store.end_batch("nosuch", {}), "unknown batch 'nosuch'"),
    ):
        with pytest.raises(aumaq.UnknownNameError, match=told):
            call()
    assert store.runs().empty


SENSELESS = {
    "conflicts(T, most=0)": "most must be at least 1, or None for all, not 0",
    "verify(T, {}, claimed_objective_mln=0.0, tolerance=NAN)": "tolerance must be from",
    "P.verify(tolerance=1e9)": "tolerance must be from 0 to below 1",
    "best_by(T, ['cost', 'investment'], minutes=-1)": "minutes are for the goal cover",
    "pareto(T, ['cost', 'investment'], minutes=30)": "minutes are for the goal cover",
    "plot_pareto([P], names=['a', 'b'])": "give a name for each of 1 plans",
    "solve(T, cluster_security='s.toml')": "security of a cluster needs its address",
    "sweep(T, dask_security='s.toml')": "security of a cluster needs its address",
}


@pytest.mark.parametrize("call", SENSELESS)
def test_values_without_sense_are_not_passed_over(plan: aumaq.Plan, call: str) -> None:
    """What would change nothing, or make every answer right, is refused."""
    known = {"P": plan, "T": plan.instance, "NAN": float("nan")}
    known |= {name: getattr(aumaq, name) for name in aumaq.__all__}
    with pytest.raises(aumaq.OptionError, match=SENSELESS[call]):
        eval(call, known)


def test_outlines_that_cannot_be_drawn_are_refused(plan: aumaq.Plan) -> None:
    """As those of a file are."""
    with pytest.raises(aumaq.InstanceError, match="outlines: is no GeoJSON"):
        aumaq.from_tables(dict(plan.instance.base), outlines={"a": 1})


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
        plan.instance, time_limit=np.float64(30), gap=Fraction(0), threads=np.int64(1),
        seed=np.int64(3),
    )  # fmt: skip
    assert json.dumps(found.record["options"])
    assert found.objective_mln == pytest.approx(780.0)
