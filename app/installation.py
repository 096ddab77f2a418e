"""What is installed: versions, and whether the solver answers known problems."""

from __future__ import annotations

from aumaq.instances.language.texts import say
from aumaq.show import out
from aumaq.words import t


def installed() -> bool:
    """Print versions and the known answers of the solver; say whether all are right."""
    from aumaq.results.plan.plan import versions
    from aumaq.solvers.highs.known_answers import checked

    for package, version in versions().items():
        out.print(f"{package} {version}", markup=False)
    is_right = True
    for answer in checked():
        is_right &= answer.is_right
        told = t(say("right")) if answer.is_right else t(say("WRONG"))
        text = t(say(
            "{verdict}: {problem}: {wanted}", verdict=told, problem=answer.problem,
            wanted=answer.wanted,
        ))  # fmt: skip
        if not answer.is_right:
            text += ", " + t(say("the solver says {found}", found=answer.found))
        out.print(text, markup=False, soft_wrap=True)
    return is_right
