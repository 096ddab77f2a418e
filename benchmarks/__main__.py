"""Run the benchmarks: ``python -m benchmarks [name ...]``; all without names."""

from __future__ import annotations

import sys

from benchmarks import formulations, pass_routes

ALL = {"pass_routes": pass_routes.run, "formulations": formulations.run}

for name in sys.argv[1:] or ALL:
    if name not in ALL:
        sys.exit(f"no benchmark {name!r}; there are: {', '.join(ALL)}")
    print(f"\n## {name}\n")
    ALL[name]()
