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
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

import pandas as pd
import typer
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, nodes

import aumaq
from aumaq import cli, translating
from aumaq.instances import SHIPPED_FOLDER
from aumaq.instances.formats.template_parts import explanations
from aumaq.instances.formats.workbook.writer import NOT_TABLES
from aumaq.instances.language.texts import TITLE, UNIT, in_context
from aumaq.instances.language.words import LANGUAGES
from aumaq.instances.schema.formulas import FORMULAS
from aumaq.instances.schema.plan import PLAN_TABLES
from aumaq.instances.schema.tables import TABLES
from aumaq.instances.schema.titles import english_title
from aumaq.results.exports.units import UNITS
from aumaq.results.indicators.table import COLUMNS
from aumaq.solvers import Status

ROOT = Path(__file__).parent.parent
LOCALE = ROOT / "results" / "locale"
SCHEMA = ROOT / "instances" / "language" / "locale"
TRANSLATED = tuple(code for code in LANGUAGES if code != "en")
MARKER = "say"
"""What makes a text (instances/language/texts.py), in code, templates and scripts."""
LAYERS = ("instances", "model", "solvers", "classic", "results", "app")
PLACE = re.compile(r"\{(\w*)[^{}]*\}")
SCHEMA_SOURCES = (
    "instances/formats/workbook/writer.py",
    "instances/schema/choices.py",
)
"""Their texts are in the catalogue of the schema, as they go with its words."""
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
    "standards": ("title", "source"),
    "growth_tiers": ("title",),
    "impacts": ("title", "unit"),
    "impact_limits": ("title",),
    "zones": ("title",),
    "network_nodes": ("name",),
    "funding_sources": ("title",),
    "partnerships": ("title",),
    "burdens": ("title",),
    "local_supplies": ("title",),
    "overrides": (),
}
"""Tables of instances -> columns that readers see."""
ADDED_TITLE = re.compile(r"(?:^|; )title=([^;]+)")
"""The title of a row that an override adds."""
UNITS_OF_DATA = ("unit",)
"""Of these columns, those that say what something counts in."""


Message = str | tuple[str, str]
"""A text, with its context if it has one, or the two of one thing and of several."""


def marked(path: Path) -> Iterator[Message]:
    """Yield the texts that a file marks; those of places and signs need no words."""
    read = {".py": _in_code, ".html": _in_template, ".js": _in_script}[path.suffix]
    for text in read(path.read_text(encoding="utf-8")):
        words = text if isinstance(text, str) else "".join(text)
        if any(char.isalpha() for char in PLACE.sub("", words)):
            yield text


def _in_code(source: str) -> Iterator[Message]:
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    for node in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        if getattr(node.func, "id", "") == MARKER:
            yield from _message(
                part.value for part in node.args if isinstance(part, ast.Constant)
            )


def _in_template(source: str) -> Iterator[Message]:
    for node in Environment().parse(source).find_all(nodes.Call):
        if getattr(node.node, "name", "") == MARKER:
            yield from _message(
                part.value for part in node.args if isinstance(part, nodes.Const)
            )


def _in_script(source: str) -> Iterator[Message]:
    yield from re.findall(rf'\b{MARKER}\("([^"]+)"\)', source)


def _message(templates: Iterable[str]) -> Iterator[Message]:
    texts = tuple(templates)
    if texts:
        yield texts if len(texts) > 1 else texts[0]


def used() -> dict[Message, None]:
    """Return every text of reports that may be asked for, without those of the schema.

    What both know has one translation, in the catalogue of the schema.
    """
    found: dict[Message, None] = {}
    for layer in LAYERS:
        for path in sorted((ROOT / layer).rglob("*.*")):
            if path.suffix in (".py", ".html", ".js") and "vendor" not in path.parts:
                found.update(dict.fromkeys(marked(path)))
    tree = typer.main.get_command(cli.app)
    found.update(dict.fromkeys(translating.help_texts(tree)))
    found.update(dict.fromkeys(status.replace("_", " ") for status in Status))
    found.update(dict.fromkeys(f.meaning for f in FORMULAS.values() if f.meaning))
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
    found.update(dict.fromkeys(explanations()))
    for name in SCHEMA_SOURCES:
        found.update(dict.fromkeys(marked(ROOT / name)))
    return found


def places(text: str) -> set[str]:
    """Return the names of the places of a template."""
    return set(PLACE.findall(text))


def shipped_titles() -> Iterator[str]:
    """Yield titles and units of shipped instances, and tables with estimates.

    Units of formulas are those of indicators that have no other.
    """
    yield from (in_context(f.unit, UNIT) for f in FORMULAS.values() if f.unit)
    for name in aumaq.shipped():
        tables = _as_given(SHIPPED_FOLDER / name)
        yield from (table for table, rows in tables.items() if "is_synthetic" in rows)
        for cells in tables["overrides"].get("where", ()):
            yield from (in_context(t, TITLE) for t in ADDED_TITLE.findall(cells))
        for table, columns in TITLES.items():
            for column in filter(tables[table].__contains__, columns):
                rows = tables[table]
                if table == "network_nodes":  # others have the name of a settlement
                    rows = rows[(rows["settlement"] == "") & rows[column].map(is_latin)]
                context = UNIT if column in UNITS_OF_DATA else TITLE
                for text in rows[column].dropna().unique():
                    # Scenario titles are joined of parts; each is translated.
                    parts = (
                        text.split(", ")
                        if table in ("scenarios", "variants")
                        else [text]
                    )
                    for part in parts:
                        if any(map(str.isalpha, part)):
                            yield in_context(part, context)


def is_latin(text: str) -> bool:
    """Return whether a name is English; in Cyrillic it is a settlement's."""
    return text.isascii()


def _as_given(folder: Path) -> dict[str, pd.DataFrame]:
    """Return the tables of an instance unchecked: a whole country takes no time."""
    tables: dict[str, pd.DataFrame] = defaultdict(pd.DataFrame)
    for name, rows in tomllib.loads((folder / "instance.toml").read_text()).items():
        tables[name] = pd.DataFrame([rows] if isinstance(rows, dict) else rows)
    for path in folder.glob("*.csv"):
        if path.stem in TITLES or "is_synthetic" in pd.read_csv(path, nrows=0):
            tables[path.stem] = pd.read_csv(path, dtype=str, keep_default_na=False)
    return tables


def translated(path: Path, code: str) -> dict[Message, str | tuple[str, ...]]:
    """Return the catalogue of a language as it is: text -> translation, or forms."""
    text = BytesIO(path.read_bytes() if path.exists() else b"")
    return {
        in_context(m.id, m.context) if m.context else m.id: m.string
        for m in read_po(text, locale=code)
        if m.id
    }


def problems(path: Path, code: str, texts: dict[Message, None]) -> list[str]:
    """Return what a catalogue lacks, and what it holds in vain."""
    known = translated(path, code)
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
    """Write a catalogue with these texts and the translations that are known.

    What is there keeps its place, so that changes are small; what is new comes behind
    the text before it in the code.
    """
    old = translated(path, code)
    new = Catalog(locale=code, project="aumaq", fuzzy=False)
    order = [text for text in old if text in texts]
    known, at = set(order), 0
    for text in texts:
        if text in known:
            at = order.index(text) + 1
        else:
            order.insert(at, text)
            at += 1
    for text in order:
        context, _, own = (
            text.rpartition("\x04") if isinstance(text, str) else ("",) * 3
        )
        new.add(own or text, old.get(text), context=context or None)
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
        for code in TRANSLATED:
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
