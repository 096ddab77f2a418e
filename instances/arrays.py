"""What arrays hold: one name for each kind of numbers.

The shape of an array stands beside it as a comment, ``# (J, T)``: a letter for each
dimension, in the order of its indices; the docstring of its class or file says what the
letters count.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
"""Whole numbers, and positions: -1 where there is none."""
Flags = NDArray[np.bool_]
