"""The tables of a plan and their columns, as data: one description for everything.

Reading, verification, exports, the store, expressions of users and the documents follow
from it. Plans are made in a later layer; a test holds this list equal to the tables of
a real plan. Expressions see two things more: a table ``population``, and the columns of
:data:`OF_SETTLEMENT` in every table that has a settlement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "number", "flag"]
Part = Literal["key", "decided", "derived", "told"]
Words = dict[str, Kind]

SERVICE, NETWORK = "units of service", "units of network"
"""Units of amounts: those of the row's service, or of its network."""
MLN, MLN_A_YEAR = "mln", "mln/year"
POINTS, BOTH = "mln points", "mln, money and points"
"""What weighs in the objective and nobody pays; what stands beside what is paid."""


@dataclass(frozen=True)
class PlanColumn:
    """A column: ``whole`` numbers have no unit but pieces.

    ``part``: a ``key`` says which row it is; what is ``decided`` the solvers find; what
    is ``derived`` follows from instance and decisions; so does what is ``told``, which
    plans of earlier versions may lack. ``rule``: under which rule a false cell is
    noted, where that is not the rule of the table.
    """

    name: str
    kind: Literal["text", "int", "number", "flag"]
    meaning: str
    part: Part = "told"
    unit: str = ""
    rule: str = ""


@dataclass(frozen=True)
class PlanTable:
    """A table of a plan.

    ``rule``: under which rule its own faults are noted, with columns in braces.
    ``decided``: the column that says how much is decided (empty: that there is a row).
    ``common``: of the keys, which say what several futures with a common first period
    share; none: nothing. ``leaves_out_nothing``: rows of zeros may be missing. A table
    that ``is_later`` than the first version may be missing from a plan of before: it is
    recomputed as a whole.
    """

    name: str
    meaning: str
    rule: str
    columns: tuple[PlanColumn, ...]
    is_known_today: bool = False
    decided: str | None = None
    common: tuple[str, ...] = ()
    leaves_out_nothing: bool = False
    is_later: bool = False

    @property
    def decisions(self) -> tuple[str, ...]:
        """Its keys and the columns that are decided; none if nothing is."""
        if all(c.part != "decided" for c in self.columns):
            return ()
        return tuple(c.name for c in self.columns if c.part in ("key", "decided"))

    @property
    def key(self) -> tuple[str, ...]:
        """Columns that say which row it is."""
        return tuple(c.name for c in self.columns if c.part == "key")

    @property
    def words(self) -> Words:
        """Column -> kind; whole numbers are numbers."""
        return {c.name: "number" if c.kind == "int" else c.kind for c in self.columns}


def _key(name: str, meaning: str, kind: Literal["text", "int"] = "text") -> PlanColumn:
    return PlanColumn(name, kind, meaning, "key")


def _text(name: str, meaning: str, part: Part = "told") -> PlanColumn:
    return PlanColumn(name, "text", meaning, part)


def _whole(name: str, meaning: str, part: Part = "decided") -> PlanColumn:
    return PlanColumn(name, "int", meaning, part)


def _number(
    name: str, unit: str, meaning: str, part: Part = "derived", rule: str = ""
) -> PlanColumn:
    return PlanColumn(name, "number", meaning, part, unit, rule)


def _flag(name: str, meaning: str, part: Part = "told") -> PlanColumn:
    return PlanColumn(name, "flag", meaning, part)


_PERIOD = _key("period", "period")
_SERVICE = _key("service", "service")
_SITE = _key("site", "site")
_NETWORK = _key("network", "network")
_LINK = (
    _key("link", "link"),
    _text("from_node", "node at its first end"),
    _text("to_node", "node at its second end"),
)
_PLACE = (
    _text("settlement", "settlement of the site"),
    _text("name", "its name"),
    _text("region", "its region"),
)
_SYNTHETIC = _flag("is_synthetic", "whether the site is made up")

