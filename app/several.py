"""What commands that find several plans share: options, where plans go, the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import typer

import aumaq
from aumaq import documents, show
from aumaq.instances.language.texts import say
from aumaq.streams import line
from aumaq.words import t

if TYPE_CHECKING:
    import pandas as pd

    from aumaq.instances import Instance
    from aumaq.option_groups import Source


class Found(Protocol):
    """What a study of several plans gives."""

    @property
    def rows(self) -> pd.DataFrame:
        """The table of the plans."""

    def record(self) -> dict[str, Any]:
        """Return all that was found as one document."""


@dataclass(frozen=True)
class Target:
    """Where plans of a study go, and how they are told."""

    folder: Path | None
    lang: str
    overwrite: bool
    as_json: bool

    def read(self, source: Source) -> Instance:
        """Read an instance; whether its plans may be written is known before work."""
        from aumaq.results.studies.choosing.folders import check_folder

        instance = source.read()
        if self.folder is not None:
            check_folder(self.folder, instance, overwrite=self.overwrite)
        return instance

    def finish(
        self,
        found: Found,
        plans: Mapping[str, aumaq.Plan],
        tell: Callable[[], None],
        draw: Callable[[Path], None] | None = None,
    ) -> None:
        """Write the plans, *draw* into their folder, tell, and exit by their status."""
        from aumaq.results.studies.choosing.folders import write_plans

        if self.folder is not None:
            write_plans(self.folder, plans, found.rows, found.record(), self.lang,
                        overwrite=self.overwrite)  # fmt: skip
            if draw is not None:
                draw(self.folder)
        if self.as_json:
            documents.tell(found.record())
        else:
            tell()
            if self.folder is not None:
                line(t(say("written to {target}", target=self.folder)))
        end(list(plans.values()))


def progress_of(*, is_quiet: bool) -> show.Lines | None:
    """Return what tells of long work, None if nothing is to be told."""
    return None if is_quiet else show.Lines()


def share_of(text: str) -> float:
    """Return a share that is written as 2% or 0.02 (OptionError if it is neither)."""
    from aumaq.instances import OptionError

    number, sign, rest = text.strip().partition("%")
    try:
        if rest:
            raise ValueError
        return float(number) / (100.0 if sign else 1.0)
    except ValueError:
        told = say("expected a share such as 2% or 0.02, not {text!r}", text=text)
        raise OptionError(told) from None


def end(plans: Sequence[aumaq.Plan]) -> None:
    """Exit with 3 where a plan contradicts its bound, with 1 where one is wrong."""
    if any(plan.status == "contradicted" for plan in plans):
        raise typer.Exit(3)
    if not all(plan.is_verified for plan in plans):
        raise typer.Exit(1)
