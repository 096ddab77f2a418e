"""The page: template, styles, scripts and libraries put into one file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined

from aumaq.instances.formats.drafts import draft_file
from aumaq.results.embedding import embedded_json
from aumaq.results.language import Language
from aumaq.results.report.document import document

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

LIBRARIES = ("vendor/leaflet.js", "vendor/chart.umd.min.js")
SCRIPTS = (
    "report_page.js", "report_tables.js", "report_charts.js", "report_marks.js",
    "report_places.js", "report_map.js", "report_facility.js", "report_main.js",
    "report_print.js",
)  # fmt: skip
"""Our own scripts in the order in which they are put into the page."""


def write_report(plans: Sequence[Plan], path: Path, lang: str = "en") -> None:
    """Write the report of plans; every name in it is escaped.

    *lang* is en, kk or ru (UnknownNameError if it is another).
    """
    page = report_page(plans, Language(lang))
    with draft_file(path) as draft:
        draft.write_text(page, encoding="utf-8")


def report_page(plans: Sequence[Plan], lang: Language) -> str:
    """Return the page as text."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    instance = plans[0].instance
    own = [_file(name) for name in SCRIPTS]
    data = document(plans, lang)
    data["strings"] = lang.strings(script_texts())
    data["lang"] = lang.code
    return environment.from_string(_file("report.html")).render(
        t=lang.t,
        lang=lang.code,
        title=lang.cell(instance.title or instance.name),
        currency=instance.currency,
        runs=data["runs"],
        style=_without_pictures(_file("vendor/leaflet.css")) + _file("report.css"),
        libraries=[_without_map(_file(name)) for name in LIBRARIES],
        script="\n".join(['"use strict";', "(() => {", *own, "})();"]),
        data=embedded_json(data),
    )


def script_texts() -> list[str]:
    """Return the texts that our scripts ask for with ``t("...")``."""
    calls = re.findall(r'\bt\("([^"]+)"\)', "\n".join(map(_file, SCRIPTS)))
    return list(dict.fromkeys(calls))


def _file(name: str) -> str:
    return (
        files("aumaq.results.templates").joinpath(*name.split("/")).read_text("utf-8")
    )


def _without_pictures(style: str) -> str:
    """Return a style without pictures from beside it: there is nothing beside it."""
    return re.sub(r"url\([^)]*\)", "none", style)


def _without_map(script: str) -> str:
    """Return a script without the address of its source map."""
    return re.sub(r"//# sourceMappingURL=\S+\s*$", "", script)
