"""The mathematics as Markdown, from the docstrings of the rule families.

A docstring has a first line ``Title: what the rule says.``, lists of *Variables*,
*Constraints* and *Cost*, and paragraphs. An entry of a list is a name in double
backquotes and, indented under it, its formula and words. Formulas are LaTeX in which
names stand as they are: ``units_{sjlt}``, not ``\\mathrm{units}_{sjlt}``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from inspect import cleandoc, getdoc
from types import ModuleType
from typing import NamedTuple

from aumaq.instances.terms import TERMS
from aumaq.model import families

MODULES = {
    name: module
    for name, module in vars(families).items()
    if isinstance(module, ModuleType)
}
LISTS = ("Variables", "Constraints", "Cost")
INDICES = frozenset("ceghijklnopstGT")
"""Letters that are indices where they stand in a subscript, alone or in a row."""
FORMULA = re.compile(r":math:`(.*?)`", re.DOTALL)
TOKEN = re.compile(r"\\(?:mathrm|text)\{.*?\}|\\[A-Za-z]+|\\.|_\{|(?:[A-Za-z]|\\_)+|.")


class Entry(NamedTuple):
    """A variable, a family of rows or a term of the objective."""

    name: str
    formula: str
    words: str


@dataclass
class Told:
    """What a docstring tells."""

    title: str
    sentence: str
    lists: dict[str, list[Entry]] = field(default_factory=dict)
    paragraphs: list[str] = field(default_factory=list)


def told(module: ModuleType) -> Told:
    """Read the docstring of a module of rules."""
    first, *chunks = cleandoc(getdoc(module) or "").split("\n\n")
    title, _, sentence = first.partition(": ")
    found = Told(title, sentence)
    for chunk in chunks:
        heading, _, body = chunk.partition("\n")
        if heading in LISTS:
            parts = re.split(r"^    ``(.+?)``\n", body, flags=re.MULTILINE)[1:]
            found.lists[heading] = [
                entry(name, text)
                for name, text in zip(parts[::2], parts[1::2], strict=True)
            ]
        else:
            found.paragraphs.append(markdown(chunk))
    return found


def entry(name: str, text: str) -> Entry:
    """Part the text of an entry into its formula, if it has one, and its words."""
    text = " ".join(text.split())
    match = FORMULA.match(text)
    formula = upright(match[1]) if match else ""
    return Entry(name, formula, markdown(text[match.end() :] if match else text))


def markdown(text: str) -> str:
    """Return prose of a docstring as Markdown."""
    text = FORMULA.sub(lambda found: f"${upright(found[1])}$", text.strip())
    return text.replace("``", "`")


def upright(formula: str) -> str:
    """Set names of several letters upright, as names are set in print."""
    out: list[str] = []
    depth: list[bool] = [False]  # of each open group: is it a subscript?
    for token in TOKEN.findall(" ".join(formula.split())):
        if token in ("_{", "{"):
            depth.append(token == "_{" or depth[-1])
        elif token == "}":
            depth.pop()
        is_name = len(token) > 1 and token[0].isalpha()
        is_index = depth[-1] and INDICES.issuperset(token)
        out.append(rf"\mathrm{{{token}}}" if is_name and not is_index else token)
    return "".join(out)


def family_section(name: str) -> list[str]:
    """Return the section of the rules in a module: sentence, variables, rows, words."""
    found = told(MODULES[name])
    lines = [f"### {found.title}", ""]
    lines += [f"{found.sentence[0].upper()}{found.sentence[1:]}"]
    lines += [f"(`model/families/{name}.py`)", ""]
    if variables := found.lists.get("Variables"):
        lines += ["| variable | meaning |", "|---|---|"]
        lines += [f"| `{each.name}` | {each.words} |" for each in variables] + [""]
    for each in found.lists["Constraints"]:
        lines += [f"- `{each.name}`", "", *_fence(each.formula)]
        lines += ["", f"  {each.words}", ""] if each.words else [""]
    for paragraph in found.paragraphs:
        lines += [paragraph, ""]
    return lines


def _fence(formula: str) -> list[str]:
    return ["  ```math", f"  {formula}", "  ```"]


def terms_table() -> list[str]:
    """Return the terms of the objective with what each family adds to them."""
    lines = ["| term | from | formula |", "|---|---|---|"]
    costs = [
        (name, each)
        for name, module in MODULES.items()
        for each in told(module).lists.get("Cost", [])
    ]
    for term in TERMS:
        for name, each in costs:
            if each.name == term:
                words = f" {each.words}" if each.words else ""
                lines.append(f"| `{term}` | {name} | ${each.formula}${words} |")
    return lines
