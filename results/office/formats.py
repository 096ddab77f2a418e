"""The formats that offices read, and how a plan is written in one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from aumaq.instances.formats.drafts import draft_file
from aumaq.instances.formats.raw import lacking
from aumaq.instances.formats.targets import probe_file
from aumaq.results.language import Language
from aumaq.results.office.content import Content, content

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

Write = Callable[[Content, Path], None]
OFFICE: Mapping[str, str] = {
    "docx": "aumaq.results.office.text",
    "pptx": "aumaq.results.office.slides",
    "pdf": "aumaq.results.office.paper",
}
"""Name -> module whose ``write(content, path)`` makes the file."""


def write_office(plan: Plan, path: Path, to: str, lang: str = "en") -> Path:
    """Write a plan as docx, pptx or pdf: figures, map, actions, the decision.

    The decision is told in every language, the rest in *lang*. Raises AumaqError where
    the extra is not installed, UnknownNameError for a language that there is not.
    """
    words = Language(lang)
    probe_file(path, (f".{to}",))
    try:
        write: Write = import_module(OFFICE[to]).write
    except ImportError as error:
        raise lacking(error, "office") from error
    found = content(plan, words)
    with draft_file(path) as draft:
        write(found, draft)
    return path
