"""Write the pages on the formats of instances and plans, docs/plan.schema.json,
and what lies between marks in docs/indicators.md, mathematics.md and extending.md.

``--check`` only compares.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from family_files import family_table
from mathematics import MODULES, family_section, terms_table

from aumaq.instances.schema.column import Column, Table
from aumaq.instances.schema.formulas import FORMULAS
from aumaq.instances.schema.plan import KNOWN_TODAY, PLAN, WORDS
from aumaq.instances.schema.tables import TABLES
from aumaq.results.exports.json_schema import plan_schema

DOCS = Path(__file__).parent.parent / "docs"
PAGE = DOCS / "instance-format.md"
PLAN_SCHEMA = DOCS / "plan.schema.json"
INDICATORS = DOCS / "indicators.md"
MATHEMATICS = DOCS / "mathematics.md"
PLAN_PAGE = DOCS / "plan-format.md"
EXTENDING = DOCS / "extending.md"
PLAN_HEAD = """# Plan format

This page is made from the schema by `make docs`; change the schema, not the page.

A plan is a folder of one CSV file a table and `record.json`; the same tables are in
`plan.json` ([its schema](plan.schema.json)), in workbooks, GeoPackages, Parquet folders
and stores. Text and flags are never empty where they are keys; money is in millions
(mln) of the currency."""
HEAD = """# Instance format

This page is made from the schema by `make docs`; change the schema, not the page.

An instance is a folder: `instance.toml` and CSV tables (UTF-8, comma, first line names
the columns). Columns may come in any order; those of your own start with `x_` and are
kept. Empty cells take the default, which is allowed even outside of the limits given
(a year of 0, say); limits are far above what a territory asks for, so that a slip in an
exponent is told. Money is in millions of the currency (mln).
`aumaq new FOLDER` writes a small valid instance to start from, `aumaq validate FOLDER`
lists every problem at once. The same tables may be sheets of an Excel workbook, layers
of a GeoPackage or Parquet files: [files.md](files.md).
"""


def page() -> str:
    """Return the whole page."""
    return HEAD + "".join(_section(table) for table in TABLES)


def _section(table: Table) -> str:
    place = f"in `{table.file}`" if table.in_toml else f"`{table.file}`"
    need = "required" if table.is_required else "optional"
    key = f" Key: {', '.join(f'`{name}`' for name in table.key)}." if table.key else ""
    lines = [f"\n## {table.name}\n", f"{table.meaning} {place}, {need}.{key}\n"]
    lines += ["| column | kind | unit | default | meaning |", "|---|---|---|---|---|"]
    lines += [_row(column) for column in table.columns]
    return "\n".join(lines) + "\n"


def _row(column: Column) -> str:
    default = "**required**" if column.is_required else f"{column.default}"
    if column.default is None:
        default = "empty"
    meaning = column.meaning
    if column.choices:
        meaning += f"; one of {', '.join(f'`{c}`' for c in column.choices)}"
    if column.references:
        meaning += f"; refers to `{column.references}`"
    kind = "int" if column.is_whole else column.kind
    if column.low is not None and column.high is not None:
        kind += f" from {column.low:g} to {column.high:g}".replace("e+", "e")
    return f"| `{column.name}` | {kind} | {column.unit} | {default} | {meaning} |"


def marked(page: Path, lines_of: dict[str, list[str]]) -> str:
    """Return a page with the lines between the marks of each name written anew."""
    text = page.read_text(encoding="utf-8")
    for name, lines in lines_of.items():
        start, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->\n"
        before, rest = text.split(start)
        text = before + start + "\n".join(lines) + "\n" + end + rest.split(end)[1]
    return text


def indicators_page() -> str:
    """Return the page on indicators with its two lists."""
    return marked(INDICATORS, {"formulas": _formulas(), "tables": _plan_tables()})


def mathematics_page() -> str:
    """Return the page on mathematics with every rule family and the objective."""
    sections = {name: family_section(name) for name in MODULES}
    return marked(MATHEMATICS, {**sections, "terms": terms_table()})


def extending_page() -> str:
    """Return the page on adding things with how many files each family took."""
    return marked(EXTENDING, {"families": family_table()})


def schema_page() -> str:
    """Return the schema of plan.json."""
    return json.dumps(plan_schema(), indent=1) + "\n"


def plan_page() -> str:
    """Return the page on the tables of a plan."""
    lines = [PLAN_HEAD]
    for table in PLAN:
        key = ", ".join(f"`{name}`" for name in table.key)
        lines += [f"\n## {table.name}\n\n{table.meaning} Key: {key}.\n"]
        lines += ["| column | kind | unit | meaning |", "|---|---|---|---|"]
        lines += [
            f"| `{c.name}` | {c.kind} | {c.unit} | {c.meaning} |" for c in table.columns
        ]
    return "\n".join(lines) + "\n"


def _formulas() -> list[str]:
    lines = ["| formula | unit | value | columns | baseline |", "|---|---|---|---|---|"]
    for formula in FORMULAS.values():
        columns = [f"`{name}`" for name in formula.needs]
        columns += [f"`{name}` (optional)" for name in formula.takes]
        known = "today" if formula.has_today else "given only"
        if formula.name == "expression":
            known = "today, if its tables are known"
        lines.append(
            f"| `{formula.name}` | {formula.unit} | {formula.meaning} |"
            f" {', '.join(columns)} | {known} |"
        )
    return lines


def _plan_tables() -> list[str]:
    lines = ["| table | columns | known today | regions |", "|---|---|---|---|"]
    for table, words in WORDS.items():
        columns = ", ".join(f"`{name}`" for name in words)
        today = "yes" if table in KNOWN_TODAY else "no"
        places = {"region", "settlement", "from_settlement"} & words.keys()
        lines.append(
            f"| `{table}` | {columns} | {today} | {'yes' if places else 'no'} |"
        )
    return lines


if __name__ == "__main__":
    pages = {
        PAGE: page(),
        INDICATORS: indicators_page(),
        MATHEMATICS: mathematics_page(),
        PLAN_SCHEMA: schema_page(),
        PLAN_PAGE: plan_page(),
        EXTENDING: extending_page(),
    }
    if "--check" in sys.argv:
        sys.exit(
            any(
                not p.is_file() or p.read_text(encoding="utf-8") != t
                for p, t in pages.items()
            )
        )
    for path, text in pages.items():
        path.write_text(text, encoding="utf-8")
