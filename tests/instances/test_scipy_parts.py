"""Small graphs are searched as scipy searches them."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csgraph, csr_array

from aumaq.instances import scipy_parts


@st.composite
def graphs(draw: st.DrawFn) -> csr_array:
    """Draw a graph; whole lengths make ties common, nodes without links too."""
    n = draw(st.integers(1, 7))
    node = st.integers(0, n - 1)
    links = draw(st.dictionaries(st.tuples(node, node), st.integers(1, 4), max_size=15))
    row, column = ([pair[k] for pair in links] for k in (0, 1))
    lengths = np.array(list(links.values()), dtype=float)
    return csr_array((lengths, (row, column)), shape=(n, n))


@settings(max_examples=80, deadline=None)
@given(graphs(), st.sampled_from([np.inf, 5.0, 0.5]))
def test_ways_are_those_of_scipy(graph: csr_array, limit: float) -> None:
    """As long, and each by a node that is nearer by the length of the link between."""
    starts = np.arange(graph.shape[0])
    length, before = scipy_parts.dijkstra(
        graph, indices=starts, limit=limit, return_predecessors=True
    )
    wanted, by_scipy = csgraph.dijkstra(
        graph, indices=starts, limit=limit, return_predecessors=True
    )
    np.testing.assert_array_equal(length, wanted)
    np.testing.assert_array_equal(before < 0, by_scipy < 0)
    for start, node in zip(*np.nonzero(before >= 0), strict=True):
        last = before[start, node]
        assert length[start, last] + graph[last, node] == length[start, node]


@settings(max_examples=80, deadline=None)
@given(graphs())
def test_pieces_are_those_of_scipy(graph: csr_array) -> None:
    """The same number, the same labels."""
    count, label = scipy_parts.connected_components(graph, directed=False)
    wanted, by_scipy = csgraph.connected_components(graph, directed=False)
    assert count == wanted
    np.testing.assert_array_equal(label, by_scipy)
