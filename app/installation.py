"""What is installed: packages, versions, and whether the solver answers known problems.

An environment may be older than the program: packages that it needs are then missing.
"""

from __future__ import annotations

import tomllib
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import aumaq
from aumaq.instances.language.texts import Text, say
from aumaq.show import out
from aumaq.words import t

if TYPE_CHECKING:
    from packaging.requirements import Requirement


def installed() -> bool:
    """Print what is installed and what the solver answers; say whether all is right."""
    missing, not_admitted = [], []
    for requirement in requirements():
        found = _version(requirement.name)
        if not found:
            missing.append(requirement)
        elif not requirement.specifier.contains(found, prereleases=True):
            not_admitted.append((requirement, found))
    for requirement in missing:
        _print(_lacking(requirement.name, requirement))
    for requirement, found in not_admitted:
        _print(
            say(
                "WRONG: {package} {found} is installed; install {requirement!r}",
                package=requirement.name,
                found=found,
                requirement=str(requirement),
            )
        )
    return not missing and _answers_are_right() and not not_admitted


def _answers_are_right() -> bool:
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


def requirements() -> list[Requirement]:
    """Return what aumaq needs, without extras: ``numba>=0.63``.

    The metadata of a working copy are as old as its installation; its pyproject.toml
    is not.
    """
    from packaging.requirements import Requirement

    file = Path(aumaq.__file__).resolve().parents[1] / "pyproject.toml"
    if file.is_file():
        project = tomllib.loads(file.read_text(encoding="utf-8")).get("project", {})
        if project.get("name") == "aumaq":
            return [Requirement(each) for each in project["dependencies"]]
    needed = [Requirement(each) for each in metadata.requires("aumaq") or []]
    return [r for r in needed if r.marker is None or r.marker.evaluate({"extra": ""})]


def lacking(error: BaseException | None) -> Text | None:
    """Return what an error comes to if a package is missing; None if none is."""
    while error is not None:
        if isinstance(error, ModuleNotFoundError) and error.name:
            package = error.name.partition(".")[0].replace("_", "-")
            if package == "packaging":  # without it requirements cannot be read
                return _lacking(package, package)
            if package != "aumaq":
                known = {each.name: each for each in requirements()}
                return _lacking(package, known.get(package, package))
        error = error.__cause__  # pandas tells of its own packages so
    return None


def _lacking(package: str, requirement: Requirement | str) -> Text:
    return say(
        "the package {package} is not installed: pip install {requirement!r}",
        package=package,
        requirement=str(requirement),
    )


def _version(package: str) -> str:
    """Return the installed version of a package; empty if there is none."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _print(text: Text) -> None:
    out.print(t(text), markup=False, soft_wrap=True)
