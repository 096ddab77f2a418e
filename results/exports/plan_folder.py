"""The folder that a solve leaves: the plan, its page, and files for other software."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aumaq.instances import AumaqError
from aumaq.instances.formats.drafts import draft_folder, rescued
from aumaq.instances.language.texts import Text, say
from aumaq.results.exports.csv_folder import check_target, write_files
from aumaq.results.exports.side_files import SIDE, SideFile

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan


@dataclass(frozen=True)
class Written:
    """Where a plan went, and what did not go as asked.

    ``moved`` says why it is not where it should be (empty: it is), ``failed`` which
    files could not be made.
    """

    folder: Path
    moved: Text
    failed: tuple[Text, ...] = ()

    @property
    def troubles(self) -> tuple[Text, ...]:
        """Everything that is to be said."""
        return (*([self.moved] if self.moved else []), *self.failed)


def write_plan_folder(
    plan: Plan,
    path: Path,
    lang: str = "en",
    *,
    overwrite: bool = False,
    side: Mapping[str, SideFile] = SIDE,
    is_new: bool = False,
) -> Written:
    """Write a plan and the files beside it as one whole folder; lose nothing.

    An earlier plan of the same instance and scenario is replaced, another one only to
    *overwrite*. If *path* cannot be written, the plan goes to another place. A page
    that cannot be made does not cost the plan. *is_new*: the folder was made for this
    plan, and goes if the plan is not in it. Raises ExportError if there is no place
    at all.
    """
    failed: list[Text] = []

    def write(target: Path, is_rescue: bool) -> None:
        failed.clear()
        check_target(target, instance=plan.instance, overwrite=overwrite)
        with draft_folder(target) as draft:
            write_files(plan, draft)
            failed.extend(write_beside(plan, draft, lang, side, is_rescue=is_rescue))

    folder, moved = rescued(write, path)
    if moved and is_new:
        with suppress(OSError):  # made for this plan, and empty
            path.rmdir()
    return Written(folder, moved, tuple(failed))


def write_beside(
    plan: Plan,
    folder: Path,
    lang: str,
    side: Mapping[str, SideFile],
    *,
    is_rescue: bool,
) -> list[Text]:
    """Write the files beside the tables; return what failed, one text a cause.

    An error of the disk is an error of the folder unless there is no better place.
    """
    causes: dict[str, list[str]] = {}
    for name, make in side.items():
        try:
            make(plan, folder / name, lang)
        except Exception as error:
            is_of_disk = isinstance(error, OSError)
            is_of_disk |= isinstance(error.__cause__, OSError)
            if is_of_disk and not is_rescue:
                raise
            is_ours = is_of_disk or isinstance(error, AumaqError)
            told = str(error) if is_ours else f"{type(error).__name__}: {error}"
            causes.setdefault(told, []).append(name)
    return [
        say("{files} could not be made: {error}", files=", ".join(files), error=error)
        for error, files in causes.items()
    ]
