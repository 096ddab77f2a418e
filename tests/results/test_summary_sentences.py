"""Every figure of the summary is worked out anew from the tables of the plan."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd
import pytest

import aumaq
from aumaq.instances.generators import clustered
from aumaq.results.language import ENGLISH
from aumaq.results.plan.plan import Plan
from aumaq.results.plan.summary import sentences

ACTIONS = {"open": "opened", "enlarge": "enlarged", "reduce": "reduced",
           "close": "closed", "renew": "renewed"}  # fmt: skip


@pytest.fixture(scope="module", params=["tiny", "clustered"])
def plan(request: pytest.FixtureRequest) -> Plan:
    """Return a plan of a shipped and of a generated instance."""
    if request.param == "tiny":
        return aumaq.solve(aumaq.read("tiny"), gap=0.0)
    return aumaq.solve(clustered(12, 2), time_limit=20, gap=0.1)


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
    names = {"residual value": "residual"}
    for title, amount in told.items():
        assert amount == near(rows[names.get(title, title)])
    assert spoken(money) == pytest.approx(sum(told.values()), rel=0.02)


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


def _gap(plan: Plan, gap: str, objective: str, bound: str) -> None:
    assert gap == ENGLISH.share(plan.gap, 2)
    assert spoken(objective) == near(plan.objective["discounted_mln"].sum())
    assert spoken(bound) == near(plan.bound_mln)
    assert plan.gap == pytest.approx(1 - plan.bound_mln / plan.objective_mln, abs=1e-6)


def _fixed(plan: Plan, fixed: str, gap: str) -> None:
    assert spoken(fixed) == near(plan.record["unavoidable_mln"])
    assert gap == ENGLISH.share(plan.record["gap_of_decisions"], 2)


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


def _standards(plan: Plan, met: str, all: str, missed: str) -> None:
    rows = plan.shortfalls
    assert all == f"{len(rows):,}"
    assert missed == f"{(rows['shortfall'] > 0).sum():,}"
    assert met == f"{(rows['shortfall'] <= 0).sum():,}"


def _targets(plan: Plan, met: str, all: str, period: str) -> None:
    rows = plan.indicators[plan.indicators["period"] == period]["is_met"].dropna()
    assert (met, all) == (f"{rows.sum():,}", f"{len(rows):,}")


def _estimates(plan: Plan, named: str) -> None:
    for name, share in re.findall(r"([a-z ]+): ([<>]?\d+%)", named):
        rows: pd.DataFrame = plan.instance.table(name.strip().replace(" ", "_"))
        assert share == ENGLISH.share(float(rows["is_synthetic"].mean()), 0)


def _concern(plan: Plan) -> None:
    """Look at nothing: tests/results/test_concerns.py has these sentences."""
    del plan


AMOUNT = r"−?[\d,.]+\xa0?\w*\xa0[A-Z]{3}"
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
    rf"No plan avoids (?P<fixed>{AMOUNT}) of it; .* at most (?P<gap>\S+) could be"
    r" saved\.": _fixed,
    r"Every rule and sum was recomputed and holds; .*": _verified,
    r"(?P<title>[^:]+): (?P<changes>.*); in (?P<period>\S+) (?P<running>[\d,]+)"
    r" facilit\w+ runs? at (?P<places>[\d,]+) sites?, (?P<share>\S+) of demand is"
    r" served; not served: (?P<lost>.*)\.": _built,
    r"Standards are kept in (?P<met>[\d,]+) of (?P<all>[\d,]+) cases .* in"
    r" (?P<missed>[\d,]+) they are not\.": _standards,
    r"Indicators: (?P<met>[\d,]+) of (?P<all>[\d,]+) targets .* in (?P<period>\S+)\.":
        _targets,
    r"Estimates, not facts: this share of the rows is synthetic: (?P<named>.*);"
    r" rows that rest on them are marked\.": _estimates,
    r".*(?:have no place in|are sent to smaller|min one way|than the longest trip"
    r"|of all places are taken"
    r"|times its own demand|times their own demand|The budget).*": _concern,
}  # fmt: skip
"""Pattern of a sentence -> what works its figures out anew."""
