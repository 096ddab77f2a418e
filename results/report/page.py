"""The report of plans as one page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aumaq.results.language import Language
from aumaq.results.pages.page import LEAFLET, MAP_SCRIPTS, page, write_page
from aumaq.results.pages.polyglot import Polyglot
from aumaq.results.report.document import document

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

SCRIPTS = (
    "page.js", "languages.js", *MAP_SCRIPTS[1:], "lines.js", "report_map.js",
    "report_charts.js", "report_how.js", "report_people.js", "report_actions.js",
    "report_facility.js", "report_plans.js", "report_print.js", "report_main.js",
)  # fmt: skip
"""Our own scripts in the order in which they are put into the page."""


def write_report(
    plans: Sequence[Plan], path: Path, lang: str = "en", labels: Sequence[str] = ()
) -> None:
    """Write the report of plans.

    *lang* is en, kk or ru (UnknownNameError if it is another): the language in which
    the page opens. Its reader may choose another, all are in the file. *labels* name
    plans whose scenarios do not tell them apart.
    """
    write_page(report_page(plans, Language(lang), labels), path)


def report_page(
    plans: Sequence[Plan], lang: Language, labels: Sequence[str] = ()
) -> str:
    """Return the page as text."""
    words = Polyglot(lang.code)
    instance, data = plans[0].instance, document(plans, words, labels)
    return page(
        "report.html",
        words,
        data,
        scripts=SCRIPTS,
        libraries=(LEAFLET,),
        styles=("report.css",),
        title=words.title(instance.title, instance.name),
        runs=data["runs"],
    )
