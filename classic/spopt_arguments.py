"""How problems are made with the arguments of spopt: their names, their order.

What a problem asks for itself stands between what all have. Said once here, the
constructors of all classes check arguments alike and show them in ``help``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import Parameter, Signature
from typing import Any, TypeVar

T = TypeVar("T")
TYPES: dict[str, str] = {
    "cost_matrix": "Floats",
    "demand_col": "str",
    "distance_metric": "str",
    "facility_col": "str",
    "name": "str",
    "p_facilities": "int",
    "predefined_facility_col": "str | None",
    "service_radius": "float",
    "weights_cols": "str",
}
"""Annotations of parameters; others take anything that NumPy or GeoPandas reads."""


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


def of_matrix(*own: str) -> Constructor:
    """Return ``from_cost_matrix`` of a problem that asks for its *own* arguments."""
    signature = _signature(
        ("cost_matrix", *own), predefined_facilities_arr=None, name=""
    )
    return Constructor("from_cost_matrix", "_of_matrix", signature)


def of_frames(*own: str, has_clients: bool = True) -> Constructor:
    """Return ``from_geodataframe`` of a problem that asks for its *own* arguments."""
    frames: tuple[str, ...] = ("gdf_fac", "facility_col")
    if has_clients:
        frames = ("gdf_demand", "gdf_fac", "demand_col", "facility_col")
    signature = _signature(
        (*frames, *own),
        predefined_facility_col=None,
        distance_metric="euclidean",
        name="",
    )
    return Constructor("from_geodataframe", "_of_frames", signature)


def _signature(needed: tuple[str, ...], **usual: Any) -> Signature:
    defaults = dict.fromkeys(needed, Parameter.empty) | usual
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
