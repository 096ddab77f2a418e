"""Tables and numbers of MATPOWER files, which are programs of MATLAB.

Only tables of plain numbers are read: ``mpc.bus = [ ... ];``. Whatever else would
change a table (expressions, transposes, statements after it) is refused, never run.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path

from aumaq.instances.errors import Problem
from aumaq.instances.language.texts import say

Rows = list[list[float]]
NE_BRANCH = ("f_bus", "t_bus", "br_r", "br_x", "br_b", "rate_a", "rate_b", "rate_c",
             "tap", "shift", "br_status", "angmin", "angmax",
             "construction_cost")  # fmt: skip
"""Columns of candidates in the order of PowerModels."""
NEEDED = ("f_bus", "t_bus", "br_x", "rate_a", "construction_cost")
COST = NE_BRANCH[-1]
COSTS = "ne_branch_cost"
"""A table that may have the costs of candidates instead of their last column."""


def plain_text(text: str) -> str:
    """Return MATLAB text without comments, with lines that go on made one."""
    text = re.sub(r"(?ms)^\s*%\{\s*$.*?^\s*%\}\s*$", "", text)
    return re.sub(r"\.\.\.[^\n]*\n", " ", re.sub(r"%.*", "", text))


def number(
    path: Path, text: str, name: str, usual: float, wrong: list[Problem]
) -> float:
    """Return a number above 0 that is set in a file, the usual one where it is not."""
    found = re.search(rf"mpc\.{name}\s*=\s*([^;\n]*)", text)
    if found is None:
        return usual
    try:
        value = float(found.group(1))
    except ValueError:
        value = math.nan
    if not 0.0 < value < math.inf:
        told = say("expected a number above 0 for mpc.{name}", name=name)
        wrong.append(Problem(path.name, told, value=found.group(1).strip()))
    return value


def tables(
    path: Path, raw: str, widths: Mapping[str, int], wrong: list[Problem]
) -> dict[str, Rows]:
    """Return the tables of a file by name, empty where it has none.

    *widths* are the columns that each needs. Candidates have their columns in the order
    of PowerModels, whatever a line ``%column_names%`` above them says.
    """
    text = plain_text(raw)
    found = {}
    for name, width in widths.items():
        if name == "ne_branch":
            found[name] = _candidates(path, raw, text, wrong)
        else:
            found[name] = _table(path, text, name, width, wrong)
    for name in (*widths, COSTS):
        wrong += _statements(path, text, name)
    return found


def has_rows(text: str, name: str) -> bool:
    """Whether a plain text has a table with anything in it."""
    found = re.search(rf"mpc\.{name}\s*=\s*[\[{{]([^\]}}]*)", text)
    return bool(found and found.group(1).strip(" \t\r\n;,"))


def _table(path: Path, text: str, name: str, width: int, wrong: list[Problem]) -> Rows:
    found = re.search(rf"mpc\.{name}\s*=\s*\[([^\]=]*)(\]?)", text)
    rows: Rows = []
    if found and not found.group(2):
        told = say("table mpc.{name} has no end", name=name)
        wrong.append(Problem(path.name, told))
        return []
    for line in re.split(r"[;\n]", found.group(1)) if found else []:
        words = line.replace(",", " ").split()
        try:
            row = [float(word) for word in words]
        except ValueError:
            row = []
        row = [] if any(map(math.isnan, row)) else row
        if words and len(row) < width:
            told = say(
                "expected {count} numbers in a row of mpc.{name}",
                count=width,
                name=name,
            )
            wrong.append(Problem(path.name, told, value=line.strip()))
        elif words:
            rows.append(row)
    return rows


def _candidates(path: Path, raw: str, text: str, wrong: list[Problem]) -> Rows:
    """Return candidates with their costs, the columns in the usual order."""
    named = re.search(r"%\s*column_names%([^\n]*)\n\s*mpc\.ne_branch\s*=", raw)
    names = tuple(named.group(1).split()) if named else NE_BRANCH
    has_costs = has_rows(text, COSTS)
    if has_costs:
        names = tuple(name for name in names if name != COST)
    lacking = [key for key in NEEDED[: 4 if has_costs else 5] if key not in names]
    if lacking:
        told = say("columns are missing: {names}", names=", ".join(lacking))
        wrong.append(Problem(path.name, told, column="%column_names%"))
        return []
    before = len(wrong)
    rows = _table(path, text, "ne_branch", len(names), wrong)
    costs = _table(path, text, COSTS, 1, wrong) if has_costs else []
    if has_costs and len(costs) != len(rows) and len(wrong) == before:
        told = say("expected one cost for each row of mpc.ne_branch, {n} in all",
                   n=len(rows))  # fmt: skip
        wrong.append(Problem(path.name, told, value=str(len(costs)), column=COSTS))
    if len(wrong) > before:
        return []
    usual = dict.fromkeys(NE_BRANCH, 0.0) | {"br_status": 1.0}
    made = []
    for k, row in enumerate(rows):
        fields = usual | dict(zip(names, row, strict=False))
        if has_costs:
            fields[COST] = costs[k][-1]
        made.append([fields[name] for name in NE_BRANCH])
    return made


def _statements(path: Path, text: str, name: str) -> list[Problem]:
    """Return what changes a table otherwise than by plain numbers in brackets, once."""
    told = say("mpc.{name} must be written once, as plain numbers in brackets;"
               " statements are not run", name=name)  # fmt: skip
    wrong = []
    every = re.finditer(rf"mpc\.{name}\s*(\([^)\n]*\))?\s*=(?!=)", text)
    for k, found in enumerate(every):
        rest = text[found.end() :]
        is_plain = re.match(r"\s*\[[^\]=]*(\]\s*?([;,\n]|$)|$)", rest)
        if k > 0 or found.group(1) or not is_plain:
            line = found.group(0) + rest.partition("\n")[0]
            wrong.append(Problem(path.name, told, value=" ".join(line.split())[:40]))
    return wrong
