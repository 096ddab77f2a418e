"""Networks: the model against enumeration, networkx, and flows solved by hand."""

from __future__ import annotations

from coupled_instances import coupled_instances
from hypothesis import given, settings
from test_brute_force import MANY, agree

from aumaq.instances import Instance


@settings(MANY, max_examples=200)
@given(instance=coupled_instances())
def test_coupled(instance: Instance) -> None:
    """Sites, steps, sources, local supply together: the optimum of enumeration."""
    agree(instance, "strong")
