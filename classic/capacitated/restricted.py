"""The mixed-integer programme of some sites and some pairs of site and client.

With a column for what is left out, at the least cost of any pair that is left out and
without use of capacity, it is a relaxation: its bound is one of the whole problem. The
strong rows ``x <= y`` come by a loop of cuts, and those that were violated stay.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import csr_array

from aumaq.classic.capacitated.relaxation import EXACT, ROUNDING, Data, least_number
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.highs.matrices import Matrices

VIOLATION = 1e-4
SAFE_ROOM = 1e-6
"""A hundred times the tolerance of HiGHS. Where a row leaves 8.7 to 10 times as much,
presolve cuts off plans (``solvers/highs/known_answers.py``): those that fill capacities
of 87 to 100 that a ROUNDING makes greater."""


@dataclass
class Model:
    """Columns: sites kept, then pairs, then a ``rest`` for each client that has one."""

    matrices: Matrices
    sites: Ints  # (S,) of the columns of sites
    pair_site: Ints  # (P,) place in ``sites``
    pair_client: Ints  # (P,)
    rest_client: Ints  # (R,)


def pairs_within(data: Data, sites: Ints, most: Floats) -> Flags:
    """Return (S, N) which pairs cost a client no more than *most*."""
    cost = data.cost[sites]
    fits = (cost <= most) & np.isfinite(cost)
    if data.is_single:
        fits &= data.demand <= data.capacity[sites][:, None]
    return fits


def capacities(data: Data, sites: Ints) -> Floats:
    """Return (S,) capacities as a programme gets them, without a ROUNDING too small."""
    given = data.capacity[sites] / (1.0 + ROUNDING)
    near = np.round(given)
    given = np.where(np.abs(given - near) <= EXACT * np.maximum(near, 1.0), near, given)
    if (data.demand == np.round(data.demand)).all():
        return given  # sums of whole numbers are exact
    return np.where(ROUNDING * given > SAFE_ROOM, data.capacity[sites], given)


def model_of(
    data: Data, sites: Ints, is_pair: Flags, has_rest: bool, rows: Flags
) -> Model:
    """Return the programme of *sites* and pairs (S, N); *rows* have a strong row.

    With *has_rest* whoever has allowed pairs among *sites* that are left out may use
    their least cost; a single source then makes the rest an integer, too.
    """
    s_of, client = np.nonzero(is_pair)
    n, s, p = len(data.demand), len(sites), len(s_of)
    allowed = np.isfinite(data.cost[sites])
    if data.is_single:
        allowed &= data.demand <= data.capacity[sites][:, None]
    left = np.where(allowed & ~is_pair, data.cost[sites], np.inf).min(axis=0)
    rest = np.flatnonzero(np.isfinite(left)) if has_rest else np.zeros(0, int)
    cost = np.concatenate([data.fixed_cost[sites], data.cost[sites[s_of], client],
                           left[rest]])  # fmt: skip
    pair = s + np.arange(p)
    size = data.demand[client]
    whole, room = np.arange(s), capacities(data, sites)
    parts = [  # row, column, value: clients, capacities, number, all demand, strong
        (client, pair, np.ones(p)),
        (rest, s + p + np.arange(len(rest)), np.ones(len(rest))),
        (n + s_of, pair, size),
        (n + whole, whole, -room),
    ]
    parts.append((np.full(s, n + s), whole, np.ones(s)))
    parts.append((np.full(s, n + s + 1), whole, room))
    least, most, need = _number(data, sites)
    strong = np.flatnonzero(rows[s_of, client])
    line = n + s + 2 + np.arange(len(strong))
    share = np.minimum(1.0, data.capacity[sites[s_of]] / np.maximum(size, 1e-12))
    share = np.ones(p) if data.is_single else share
    parts += [
        (line, pair[strong], np.ones(len(strong))),
        (line, s_of[strong], -share[strong]),
    ]
    row, column, value = (np.concatenate(part) for part in zip(*parts, strict=True))
    count = n + s + 2 + len(strong)
    lower = np.concatenate([np.ones(n), np.full(s, -np.inf), [least, need],
                            np.full(len(strong), -np.inf)])  # fmt: skip
    upper = np.concatenate([np.ones(n), np.zeros(s), [most, np.inf],
                            np.zeros(len(strong))])  # fmt: skip
    columns = s + p + len(rest)
    low = np.zeros(columns)
    low[:s] = data.must[sites]
    is_integer = np.zeros(columns, bool)
    is_integer[:s] = True
    if data.is_single:
        is_integer[:] = True
    matrix = csr_array((value, (row, column)), shape=(count, columns)).tocsc()
    matrices = Matrices.of(matrix, cost, (lower, upper), (low, np.ones(columns)),
                           is_integer)  # fmt: skip
    return Model(matrices, sites, s_of, client, rest)


def _number(data: Data, sites: Ints) -> tuple[float, float, float]:
    """Return the least and greatest number of sites that stand, and their least room.

    What it takes to hold all demand is more than a linear relaxation knows.
    """
    if data.number >= 0:
        return float(data.number), float(data.number), -np.inf
    part = data._replace(
        capacity=data.capacity[sites],
        must=data.must[sites],
        may=np.ones(len(sites), bool),
    )
    return float(least_number(part)), np.inf, float(data.demand.sum())


def strong_rows(
    data: Data, sites: Ints, is_pair: Flags, has_rest: bool, rows: Flags, ends: float
) -> Flags:
    """Return *rows* and those that the LP violates without them; the LP grows on.

    Stops at the clock time *ends*: fewer rows are a weaker relaxation, none the less.
    """
    rows = rows & is_pair
    model = model_of(data, sites, is_pair, has_rest, rows)
    s, p = len(sites), len(model.pair_site)
    highs = _loaded(model.matrices)
    size = data.demand[model.pair_client]
    share = np.minimum(
        1.0, data.capacity[sites[model.pair_site]] / np.maximum(size, 1e-12)
    )
    share = np.ones(p) if data.is_single else share
    has = rows[model.pair_site, model.pair_client].copy()
    while (left := ends - time.monotonic()) > 0.0:
        highs.setOptionValue("time_limit", highs.getRunTime() + left)
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            break
        values = np.array(highs.getSolution().col_value)
        excess = values[s : s + p] - share * values[model.pair_site]
        new = np.flatnonzero((excess > VIOLATION) & ~has)
        if not len(new):
            break
        has[new] = True
        _add_strong(highs, model, new, share)
    rows = np.zeros_like(is_pair)
    rows[model.pair_site[has], model.pair_client[has]] = True
    return rows


def _loaded(matrices: Matrices) -> highspy.Highs:
    """Return HiGHS with the linear relaxation."""
    from aumaq.solvers.highs.program import loaded

    fields = ("cost", "offset", "starts", "rows", "values", "row_lower", "row_upper",
              "column_lower", "column_upper")  # fmt: skip
    task = {name: getattr(matrices, name) for name in fields}
    whole = np.zeros(len(matrices.cost), bool)
    more = {"is_integer": whole, "settings": {"threads": 1}, "start": None}
    return loaded({**task, **more})


def _add_strong(highs: highspy.Highs, model: Model, new: Ints, share: Floats) -> None:
    s, count = len(model.sites), len(new)
    index = np.empty(2 * count, np.int32)
    index[0::2], index[1::2] = s + new, model.pair_site[new]
    value = np.ones(2 * count)
    value[1::2] = -share[new]
    starts = np.arange(0, 2 * count, 2, dtype=np.int32)
    low, high = np.full(count, -np.inf), np.zeros(count)
    highs.addRows(count, low, high, 2 * count, starts, index, value)
