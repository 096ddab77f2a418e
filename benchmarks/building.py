"""CPU seconds to build the model of each shipped instance, best of three.

Beside them those of gathering its numbers (access measured before) and of compiling
the matrices: building is what rules cost, the others are what it stands between.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import aumaq
from aumaq.model import build, gather
from aumaq.solvers.highs.matrices import compile_matrices

TRIES = 3


def best_of(tries: int, action: Callable[[], Any]) -> tuple[float, Any]:
    """Return the fewest seconds that an action took, and what it returned last."""
    seconds, found = [], None
    for _ in range(tries):
        begun = time.process_time()
        found = action()
        seconds.append(time.process_time() - begun)
    return min(seconds), found


def run(*names: str) -> None:
    """Print seconds for the named instances, or for all that are shipped."""
    print(f"{'instance':18} gather  build compile       rows    columns   nonzeros")
    for name in names or aumaq.shipped():
        instance = aumaq.read(name)
        for service in instance.service_names:
            instance.access(service)
        gathering, data = best_of(TRIES, lambda i=instance: gather(i))
        building, built = best_of(TRIES, lambda i=instance, d=data: build(i, data=d))
        compiling, m = best_of(1, lambda b=built: compile_matrices(b.program))
        size = m.size
        print(
            f"{name:18} {gathering:6.2f} {building:6.2f} {compiling:7.2f}"
            f" {size['rows']:10,} {size['columns']:10,} {size['nonzeros']:10,}",
            flush=True,
        )
