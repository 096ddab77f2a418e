"""Every figure of the summary is worked out anew from the tables of the plan."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from eventful_plan import eventful
from golden_cases import land, money, scheme

import aumaq
from aumaq.instances.generators import clustered
from aumaq.results.language import ENGLISH, Language
from aumaq.results.plan.limits import impact_limits
from aumaq.results.plan.plan import Plan
from aumaq.results.plan.summary import sentences
from aumaq.results.plan.terms import ITEMS

ACTIONS = {"open": "opened", "enlarge": "enlarged", "reduce": "reduced",
           "close": "closed", "renew": "renewed"}  # fmt: skip


SMALL = {"land": land, "money": money, "eventful": eventful,
         "scheme": scheme}  # fmt: skip
"""Instances with networks, roads, sources of money, partners, growth points."""


@pytest.fixture(scope="module", params=["tiny", "clustered", *SMALL])
def plan(request: pytest.FixtureRequest) -> Plan:
    """Return a plan of a shipped, of a generated, and of instances of every kind."""
    if request.param == "clustered":
        return aumaq.solve(clustered(12, 2), time_limit=20, gap=0.1)
    if request.param == "tiny":
        return aumaq.solve(aumaq.read("tiny"), gap=0.0)
    return aumaq.solve(SMALL[request.param](), gap=0.0)


def spoken(text: str) -> float:
    """Return an amount in mln of money as it is told: 57.4 trn KZT."""
    number, word = re.fullmatch(
        r"(−?[\d,.]+)\xa0?(trn|bn|mln)?(?:\xa0[A-Z]{3})?", text
    ).groups()  # type: ignore[union-attr]
    scale = {"trn": 1e6, "bn": 1e3, "mln": 1.0, None: 1e-6}[word]
    return float(number.replace(",", "").replace("−", "-")) * scale


def near(amount: float) -> object:
    """Return what a number of three digits may be."""
    return pytest.approx(amount, rel=5.1e-3, abs=1e-6)


@pytest.mark.slow
def test_every_sentence_says_what_the_tables_say(plan: Plan) -> None:
    """No sentence is left unchecked, and each pattern of figures is recomputed."""
    unknown = []
    for text in sentences(plan):
        for pattern, check in CHECKS.items():
            if found := re.fullmatch(pattern, text):
                check(plan, **found.groupdict())
                break
        else:
            unknown.append(text)
    assert unknown == []


def _people(plan: Plan, persons: str, n: str, first: str, last: str) -> None:
    rows = plan.instance.table("settlements")
    assert persons == f"{rows['population'].sum():,.0f}"
    assert n == f"{len(rows):,}"
    periods = plan.instance.table("periods")["period"]
    assert (first, last) == (periods.iloc[0], periods.iloc[-1])


def _paid(plan: Plan, money: str, each: str) -> None:
    rows = plan.money[plan.money["item"].isin(["building", "renewal", "closing"])]
    whole = rows["amount_mln"].sum()
    assert spoken(money) == near(whole)
    people = plan.instance.table("settlements")["population"].sum()
    assert spoken(each) == near(whole / people)


def _discounted(plan: Plan, year: str, money: str, items: str) -> None:
    rows = plan.objective.set_index("term")["discounted_mln"]
    assert int(year) == plan.instance.base_year
    told = {}
    for part in items.split(", "):
        title, amount = re.fullmatch(r"(.*?) (−?[\d,.]+\xa0?\w*)", part).groups()  # type: ignore[union-attr]
        told[title] = spoken(amount)
    names = {ENGLISH.tell(title): term for term, title in ITEMS.items()}
    for title, amount in told.items():
        assert amount == near(rows[names[title]])
    rounding = 5.1e-3 * sum(map(abs, told.values()))
    assert spoken(money) == pytest.approx(sum(told.values()), abs=rounding)


def _points(plan: Plan, points: str) -> None:
    weighed = {"travel", "unserved", "shedding", "shortfall", "overrun"}
    rows = plan.objective[plan.objective["term"].isin(weighed)]
    assert spoken(points) == near(rows["discounted_mln"].sum())


def _served(plan: Plan, period: str, shares: str) -> None:
    whole = _demand(plan, period)
    worst = re.compile(r" \(in (\S+) only (\S+)\)")
    for part in shares.split(", "):
        title, share = re.fullmatch(r"(.+) (\S+%)", worst.sub("", part)).groups()  # type: ignore[union-attr]
        service = _service(plan, title)
        assert share == ENGLISH.share(whole[service])
        for then, less in worst.findall(part):
            assert less == ENGLISH.share(_demand(plan, then)[service])


def _demand(plan: Plan, period: str) -> dict[str, float]:
    """Return the share served by service."""
    found = {}
    for service in plan.instance.service_names:
        here = [
            t[(t["service"] == service) & (t["period"] == period)]["demand"].sum()
            for t in (plan.allocation, plan.unserved)
        ]
        found[service] = 1.0 - here[1] / sum(here) if sum(here) else 1.0
    return found


def _service(plan: Plan, title: str) -> str:
    rows = plan.instance.table("services")
    shown = rows["title"].where(rows["title"] != "", rows["service"])
    return str(rows.loc[shown == title, "service"].iloc[0])


def assert_at_most(told: str, share: float) -> None:
    """What is told bounds the share from above, by less than its last digit."""
    assert 0.0 <= float(told.rstrip("%")) - 100.0 * share + 1e-7 < 0.01


def assert_below(told: float, bound: float) -> None:
    """What is told has three digits of the bound and is no larger."""
    assert told - 1e-6 <= bound < told * 1.0101 + 1e-6


def _gap(plan: Plan, gap: str, objective: str, bound: str) -> None:
    assert_at_most(gap, plan.gap)
    assert spoken(objective) == near(plan.objective["discounted_mln"].sum())
    assert_below(spoken(bound), plan.bound_mln)
    assert plan.gap == pytest.approx(1 - plan.bound_mln / plan.objective_mln, abs=1e-6)


def _fixed(plan: Plan, fixed: str, gap: str) -> None:
    assert_below(spoken(fixed), plan.record["unavoidable_mln"])
    assert_at_most(gap, plan.record["gap_of_decisions"])


def _verified(plan: Plan) -> None:
    assert plan.verify().problems == ()


def _built(
    plan: Plan, title: str, changes: str, period: str, running: str, places: str,
    share: str, lost: str,
) -> None:  # fmt: skip
    service = _service(plan, title)
    rows = plan.actions[plan.actions["service"] == service]
    units = rows.groupby("action")["units"].sum()
    told = {
        w: int(n.replace(",", "")) for n, w in re.findall(r"(\d[\d,]*) (\w+)", changes)
    }
    assert told == {w: units[a] for a, w in ACTIONS.items() if a in units}
    now = plan.facilities
    now = now[(now["service"] == service) & (now["period"] == period)]
    assert running == f"{now['units'].sum():,}"
    assert places == f"{now['site'].nunique():,}"
    assert share == ENGLISH.share(_demand(plan, period)[service])
    missing = plan.unserved[plan.unserved["service"] == service]
    sums = missing.groupby("period")["demand"].sum()
    assert {p: n for n, p in re.findall(r"(\d[\d,]*) \(([^)]+)\)(?=[,\s])", lost)} == {
        p: f"{n:,.0f}" for p, n in sums.items() if n > 0
    }


def _supplies(
    plan: Plan, title: str, changes: str, period: str, running: str, places: str
) -> None:
    """Look at a service that feeds a network: nobody goes there."""
    service = _service(plan, title)
    rows = plan.actions[plan.actions["service"] == service]
    units = rows.groupby("action")["units"].sum()
    told = {w: int(n) for n, w in re.findall(r"(\d+) (\w+)", changes)}
    assert told == {w: units[a] for a, w in ACTIONS.items() if a in units}
    assert (not told) == (changes == "nothing changes")
    now = plan.facilities
    now = now[(now["service"] == service) & (now["period"] == period)]
    assert (running, places) == (f"{now['units'].sum()}", f"{now['site'].nunique()}")


def _network(
    plan: Plan, title: str, n: str | None, cost: str | None, own: str | None,
    period: str, far: str, near_by: str, lost: str,
) -> None:  # fmt: skip
    networks = plan.instance.table("networks")
    shown = networks["title"].where(networks["title"] != "", networks["network"])
    network = networks.loc[shown == title, "network"].iloc[0]
    steps, local = (
        rows[rows["network"] == network]
        for rows in (plan.table("network_steps"), plan.table("local_supply"))
    )
    assert int(n or 0) == steps["link"].nunique()
    assert (spoken(cost) if cost else 0.0) == near(steps["capex_mln"].sum())
    size = local.groupby(["node", "option"])["capacity"].max()  # it only grows
    options = plan.instance.table("local_supplies")
    options = options[options["network"] == network]
    price = options.groupby("option")["capex_mln_per_unit"].mean()
    assert (spoken(own) if own else 0.0) == near((size * price).sum())
    loads = plan.table("loads")
    loads = loads[loads["network"] == network]
    whole = loads["base_load"] + loads["facility_load"]
    now = loads["period"] == period
    for told, column in ((far, "from_network"), (near_by, "local_supply")):
        assert told == ENGLISH.share(loads[column][now].sum() / whole[now].sum())
    unmet = loads["shed"].groupby(loads["period"]).sum()
    unmet /= whole.groupby(loads["period"]).sum()
    assert {p: s for s, p in re.findall(r"(\S+%) \(([^)]+)\)", lost)} == {
        p: ENGLISH.share(part) for p, part in unmet.items() if part > 0
    }
    assert (lost == "nothing") == (not (unmet > 0).any())


def _roads(plan: Plan, n: str, all: str, km: str, cost: str) -> None:
    built = plan.table("road_upgrades")["upgrade"]
    tables = plan.instance.tables
    assert (n, all) == (f"{len(built)}", f"{len(tables['road_upgrades'])}")
    links = tables["road_upgrade_links"]
    assert km == f"{links['length_km'][links['upgrade'].isin(built)].sum():,.0f}"
    rows = plan.money[(plan.money["item"] == "building")]
    assert spoken(cost) == near(rows["amount_mln"][rows["service"] == "roads"].sum())


def _no_roads(plan: Plan, all: str) -> None:
    assert plan.table("road_upgrades").empty
    assert all == f"{len(plan.instance.tables['road_upgrades'])}"


def _connections(plan: Plan, n: str, all: str, period: str) -> None:
    rows = plan.table("connections")
    rows = rows[rows["period"] == period]
    limits = plan.instance.table("connections").set_index("connection")["minutes"]
    kept = rows["minutes"] <= rows["connection"].map(limits) + 1e-6
    assert (n, all) == (f"{kept.sum()}", f"{len(rows)}")


def _growth(
    plan: Plan, n: str, all: str, names: str, period: str, persons: str
) -> None:
    candidates = plan.instance.table("growth_candidates")["settlement"]
    rows = plan.table("growth_points")
    rows = rows[(rows["period"] == period) & rows["is_chosen"]]
    assert (n, all) == (f"{len(rows)}", f"{candidates.nunique()}")
    places = plan.instance.table("settlements").set_index("settlement")["name"]
    named = [places[code] for code in rows["settlement"]]
    assert names == (", ".join(named) or "–")
    assert persons == f"{rows['persons_gained'].sum():,.0f}"


def _owed(plan: Plan, amount: str, year: str) -> None:
    rows = plan.table("payments")
    rows = rows[rows["is_past_horizon"]]
    assert spoken(amount) == near(rows["amount_mln"].sum())
    assert int(year) == rows["year"].max()


def _used_up(plan: Plan, period: str, n: str, names: str) -> None:
    rows = plan.table("funds")
    has = rows["limit_mln"] + rows["carried_over_mln"]
    rows = rows[
        (rows["period"] == period) & (has > 0) & (rows["left_mln"] < 1e-3 * has)
    ]
    assert n == f"{len(rows)}"
    assert sorted(names.split(", ")) == sorted(rows["fund"])


def _standards(plan: Plan, met: str, all: str, missed: str) -> None:
    rows = plan.shortfalls
    assert all == f"{len(rows):,}"
    assert missed == f"{(rows['shortfall'] > 0).sum():,}"
    assert missed != "0"
    assert met == f"{(rows['shortfall'] <= 0).sum():,}"


def _all_standards(plan: Plan, all: str) -> None:
    rows = plan.shortfalls
    assert all == f"{len(rows):,}"
    assert not (rows["shortfall"] > 0).any()


def _targets(plan: Plan, met: str, all: str, period: str) -> None:
    rows = plan.indicators[plan.indicators["period"] == period]["is_met"].dropna()
    assert (met, all) == (f"{rows.sum():,}", f"{len(rows):,}")


def _estimates(plan: Plan, named: str) -> None:
    for name, share in re.findall(r"([a-z ]+): ([<>]?\d+%)", named):
        rows: pd.DataFrame = plan.instance.table(name.strip().replace(" ", "_"))
        assert share == ENGLISH.share(float(rows["is_synthetic"].mean()), 0)


def _proven(plan: Plan, objective: str) -> None:
    assert plan.objective_mln - plan.bound_mln <= 1e-9 * abs(plan.objective_mln)
    assert objective == ENGLISH.money(plan.objective_mln, plan.instance.currency)


def _concern(plan: Plan) -> None:
    """Look at nothing: tests/results/test_concerns.py has these sentences."""
    del plan


AMOUNT = r"−?[\d,.]+\xa0?\w*\xa0[A-Z]{3}"


def _missed_most(plan: Plan, named: str) -> None:
    rows = plan.shortfalls
    titles = plan.instance.table("standards").set_index("standard")["title"]
    told = dict(part.rsplit(": ", 1) for part in named.split("; "))
    for standard, own in rows.groupby("standard"):
        missed = int((own["shortfall"] > 0).sum())
        title = titles[standard] or standard
        assert told.pop(title, None) == (f"{missed} of {len(own)}" if missed else None)
    assert not told


def _agglomerations(plan: Plan, n: str, all: str, period: str, names: str) -> None:
    now = plan.table("agglomerations")
    now = now[now["period"] == period]
    full = now[now["max_persons"] - now["persons"] <= 1e-3 * now["max_persons"]]
    assert (int(n), int(all)) == (len(full), len(now))
    assert names.count(",") == max(len(full) - 1, 0)


def _impact_limits(plan: Plan, n: str, all: str) -> None:
    rows = plan.table("impact_limits").query("most > 0")
    assert (int(n), int(all)) == (int((rows["amount"] > rows["most"]).sum()), len(rows))


def _losses(plan: Plan, n: str, all: str) -> None:
    rows = plan.table("contingencies")
    lost = rows["required"] - rows["met"] > 1e-6 * rows["required"]
    assert (int(n), int(all)) == (int(lost.sum()), len(rows))


CHECKS: dict[str, Callable[..., None]] = {
    r"The plan is for (?P<persons>[\d,]+) people of today in (?P<n>[\d,]+)"
    r" settlements?, (?P<first>\S+) to (?P<last>\S+)\.": _people,
    rf"Building, renewal and closing cost (?P<money>{AMOUNT}) in all periods,"
    rf" (?P<each>{AMOUNT}) for each of today's people\.": _paid,
    rf"Discounted to (?P<year>\d+) the plan costs (?P<money>{AMOUNT}): (?P<items>.*)\.":
        _discounted,
    rf"Long ways, .* count as (?P<points>{AMOUNT}) more; nobody pays that\.": _points,
    r"Demand that is served in (?P<period>\S+): (?P<shares>.*)\.": _served,
    rf"At most (?P<gap>\S+) of its cost could be saved: it costs"
    rf" (?P<objective>{AMOUNT}), and no plan costs less than (?P<bound>{AMOUNT}), .*":
        _gap,
    rf"It is proven that no plan costs less: it costs (?P<objective>{AMOUNT}), .*":
        _proven,
    rf"No plan avoids (?P<fixed>{AMOUNT}) of it; .* at most (?P<gap>\S+) could be"
    r" saved\.": _fixed,
    r"Every rule and sum was recomputed and holds; .*": _verified,
    r"(?P<title>[^:]+): (?P<changes>.*); in (?P<period>\S+) (?P<running>[\d,]+)"
    r" facilit\w+ runs? at (?P<places>[\d,]+) sites?, (?P<share>\S+) of demand is"
    r" served; not served: (?P<lost>.*)\.": _built,
    r"(?P<title>[^:]+): (?P<changes>[^:]*); in (?P<period>\S+) (?P<running>[\d,]+)"
    r" facilit\w+ runs? at (?P<places>[\d,]+) sites?\.": _supplies,
    rf"(?P<title>[^:]+): (?:nothing is built|(?:(?P<n>\d+) lines? (?:is|are) built or"
    rf" widened for (?P<cost>{AMOUNT}))?(?:, )?"
    rf"(?:local supply is built for (?P<own>{AMOUNT}))?); in"
    r" (?P<period>\S+) (?P<far>\S+) of what is needed comes by the network,"
    r" (?P<near_by>\S+) from local supply; not met: (?P<lost>.*)\.": _network,
    rf"Roads: (?P<n>\d+) of (?P<all>\d+) upgrades (?:is|are) built, (?P<km>\S+) km"
    rf" for (?P<cost>{AMOUNT})\.": _roads,
    r"Roads: none of (?P<all>\d+) upgrades is built\.": _no_roads,
    r"Connections: (?P<n>\d+) of (?P<all>\d+) (?:is|are) in time in"
    r" (?P<period>\S+)\.":
        _connections,
    r"Growth points: (?P<n>\d+) of (?P<all>\d+) candidates (?:is|are) chosen"
    r" \((?P<names>.*)\); in (?P<period>\S+) (?:it gains|they gain) (?P<persons>\S+)"
    r" people\.":
        _growth,
    rf"After the last period (?P<amount>{AMOUNT}) are still paid to partners, the last"
    r" in (?P<year>\d+)\.": _owed,
    r"In (?P<period>\S+) nothing is left of (?P<n>\d+) sources? of money:"
    r" (?P<names>.*)\.": _used_up,
    r"Standards are kept in (?P<met>[\d,]+) of (?P<all>[\d,]+) cases .* in"
    r" (?P<missed>[\d,]+) they are not\.": _standards,
    r"Missed most often: (?P<named>.*)\.": _missed_most,
    r"Agglomerations: (?P<n>\d+) of (?P<all>\d+) with a limit holds? all .* in"
    r" (?P<period>\S+) \((?P<names>.*)\)\.": _agglomerations,
    r"Limits on impacts: (?P<n>\d+) of (?P<all>\d+) .*": _impact_limits,
    r"Loss of a link: in (?P<n>\d+) of (?P<all>\d+) cases .*": _losses,
    r"Standards are kept in (?:all|the) (?P<all>[\d,]+) cases? .*\.": _all_standards,
    r"Indicators: (?P<met>[\d,]+) of (?P<all>[\d,]+) targets .* in (?P<period>\S+)\.":
        _targets,
    r"Estimates, not facts: this share of the rows is synthetic: (?P<named>.*);"
    r" rows that rest on them are marked\.": _estimates,
    r".*(?:have no place in|are sent to smaller|min one way|than the longest trip"
    r"|of all places are taken"
    r"|times its own demand|times their own demand|The budget).*": _concern,
}  # fmt: skip
"""Pattern of a sentence -> what works its figures out anew."""


@pytest.mark.parametrize(
    ("n", "english", "russian"),
    [
        (0, "0 of 63 (one place in one period) are exceeded", "превышено 0 из 63"),
        (1, "1 of 63 (one place in one period) is exceeded", "превышено 1 из 63"),
        (2, "2 of 63 (one place in one period) are exceeded", "превышено 2 из 63"),
        (5, "5 of 63 (one place in one period) are exceeded", "превышено 5 из 63"),
        (21, "21 of 63 (one place in one period) are exceeded", "превышено 21 из 63"),
    ],
)
def test_one_of_many_is_told_in_the_singular(
    n: int, english: str, russian: str
) -> None:
    """In English by the number; Russian has words that fit all of them."""
    rows = pd.DataFrame({"most": [1.0] * 63, "excess": [1.0] * n + [0.0] * (63 - n)})
    plan: Any = SimpleNamespace(table=lambda _: rows)
    assert english in impact_limits(plan, ENGLISH)[0]
    assert russian in impact_limits(plan, Language("ru"))[0]
