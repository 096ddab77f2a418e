"""A plan as a folder of Parquet files, one a table, and the record as JSON."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from aumaq.instances.formats.drafts import draft_folder
from aumaq.instances.formats.raw import needed
from aumaq.results.exports.csv_folder import check_target, read_folder, write_record
from aumaq.results.exports.json_file import PlanFiles

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan


def write_parquet(plan: Plan, path: Path) -> None:
    """Write all tables and the record; an earlier Parquet folder is replaced."""
    needed("pyarrow", "parquet")
    check_target(path, "parquet", instance=plan.instance)
    with draft_folder(path) as draft:
        for name, table in plan.tables.items():
            table.to_parquet(draft / f"{name}.parquet", engine="pyarrow", index=False)
        write_record(plan, draft)


def read_parquet(path: Path) -> PlanFiles:
    """Read a plan from a folder of Parquet files."""
    needed("pyarrow", "parquet")
    read_table = partial(pd.read_parquet, engine="pyarrow")
    return read_folder(path, "parquet", read_table, first_row=1)
