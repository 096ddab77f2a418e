"""Pages say what the code has: generated ones, and lists of what has a name."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pyomo.environ as pyo
import pytest
from eventful_plan import eventful

from aumaq.instances.formats import FORMATS, WRITERS
from aumaq.instances.formats.template_parts import PARTS
from aumaq.instances.generators import GENERATORS
from aumaq.instances.language.words import LANGUAGES
from aumaq.instances.schema.tables import TABLES
from aumaq.instances.terms import TERMS
from aumaq.model import build
from aumaq.model.family import FAMILIES
from aumaq.results.exports import EXPORTS
from aumaq.results.plots import KINDS, OF_SEVERAL
from aumaq.solvers import METHODS

ROOT = Path(__file__).parents[2]
WITHOUT_ROWS = {"land", "fairness: aversion", "order of deployment", "water in EPANET"}
"""Families that have no file of rows: they take variables out, weigh, or look on."""


def test_generated_pages_are_up_to_date() -> None:
    """Formats, indicators and mathematics are those that `make docs` would write."""
    script = ROOT / "tools" / "write_format_docs.py"
    run = subprocess.run([sys.executable, str(script), "--check"], check=False)
    assert run.returncode == 0, "run `make docs`"


def test_wishes_lead_to_tables_that_templates_write() -> None:
    """Each table that the tutorial names is one of the parts named beside it."""
    page = (ROOT / "docs" / "tutorial-planners.md").read_text("utf-8")
    table = page.split("| what is asked |")[1].split("\n\n")[0].splitlines()[2:]
    rows = [line.strip("|").split("|")[-2:] for line in table]
    assert len(rows) > 15
    for names, parts in rows:
        given = {t for part in parts.split(",") for t in PARTS.get(part.strip(), ())}
        named = set(re.findall(r"`(\w+)`", names)) & {one.name for one in TABLES}
        assert named <= given, (named - given, parts)
        assert bool(named) == bool(parts.strip())


def test_each_family_is_whole() -> None:
    """Rule, audit, schema, formula, instances that are drawn, a plan that breaks it."""
    spec = spec_from_file_location("family_files", ROOT / "tools" / "family_files.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    found = module.files_of_families()
    assert {path.stem for path in (ROOT / "model" / "families").glob("*.py")} >= {
        family.modules[0] for name, family in module.FAMILIES.items()
        if name not in WITHOUT_ROWS
    }  # fmt: skip
    for name in found.keys() - WITHOUT_ROWS:
        places = found[name]
        whole = ("rule", "audit", "schema, checks", "docs", "shipped")
        assert all(places[place] for place in whole), name
        assert "tests/support/corruptions.py" in places["tests"], name
        assert {"tests/support/golden_cases.py"} <= {*places["tests"]}, name


def test_python_of_the_readme_runs(tmp_path: Path) -> None:
    """The README's lines of Python do what they say, in an empty folder."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    code = text.split("```python\n")[1].split("```")[0]
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert "optimal" in run.stdout
    assert (tmp_path / "runs" / "tiny" / "facilities.csv").is_file()
    assert 'id="map"' in (tmp_path / "runs" / "tiny.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_python_of_the_tutorial_runs() -> None:
    """The blocks of the tutorial for analysts run one after the other."""
    page = ROOT / "docs" / "tutorial-analysts.md"
    blocks = re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    names: dict[str, object] = {}
    exec("\n".join(blocks), names)
    assert {"instance", "plan", "built"} <= names.keys()


def test_fragments_of_the_changelog_are_gathered() -> None:
    """Each is of a known type (an error otherwise) and its text is told."""
    words = ("build", "--draft", "--version", "next")
    draft = subprocess.run(
        [sys.executable, "-m", "towncrier", *words],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert draft.returncode == 0, draft.stdout
    for fragment in (ROOT / "changelog.d").glob("*.md"):
        assert fragment.read_text(encoding="utf-8").split("\n")[0] in draft.stdout


def entries(section: str) -> set[str]:
    """Return the names of variables and rows in a section of the mathematics."""
    return set(re.findall(r"^(?:\| |- )`(\w+)\[", section, re.MULTILINE))


def test_mathematics_has_what_the_model_has() -> None:
    """Each variable and row has its entry under its family, and no other is there.

    The instance has a network with angles; components of families exist where they
    are empty, too.
    """
    instance = eventful()
    tables = {
        "networks": {"flow_model": "dc"},
        "network_links": {"susceptance": 5.0},
        "link_upgrades": {"susceptance": 5.0},
    }
    frames = {name: instance.table(name) for name in tables}
    model = build(
        instance.replace(**{k: t.assign(**tables[k]) for k, t in frames.items()})
    ).model
    found: dict[str, set[str]] = {}
    for name, family in FAMILIES.items():
        parts = model.component(name).component_objects([pyo.Var, pyo.Constraint])
        names = {part.local_name.removesuffix("_power") for part in parts}
        found.setdefault(family.build.__module__.split(".")[-1], set()).update(names)
    page = (ROOT / "docs" / "mathematics.md").read_text(encoding="utf-8")
    for name, names in found.items():
        section = page.split(f"<!-- {name} -->")[1].split(f"<!-- end of {name} -->")[0]
        assert entries(section) == names, name
    for term in TERMS:
        assert f"\n| `{term}` | " in page


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("methods", METHODS),
        ("files", [*FORMATS, *WRITERS]),
        ("files", EXPORTS),
        ("languages", LANGUAGES),
        ("runs", [*KINDS, *OF_SEVERAL]),
        ("extending", GENERATORS),
    ],
    ids=["methods", "formats", "exports", "languages", "figures", "generators"],
)
def test_every_registered_thing_is_named(page: str, names: Iterable[str]) -> None:
    """What can be asked for by name stands on its page by that name, in code."""
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    code = set(
        re.findall(r"[\w.-]+", " ".join(re.findall(r"```.*?```|`.*?`", text, re.S)))
    )
    assert not set(names) - code
