"""Several plans of a study in one folder: a plan folder each, the table, the record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from aumaq.instances import Instance
from aumaq.instances.formats.drafts import check_marked, draft_file
from aumaq.instances.interruption import finishing
from aumaq.results.exports import check_target, write_plan_folder
from aumaq.results.exports.side_files import INDICATORS_FILE, SIDE
from aumaq.results.plan.plan import Plan

FILES = {name: SIDE[name] for name in (INDICATORS_FILE, "plan.json")}
"""What stands beside the tables of each; a page of one is ``aumaq report``."""
TABLE, RECORD = "plans.csv", "plans.json"


def check_folder(folder: Path, instance: Instance, *, overwrite: bool) -> None:
    """Raise ExportError unless plans may be written there: an earlier study is."""
    check_marked(folder, TABLE)
    for own in sorted(folder.glob("*/record.json")):
        check_target(own.parent, instance=instance, overwrite=overwrite)


def write_plans(
    folder: Path,
    plans: Mapping[str, Plan],
    rows: pd.DataFrame,
    record: Mapping[str, Any],
    lang: str = "en",
    *,
    overwrite: bool = False,
) -> None:
    """Write plans by name, ``plans.csv`` and ``plans.json``."""
    with finishing():
        folder.mkdir(parents=True, exist_ok=True)
        with draft_file(folder / TABLE) as draft:
            rows.to_csv(draft, index=False, lineterminator="\n")
        with draft_file(folder / RECORD) as draft:
            text = json.dumps(record, ensure_ascii=False, indent=1, default=str)
            draft.write_text(text, encoding="utf-8")
        for name, plan in plans.items():
            write_plan_folder(
                plan, folder / name, lang, overwrite=overwrite, side=FILES
            )
