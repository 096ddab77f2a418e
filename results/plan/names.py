"""Names in a plan that its instance does not have: such a plan is of something else."""

from __future__ import annotations

import pandas as pd

from aumaq.instances import Instance, Problem
from aumaq.instances.errors import Hints
from aumaq.instances.language.texts import say


def unknown_names(instance: Instance, facilities: pd.DataFrame) -> list[Problem]:
    """Return services, sites and periods of facilities that the instance has not."""
    known = {
        "service": list(instance.service_names),
        "site": instance.tables["sites"]["site"].tolist(),
        "period": list(instance.period_names),
    }
    problems = []
    for column, names in known.items():
        hints = Hints(names)
        for name in sorted(set(facilities[column]) - set(names)):
            text = say("the instance has no such name{hint}", hint=hints.near(name))
            problems.append(Problem("facilities", text, column=column, value=name))
    return problems
