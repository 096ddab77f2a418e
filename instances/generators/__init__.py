"""Generators of instances: name -> function(settlements, seed)."""

from __future__ import annotations

from collections.abc import Callable

from aumaq.instances.generators.clustered import clustered
from aumaq.instances.instance import Instance

GENERATORS: dict[str, Callable[[int, int], Instance]] = {"clustered": clustered}

__all__ = ["GENERATORS", "clustered"]
