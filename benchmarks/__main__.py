"""Run benchmarks: ``python -m benchmarks``, or one: ``python -m benchmarks NAME ...``.

Without a name those that need no arguments are run.
"""

from __future__ import annotations

import sys

from benchmarks import (
    anytime,
    building,
    country_files,
    fcnet,
    formulations,
    futures,
    instance_files,
    pass_routes,
    peer,
    results,
    rules,
    san_francisco,
    scale,
    small,
    sweep,
    workers,
)

ALONE = {"pass_routes": pass_routes.run, "formulations": formulations.run}
WITH_ARGUMENTS = {
    "anytime": anytime.run,
    "building": building.run,
    "country_files": country_files.run,
    "fcnet": fcnet.run,
    "futures": futures.run,
    "instance_files": instance_files.run,
    "small": small.run,
    "peer": peer.run,
    "san_francisco": san_francisco.run,
    "results": results.run,
    "rules": rules.run,
    "scale": scale.run,
    "sweep": sweep.run,
    "workers": workers.run,
}

name, *arguments = sys.argv[1:] or [""]
if name in WITH_ARGUMENTS:
    WITH_ARGUMENTS[name](*arguments)
elif name in ALONE or not name:
    for key in [name] if name else ALONE:
        print(f"\n## {key}\n")
        ALONE[key]()
else:
    sys.exit(
        f"no benchmark {name!r}; there are: {', '.join([*ALONE, *WITH_ARGUMENTS])}"
    )
