"""How the help of a command is laid out: options in panels, examples at the end.

What is a command's own comes first; what many commands share stands below it, in
panels of the same name everywhere. Titles are English here, as all declarations of
commands are (translating.py).
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

ROOT = "aumaq"
"""The command of all commands."""
PANELS: Mapping[str, Sequence[str]] = {
    "Input": ("--scenario", "--set", "--instance"),
    "Search": (
        "--method", "--formulation", "--time-limit", "--work-limit", "--gap",
        "--threads", "--workers", "--cluster", "--cluster-security", "--seed", "--jobs",
        "--dask", "--dask-security", "--start", "--checkpoint", "--resume",
    ),
    "Output": (
        "--out", "--overwrite", "--store", "--save-lp", "--html", "--results", "--json",
        "--quiet", "--lang", "--help",
    ),
}  # fmt: skip
"""Panel -> the shared options in it. One that a command must have is its own."""
OWN = {
    "new": ("--seed",),
    "runs": PANELS["Input"],
    "sensitivity": ("--method",),
    ROOT: PANELS["Output"],
}
"""Command -> options of shared names that mean something else there."""
CLASSIC = {
    "Files of classic problems": (
        "--problem", "--p", "--radius", "--capacity", "--budget", "--rounding",
        "--sites",
    ),
}  # fmt: skip
PARTS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "import": {
        "Roads": (
            "--roads", "--road-map", "--road-layer", "--speeds", "--tolerance",
            "--reach", "--detour",
        ),
        "Facilities of today": ("--facilities", "--facility-map"),
        "Tables to fill in": ("--with", "--norms", "--services"),
    },
    "locate": {"Tables of distances": ("--distances", "--sites", "--map", "--unit")},
    "solve": CLASSIC,
    "convert": CLASSIC,
}  # fmt: skip
"""Command -> panels of its own, where its options are many."""
COMMANDS: Mapping[str, Sequence[str]] = {
    "Begin": ("demo", "new", "import", "validate", "describe", "convert", "instances"),
    "Plan": ("plan", "solve", "locate", "sweep", "futures", "fairest"),
    "Read a plan": (
        "report", "explain", "indicators", "compare", "plot", "export", "verify",
        "check-water", "runs",
    ),
    "Ask further": (
        "what-if", "alternatives", "pareto", "budgets", "sensitivity", "conflicts",
        "coordination", "analyse", "project", "bench",
    ),
}  # fmt: skip
"""Panel of the first page -> its commands, in the order in which they are needed."""
EXAMPLES_TITLE = "Examples:"
EXAMPLES: Mapping[str, Sequence[str]] = {
    ROOT: ("aumaq demo", "aumaq plan --help", "aumaq --lang ru plan --help"),
    "demo": ("aumaq demo", "aumaq demo --country --out runs/country"),
    "new": (
        "aumaq new my.xlsx",
        "aumaq new my.xlsx --with services,roads --norms kz",
        "aumaq new big --random 400",
    ),
    "import": (
        "aumaq import places.csv --out my.xlsx",
        "aumaq import list.csv --map name=NAME,population=POP --out my.xlsx",
        "aumaq import places.csv --roads roads.geojson --out my.xlsx",
    ),
    "validate": ("aumaq validate mine.xlsx", "aumaq validate mine.xlsx --deep"),
    "describe": ("aumaq describe tiny", "aumaq describe mine.xlsx --json"),
    "convert": ("aumaq convert tiny my.xlsx", "aumaq convert mine.xlsx my"),
    "instances": ("aumaq instances",),
    "plan": (
        "aumaq plan mine.xlsx",
        'aumaq plan mine.xlsx --set "levels.capex_mln*1.2" --out dearer',
    ),
    "solve": (
        "aumaq solve tiny --out runs/first",
        "aumaq solve tiny --time-limit 60 --gap 0.001 --store runs.duckdb",
    ),
    "locate": (
        "aumaq locate mine.xlsx --new 1 --minutes 30",
        "aumaq locate mine.xlsx --cover-all --minutes 45",
        "aumaq locate mine.xlsx --new 1 --mean-minutes --existing free",
    ),
    "sweep": (
        "aumaq sweep tiny --out runs/all",
        "aumaq sweep kazakhstan --scenarios managed,inertial --out runs/two",
    ),
    "futures": (
        "aumaq futures kazakhstan --scenarios managed,inertial --out runs/both",
    ),
    "fairest": ("aumaq fairest kazakhstan --service hospital --minutes 60",),
    "report": (
        "aumaq report runs/kz --lang ru --out runs/kz-ru.html",
        "aumaq report runs/kz --to docx --out decision.docx",
        "aumaq report runs/sweep --out all.html",
    ),
    "explain": (
        "aumaq explain runs/kz",
        "aumaq explain runs/kz --settlement b",
        "aumaq explain runs/kz --rule capacity:school",
    ),
    "indicators": ("aumaq indicators runs/kz --region all",),
    "compare": ("aumaq compare runs/kz runs/kz2 --html difference.html",),
    "plot": (
        "aumaq plot runs/kz --kind map --out map.svg",
        "aumaq plot runs/sweep --kind pareto --out all.pdf",
    ),
    "export": ("aumaq export runs/kz --to xlsx --out results.xlsx",),
    "verify": ("aumaq verify runs/kz",),
    "check-water": ("aumaq check-water runs/west",),
    "runs": (
        "aumaq runs runs.duckdb --since 2026-01-01",
        'aumaq runs runs.duckdb --sql "SELECT run_id, gap FROM runs"',
    ),
    "what-if": (
        "aumaq what-if runs/kz --freeze service=school --out runs/again",
        'aumaq what-if runs/kz --score --set "levels.capex_mln*1.3"',
    ),
    "alternatives": (
        "aumaq alternatives tiny --best 5",
        "aumaq alternatives tiny --most-different 2 --within 5%",
    ),
    "pareto": ("aumaq pareto tiny --goals cost,mean_minutes --points 5",),
    "budgets": ("aumaq budgets tiny --amounts 100,300,500 --nested",),
    "sensitivity": (
        'aumaq sensitivity tiny --vary "levels.capex_mln*0.8:1.3" --runs 6',
    ),
    "conflicts": ("aumaq conflicts tiny", "aumaq conflicts tiny --all --json"),
    "coordination": ("aumaq coordination tiny",),
    "analyse": ("aumaq analyse kazakhstan --out runs/today",),
    "project": ("aumaq project kazakhstan --until 2040",),
    "bench": ("aumaq bench classics --methods aumaq,highs --out bench.duckdb",),
}
"""Command -> what a newcomer may type. The tests run them."""


def lay_out(command: Any) -> None:
    """Put options of a command into panels, and examples at the end of its help."""
    if command.help:
        command.help = unwrapped(command.help)
    command.epilog = epilog(command.name)
    command.rich_help_panel = _first(COMMANDS, command.name)
    for parameter in command.params:
        lay_out_option(command.name, parameter)


def lay_out_option(command: str, parameter: Any) -> None:
    """Put an option into its panel; a switch has no kind of value to be told."""
    if parameter.param_type_name != "option":
        return
    if parameter.is_flag:
        parameter.metavar = ""
    if not parameter.required and parameter.opts[0] not in OWN.get(command, ()):
        panels = {**PARTS.get(command, {}), **PANELS}
        parameter.rich_help_panel = _first(panels, parameter.opts[0])


def place(parameter: Any) -> tuple[int, int]:
    """Return where an option stands: own ones first, then panel after panel."""
    name, titles = parameter.opts[0], list(PANELS)
    panel = getattr(parameter, "rich_help_panel", None)
    if panel not in titles:
        return 0, 0
    return 1 + titles.index(panel), PANELS[panel].index(name)


def order(names: Sequence[str]) -> list[str]:
    """Return commands in the order in which the first page tells them."""
    told = [name for panel in COMMANDS.values() for name in panel]
    return sorted(names, key=lambda name: told.index(name) if name in told else 99)


def epilog(command: str) -> str | None:
    """Return the examples of a command under their title; None if it has none."""
    lines = EXAMPLES.get(command, ())
    return "\n".join([EXAMPLES_TITLE, *lines]) if lines else None


def unwrapped(text: str) -> str:
    """Return paragraphs without the line ends of the source: the terminal has its own.

    Typer unwraps only the first paragraph.
    """
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(" ".join(one.split()) for one in paragraphs)


def _first(panels: Mapping[str, Sequence[str]], name: str) -> str | None:
    """Return the panel that holds a name."""
    return next((panel for panel, names in panels.items() if name in names), None)
