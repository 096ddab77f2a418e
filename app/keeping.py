"""Runs kept in a store after the work: if that fails, nothing found is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from aumaq import show
from aumaq.words import spoken

if TYPE_CHECKING:
    from aumaq.instances import AumaqError


@dataclass(frozen=True)
class Kept:
    """The id under which something is kept (empty: it is not), or why it is not."""

    key: str = ""
    trouble: AumaqError | None = None

    def end(self) -> None:
        """Say why something is not kept, and exit with 2; nothing if all is well."""
        if self.trouble is not None:
            text = spoken().tell(self.trouble)
            show.err.print(text, markup=False, soft_wrap=True)
            raise typer.Exit(2)


def keep(store: Path | None, put: Callable[[Path], str]) -> Kept:
    """Let *put* keep something in a store, if one is named; it returns the id."""
    from aumaq.instances import AumaqError

    if store is None:
        return Kept()
    try:
        return Kept(put(store))
    except AumaqError as error:
        return Kept(trouble=error)
