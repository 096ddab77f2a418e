"""Amounts that decisions change: a constant and terms.

Whoever changes demand or load adds terms; whoever asks for it does not know who did.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aumaq.instances.arrays import Flags
from aumaq.model.program import NONE
from aumaq.model.table import Table, stacked


class Amount:
    """``base + sum of change * var`` at each place and period.

    ``at`` has a row for each, with base and the ``most`` that there may be whatever is
    decided; ``terms`` have the same keys, change and var.
    """

    def __init__(self, at: Table, keys: Sequence[str]) -> None:
        """Start with the constant alone; the columns *keys* say where."""
        self.at, self._keys = at, keys
        nobody = np.zeros(0, dtype=np.int64)
        self.terms = at.where(nobody).only(*keys).plus(change=0.0, var=NONE)

    def add(self, terms: Table) -> None:
        """Add terms: the keys, change and var."""
        more = terms.only(*self._keys, "change", "var")
        self.terms = stacked([self.terms, more], self.at.names)

    @property
    def varies(self) -> Flags:
        """Where any decision matters, for the rows of ``at``."""
        return self.at.find(self.terms, self._keys) >= 0
