"""How problems are made with the arguments of spopt: their names, their order.

What a problem asks for itself stands between what all have. Said once here, the
constructors of all classes check arguments alike and show them in ``help``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import Parameter, Signature
from typing import Any, TypeVar

import numpy as np

from aumaq.classic.distances import Dense
from aumaq.instances.arrays import Flags
from aumaq.instances.errors import ArgumentError
from aumaq.instances.language.texts import say

T = TypeVar("T")
TYPES: dict[str, str] = {
    "cost_matrix": "Floats",
    "demand_col": "str",
    "demand_quantity_col": "str | None",
    "distance_metric": "str",
    "facility_capacity_col": "str | None",
    "facility_col": "str",
    "fulfill_predefined_fac": "bool",
    "name": "str",
    "p_facilities": "int",
    "predefined_facility_col": "str | None",
    "service_radius": "float",
    "weights_cols": "str",
}
"""Annotations of parameters; others take anything that NumPy or GeoPandas reads."""
USUAL: dict[str, Any] = {
    "distance_metric": "euclidean",
    "fulfill_predefined_fac": False,
    "name": "",
}
"""What arguments are that need not be given; others are None then."""
PREDEFINED = "predefined_facilities_arr"


@dataclass(frozen=True)
class Constructor:
    """A class method with parameters in an order of spopt's."""

    name: str
    method: str
    """The class method that takes all of them by name."""
    signature: Signature

    def __get__(self, _: object, owner: type[T]) -> Callable[..., T]:
        """Return it for a class."""
        method: Callable[..., T] = getattr(owner, self.method)

        def make(*args: Any, **kwargs: Any) -> T:
            try:
                given = self.signature.bind(*args, **kwargs)
            except TypeError as error:
                raise TypeError(f"{make.__qualname__}(): {error}") from None
            given.apply_defaults()
            return method(**given.arguments)

        make.__name__, make.__doc__ = self.name, method.__doc__
        make.__qualname__ = f"{owner.__qualname__}.{self.name}"
        make.__signature__ = self.signature  # type: ignore[attr-defined]
        return make


def of_matrix(*own: str, may: tuple[str, ...] = (PREDEFINED,)) -> Constructor:
    """Return ``from_cost_matrix`` of a problem that asks for its *own* arguments.

    It takes those of *may*, in their order.
    """
    signature = _signature(("cost_matrix", *own), (*may, "name"))
    return Constructor("from_cost_matrix", "_of_matrix", signature)


def of_frames(
    *own: str,
    may: tuple[str, ...] = ("predefined_facility_col",),
    has_clients: bool = True,
) -> Constructor:
    """Return ``from_geodataframe`` of a problem that asks for its *own* arguments.

    It takes those of *may*, in their order.
    """
    frames: tuple[str, ...] = ("gdf_fac", "facility_col")
    if has_clients:
        frames = ("gdf_demand", "gdf_fac", "demand_col", "facility_col")
    signature = _signature((*frames, *own), (*may, "distance_metric", "name"))
    return Constructor("from_geodataframe", "_of_frames", signature)


def _signature(needed: tuple[str, ...], may: tuple[str, ...]) -> Signature:
    defaults: dict[str, Any] = dict.fromkeys(needed, Parameter.empty)
    defaults |= {name: USUAL.get(name) for name in may}
    return Signature(
        [
            Parameter(
                name,
                Parameter.POSITIONAL_OR_KEYWORD,
                default=default,
                annotation=TYPES.get(name, "Any"),
            )
            for name, default in defaults.items()
        ]
    )


def predefined(values: Any, count: int, name: str = PREDEFINED) -> Flags:
    """Return which of *count* sites are meant: flags of all, or numbers of some.

    As in spopt, fewer values than there are sites are numbers of sites from 0 on. NaN
    and words are neither.
    """
    found = np.asarray(values)
    if found.ndim == 2 and found.shape[1] == 1:
        found = found[:, 0]
    is_plain = found.ndim == 1 and (found.dtype.kind in "biuf" or not found.size)
    if is_plain and len(found) == count and np.isin(found, (0, 1)).all():
        return found.astype(bool)
    if is_plain and len(found) < count and found.dtype.kind != "b":
        chosen = np.unique(found)
        if np.isin(chosen, np.arange(count)).all() and len(chosen) == len(found):
            return np.isin(np.arange(count), chosen)
    told = say(
        "{name} must have 0 or 1 for each of {count} sites, 0 and 1 only, or the"
        " numbers of some, each once", name=name, count=count,
    )  # fmt: skip
    raise ArgumentError(told, [name])


def dense(cost_matrix: Any) -> Dense:
    """Return a matrix of numbers, clients by sites."""
    try:
        matrix = np.ascontiguousarray(cost_matrix, dtype=float)
    except (TypeError, ValueError):
        told = say("cost_matrix must have numbers only")
        raise ArgumentError(told, ["cost_matrix"]) from None
    if matrix.ndim != 2:
        told = say("cost_matrix must have two dimensions, not {n}", n=matrix.ndim)
        raise ArgumentError(told, ["cost_matrix"])
    return Dense(matrix)


def numbers(values: Any, count: int, name: str) -> Any:
    """Return *count* numbers, in a row or a column; ArgumentError for anything else."""
    try:
        found = np.ravel(np.asarray(values, dtype=float))
    except (TypeError, ValueError):
        told = say("{name} must have numbers only", name=name)
        raise ArgumentError(told, [name]) from None
    if len(found) != count:
        told = say("{name} must have {count} values, not {found}", name=name,
                   count=count, found=len(found))  # fmt: skip
        raise ArgumentError(told, [name])
    return found
