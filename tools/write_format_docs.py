"""Write docs/instance-format.md from the schema; ``--check`` only compares."""

from __future__ import annotations

import sys
from pathlib import Path

from aumaq.instances.schema import Column, Table
from aumaq.instances.tables import TABLES

PAGE = Path(__file__).parent.parent / "docs" / "instance-format.md"
HEAD = """# Instance format

This page is made from the schema by `make docs`; change the schema, not the page.

An instance is a folder: `instance.toml` and CSV tables (UTF-8, comma, first line names
the columns). Columns may come in any order; those of your own start with `x_` and are
kept. Empty cells take the default. Money is in millions of the currency (mln).
`aumaq new FOLDER` writes a small valid instance to start from, `aumaq validate FOLDER`
lists every problem at once.
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
    limits = [f"from {column.low:g}"] if column.low is not None else []
    limits += [f"to {column.high:g}"] if column.high is not None else []
    kind = " ".join([column.kind, *limits])
    return f"| `{column.name}` | {kind} | {column.unit} | {default} | {meaning} |"


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(PAGE.read_text(encoding="utf-8") != page())
    PAGE.write_text(page(), encoding="utf-8")
