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
OF_IMPACT = "unit of the impact"
MLN, MLN_A_YEAR = "mln", "mln/year"
OF_GAP = "share or min"
"""What a rule on a gap compares."""
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
    that ``is_later`` than the first version may be missing from a file: it is computed.
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
        "reassigned",
        "Where people go whose facility of today runs no more: for each period from its"
        " closing on, a row for each site that serves some of them, and one for those"
        " who are not served. Today's facility is the nearest that stands, on today's"
        " roads (see `closing_rules`); of equally near ones all must have closed.",
        "allocation:{service}",
        (
            _SERVICE,
            _key("settlement", "settlement"),
            _PERIOD,
            _text("closed_in", "period at whose start its facility closed", "derived"),
            _text("from_site", "today's site, the first if several", "derived"),
            _number("minutes_before", "min", "way to it on today's roads, one way"),
            _key("to_site", "where they go; empty: they are not served"),
            _number("demand", SERVICE, "demand that goes there, or is not served"),
            _number("minutes_after", "min", "way, one way; empty: they are not served"),
        ),
        is_later=True,
    ),
    PlanTable(
        "bused",
        "Who rides a bus, of those who are served.",
        "bus:{service}",
        (
            _SERVICE,
            _key("settlement", "settlement whose people ride"),
            _SITE,
            _PERIOD,
            _number("share", "share", "of the demand of the settlement", "decided"),
            _number("demand", SERVICE, "demand that rides"),
            _number("minutes", "min", "ride, one way", "told"),
            _number("length_km", "km", "ride, one way", "told"),
            _number(
                "cost_mln_per_year", MLN_A_YEAR, "what the bus costs", rule="objective"
            ),
        ),
        decided="share",
        is_later=True,
    ),
    PlanTable(
        "visits",
        "Who is visited by a mobile service, of those who are served.",
        "mobile_service:{mobile_service}",
        (
            _key("mobile_service", "mobile service"),
            _SERVICE,
            _key("settlement", "settlement whose people are visited"),
            _SITE,
            _PERIOD,
            _number("share", "share", "of the demand of the settlement", "decided"),
            _number("demand", SERVICE, "demand that is served at home"),
            _number("days", "days/year", "days of visits"),
            _number("minutes", "min", "way of the team, one way", "told"),
            _number("length_km", "km", "way of the team, one way", "told"),
            _number(
                "cost_mln_per_year",
                MLN_A_YEAR,
                "what days and kilometres cost",
                rule="objective",
            ),
        ),
        decided="share",
        is_later=True,
    ),
    PlanTable(
        "mobile_teams",
        "Teams of mobile services, where they are based.",
        "mobile_service:{mobile_service}",
        (
            _key("mobile_service", "mobile service"),
            _SERVICE,
            _SITE,
            *_PLACE,
            _PERIOD,
            _whole("teams", "teams"),
            _number("days", "days/year", "days on which they visit"),
            _number("most_days", "days/year", "days on which they could", "told"),
            _number(
                "cost_mln_per_year",
                MLN_A_YEAR,
                "what the teams cost, without days and kilometres",
                rule="objective",
            ),
        ),
        decided="teams",
        is_later=True,
    ),
    PlanTable(
        "second_shift",
        "Where there is a second shift, and how many are in it.",
        "capacity:{service}",
        (
            _SERVICE,
            _SITE,
            *_PLACE,
            _PERIOD,
            _number("demand", SERVICE, "demand served beyond the first shift"),
            _number("share", "share", "of the demand that the site serves", "told"),
            _number("cost_mln_per_year", MLN_A_YEAR, "what it costs", rule="objective"),
        ),
        is_later=True,
    ),
    PlanTable(
        "relocations",
        "Facilities that move to another site, and when.",
        "relocation:{relocation}",
        (
            _key("relocation", "relocation"),
            _text("title", "its title"),
            _text("service", "service"),
            _text("site", "from where"),
            _text("to_site", "to where"),
            _text("period", "period at whose start it moves", "decided"),
            _whole("level", "its level"),
            _number("cost_mln", MLN, "what it costs, undiscounted", rule="objective"),
            _number("instead_of_mln", MLN, "what closing and opening would cost"),
        ),
        decided="",
        common=("relocation", "level"),
        is_later=True,
    ),
    PlanTable(
        "merged",
        "Pairs of facilities that merge (`possible_mergers`), and when.",
        "possible_merger:{possible_merger}",
        (
            _key("possible_merger", "pair"),
            _text("title", "its title"),
            _text("service", "service"),
            _text("site", "one of its sites"),
            _text("other_site", "the other one"),
            _text("period", "period from which they are one", "decided"),
            _text("left", "the site at which the merged facility runs then"),
            _number("cost_mln", MLN, "what it costs, undiscounted", rule="objective"),
            _number("saving_mln_per_year", MLN_A_YEAR, "what it saves", "told"),
        ),
        decided="",
        common=("possible_merger",),
        is_later=True,
    ),
    PlanTable(
        "follow_ons",
        "Where who goes to a site goes on, in another service (`feeders`).",
        "feeder:{feeder}",
        (
            _key("feeder", "pattern"),
            _text("service", "service"),
            _key("site", "site"),
            _text("to_service", "the service that comes next"),
            _text("to_site", "site of it", "decided"),
            _PERIOD,
            _number("demand", SERVICE, "demand of it served at the site"),
            _flag("is_given", "whether the instance gives it"),
        ),
        decided="",
        is_later=True,
    ),
    PlanTable(
        "staff",
        "Posts of what runs, who is there, and who is hired or trained.",
        "staff:{profession}",
        (
            _key("profession", "profession"),
            _text("title", "its title"),
            _key("region", "region"),
            _PERIOD,
            _number("needed", "posts", "posts of what runs"),
            _number("available", "posts", "who is there by itself", "told"),
            _number("stayed", "posts", "hired or trained in earlier periods", "told"),
            _number("hired", "posts", "brought in at the start", "decided"),
            _number("trained", "posts", "trained, for the next period", "decided"),
            _number("cost_mln", MLN, "what both cost", rule="objective"),
        ),
        decided="hired",
        is_later=True,
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
        "forbidden_land",
        "Sites where the land forbids levels of a service, and why; what stands there"
        " may stay.",
        "land:{service}",
        (
            _SERVICE,
            _SITE,
            *_PLACE,
            _key("zone", "zone that forbids them"),
            _text("zone_title", "its title"),
            _text("kind", "what its land is for"),
            _key("buffer", "rule on what is near the zone; empty: the zone itself"),
            _text("levels", "levels that may not be built"),
            _number("distance_km", "km", "how far the zone is", "told"),
            _number("within_km", "km", "within which it forbids them", "told"),
            _flag("stands", "whether something stands there today"),
        ),
        is_later=True,
    ),
    PlanTable(
        "forbidden_works",
        "Roads, links and local supply that zones forbid to build; what stands may"
        " stay.",
        "zone_work:{zone_work}",
        (
            _key("zone_work", "rule"),
            _key("zone", "zone that forbids it"),
            _text("zone_title", "its title"),
            _text("kind", "what its land is for"),
            _text("of", "`roads`, `links` or `local_supply`"),
            _key("network", "network; empty: roads"),
            _key("what", "road upgrade, link or option of local supply"),
            _key("node", "node of local supply"),
        ),
        is_later=True,
    ),
    PlanTable(
        "impacts",
        "Loads on the environment by region, and what they are of.",
        "impacts",
        (
            _key("impact", "impact"),
            _text("unit", "its unit"),
            _key("region", "region of what stands, or of who travels"),
            _PERIOD,
            _number("amount", OF_IMPACT, "all of it, in a year"),
            _number("facilities", OF_IMPACT, "of facilities that run", "told"),
            _number("supply", OF_IMPACT, "of what they feed into networks", "told"),
            _number("local_supply", OF_IMPACT, "of local supply", "told"),
            _number("travel", OF_IMPACT, "of travel to services", "told"),
        ),
        is_known_today=True,
        is_later=True,
    ),
    PlanTable(
        "impact_limits",
        "How much of each impact there may be, and how much there is.",
        "limit:{limit}",
        (
            _key("limit", "limit"),
            _PERIOD,
            _text("impact", "impact"),
            _text("region", "region that it is on; empty: all"),
            _text("zone", "zone that it is on"),
            _text("kind", "kind of zones that it is on"),
            _number("most", OF_IMPACT, "what may be"),
            _number("amount", OF_IMPACT, "what is"),
            _number("excess", OF_IMPACT, "what is beyond a priced limit"),
        ),
        is_later=True,
    ),
    PlanTable(
        "partnerships",
        "What partners pay of investment, and how they are paid back.",
        "partnership:{partnership}",
        (
            _key("partnership", "partnership"),
            _key("service", "service, network, roads or growth points"),
            _key("region", "region that would have paid"),
            _PERIOD,
            _number("money_mln", MLN, "what the partner pays", "decided"),
            _number("payment_mln_per_year", MLN_A_YEAR, "what is paid back each year"),
            _whole("first_year", "year of the first payment", "derived"),
            _whole("last_year", "year of the last payment", "derived"),
            _number("paid_back_mln", MLN, "paid back within the periods"),
            _number("liability_mln", MLN, "still owed after the last period"),
        ),
        decided="money_mln",
        leaves_out_nothing=True,
        is_later=True,
    ),
    PlanTable(
        "payments",
        "What is paid to partners by calendar year, also after the last period.",
        "partnership:{partnership}",
        (
            _key("partnership", "partnership"),
            _key("year", "calendar year", "int"),
            _text("period", "period in which it lies; empty after the last", "derived"),
            _flag(
                "is_past_horizon", "whether it lies after the last period", "derived"
            ),
            _number("amount_mln", MLN, "what is paid, undiscounted"),
            _number("discounted_mln", MLN, "as it counts in the objective"),
        ),
        leaves_out_nothing=True,
        is_later=True,
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
        "gaps",
        "How far the best and the worst group of each rule of fairness are apart: a"
        " share of demand, or minutes.",
        "gap:{gap}",
        (
            _key("gap", "rule"),
            _text("service", "its service"),
            _PERIOD,
            _text("high_group", "the group with the highest value"),
            _number("high", OF_GAP, "its value"),
            _text("low_group", "the group with the lowest value"),
            _number("low", OF_GAP, "its value"),
            _number("difference", OF_GAP, "what lies between them"),
            _number("excess", OF_GAP, "what of it is more than a priced rule allows"),
            _number("cost_mln", POINTS, "price of it, discounted"),
        ),
        is_later=True,
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
        "building_capacity",
        "What changes at once, and what may.",
        "building_capacity:{building_capacity}",
        (
            _key("building_capacity", "rule"),
            _PERIOD,
            _number(
                "spent_mln", MLN, "all that is invested in facilities, mergers, too"
            ),
            _number("most_mln", MLN, "what it may be; empty: no limit", "told"),
            _number("changes", "facilities", "that change"),
            _number("most_changes", "facilities", "that may; empty: any", "told"),
        ),
        is_later=True,
    ),
    PlanTable(
        "financing",
        "Who pays for what, and when.",
        "funding:covered",
        (
            _key("fund", "source of money"),
            _key("service", "service, network, roads or growth points"),
            _key("region", "region whose spending it is"),
            _key("spending", "investment or operation"),
            _PERIOD,
            _number("amount_mln", MLN, "what it pays, undiscounted", "decided"),
        ),
        decided="amount_mln",
        leaves_out_nothing=True,
        is_later=True,
    ),
    PlanTable(
        "funds",
        "What each source of money has, pays and has left.",
        "fund:{fund}",
        (
            _key("fund", "source of money"),
            _PERIOD,
            _number("limit_mln", MLN, "what it has of the period; empty: no limit"),
            _number(
                "carried_over_mln", MLN, "left of the period before, with interest"
            ),
            _number("paid_mln", MLN, "what it pays"),
            _number("left_mln", MLN, "what is left of it; empty: no limit"),
        ),
        is_later=True,
    ),
    PlanTable(
        "objective",
        "Terms of the objective: money and points. Their sum is the objective.",
        "objective",
        (
            _key("term", "term"),
            _number("discounted_mln", BOTH, "its amount"),
        ),
        leaves_out_nothing=True,
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
