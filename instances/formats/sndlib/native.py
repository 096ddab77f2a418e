"""The text form of SNDlib: sections in brackets, an item a line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aumaq.instances.formats.sndlib.network import Draft
from aumaq.instances.language.texts import say

SIGN = "?SNDlib"
"""How a file begins."""
HEADER = "?SNDlib native format; type: network; version: 1.0"
FORMS = {
    "NODES": "node_id ( x y )",
    "LINKS": (
        "link_id ( source target ) pre_installed_capacity pre_installed_capacity_cost"
        " routing_cost setup_cost ( {module_capacity module_cost}* )"
    ),
    "DEMANDS": "demand_id ( source target ) routing_unit demand_value max_path_length",
}
"""The items that count; the sections META and ADMISSIBLE_PATHS may be there, too."""
OTHERS = ("META", "ADMISSIBLE_PATHS")
WORD = r"([^\s()]+)"
ENDS = rf"\(\s*{WORD}\s+{WORD}\s*\)"
NOTHING = r"(?:\s*\(\s*\))*"
"""Options of a later version, which are empty in this one."""
NODE = re.compile(rf"{WORD}\s*(?:\(\s*{WORD}\s+{WORD}\s*\))?{NOTHING}")
LINK = re.compile(
    rf"{WORD}\s*{ENDS}\s*{WORD}\s+{WORD}\s+{WORD}\s+{WORD}\s*\(([^()]*)\){NOTHING}"
)
DEMAND = re.compile(rf"{WORD}\s*{ENDS}\s*{WORD}\s+{WORD}\s+{WORD}{NOTHING}")
OPENING = re.compile(r"([A-Z_]+)\s*\(\s*(\)?)")

Lines = list[tuple[int, str]]


def read_native(text: str, draft: Draft) -> None:
    """Read a text into a draft, with all that is wrong."""
    lines = [
        (row, line)
        for row, whole in enumerate(text.splitlines(), start=1)
        if (line := whole.partition("#")[0].strip())
    ]
    first, header = lines.pop(0)
    if re.sub(r"\s", "", header) != re.sub(r"\s", "", HEADER):
        draft.refuse(say("expected {form}", form=HEADER), first, value=header)
        return
    sections = _sections(lines, draft)
    for name in FORMS:
        if name not in sections and not draft.problems:
            draft.refuse(say("section {name} is missing", name=name))
    for row, line in sections.get("NODES", []):
        if found := _item(NODE, "NODES", row, line, draft):
            name, x, y = found
            draft.node(row, name, [x, y] if x else [])
    draft.knows_nodes = not draft.problems
    for row, line in sections.get("LINKS", []):
        if found := _item(LINK, "LINKS", row, line, draft):
            name, source, target, *values, modules = found
            draft.link(row, name, (source, target), values, modules.split())
    for row, line in sections.get("DEMANDS", []):
        if found := _item(DEMAND, "DEMANDS", row, line, draft):
            name, source, target, unit, value, longest = found
            draft.demand(row, name, (source, target), (unit, value), longest)
    # a demand opens one bracket, each of its paths another one within
    paths = " ".join(line for _, line in sections.get("ADMISSIBLE_PATHS", []))
    draft.admissible_paths = sum(depth == 2 for depth in _openings(paths))


def _item(
    form: re.Pattern[str], section: str, row: int, line: str, draft: Draft
) -> tuple[str, ...]:
    """Return the words of a line, empty if it has not the form of its section."""
    found = form.fullmatch(line)
    if found is None:
        draft.refuse(say("expected {form}", form=FORMS[section]), row, value=line)
        return ()
    return tuple(word or "" for word in found.groups())


def _openings(text: str) -> Iterator[int]:
    """Yield how deep each bracket is that opens, 1: none is open around it."""
    depth = 0
    for sign in re.findall(r"[()]", text):
        depth += 1 if sign == "(" else -1
        if sign == "(":
            yield depth


def _sections(lines: Lines, draft: Draft) -> dict[str, Lines]:
    """Return the lines within the brackets of each section."""
    sections: dict[str, Lines] = {}
    name, opened, depth = "", 0, 0
    for row, line in lines:
        opening = OPENING.fullmatch(line)
        is_section = opening is not None and opening.group(1) in (*FORMS, *OTHERS)
        if name and is_section:
            break
        if not name:
            if opening is None or not is_section or opening.group(1) in sections:
                told = say("expected one of the sections {names}, each once",
                           names=", ".join((*FORMS, *OTHERS)))  # fmt: skip
                draft.refuse(told, row, value=line)
                return sections
            sections[opening.group(1)] = []
            if not opening.group(2):
                name, opened, depth = opening.group(1), row, 0
        elif line == ")" and depth == 0:
            name = ""
        else:
            sections[name].append((row, line))
            # only paths go over several lines: elsewhere a line closes what it opens
            if name == "ADMISSIBLE_PATHS":
                depth += line.count("(") - line.count(")")
    if name:
        told = say("section {name} has no closing bracket", name=name)
        draft.refuse(told, opened, value=f"{name} (")
    return sections
