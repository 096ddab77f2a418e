"""Which files a family of rules touches, told from the tree: a table of extending.md.

``python tools/family_files.py`` prints the files by name; `make docs` writes the table.

A file belongs to a family if it is named after one of its modules, or names one of its
tables or columns: in quotes or as an argument in code, in backquotes on a page or as a
section of the mathematics, as a line of `table,` in a CSV file.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent


class Family(NamedTuple):
    """What a family is called in the tree."""

    modules: tuple[str, ...]
    """Names of files in `model/families` and `results/audit`, without `.py`."""
    tables: tuple[str, ...]
    """Tables of an instance or a plan that are its alone, or columns."""


FAMILIES = {
    "sources of money": Family(
        ("funding", "financing", "money"),
        ("funding_sources", "funding_limits", "funding_eligibility"),
    ),
    "partners (PPP)": Family(
        ("partnerships", "financing", "money"), ("partnerships", "burdens")
    ),
    "land": Family(
        ("land", "zones", "works", "forbidden", "barred"),
        ("zones", "site_zones", "zone_permits", "buffers", "zone_works"),
    ),
    "environment": Family(("impacts",), ("impacts", "impact_rates", "impact_limits")),
    "fairness: gaps": Family(("gaps", "fairest"), ("gaps",)),
    "fairness: aversion": Family(("equity",), ("aversion_per_minute",)),
    "counts": Family(("counts",), ("counts",)),
    "closing": Family(
        ("closings", "closing", "closing_rules"), ("closing_rules", "reassigned")
    ),
    "mergers": Family(("mergers",), ("mergers",)),
    "possible mergers": Family(
        ("possible_mergers", "merging"), ("possible_mergers", "merged")
    ),
    "classes together": Family(("together", "gathered"), ("together_rules",)),
    "feeders": Family(("feeders",), ("feeders", "feeder_sites", "follow_ons")),
    "relocation": Family(("relocations", "moving"), ("relocations",)),
    "second shift": Family(("shifts",), ("shifts", "shift_limits", "second_shift")),
    "staff": Family(("staff",), ("professions", "staff_needs", "staff_supply")),
    "school bus": Family(("buses", "bused"), ("buses", "bused")),
    "mobile service": Family(
        ("visits", "visit_checks"), ("mobile_services", "mobile_teams")
    ),
    "building capacity": Family(("building_capacity",), ("building_capacity",)),
    "order of deployment": Family(("deployment",), ("deployment",)),
    "loss of a line (N-1)": Family(("contingencies",), ("contingencies",)),
    "water in EPANET": Family(("epanet", "water_check", "cli_water"), ("epanet",)),
}
"""What decides in a planning office -> its names."""

PLACES = {
    "rule": ("model",),
    "audit": ("results/audit",),
    "schema, checks": ("instances",),
    "first plan, methods": ("solvers",),
    "page, exports": ("results", "app"),
    "docs": ("docs",),
    "tests": ("tests",),
    "shipped": ("instances/data", "tools"),
}
"""Column of the table -> folders; a file counts where the longest of them fits."""
GENERATED = {"instance-format.md", "plan-format.md", "plan.schema.json"}
"""Pages made from the schema: nobody writes a family into them."""
ALL_TABLES = {"template_parts.py", "extract_messages.py", "family_files.py"}
"""Files that list what there is: sheets of a template, texts of columns."""
SUFFIXES = {".py", ".md", ".csv", ".toml"}


def family_table() -> list[str]:
    """Return the lines of the table: how many files a family touches in each place."""
    lines = [
        f"| family | {' | '.join(PLACES)} | all |",
        f"|---|{'---:|' * (len(PLACES) + 1)}",
    ]
    for name, places in files_of_families().items():
        numbers = [len(found) for found in places.values()]
        cells = " | ".join(map(str, [*numbers, sum(numbers)]))
        lines.append(f"| {name} | {cells} |")
    return lines


def files_of_families() -> dict[str, dict[str, list[str]]]:
    """Return for each family and place the files, as paths from the root."""
    texts = {
        path: path.read_text(encoding="utf-8")
        for folder in {folder.split("/")[0] for of in PLACES.values() for folder in of}
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in SUFFIXES and path.name not in GENERATED | ALL_TABLES
        if "older" not in path.parts
    }
    found = {}
    for name, family in FAMILIES.items():
        said = _says(family)
        own = [path for path, text in texts.items() if _is_of(family, said, path, text)]
        found[name] = {place: _within(place, own) for place in PLACES}
    return found


def _says(family: Family) -> re.Pattern[str]:
    names, sections = "|".join(family.tables), "|".join(family.modules)
    in_code = rf"[\"'`](?:{names})[\"'`.]|[( ](?:{names})="
    on_page = rf"^(?:{names}),|^<!-- (?:{sections}) -->"
    return re.compile(f"{in_code}|{on_page}", re.MULTILINE)


def _is_of(family: Family, said: re.Pattern[str], path: Path, text: str) -> bool:
    if path.stem.removeprefix("test_") in family.modules + family.tables:
        return True
    return said.search(text) is not None


def _within(place: str, paths: list[Path]) -> list[str]:
    names = [path.relative_to(ROOT).as_posix() for path in paths]
    return sorted(name for name in names if _place_of(name) == place)


def _place_of(name: str) -> str:
    fits = [
        (len(folder), place)
        for place, folders in PLACES.items()
        for folder in folders
        if name.startswith(f"{folder}/")
    ]
    return max(fits)[1]


if __name__ == "__main__":
    for family, places in files_of_families().items():
        print(f"\n{family}")
        for place, files in places.items():
            print(f"  {place}: {', '.join(files)}")
