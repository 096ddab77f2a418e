"""What is installed: packages, versions, and whether the solver answers known problems.

An environment may be older than the program: packages that it needs are then missing.
"""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import aumaq
from aumaq.instances.language.texts import Text, say
from aumaq.show import out
from aumaq.words import t


def installed() -> bool:
    """Print what is installed and what the solver answers; say whether all is right."""
    missing, not_admitted = [], []
    for requirement in requirements():
        found = _version(requirement)
        if not found:
            missing.append(requirement)
        elif not _admits(requirement, found):
            not_admitted.append((requirement, found))
    for requirement in missing:
        _print(_lacking(requirement))
    for requirement, found in not_admitted:
        _print(
            say(
                "WRONG: {package} {found} is installed; install {requirement!r}",
                package=name_of(requirement),
                found=found,
                requirement=requirement,
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


def requirements() -> list[str]:
    """Return what aumaq needs, without extras: ``numba>=0.63``.

    The metadata of a working copy are as old as its installation; its pyproject.toml
    is not.
    """
    file = Path(aumaq.__file__).resolve().parents[1] / "pyproject.toml"
    if file.is_file():
        project = tomllib.loads(file.read_text(encoding="utf-8")).get("project", {})
        if project.get("name") == "aumaq":
            return list(project["dependencies"])
    needed = metadata.requires("aumaq") or []
    return [each for each in needed if "extra ==" not in each]


def lacking(error: BaseException | None) -> Text | None:
    """Return what an error comes to if a package is missing; None if none is."""
    while error is not None:
        if isinstance(error, ModuleNotFoundError) and error.name:
            package = normal(error.name.partition(".")[0])
            if package != "aumaq":
                known = {name_of(each): each for each in requirements()}
                return _lacking(known.get(package, package))
        error = error.__cause__  # pandas tells of its own packages so
    return None


def name_of(requirement: str) -> str:
    """Return the package that is required."""
    return normal(re.split(r"[^\w.-]", requirement, maxsplit=1)[0])


def normal(name: str) -> str:
    """Return the name of a package or module as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _lacking(requirement: str) -> Text:
    return say(
        "the package {package} is not installed: pip install {requirement!r}",
        package=name_of(requirement),
        requirement=requirement,
    )


def _version(requirement: str) -> str:
    """Return the installed version of a package; empty if there is none."""
    try:
        return metadata.version(name_of(requirement))
    except metadata.PackageNotFoundError:
        return ""


def _admits(requirement: str, version: str) -> bool:
    """Whether bounds such as ``>=1.15.1,<1.16`` admit a version."""
    found = _release(version)
    bounds = re.findall(r"(>=|<)\s*([\d.]+)", requirement)
    return all(
        found >= _release(bound) if sign == ">=" else found < _release(bound)
        for sign, bound in bounds
    )


def _release(version: str) -> tuple[int, ...]:
    """Return the numbers of a release, without noughts at its end."""
    numbers = re.match(r"[\d.]*", version)
    parts = [int(part) for part in numbers[0].split(".") if part] if numbers else []
    while parts and not parts[-1]:
        parts.pop()
    return tuple(parts)


def _print(text: Text) -> None:
    out.print(t(text), markup=False, soft_wrap=True)
