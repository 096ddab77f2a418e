"""Keep the catalogues whole: every text of the report, and titles of shipped data.

``--check`` fails if a text is missing, not translated, or no longer used; without it
the catalogues are rewritten: known translations stay, new texts are empty.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

import aumaq
from aumaq.instances.indicator_formulas import FORMULAS
from aumaq.results.report.page import script_texts
from aumaq.solvers import Status

ROOT = Path(__file__).parent.parent
LOCALE = ROOT / "results" / "locale"
LANGUAGES = ("kk", "ru")
KEYWORDS = {"t": None, "many": (1, 2), "N_": None}
SOURCES = (
    ("python", ROOT / "results", "summary.py"),
    ("python", ROOT / "results" / "report", "*.py"),
    ("python", ROOT / "results" / "plots", "*.py"),
    ("python", ROOT / "results" / "comparing", "*.py"),
    ("jinja2.ext:babel_extract", ROOT / "results" / "templates", "report.html"),
    ("jinja2.ext:babel_extract", ROOT / "results" / "templates", "compare.html"),
)
TITLES = {
    "instance": ("title",),
    "scenarios": ("title",),
    "variants": ("title",),
    "services": ("title", "unit"),
    "networks": ("title",),
    "levels": ("title",),
    "indicators": ("title", "unit"),
    "budgets": ("title",),
    "road_links": ("road_class",),
}
"""Tables of instances -> columns that readers see."""
Message = str | tuple[str, str]


def used() -> dict[Message, None]:
    """Return every text that may be asked for, in order; pairs have plurals."""
    found: dict[Message, None] = {}
    for method, folder, pattern in SOURCES:
        for path in sorted(folder.glob(pattern)):
            with path.open("rb") as lines:
                options = {"silent": "false"} if "jinja2" in method else {}
                for _, text, _, _ in extract(method, lines, KEYWORDS, (), options):
                    found[text if isinstance(text, str) else (text[0], text[1])] = None
    found.update(dict.fromkeys(script_texts()))
    found.update(dict.fromkeys(status.replace("_", " ") for status in Status))
    found.update(dict.fromkeys(shipped_titles()))
    return found


def shipped_titles() -> Iterator[str]:
    """Yield the titles of shipped instances that the report shows."""
    for formula in FORMULAS.values():
        yield from filter(None, [formula.unit])
    for name in aumaq.shipped():
        instance = aumaq.read(name)
        yield from instance.synthetic_share
        for table, columns in TITLES.items():
            rows = instance.base[table]
            for column in columns:
                for text in rows[column].dropna().unique():
                    # Scenario titles are joined of parts; each is translated.
                    parts = (
                        text.split(", ")
                        if table in ("scenarios", "variants")
                        else [text]
                    )
                    yield from (part for part in parts if any(map(str.isalpha, part)))


def catalogue(code: str) -> Catalog:
    """Return the catalogue of a language as it is."""
    path = LOCALE / code / "LC_MESSAGES" / "aumaq.po"
    return read_po(BytesIO(path.read_bytes() if path.exists() else b""), locale=code)


def problems(code: str, texts: dict[Message, None]) -> list[str]:
    """Return what a catalogue lacks, and what it holds in vain."""
    known = {m.id: m.string for m in catalogue(code) if m.id}
    found = [f"{code}: missing: {text}" for text in texts if text not in known]
    found += [f"{code}: not used: {text}" for text in known if text not in texts]
    for text in filter(known.__contains__, texts):
        forms = [known[text]] if isinstance(known[text], str) else known[text]
        found += [f"{code}: not translated: {text}" for form in forms if not form]
    return found


def rewrite(code: str, texts: dict[Message, None]) -> None:
    """Write a catalogue with these texts and the translations that are known."""
    old = {m.id: m.string for m in catalogue(code) if m.id}
    new = Catalog(locale=code, project="aumaq", fuzzy=False)
    for text in texts:
        new.add(text, old.get(text))
    path = LOCALE / code / "LC_MESSAGES" / "aumaq.po"
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


def main() -> int:
    """Check or rewrite the catalogues; return the exit code."""
    texts = used()
    if "--check" not in sys.argv:
        for code in LANGUAGES:
            rewrite(code, texts)
    found = [problem for code in LANGUAGES for problem in problems(code, texts)]
    print("\n".join(found) or f"{len(texts)} texts in {', '.join(LANGUAGES)}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
