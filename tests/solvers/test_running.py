"""Second shift, staff and building capacity against enumeration, alone and in pairs."""

from __future__ import annotations

from itertools import combinations

import pytest
from differences import differences, differences_by_blocks
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from running_rows import DRAWN
from tiny_instances import tiny_instances

SETS = [*((name,) for name in DRAWN), *combinations(DRAWN, 2)]


@pytest.mark.few(len(DRAWN))
@pytest.mark.parametrize("names", SETS, ids="+".join)
@examples(60)
@given(data=st.data())
def test_as_enumerated(names: tuple[str, ...], data: st.DataObject) -> None:
    """Both formulations and all kinds of allocation find the optimum."""
    kind = data.draw(st.sampled_from(["free", "whole", "nearest"]))
    instance = data.draw(tiny_instances(allocation=kind, running=frozenset(names)))
    assert differences(instance, data.draw(st.sampled_from(["strong", "weak"]))) == []


@pytest.mark.parametrize("names", [(name,) for name in DRAWN], ids="+".join)
@examples(20)
@given(data=st.data())
def test_by_blocks(names: tuple[str, ...], data: st.DataObject) -> None:
    """The blocks method prices the rules: bound and plan are right."""
    instance = data.draw(tiny_instances(running=frozenset(names)))
    assert differences_by_blocks(instance) == []
