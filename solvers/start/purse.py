"""Where spending is booked while a plan is put together, whatever it is taken from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aumaq.instances.arrays import Floats


class Purse(ABC):
    """Money that is spent. Shapes: P places, T periods."""

    @abstractmethod
    def spend(
        self, name: str, regions: Sequence[str], investment: Floats, running: Floats
    ) -> None:
        """Book what places of *regions* spend: a start's and a year's mln, (P, T)."""

    def spend_lasting(
        self,
        name: str,
        regions: Sequence[str],
        capex_mln: Floats,
        opex_mln_per_year: Floats,
        stands: NDArray[Any],
    ) -> None:
        """Book what it costs that things stand, (P, T); prices are (P,)."""
        built = np.diff(stands, axis=1, prepend=0)
        once, yearly = capex_mln[:, None], opex_mln_per_year[:, None]
        self.spend(name, regions, built * once, stands * yearly)
