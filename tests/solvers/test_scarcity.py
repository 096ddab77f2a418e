"""What a plan uses up has a price in the search."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csc_array

from aumaq.solvers.decomposed import scarcity
from aumaq.solvers.decomposed.scarcity import SHARE, scarce_prices
from aumaq.solvers.highs.matrices import Matrices


def test_only_what_is_used_up_has_a_price(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three facilities at 10, 20 and 60 a unit of money, the middle one is usual.

    Of four rows the plan uses one up; one has money left, one is no limit, one ties few
    columns.
    """
    monkeypatch.setattr(scarcity, "DENSE_ROW", 2)
    table = csc_array(
        [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [0.0, 0.0, 1.0]]
    )
    m = Matrices.of(
        table,
        np.array([10.0, 20.0, 60.0]),
        (np.array([-np.inf, -np.inf, 2.0, -np.inf]), np.array([2.0, 3.0, 2.0, 1.0])),
        (np.zeros(3), np.ones(3)),
        np.ones(3, dtype=bool),
    )
    price = scarce_prices(m, np.array([1.0, 0.0, 1.0]))
    assert price == pytest.approx([-SHARE * 20.0, 0.0, 0.0, 0.0])
    assert not scarce_prices(m, np.array([1.0, 0.0, 0.0])).any()