PLAN: tuple[PlanTable, ...] = (
    PlanTable(
        "facilities",
        "What runs in each period: facilities of a level at a site.",
        "siting:{service}",
        (
            _SERVICE,
            _SITE,
            *_PLACE,
            _PERIOD,
            _key("level", "level", "int"),
            _text("title", "title of the level"),
            _whole("units", "facilities"),
            _number("capacity", SERVICE, "what they hold", rule="capacity:{service}"),
            _number(
                "used",
                SERVICE,
                "what people use of it; what a plant gives is in sources",
                rule="capacity:{service}",
            ),
            _number(
                "capacity_use_share",
                "share",
                "used of what they hold",
                rule="capacity:{service}",
            ),
            _number(
                "opex_mln_per_year",
                MLN_A_YEAR,
                "what running them costs",
                rule="objective",
            ),
            _number("load_kw", "kW", "what they draw of power"),
            _number("load_m3_per_day", "m3/day", "what they draw of water"),
            _SYNTHETIC,
        ),
        is_known_today=True,
        decided="units",
        common=("service", "site", "level"),
    ),
    PlanTable(
        "actions",
        "What is done at the start of a period: build, enlarge, renew, close, keep.",
        "siting:{service}",
        (
            _SERVICE,
            _SITE,
            *_PLACE,
            _PERIOD,
            _key("action", "what is done"),
            _key("from_level", "level before; 0: none", "int"),
            _key("to_level", "level after; 0: none", "int"),
            _whole("units", "facilities"),
            _number("cost_mln", MLN, "what it costs, undiscounted", rule="objective"),
            _SYNTHETIC,
        ),
        decided="units",
        common=("service", "site", "action", "from_level", "to_level"),
    ),
    PlanTable(
        "allocation",
        "Who is served where.",
        "allocation:{service}",
        (
            _SERVICE,
            _key("settlement", "settlement whose people go"),
            _SITE,
            _PERIOD,
            _number("share", "share", "of the demand of the settlement", "decided"),
            _number("demand", SERVICE, "demand that is served"),
            _number("minutes", "min", "way, one way", rule="access:{service}"),
            _number("length_km", "km", "way, one way", rule="access:{service}"),
        ),
        is_known_today=True,
        decided="share",
    ),
    PlanTable(
        "unserved",
        "Who is served nowhere.",
        "allocation:{service}",
        (
            _SERVICE,
            _key("settlement", "settlement"),
            _PERIOD,
            _number("share", "share", "of the demand of the settlement", "decided"),
            _number("demand", SERVICE, "demand that is not served", "told"),
        ),
        is_known_today=True,
        decided="share",
    ),
    PlanTable(
        "network_steps",
        "Steps of links that are built, and when.",
        "network:{network}:steps",
        (
            _NETWORK,
            *_LINK,
            _text("period", "period from which it stands", "decided"),
            _key("step", "number of the step", "int"),
            _number("capacity", NETWORK, "what it adds", "told"),
            _number("capex_mln", MLN, "what it costs, undiscounted"),
        ),
        decided="",
        common=("network", "link", "step"),
    ),
    PlanTable(
        "flows",
        "What flows on each link, or with angles on each of its circuits.",
        "network:{network}:capacity",
        (
            _NETWORK,
            *_LINK,
            _PERIOD,
            _key("step", "step of the circuit; 0: what stands today", "int"),
            _number("forward", NETWORK, "what enters at the first end", "decided"),
            _number("backward", NETWORK, "what enters at the second end", "decided"),
            _number("capacity", NETWORK, "what it carries at most", "told"),
            _number("use_share", "share", "flow of what it carries", "told"),
            _number("lost", NETWORK, "what does not arrive", "told"),
        ),
        is_known_today=True,
        decided="forward",
    ),
    PlanTable(
        "sources",
        "What plants and works supply.",
        "network:{network}:supply",
        (
            _NETWORK,
            _SERVICE,
            _SITE,
            _text("node", "node that they feed"),
            _PERIOD,
            _key("level", "level", "int"),
            _number("supply", NETWORK, "what they supply", "decided"),
            _number("capacity", NETWORK, "what they could", "told"),
        ),
        is_known_today=True,
        decided="supply",
    ),
    PlanTable(
        "local_supply",
        "What is made where it is used: capacity that is built, and supply.",
        "network:{network}:local",
        (
            _NETWORK,
            _key("node", "node"),
            _text("settlement", "settlement of the node"),
            _key("option", "kind of supply"),
            _PERIOD,
            _number("capacity", NETWORK, "what stands", "decided"),
            _number("supply", NETWORK, "what it supplies", "decided"),
        ),
        is_known_today=True,
        decided="capacity",
        common=("network", "node", "option"),
    ),
    PlanTable(
        "loads",
        "What each node draws, and where it comes from.",
        "network:{network}:balance",
        (
            _NETWORK,
            _key("node", "node"),
            _text("settlement", "settlement of the node"),
            _PERIOD,
            _number("base_load", NETWORK, "load of people and industry"),
            _number("facility_load", NETWORK, "load of facilities"),
            _number("shed", NETWORK, "load that is not met", "decided"),
            _number("local_supply", NETWORK, "what is made there"),
            _number("from_network", NETWORK, "what the network brings"),
            _number("angle", "rad", "voltage angle, with the dc model", "decided"),
        ),
        is_known_today=True,
        decided="angle",
    ),
    PlanTable(
        "road_upgrades",
        "Roads that are built or improved, and when.",
        "roads:upgrades",
        (
            _key("upgrade", "upgrade"),
            _text("title", "its title"),
            _text("region", "region that pays"),
            _text("period", "period from which it stands", "decided"),
            _number("length_km", "km", "length of its links"),
            _number("capex_mln", MLN, "what it costs, undiscounted"),
        ),
        decided="",
        common=("upgrade",),
    ),
    PlanTable(
        "connections",
        "Settlements that must reach each other, and whether they do.",
        "connection:{connection}",
        (
            _key("connection", "connection"),
            _text("from_settlement", "from where"),
            _text("to_settlement", "to where"),
            _PERIOD,
            _number("minutes", "min", "fastest way; empty: none", "told"),
            _number("limit_minutes", "min", "within which it must be", "told"),
            _flag("is_met", "whether it is", "derived"),
            _number("cost_mln", POINTS, "price of missing it, discounted"),
        ),
        is_known_today=True,
    ),
    PlanTable(
        "growth_points",
        "Candidates for growth points, whether they are chosen, who they gain.",
        "growth:points",
        (
            _key("settlement", "settlement"),
            _text("name", "its name"),
            _text("region", "its region"),
            _key("tier", "tier"),
            _PERIOD,
            _flag("is_chosen", "whether it is a growth point", "decided"),
            _number("persons", "persons", "who live there"),
            _number("persons_gained", "persons", "of them who came for it"),
            _number("capex_mln", MLN, "what it costs at once, undiscounted"),
            _number("opex_mln_per_year", MLN_A_YEAR, "what it costs from then on"),
        ),
        decided="is_chosen",
        common=("settlement", "tier"),
    ),
    PlanTable(
        "concentrations",
        "Capacity of higher levels, and how much of it stands in growth points.",
        "concentration:{concentration}",
        (
            _key("concentration", "rule"),
            _text("service", "service"),
            _PERIOD,
            _number("capacity", SERVICE, "of all higher levels"),
            _number("in_growth_points", SERVICE, "of it in growth points"),
            _number("share", "share", "of it in growth points", "told"),
            _number("required_share", "share", "that the rule asks for", "told"),
        ),
    ),
    PlanTable(
        "agglomerations",
        "People in agglomerations that may hold so many.",
        "agglomeration:{agglomeration}",
        (
            _key("agglomeration", "agglomeration"),
            _PERIOD,
            _number("persons", "persons", "who live in its settlements"),
            _number("max_persons", "persons", "who may", "told"),
        ),
        is_later=True,
    ),
    PlanTable(
        "contingencies",
        "What networks still meet after the loss of a link, run anew.",
        "contingency:{contingency}",
        (
            _key("contingency", "rule"),
            _text("network", "network"),
            _key("link", "link that is lost"),
            _PERIOD,
            _number("load_met", NETWORK, "load that is met with all links"),
            _number("required", NETWORK, "of it, what must be met without this one"),
            _number("met", NETWORK, "the most that can be met without it"),
            _number("shortfall", NETWORK, "what is missing of a rule that is priced"),
            _number("cost_mln", POINTS, "price of it, discounted"),
        ),
        is_later=True,
    ),
    PlanTable(
        "money",
        "Money by period, service and region, and what it is for.",
        "objective",
        (
            _PERIOD,
            _key("service", "service, network, roads or growth points"),
            _key("region", "region that pays"),
            _key("item", "what it is for"),
            _number("amount_mln", MLN, "all years of the period, undiscounted"),
            _number("discounted_mln", MLN, "as it counts in the objective"),
        ),
        leaves_out_nothing=True,
    ),
    PlanTable(
        "shortfalls",
        "What each standard asks for and what is reached, by group.",
        "standard:{standard}",
        (
            _key("standard", "standard"),
            _text("service", "its service"),
            _key("group", "settlement, district, region or total"),
            _PERIOD,
            _number("required", SERVICE, "demand that must be within the minutes"),
            _number("reached", SERVICE, "demand that is"),
            _number("shortfall", SERVICE, "what is missing"),
            _number("cost_mln", POINTS, "price of it, discounted"),
        ),
    ),
    PlanTable(
        "budgets",
        "What may be spent, and what is.",
        "budget:{budget}",
        (
            _key("budget", "budget"),
            _PERIOD,
            _number("limit_mln", MLN, "what may be spent"),
            _number("spent_mln", MLN, "what is spent, undiscounted"),
            _number("overrun_mln", MLN, "what is spent beyond a priced budget"),
        ),
    ),
    PlanTable(
        "objective",
        "Terms of the objective: money and points. Their sum is the objective.",
        "objective",
        (
            _key("term", "term"),
            _number("discounted_mln", BOTH, "its amount"),
        ),
    ),
    PlanTable(
        "sectors",
        "The plan by sector: what is spent and done in each period, and for whom.",
        "sectors",
        (
            _key("sector", "sector"),
            _PERIOD,
            _number("investment_mln", MLN, "building, renewal, closing, undiscounted"),
            _number(
                "operation_mln",
                MLN,
                "operation and supply in all years of the period, undiscounted",
            ),
            _whole(
                "actions",
                "facilities changed, steps, roads and local supplies built, growth"
                " points chosen",
                "derived",
            ),
            _number(
                "persons",
                "persons",
                "inhabitants of settlements that its actions reach: who goes to a"
                " facility that is changed, lives at a road or line that is built, ...",
            ),
            _number("jobs", "jobs", "jobs at the anchors of the sector that are open"),
        ),
        is_later=True,
    ),
)
"""Tables of a plan, in the order in which they are written."""

