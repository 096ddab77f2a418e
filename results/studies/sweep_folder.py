"""The folder of a sweep: a plan folder for each scenario, and the table of them all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aumaq.instances import Instance
from aumaq.instances.formats.drafts import check_marked, draft_file, told
from aumaq.instances.formats.targets import safe_names
from aumaq.results.exports import check_target
from aumaq.results.exports.csv_folder import is_plan_folder, of_another_scenario

if TYPE_CHECKING:
    from aumaq.results.studies.sweep import Sweep

TABLE, RECORD = "sweep.csv", "sweep.json"
STOPPED = "stopped"
"""Status of a scenario of which Ctrl-C left nothing known."""


def folder_names(scenarios: Iterable[str]) -> dict[str, str]:
    """Return the name of the folder of each scenario's plan."""
    return safe_names(list(scenarios), (TABLE, RECORD))


def evidence_file(folder: Path) -> Path:
    """Return where the model of a run goes that contradicts itself: beside its plan."""
    return folder.with_name(f"{folder.name}-contradiction.lp")


def check_sweep_target(
    folder: Path, scenarios: Sequence[str], instance: Instance, *, overwrite: bool
) -> None:
    """Raise ExportError unless a sweep of *scenarios* may be written to *folder*.

    An earlier one of *instance*, all of them among *scenarios*, is replaced, others
    only to *overwrite*; what else is in the folder stays.
    """
    check_marked(folder, TABLE)
    earlier = _earlier(folder)
    lost = [name for name, own in earlier.items()
            if name not in scenarios and (folder / own).exists()]  # fmt: skip
    if lost and not overwrite:
        raise of_another_scenario(folder, lost)
    for scenario, name in {**earlier, **folder_names(scenarios)}.items():
        check_target(
            folder / name, instance=instance, scenario=scenario, overwrite=overwrite
        )


def write_sweep(found: Sweep, folder: Path) -> None:
    """Write the table; plans of an earlier sweep that are not in it go.

    Those of scenarios that Ctrl-C did not let begin stay: nothing replaces them.
    """
    rows = found.rows.set_index("scenario")
    folders = folder_names(rows.index)
    has_plan, status = rows["has_plan"], rows["status"]
    kept = {own for name, own in folders.items()
            if has_plan[name] or status[name] == STOPPED}  # fmt: skip
    wrong = {own for name, own in folders.items() if status[name] == "contradicted"}
    with told(folder):
        for own in {*_earlier(folder).values(), *folders.values()}:
            if own not in kept and is_plan_folder(folder / own):
                shutil.rmtree(folder / own)
            if own not in wrong:
                evidence_file(folder / own).unlink(missing_ok=True)
    with draft_file(folder / TABLE) as draft:
        found.rows.to_csv(draft, index=False, lineterminator="\n")
    with draft_file(folder / RECORD) as draft:
        text = json.dumps(found.record(), ensure_ascii=False, indent=1)
        draft.write_text(text, encoding="utf-8")


def _earlier(folder: Path) -> dict[str, str]:
    """Return the folder of each scenario of an earlier sweep; none if there is none."""
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        return folder_names(str(row["scenario"]) for row in record["rows"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
