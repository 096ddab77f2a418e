"""Keep the catalogues whole: texts that readers see, and titles of shipped data.

Those of the schema have a catalogue of their own.

``--check`` fails if a text is missing, not translated, no longer used, or has other
``{places}`` than its translation; without it the catalogues are rewritten: known
translations stay, new texts are empty.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from operator import itemgetter
from pathlib import Path

import pandas as pd
import typer
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

import aumaq
from aumaq import cli, translating
from aumaq.instances import SHIPPED_FOLDER
from aumaq.instances.formats.workbook.writer import NOT_TABLES
from aumaq.instances.schema.formulas import FORMULAS
from aumaq.instances.schema.plan import PLAN_TABLES
from aumaq.instances.schema.tables import TABLES
from aumaq.instances.schema.titles import english_title
from aumaq.results.analysis.measures import CONNECTIONS, PEOPLE
from aumaq.results.exports.units import UNITS
from aumaq.results.indicators.table import COLUMNS
from aumaq.results.report.page import script_texts
from aumaq.solvers import Status

ROOT = Path(__file__).parent.parent
LOCALE = ROOT / "results" / "locale"
SCHEMA = ROOT / "instances" / "language" / "locale"
LANGUAGES = ("kk", "ru")
JINJA = "jinja2.ext:babel_extract"
KEYWORDS = {"t": None, "many": (1, 2), "N_": None, "worded": None}
"""What templates call for a text; :data:`ASKED_BY` is the same for code."""
ASKED_BY = {"t": 1, "many": 2, "N_": 1, "worded": 1}
"""Functions and methods that translate their first words -> how many of them."""
LAYERS = ("instances", "model", "solvers", "results", "app")
MADE_BY = {"say": 1, "pattern": 1, "say_many": 2}
"""Functions that make messages (instances/language/texts.py) -> their templates."""
PLACE = re.compile(r"\{(\w*)[^{}]*\}")
SOURCES = (
    "results/*.py",
    "results/plan/*.py",
    "results/studies/*.py",
    "results/report/*.py",
    "results/plots/*.py",
    "results/comparison/*.py",
    "results/exports/workbook.py",
    "app/*.py",
)
TEMPLATES = ("results/templates/report.html", "results/templates/compare.html")
SCHEMA_SOURCES = ("instances/formats/workbook/writer.py",)
TITLES = {
    "instance": ("title",),
    "scenarios": ("title",),
    "variants": ("title",),
    "services": ("title", "unit"),
    "networks": ("title",),
    "levels": ("title",),
    "indicators": ("title", "unit"),
    "budgets": ("title",),
    "road_classes": ("title",),
    "standards": ("title",),
    "growth_tiers": ("title",),
}
"""Tables of instances -> columns that readers see."""
Message = str | tuple[str, str]


def in_code(
    patterns: Sequence[str], functions: Mapping[str, int]
) -> dict[Message, None]:
    """Return the texts with which *functions* are called in files, in order.

    Read from the syntax tree: a scan of tokens takes a docstring for a text where the
    name of a function is that of a variable.
    """
    found: dict[Message, None] = {}
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            for _, text in sorted(_texts(path, functions), key=itemgetter(0)):
                found[text] = None
    return found


def in_templates() -> dict[Message, None]:
    """Return the texts that templates ask for, in order."""
    found: dict[Message, None] = {}
    for name in TEMPLATES:
        with (ROOT / name).open("rb") as lines:
            options = {"silent": "false"}
            for _, text, _, _ in extract(JINJA, lines, KEYWORDS, (), options):
                found[text if isinstance(text, str) else (text[0], text[1])] = None
    return found


def used() -> dict[Message, None]:
    """Return every text of reports that may be asked for, without those of the schema.

    What both know has one translation, in the catalogue of the schema.
    """
    found = in_code(SOURCES, ASKED_BY) | in_templates()
    found.update(dict.fromkeys(messages()))
    found.update(dict.fromkeys(script_texts()))
    tree = typer.main.get_command(cli.app)
    found.update(dict.fromkeys(translating.help_texts(tree)))
    found.update(dict.fromkeys(status.replace("_", " ") for status in Status))
    found.update(dict.fromkeys(shipped_titles()))
    schema = of_schema()
    return {text: None for text in found if text not in schema}


def of_schema() -> dict[Message, None]:
    """Return every text of the schema that headers show."""
    names = [*(table.name for table in TABLES), *PLAN_TABLES]
    names += [column.name for table in TABLES for column in table.columns]
    names += [column for table in PLAN_TABLES.values() for column in table]
    names += list(COLUMNS)
    found: dict[Message, None] = dict.fromkeys(map(english_title, names))
    units = [column.unit for table in TABLES for column in table.columns]
    found.update(dict.fromkeys([*filter(None, units), *UNITS, *NOT_TABLES[:2]]))
    found.update(in_code(SCHEMA_SOURCES, ASKED_BY))
    return found


def _texts(
    path: Path, functions: Mapping[str, int]
) -> Iterator[tuple[tuple[int, int], Message]]:
    """Yield (line and column, text) of the calls of *functions* in a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
        texts = tuple(
            part.value
            for part in node.args[: functions.get(name, 0)]
            if isinstance(part, ast.Constant)
        )
        if texts:
            yield (node.lineno, node.col_offset), texts if len(texts) > 1 else texts[0]


