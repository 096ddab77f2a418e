"""The model of small instances is, row by row, what it was."""

from __future__ import annotations

import re

import pyomo.environ as pyo
import pytest
from golden_cases import CASES
from golden_form import FORMULATIONS, canonical, families_that_differ, golden_file

from aumaq.instances.rules import rules_of
from aumaq.model import FAMILIES, BuiltModel, build, rule_id


@pytest.fixture(scope="module")
def models() -> dict[tuple[str, str], BuiltModel]:
    """Return the model of each case in each formulation."""
    return {
        (name, formulation): build(instance, formulation=formulation)
        for name, instance in ((name, make()) for name, make in CASES.items())
        for formulation in FORMULATIONS
    }


@pytest.mark.parametrize("formulation", FORMULATIONS)
@pytest.mark.parametrize("name", CASES)
def test_the_same_lp(
    models: dict[tuple[str, str], BuiltModel], name: str, formulation: str
) -> None:
    """A change of the mathematics is told; ``golden_form.py`` writes it down."""
    golden = golden_file(name, formulation).read_text("utf-8")
    told = families_that_differ(canonical(models[name, formulation]), golden)
    text = [f"{family}:\n  " + "\n  ".join(rows) for family, rows in told.items()]
    assert not told, "\n".join(["another LP than before", *text])


def test_each_family_is_in_a_golden_lp(
    models: dict[tuple[str, str], BuiltModel],
) -> None:
    """Every kind of rows and of variables of every family occurs in some case."""
    known: dict[str, int] = {}
    for built in models.values():
        for block in built.model.component_objects(pyo.Block):
            for part in block.component_objects((pyo.Var, pyo.Constraint)):
                names = "|".join(built.networks)
                kind = re.sub(f"_({names})$", "", part.local_name)
                name = f"{block.name}.{kind}"
                known[name] = known.get(name, 0) + len(part)
    assert {name.split(".")[0] for name in known} == set(FAMILIES)
    assert {name for name, count in known.items() if not count} == set()


@pytest.mark.slow
def test_each_row_has_a_rule_of_the_catalogue(
    models: dict[tuple[str, str], BuiltModel],
) -> None:
    """What a row names has a title for readers."""
    for built in models.values():
        rows = built.model.component_data_objects(pyo.Constraint)
        assert {rule_id(row) for row in rows} <= set(rules_of(built.data.instance))
