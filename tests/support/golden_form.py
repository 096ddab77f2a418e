"""A model as text in one form, whatever order it was built in; written and compared.

``python tests/support/golden_form.py`` writes the golden files anew. Look at the
difference before it is committed: each line is a row, a variable or the objective of a
model.
"""

from __future__ import annotations

import math
import re
import sys
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pyomo.environ as pyo
from pyomo.repn import generate_standard_repn

from aumaq.model import BuiltModel, build

FOLDER = Path(__file__).parents[1] / "model" / "golden_lps"
FORMULATIONS = ("strong", "weak")
DIGITS = 12


def number(value: float | None, missing: str = "") -> str:
    """Return a number at as many digits as are compared."""
    return missing if value is None else f"{value + 0.0:.{DIGITS}g}"


def expression(body: Any) -> str:
    """Return a linear expression, its terms sorted by variable, zeros left out."""
    linear = generate_standard_repn(body)
    assert linear.is_linear()
    terms = sorted(
        (variable.name, factor)
        for factor, variable in zip(
            linear.linear_coefs, linear.linear_vars, strict=True
        )
        if factor
    )
    constant = [number(linear.constant)] if linear.constant else []
    return " ".join(
        [f"{factor:+.{DIGITS}g} {name}" for name, factor in terms] + constant
    )


def canonical(built: BuiltModel) -> str:
    """Return objective, rows and variables of a model, a line each, sorted by name."""
    model = built.model
    lines = [f"term {name}: {expression(e.expr)}" for name, e in model.term.items()]
    lines.append(f"minimise: {expression(model.cost.expr)}")
    for row in model.component_data_objects(pyo.Constraint):
        low, high = number(row.lower, "-inf"), number(row.upper, "inf")
        lines.append(f"row {row.name}: {low} <= {expression(row.body)} <= {high}")
    for variable in model.component_data_objects(pyo.Var):
        low, high = number(variable.lower, "-inf"), number(variable.upper, "inf")
        kind = "whole" if variable.is_integer() else "real"
        fixed = f", fixed at {number(variable.value)}" if variable.fixed else ""
        lines.append(f"variable {variable.name}: {kind}, {low} to {high}{fixed}")
    return "\n".join(sorted(lines)) + "\n"


def golden_file(name: str, formulation: str) -> Path:
    """Return where the form of a case is kept."""
    return FOLDER / f"{name}-{formulation}.txt"


def families_that_differ(found: str, golden: str) -> dict[str, list[str]]:
    """Return by family the lines that are not in both, ``-`` golden and ``+`` found."""
    old, new = (dict(map(_named, text.splitlines())) for text in (golden, found))
    told: dict[str, list[str]] = {}
    for name in sorted(old.keys() | new.keys()):
        one, other = old.get(name), new.get(name)
        if one is None or other is None or not _is_same(one, other):
            family = re.split(r"[ .]", re.sub("^(row|variable) ", "", name))[0]
            lines = [("-", one), ("+", other)]
            told.setdefault(family, []).extend(
                f"{sign} {name}: {line}" for sign, line in lines if line is not None
            )
    return told


def _named(line: str) -> tuple[str, str]:
    name, _, rest = line.partition(": ")
    return name, rest


def _is_same(one: str, other: str) -> bool:
    """Return whether two lines differ in the rounding of their numbers alone."""
    pairs = list(zip_longest(one.split(), other.split(), fillvalue=""))
    return all(a == b or _is_close(a, b) for a, b in pairs)


def _is_close(one: str, other: str) -> bool:
    try:
        return math.isclose(float(one), float(other), rel_tol=10.0 ** (1 - DIGITS))
    except ValueError:
        return False


def write() -> None:
    """Write the golden file of each case and formulation."""
    from golden_cases import CASES

    FOLDER.mkdir(exist_ok=True)
    for name, make in CASES.items():
        instance = make()
        for formulation in FORMULATIONS:
            text = canonical(build(instance, formulation=formulation))
            golden_file(name, formulation).write_text(text, "utf-8", newline="\n")
    sys.stdout.write(f"written: {len(CASES) * len(FORMULATIONS)} files, {FOLDER}\n")


if __name__ == "__main__":
    write()