def messages() -> Iterator[Message]:
    """Yield the templates of messages; those of places and signs only need no words."""
    for layer in LAYERS:
        for path in sorted((ROOT / layer).rglob("*.py")):
            for _, text in _texts(path, MADE_BY):
                words = text if isinstance(text, str) else "".join(text)
                if any(char.isalpha() for char in PLACE.sub("", words)):
                    yield text


def places(text: str) -> set[str]:
    """Return the names of the places of a template."""
    return set(PLACE.findall(text))


def shipped_titles() -> Iterator[str]:
    """Yield the titles of shipped instances that the report shows."""
    for measure in (*PEOPLE, *CONNECTIONS):
        yield _inside(measure.title)
    for formula in FORMULAS.values():
        yield from filter(None, [formula.unit])
    for name in aumaq.shipped():
        tables = _as_given(SHIPPED_FOLDER / name)
        yield from (table for table, rows in tables.items() if "is_synthetic" in rows)
        # The analysis of a territory names services inside a sentence.
        yield from map(_inside, tables["services"]["title"].dropna().unique())
        for table, columns in TITLES.items():
            for column in filter(tables[table].__contains__, columns):
                for text in tables[table][column].dropna().unique():
                    # Scenario titles are joined of parts; each is translated.
                    parts = (
                        text.split(", ")
                        if table in ("scenarios", "variants")
                        else [text]
                    )
                    yield from (part for part in parts if any(map(str.isalpha, part)))


def _as_given(folder: Path) -> dict[str, pd.DataFrame]:
    """Return the tables of an instance unchecked: a whole country takes no time."""
    tables: dict[str, pd.DataFrame] = defaultdict(pd.DataFrame)
    for name, rows in tomllib.loads((folder / "instance.toml").read_text()).items():
        tables[name] = pd.DataFrame([rows] if isinstance(rows, dict) else rows)
    for path in folder.glob("*.csv"):
        if path.stem in TITLES or "is_synthetic" in pd.read_csv(path, nrows=0):
            tables[path.stem] = pd.read_csv(path, dtype=str, keep_default_na=False)
    return tables


def _inside(title: str) -> str:
    """Return a title as it stands inside a sentence."""
    return title[:1].lower() + title[1:]


def catalogue_of(path: Path, code: str) -> Catalog:
    """Return the catalogue of a language as it is."""
    return read_po(BytesIO(path.read_bytes() if path.exists() else b""), locale=code)


def problems(path: Path, code: str, texts: dict[Message, None]) -> list[str]:
    """Return what a catalogue lacks, and what it holds in vain."""
    known = {m.id: m.string for m in catalogue_of(path, code) if m.id}
    found = [f"{code}: missing: {text}" for text in texts if text not in known]
    found += [f"{code}: not used: {text}" for text in known if text not in texts]
    for text in filter(known.__contains__, texts):
        forms = [known[text]] if isinstance(known[text], str) else known[text]
        found += [f"{code}: not translated: {text}" for form in forms if not form]
        wanted = places(text if isinstance(text, str) else text[1])
        found += [
            f"{code}: other places: {form}"
            for form in forms
            if form and places(form) != wanted
        ]
    return found


def rewrite(path: Path, code: str, texts: dict[Message, None]) -> None:
    """Write a catalogue with these texts and the translations that are known."""
    old = {m.id: m.string for m in catalogue_of(path, code) if m.id}
    new = Catalog(locale=code, project="aumaq", fuzzy=False)
    for text in texts:
        new.add(text, old.get(text))
    out = BytesIO()
    write_po(out, new, width=88, omit_header=True, no_location=True)
    plural = f"{new.num_plurals}; plural={new.plural_expr};"
    head = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {code}\\n"\n'
        f'"Plural-Forms: nplurals={plural}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(head + out.getvalue().decode("utf-8"), encoding="utf-8")


def catalogues() -> Iterator[tuple[Path, str, dict[Message, None]]]:
    """Yield file, language and texts of every catalogue."""
    for folder, name, texts in (
        (LOCALE, "aumaq.po", used()),
        (SCHEMA, "schema.po", of_schema()),
    ):
        for code in LANGUAGES:
            yield folder / code / "LC_MESSAGES" / name, code, texts


def main() -> int:
    """Check or rewrite the catalogues; return the exit code."""
    found: list[str] = []
    for path, code, texts in catalogues():
        if "--check" not in sys.argv:
            rewrite(path, code, texts)
        found += problems(path, code, texts)
        print(f"{path.name}: {len(texts)} texts in {code}")
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
