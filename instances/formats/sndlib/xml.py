"""The XML form of SNDlib, read without what a document may declare or point at."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from aumaq.instances.errors import UnreadableError
from aumaq.instances.formats.sndlib.network import UNLIMITED, Draft
from aumaq.instances.language.texts import say

NAMESPACE = "http://sndlib.zib.de/network"
DEEPEST = 20
"""Elements within each other; the form has 6."""
KNOWN = {
    "node": ("coordinates",),
    "coordinates": ("x", "y"),
    "link": ("source", "target", "preInstalledModule", "additionalModules",
             "routingCost", "setupCost"),
    "preInstalledModule": ("capacity", "cost"),
    "additionalModules": ("addModule",),
    "addModule": ("capacity", "cost"),
    "demand": ("source", "target", "routingUnit", "demandValue", "maxPathLength",
               "admissiblePaths"),
}  # fmt: skip
"""Elements that may stand in others; what else stands there is told."""


@dataclass
class Element:
    """An element with the line where it begins."""

    tag: str
    name: str
    row: int
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def first(self, *tags: str) -> Element | None:
        """Return the first element at the end of a path of tags."""
        found = self
        for tag in tags:
            inner = next((e for e in found.children if e.tag == tag), None)
            if inner is None:
                return None
            found = inner
        return found

    def said(self, *tags: str, default: str = "") -> str:
        """Return the text at the end of a path; the default if it is not there."""
        found = self.first(*tags)
        return default if found is None else found.text.strip()


def read_xml(content: bytes, draft: Draft) -> None:
    """Read a document into a draft; UnreadableError if it is no XML."""
    root = _tree(content)
    if root.tag != "network":
        told = say("expected the element {name}", name="network")
        draft.refuse(told, root.row, value=root.tag)
        return
    paths = {
        "node": ("networkStructure", "nodes"),
        "link": ("networkStructure", "links"),
        "demand": ("demands",),
    }
    items: dict[str, list[Element]] = {}
    for tag, path in paths.items():
        part = root.first(*path)
        if part is None:
            told = say("expected the element {name}", name="/".join(path))
            draft.refuse(told, root.row)
            continue
        items[tag] = [e for e in part.children if _is_known(e, tag, draft)]
    for node in items.get("node", []):
        place = node.first("coordinates")
        draft.node(
            node.row, node.name,
            [] if place is None else [place.said("x"), place.said("y")],
        )  # fmt: skip
    draft.knows_nodes = not draft.problems
    for link in items.get("link", []):
        _add_link(link, draft)
    for demand in items.get("demand", []):
        values = demand.said("routingUnit", default="1"), demand.said("demandValue")
        longest = demand.said("maxPathLength", default=UNLIMITED)
        draft.demand(demand.row, demand.name, _ends(demand), values, longest)
        if paths_of := demand.first("admissiblePaths"):
            draft.admissible_paths += len(paths_of.children)


def _add_link(link: Element, draft: Draft) -> None:
    standing, more = link.first("preInstalledModule"), link.first("additionalModules")
    values = [
        "0" if standing is None else standing.said("capacity"),
        "0" if standing is None else standing.said("cost", default="0"),
        link.said("routingCost", default="0"),
        link.said("setupCost", default="0"),
    ]
    modules = [
        module.said(tag)
        for module in (more.children if more else [])
        for tag in ("capacity", "cost")
    ]
    draft.link(link.row, link.name, _ends(link), values, modules)


def _ends(item: Element) -> tuple[str, str]:
    return item.said("source"), item.said("target")


def _is_known(item: Element, tag: str, draft: Draft) -> bool:
    """Whether an element is the one that is expected; what it holds is checked."""
    if item.tag != tag or not item.name:
        told = say('expected <{name} id="...">', name=tag)
        draft.refuse(told, item.row, value=item.tag)
        return False
    open_ones = [item]
    while open_ones:
        element = open_ones.pop()
        known = KNOWN.get(element.tag, ())
        if element.tag in ("admissiblePaths", "admissiblePath"):
            continue  # counted, not read
        seen: set[str] = set()
        for child in element.children:
            is_again = child.tag in seen and child.tag != "addModule"
            if child.tag not in known or is_again:
                told = say("expected in {name}, each once: {known}",
                           name=element.tag, known=", ".join(known))  # fmt: skip
                draft.refuse(told, child.row, value=child.tag)
                return False
            seen.add(child.tag)
            if child.tag in KNOWN or child.tag == "admissiblePaths":
                open_ones.append(child)
    return True


def _tree(content: bytes) -> Element:
    """Return the root; declarations of types are refused: they may hold entities."""
    parser = expat.ParserCreate(namespace_separator=" ")
    top = Element("", "", 0)
    stack = [top]

    def begin(tag: str, attributes: dict[str, str]) -> None:
        plain = tag.removeprefix(f"{NAMESPACE} ")
        row = parser.CurrentLineNumber
        element = Element(plain, attributes.get("id", ""), row)
        if len(stack) > DEEPEST:
            raise UnreadableError(say("has elements within elements that are too deep"))
        stack[-1].children.append(element)
        stack.append(element)

    def end(_: str) -> None:
        stack.pop()

    def characters(text: str) -> None:
        stack[-1].text += text

    def declared(*_: object) -> None:
        told = say("has a DOCTYPE, which is not read; take it out")
        raise UnreadableError(told)

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = declared
    parser.buffer_text = True
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        told = say("is no XML that can be read: {why}", why=str(error))
        raise UnreadableError(told) from None
    return top.children[0]
