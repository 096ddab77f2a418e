"""How `make docs-site` builds the pages: everything from this repository, offline."""

from __future__ import annotations

from pathlib import Path

from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.util.docutils import nodes
from sphinx.writers.html5 import HTML5Translator

import aumaq

ROOT = Path(__file__).parent.parent

project = "aumaq"
author = "the aumaq contributors"
project_copyright = f"2026 {author}"
release = version = aumaq.__version__

# The source folder is the repository, so that links between pages are those that
# readers of the files follow; a page is a source if it is named here.
include_patterns = [
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "docs/*.md",
    "examples/*.ipynb",
    "index.md",
    "instances/data/LICENCES.md",
    "instances/data/*/README.md",
]
SOURCES = ("docs", "examples", "instances")
exclude_patterns = [
    f"{each.name}/**"
    for each in ROOT.iterdir()
    if each.is_dir() and each.name not in SOURCES
]

extensions = ["myst_nb", "sphinx.ext.autodoc"]
myst_enable_extensions = ["dollarmath"]
myst_fence_as_directive = ["math"]
myst_heading_anchors = 4
nb_execution_mode = "cache"  # a notebook runs again when it has changed
nb_execution_cache_path = str(ROOT / "build" / "notebooks")
nb_execution_raise_on_error = True
nb_execution_timeout = 300
autodoc_default_options = {"members": True}
autodoc_typehints = "description"
autodoc_member_order = "bysource"
toc_object_entries_show_parents = "hide"

html_theme = "furo"
html_title = "aumaq"
html_math_renderer = "mathml"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False


def inline_math(self: HTML5Translator, node: nodes.math) -> None:
    """Write a formula in a line as MathML, which browsers show without a script."""
    self.body.append(convert(node.astext()))
    raise nodes.SkipNode


def displayed_math(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula of its own as MathML."""
    self.body.append(
        f'<div class="math">{convert(node.astext(), display="block")}</div>'
    )
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Register how formulas are written."""
    app.add_html_math_renderer(
        "mathml",
        inline_renderers=(inline_math, None),
        block_renderers=(displayed_math, None),
    )
