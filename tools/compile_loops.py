"""Compile the loops that the first plan on a machine would wait for: some 15 s.

They are kept beside the sources, or in the cache of the user (instances/loops.py).
"""

from __future__ import annotations

import aumaq
from aumaq.model.data.gathered import gather
from aumaq.solvers.start.site_search import compile_loops
from aumaq.solvers.start.whole_plan import todays_stock

if __name__ == "__main__":
    data = gather(aumaq.read("tiny"))
    compile_loops(data, todays_stock(data))
