"""Plans for several futures as a folder: figures, regrets, and a plan folder each."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from aumaq.instances import Instance
from aumaq.instances.formats.drafts import check_folder, draft_folder, rescued
from aumaq.instances.formats.targets import safe_names
from aumaq.instances.language.texts import Text, say
from aumaq.results.exports.csv_folder import (
    check_same,
    is_plan_folder,
    of_another_scenario,
    write_files,
)
from aumaq.results.exports.plan_folder import Written, write_beside
from aumaq.results.exports.side_files import INDICATORS_FILE, SIDE
from aumaq.results.strict_json import strict

if TYPE_CHECKING:
    from aumaq.results.studies.futures import Futures

FUTURES_FILE = "futures.json"
FILES = (FUTURES_FILE, "regret.csv", "policies.csv")
SOLVE_FILE = "plan.json"
"""Beside a plan that was solved for itself: that is the user's, and not one of ours."""


def check_futures_target(
    path: Path,
    instance: Instance | None = None,
    scenarios: Collection[str] = (),
    *,
    overwrite: bool = False,
) -> None:
    """Raise ExportError unless futures may be written to the folder *path*.

    Earlier futures of *instance*, all of them among *scenarios*, are replaced, others
    only to *overwrite*; a file, or a folder that holds anything else, never is.
    """
    folders = earlier_folders(path / FUTURES_FILE)

    def is_own(item: Path) -> bool:
        if item.name in FILES:
            return item.is_file()
        is_solved = (item / SOLVE_FILE).exists()
        return item.name in folders.values() and is_plan_folder(item) and not is_solved

    check_folder(path, FUTURES_FILE, is_own, say("plans of futures"))
    if instance is not None and not overwrite:
        for folder in folders.values():
            check_same(path / folder, instance)
        if lost := [name for name in folders if name not in scenarios]:
            raise of_another_scenario(path, lost)


def earlier_folders(file: Path) -> dict[str, str]:
    """Return the folder of each future in an earlier record; none if it is not one."""
    try:
        folders = json.loads(file.read_text(encoding="utf-8"))["folders"]
        return {name: str(folder) for name, folder in folders.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def write_futures(futures: Futures, path: Path, *, overwrite: bool = False) -> Written:
    """Write all plans and figures as one whole folder; lose nothing.

    Earlier futures are replaced as :func:`check_futures_target` says. If *path* cannot
    be written, they go to another place, which is returned.
    """
    failed: list[Text] = []
    record = futures.record()
    record["folders"] = safe_names(list(futures.plans), FILES)
    side = {INDICATORS_FILE: SIDE[INDICATORS_FILE]}

    def write(target: Path, is_rescue: bool) -> None:
        failed.clear()
        check_futures_target(
            target, futures.instance, futures.plans, overwrite=overwrite
        )
        with draft_folder(target) as draft:
            for name, folder in record["folders"].items():
                plan, own = futures.plans[name], draft / folder
                own.mkdir()
                write_files(plan, own)
                failed.extend(write_beside(plan, own, "en", side, is_rescue=is_rescue))
            text = json.dumps(strict(record), ensure_ascii=False, indent=1)
            (draft / FUTURES_FILE).write_text(text, encoding="utf-8")
            for file, table in (
                ("regret.csv", futures.regret_table),
                ("policies.csv", futures.policy_table),
            ):
                table.to_csv(draft / file, index=False, lineterminator="\n")

    folder, moved = rescued(write, path)
    return Written(folder, moved, tuple(dict.fromkeys(failed)))
