"""What commands that find several plans share: options, where plans go, the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

import aumaq
from aumaq import documents, show
from aumaq.instances.language.texts import say
from aumaq.option_groups import ExactEffort, Source, Telling
from aumaq.options import Overwrite
from aumaq.streams import line
from aumaq.words import t

if TYPE_CHECKING:
    import pandas as pd

    from aumaq.instances import Instance


class Found(Protocol):
    """What a study of several plans gives."""

    @property
    def instance(self) -> Instance:
        """Of which its plans are."""

    @property
    def rows(self) -> pd.DataFrame:
        """The table of the plans."""

    def record(self) -> dict[str, Any]:
        """Return all that was found as one document."""


class Ended(Protocol):
    """What tells of itself how good it is."""

    @property
    def status(self) -> str:
        """What is known of it: optimal, gap_left, contradicted, ..."""

    @property
    def is_verified(self) -> bool:
        """Whether the second opinion agrees."""


@dataclass(frozen=True, kw_only=True)
class Study:
    """What is planned several times, how, where the plans go, and how they are told."""

    source: Source
    effort: ExactEffort
    folder: Annotated[
        Path | None, typer.Option("--out", help="folder for plans and the table")
    ] = None
    overwrite: Overwrite = False
    telling: Telling

    def read(self) -> Instance:
        """Read the instance; whether its plans may be written is known before work."""
        from aumaq.results.studies.choosing.folders import check_folder

        instance = self.source.read()
        if self.folder is not None:
            check_folder(self.folder, instance, overwrite=self.overwrite)
        return instance

    @property
    def options(self) -> dict[str, Any]:
        """How each plan is found and what tells of it, by the names of the library."""
        return {"progress": self.telling.progress, **vars(self.effort)}

    def finish(
        self,
        found: Found,
        plans: Mapping[str, aumaq.Plan],
        tell: Callable[[], None],
        draw: Callable[[Path], None] | None = None,
    ) -> None:
        """Write the plans, *draw* into their folder, tell, and exit by their status."""
        from aumaq.results.studies.choosing.folders import write_plans

        written = None
        if self.folder is not None:
            written = write_plans(
                self.folder, plans, found.rows, found.record(), found.instance,
                self.telling.lang, overwrite=self.overwrite,
                draw=None if draw is None else partial(_drawn, draw),
            )  # fmt: skip
        if self.telling.as_json:
            documents.tell(found.record())
        else:
            tell()
            if written is not None:
                line(t(say("written to {target}", target=written.folder)))
        if written is not None:
            show.written(written)
        end(list(plans.values()))


@dataclass(frozen=True, kw_only=True)
class DrawnStudy(Study):
    """A study whose plans are drawn as well."""

    folder: Annotated[
        Path | None, typer.Option("--out", help="folder for table, picture and plans")
    ] = None


def _drawn(draw: Callable[[Path], None], folder: Path) -> None:
    """Draw into a folder; without the extra for figures there is no picture."""
    from aumaq.instances import OptionError

    try:
        draw(folder)
    except OptionError as error:
        show.troubles([error.text])


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


def end(plans: Sequence[Ended]) -> None:
    """Exit with 3 where a plan contradicts its bound, with 1 where one is wrong."""
    if any(plan.status == "contradicted" for plan in plans):
        raise typer.Exit(3)
    if not all(plan.is_verified for plan in plans):
        raise typer.Exit(1)
