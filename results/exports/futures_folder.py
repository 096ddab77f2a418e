"""Plans for several futures as a folder: figures, regrets, and a plan folder each."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from aumaq.instances.texts import say
from aumaq.results.exports.atomic import check_folder, draft_folder
from aumaq.results.exports.csv_folder import RECORD_FILE, write_files
from aumaq.results.exports.json_file import strict

if TYPE_CHECKING:
    from aumaq.results.futures import Futures

FUTURES_FILE = "futures.json"
FILES = (FUTURES_FILE, "regret.csv", "policies.csv")


def check_futures_target(path: Path) -> None:
    """Raise ExportError unless futures may be written to the folder *path*.

    An earlier folder of futures is replaced; a file, or a folder that holds anything
    else, is not.
    """

    def is_own(item: Path) -> bool:
        return item.name in FILES or (item / RECORD_FILE).is_file()

    check_folder(path, FUTURES_FILE, is_own, say("plans of futures"))


def write_futures(futures: Futures, path: Path) -> None:
    """Write all plans and figures; an earlier folder of futures is replaced."""
    check_futures_target(path)
    with draft_folder(path) as draft:
        record = futures.record()
        record["folders"] = folder_names(list(futures.plans))
        for name, folder in record["folders"].items():
            (draft / folder).mkdir()
            write_files(futures.plans[name], draft / folder)
        text = json.dumps(strict(record), ensure_ascii=False, indent=1)
        (draft / FUTURES_FILE).write_text(text, encoding="utf-8")
        for file, table in (
            ("regret.csv", futures.regret_table),
            ("policies.csv", futures.policy_table),
        ):
            table.to_csv(draft / file, index=False, lineterminator="\n")


def folder_names(scenarios: list[str]) -> dict[str, str]:
    """Return a folder name for each scenario, safe in any file system."""
    found: dict[str, str] = {}
    for name in scenarios:
        safe = re.sub(r"[^\w+-]", "_", name)
        is_taken = {*(f.casefold() for f in found.values()), *FILES}
        while safe.casefold() in is_taken:
            safe += "_"
        found[name] = safe
    return found
