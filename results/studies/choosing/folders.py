"""Several plans of a study in one folder: a plan folder each, the table, the record."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from aumaq.instances import Instance
from aumaq.instances.formats import drafts
from aumaq.instances.formats.drafts import draft_folder, is_draft, rescued
from aumaq.instances.formats.targets import safe_names
from aumaq.instances.interruption import finishing
from aumaq.instances.language.texts import Text, say
from aumaq.results.exports import Written, check_target
from aumaq.results.exports.csv_folder import is_plan_file, write_files
from aumaq.results.exports.futures_folder import earlier_folders
from aumaq.results.exports.plan_folder import write_beside
from aumaq.results.exports.side_files import INDICATORS_FILE, SIDE
from aumaq.results.plan.plan import Plan

SIDES = {name: SIDE[name] for name in (INDICATORS_FILE, "plan.json")}
"""What stands beside the tables of each; a page of one is ``aumaq report``."""
TABLE, RECORD = "plans.csv", "plans.json"
FRONT_PICTURE, BUDGETS_PICTURE = "front.svg", "budgets.svg"
FILES = (TABLE, RECORD, FRONT_PICTURE, BUDGETS_PICTURE)


def check_folder(folder: Path, instance: Instance, *, overwrite: bool) -> None:
    """Raise ExportError unless plans may be written there: an earlier study is replaced
    as a whole, one of another instance or scenario to *overwrite*; nothing else is.
    """
    earlier = {*earlier_folders(folder / RECORD).values()}

    def is_own(item: Path) -> bool:
        if not item.is_dir():
            return item.name in FILES
        parts = [part for part in item.iterdir() if not is_draft(part.name)]
        return item.name in earlier and all(map(is_plan_file, parts))

    drafts.check_folder(folder, TABLE, is_own, say("plans of a study"))
    for own in sorted(folder.glob("*/record.json")):
        check_target(own.parent, instance=instance, overwrite=overwrite)


def write_plans(
    folder: Path,
    plans: Mapping[str, Plan],
    rows: pd.DataFrame,
    record: Mapping[str, Any],
    instance: Instance,
    lang: str = "en",
    *,
    overwrite: bool = False,
    draw: Callable[[Path], None] | None = None,
) -> Written:
    """Write plans by name, ``plans.csv`` and ``plans.json``, and what *draw* draws, as
    one whole folder; lose nothing.

    An earlier study goes, with plans that the new one does not have. If *folder* cannot
    be written, all goes to another place, which is returned.
    """
    failed: list[Text] = []
    names = safe_names([*plans], FILES)
    whole = {**record, "folders": names}
    text = json.dumps(whole, ensure_ascii=False, indent=1, default=str)

    def write(target: Path, is_rescue: bool) -> None:
        failed.clear()
        check_folder(target, instance, overwrite=overwrite)
        with draft_folder(target) as draft:
            rows.to_csv(draft / TABLE, index=False, lineterminator="\n")
            (draft / RECORD).write_text(text, encoding="utf-8")
            for name, plan in plans.items():
                own = draft / names[name]
                own.mkdir()
                write_files(plan, own)
                beside = write_beside(plan, own, lang, SIDES, is_rescue=is_rescue)
                failed.extend(beside)
            if draw is not None:
                draw(draft)

    with finishing():
        place, moved = rescued(write, folder)
    return Written(place, moved, tuple(dict.fromkeys(failed)))
