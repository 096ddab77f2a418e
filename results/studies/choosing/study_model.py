"""The model that a study solves again and again, built once."""

from __future__ import annotations

from aumaq.instances import Instance, NoPlanError
from aumaq.instances.language.texts import say
from aumaq.solvers import Given, Progress, SolveOptions
from aumaq.solvers.amended import Study
from aumaq.solvers.out_of_time import OutOfTimeError


def study_of(
    instance: Instance, options: SolveOptions, progress: Progress, given: Given
) -> Study:
    """Return the model, to be amended (NoPlanError if there is no time to build it)."""
    try:
        return Study(instance, options, progress, given)
    except OutOfTimeError:
        raise NoPlanError(say("no time was left to solve"), "time_limit") from None
