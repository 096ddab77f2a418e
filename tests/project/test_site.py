"""The documentation site: built without a warning, formulas without a script."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import aumaq

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "examples").glob("*.ipynb"))
ids = [notebook.stem for notebook in NOTEBOOKS]


@pytest.mark.slow
def test_site_is_built_and_its_notebooks_run(tmp_path: Path) -> None:
    """A warning, or a cell that fails, ends the build; every notebook runs anew."""
    options = ("-W", "--keep-going", "-q", "-D", "nb_execution_mode=force")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, "-c", "docs", ".", str(tmp_path)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "docs" / "mathematics.html").read_text(encoding="utf-8")
    source = (ROOT / "docs" / "mathematics.md").read_text(encoding="utf-8")
    assert page.count('<div class="math"><math') == source.count("```math") > 0
    loads = re.findall(r"<(?:script|link|img)\b[^>]*?(?:src|href)=\"([^\"]*)", page)
    assert loads
    assert not [address for address in loads if "//" in address]
    shown = (tmp_path / "examples" / "plan_a_district.html").read_text(encoding="utf-8")
    assert "980.0 mln" in shown


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=ids)
def test_notebook_is_kept_without_outputs(notebook: Path) -> None:
    """What a run leaves (outputs, counts) is not kept."""
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


def test_every_page_is_in_the_contents() -> None:
    """index.md names each page and notebook, or nobody finds it."""
    named = set((ROOT / "index.md").read_text(encoding="utf-8").split())
    pages = [*(ROOT / "docs").glob("*.md"), *NOTEBOOKS]
    for page in pages:
        assert page.relative_to(ROOT).with_suffix("").as_posix() in named


def test_public_names_are_on_the_page_of_python() -> None:
    """Each name of ``aumaq`` has its entry in docs/api.md, once."""
    lines = (ROOT / "docs" / "api.md").read_text(encoding="utf-8").splitlines()
    entries = [line.split(":: ")[1] for line in lines if line.startswith(".. auto")]
    assert sorted(entries) == sorted(aumaq.__all__)
