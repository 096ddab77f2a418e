"""The report of plans as one page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aumaq.results.language import Language
from aumaq.results.pages.page import LEAFLET, MAP_SCRIPTS, page, write_page
from aumaq.results.report.document import document

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

SCRIPTS = (
    *MAP_SCRIPTS, "report_charts.js", "report_map.js", "report_facility.js",
    "report_main.js", "report_print.js",
)  # fmt: skip
"""Our own scripts in the order in which they are put into the page."""


def write_report(plans: Sequence[Plan], path: Path, lang: str = "en") -> None:
    """Write the report of plans.

    *lang* is en, kk or ru (UnknownNameError if it is another).
    """
    write_page(report_page(plans, Language(lang)), path)


def report_page(plans: Sequence[Plan], lang: Language) -> str:
    """Return the page as text."""
    instance, data = plans[0].instance, document(plans, lang)
    return page(
        "report.html",
        lang,
        data,
        scripts=SCRIPTS,
        libraries=(LEAFLET, "vendor/chart.umd.min.js"),
        title=lang.cell(instance.title or instance.name),
        currency=instance.currency,
        runs=data["runs"],
    )