BY_NAME = {table.name: table for table in PLAN}
COLUMNS = {table.name: {c.name: c for c in table.columns} for table in PLAN}
"""Table -> column -> what it is."""
PLAN_TABLES: dict[str, Words] = {table.name: table.words for table in PLAN}
"""Table of a plan -> column -> kind."""

WHOLE = tuple(dict.fromkeys(
    c.name for table in PLAN for c in table.columns if c.kind == "int"
))  # fmt: skip
"""Columns of numbers that are whole."""

OF_SETTLEMENT: Words = {
    "region": "text", "district": "text", "kind": "text", "is_remote": "flag",
    "is_border": "flag", "is_growth_point": "flag",
}  # fmt: skip
"""Columns of ``settlements`` that its rows have in expressions."""

POPULATION: Words = {"settlement": "text", "period": "text", "persons": "number"}
"""All inhabitants, by settlement and period."""

WORDS: dict[str, Words] = {
    table: words | OF_SETTLEMENT if "settlement" in words else words
    for table, words in {**PLAN_TABLES, "population": POPULATION}.items()
}
"""Everything that expressions may name: table -> column -> kind."""

KNOWN_TODAY = (
    *(table.name for table in PLAN if table.is_known_today), "population",
)  # fmt: skip
"""Tables that today's stock has, too; the others hold decisions."""
