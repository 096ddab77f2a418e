"""Who pays: by hand, without any time, and what is told of tables that cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from brute_force import best_plan_cost
from examples import examples
from grid_example import grid_rows
from hypothesis import assume, given
from hypothesis import strategies as st
from tiny_instances import Rows, tiny, tiny_instances
from two_schools import NO_TIME, two_schools

import aumaq
from aumaq.instances import Instance
from aumaq.results.language import ENGLISH
from aumaq.results.report.document import document

PAGE = Path(__file__).parents[2] / "docs" / "money.md"


def by_hand() -> Instance:
    """Return the instance of the page: a partner pays half of a school."""
    return tiny(
        policies=[{"discount_rate": 0.08, "value_of_time_per_hour": 0.0,
                   "count_residual_value": False}],
        periods=[{"period": "2026-30", "first_year": 2026, "years": 5},
                 {"period": "2031-35", "first_year": 2031, "years": 5}],
        settlements=[{"settlement": "a"}],
        services=[{"service": "s", "unserved_mln_per_unit_year": 50.0}],
        levels=[{"service": "s", "level": 1, "capacity": 100.0, "capex_mln": 1000.0}],
        sites=[{"site": "a", "service": "s", "settlement": "a"}],
        travel=[{"settlement": "a", "site": "a", "minutes": 1.0}],
        funding_sources=[{"fund": "state"}, {"fund": "current"}],
        funding_limits=[{"fund": "state", "year": 2026, "amount_mln": 500.0}],
        funding_eligibility=[{"fund": "state", "covers": "investment"},
                             {"fund": "current", "covers": "operation"}],
        partnerships=[{"partnership": "p", "service": "s", "limit_mln": 2000.0,
                       "premium": 0.1, "term_years": 10, "first_payment_years": 2}],
    )  # fmt: skip


def test_payments_are_those_calculated_by_hand() -> None:
    """Each year of the table of the page, those after the last period included."""
    lines = [line for line in PAGE.read_text("utf-8").splitlines()
             if line.startswith("| 20")]  # fmt: skip
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    plan = aumaq.solve(by_hand(), gap=0.0)
    assert plan.record["problems"] == []
    payments = plan.table("payments")
    assert len(rows) == len(payments) == 10
    for (year, period, paid, _, discounted), own in zip(
        rows, payments.itertuples(), strict=True
    ):
        assert int(year) == own.year
        assert own.is_past_horizon == (period == "after the last")
        assert own.period == ("" if own.is_past_horizon else period)
        assert own.amount_mln == pytest.approx(float(paid), abs=1e-6)
        assert own.discounted_mln == pytest.approx(float(discounted), abs=1e-6)
    assert set(plan.table("funds")["left_mln"].dropna()) == {0.0}  # no dust
    terms = plan.objective.set_index("term")["discounted_mln"]
    assert terms["partner"] == pytest.approx(-500.0)
    assert terms["availability"] == pytest.approx(476.279133, abs=1e-6)
    assert terms["liability"] == pytest.approx(79.849725, abs=1e-6)
    (partner,) = plan.table("partnerships").to_dict("records")
    assert partner["liability_mln"] == pytest.approx(179.019934, abs=1e-6)
    spent = plan.table("financing").set_index(["fund", "period"])["amount_mln"]
    assert spent["current", "2026-30"] == pytest.approx(268.529902, abs=1e-6)
    assert spent["current", "2031-35"] == pytest.approx(447.549836, abs=1e-6)
    assert spent["state", "2026-30"] == pytest.approx(500.0)


@pytest.mark.slow
def test_the_page_says_who_pays_all_that_is_paid() -> None:
    """Of the school the state and the partner pay half each, then the partner is paid
    back from what is current: both tables and the chart have the same sums.
    """
    found = document([aumaq.solve(by_hand(), gap=0.0)], ENGLISH)["runs"][0]
    (action,) = found["tables"]["actions"]["rows"]
    assert {"state 50.0%; p 50.0%", "p 50.0%; state 50.0%"} & {*map(str, action)}
    sums = {
        name: np.sum([row[-2:] for row in found["tables"][name]["rows"]], axis=0)
        for name in ("financing", "spending")
    }
    assert sums["financing"] == pytest.approx([1268.529902, 447.549836], abs=0.2)
    assert sums["spending"] == pytest.approx(sums["financing"], abs=0.2)
    drawn = np.sum([part["values"] for part in found["spending"]["sets"]], axis=0)
    assert drawn == pytest.approx(sums["financing"], abs=0.2)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "is_built"),
    [
        ({"share_most": 0.5}, True),
        ({"share_most": 0.49}, False),
        ({"limit_mln": 499.0}, False),
        ({"burden": 89.52}, True),
        ({"burden": 89.5}, False),
    ],
)
def test_limits_of_partners(change: dict[str, float], is_built: bool) -> None:
    """Share, limit and yearly burden: without the partner there is no school."""
    instance = by_hand()
    burden = change.pop("burden", None)
    tables = {"partnerships": instance.table("partnerships").assign(**change)}
    if burden is not None:
        rows = [{"burden": "b", "most_mln_per_year": burden}]
        tables["burdens"] = pd.DataFrame(rows)
    for options in ({"gap": 0.0}, {"time_limit": NO_TIME}):
        plan = aumaq.solve(instance.replace(**tables), **options)
        assert plan.record["problems"] == []
        assert len(plan.facilities) == (2 if is_built and "gap" in options else 0)


def paid_by(*sources: dict[str, Any], **tables: Rows) -> Instance:
    """Return two villages with a school each to renew, and sources of money."""
    rows: dict[str, Rows] = {
        "funding_sources": [{"fund": row["fund"]} for row in sources],
        "funding_limits": [{"fund": row["fund"], "period": "p1",
                            "amount_mln": row["mln"]} for row in sources],
        "funding_eligibility": [{key: value for key, value in row.items()
                                 if key != "mln"} for row in sources],
        **tables,
    }  # fmt: skip
    return two_schools().replace(**{n: pd.DataFrame(r) for n, r in rows.items()})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sources", "left"),
    [
        ([{"fund": "n", "mln": 1000.0}], []),
        ([{"fund": "n", "mln": 6.5}], ["b"]),
        ([{"fund": "n", "mln": 0.5}], ["a", "b"]),
        ([{"fund": "r", "mln": 100.0, "region": "R"},
          {"fund": "q", "mln": 0.0, "region": "Q"}], ["b"]),
        ([{"fund": "i", "mln": 5.0, "covers": "investment"},
          {"fund": "o", "mln": 100.0, "covers": "operation"}], ["b"]),
        ([{"fund": "i", "mln": 100.0, "share_most": 0.5},
          {"fund": "o", "mln": 6.5}], []),
    ],
)  # fmt: skip
def test_schools_that_nobody_pays_for_close(sources: Rows, left: list[str]) -> None:
    """The first plan, without any time, is the best one here."""
    for options in ({"time_limit": NO_TIME}, {"gap": 0.0}):
        plan = aumaq.solve(paid_by(*sources), **options)
        assert plan.record["problems"] == []
        assert sorted(plan.table("unserved")["settlement"]) == left


def test_power_that_nobody_pays_for_is_not_built() -> None:
    """Without time: what one period may not pay for does not move to the next."""
    periods = [
        {"period": f"p{t}", "first_year": 2026 + t, "years": 1} for t in range(12)
    ]
    rows = {
        **grid_rows(),
        "periods": periods,
        "funding_sources": [{"fund": "n"}],
        "funding_eligibility": [{"fund": "n", "service": "s"}],
    }
    plan = aumaq.solve(tiny(**rows), time_limit=NO_TIME)
    assert plan.record["problems"] == []
    assert plan.table("local_supply").empty


MUST_RUN = ("counts", "closing_rules", "mergers", "relocations")
"""Rules by which something must run, whoever pays."""


@pytest.mark.slow
@examples(30)
@given(data=st.data())
def test_there_is_a_plan_without_any_time(data: st.DataObject) -> None:
    """Where closing is free and nobody must be served, something can be paid for."""
    drawn = data.draw(tiny_instances())
    tables = drawn.tables
    assume(len(tables["funding_sources"]))
    sites, stands = tables["sites"], tables["facilities"][["site", "service"]]
    is_old = pd.MultiIndex.from_frame(sites[["site", "service"]]).isin(
        pd.MultiIndex.from_frame(stands)
    )
    instance = drawn.replace(
        policies=tables["policies"].assign(allow_closing=True),
        services=tables["services"].assign(may_be_unserved=True),
        levels=tables["levels"].assign(closing_mln=0.0, min_use=0.0),
        sites=sites.assign(status=np.where(is_old, "existing", "candidate")),
        facilities=tables["facilities"].assign(is_locked=False),
        transitions=tables["transitions"].iloc[:0],
        standards=tables["standards"].assign(is_hard=False),
        **{name: tables[name].iloc[:0] for name in ("referrals", *MUST_RUN)},
    )
    plan = aumaq.solve(instance, time_limit=NO_TIME)
    assert plan.record["problems"] == []
    assert plan.objective_mln >= best_plan_cost(instance) - 1e-6


def rebuilt(**tables: Rows) -> Instance:
    """Return a hospital of two places that may be replaced, and a school to build."""
    return tiny(
        periods=[{"period": "p1", "first_year": 2026, "years": 1}],
        settlements=[{"settlement": "a"}],
        services=[{"service": "s", "unserved_mln_per_unit_year": 0.5},
                  {"service": "h", "unserved_mln_per_unit_year": 0.5,
                   "lifetime_years": 40}],
        levels=[{"service": name, "level": 1, "capacity": 100.0, "capex_mln": 10.0,
                 "opex_mln_per_year": mln} for name, mln in (("s", 0.0), ("h", 1.0))],
        sites=[{"site": "a", "service": "s", "settlement": "a"},
               {"site": "a", "service": "h", "settlement": "a", "max_units": 2,
                "status": "existing"}],
        facilities=[{"service": "h", "site": "a", "level": 1}],
        travel=[{"settlement": "a", "site": "a", "minutes": 1.0}],
        **{"policies": [{"discount_rate": 0.0, "value_of_time_per_hour": 0.0,
                         "count_residual_value": False}], **tables},
    )  # fmt: skip


def test_a_share_holds_as_more_is_spent() -> None:
    """The donor pays for hospitals alone, the state for half of all at most.

    A new hospital in the place of the old one costs 10, so that the state may pay for
    the school: 20, and 1 to run one hospital (two would cost 2). Without the school 100
    are unserved at 0.5, which is 50.
    """
    base = rebuilt(
        funding_sources=[{"fund": "state"}, {"fund": "donor"}],
        funding_eligibility=[{"fund": "state", "covers": "investment",
                              "share_most": 0.5}, {"fund": "donor", "service": "h"}],
    )  # fmt: skip
    assert best_plan_cost(base) == pytest.approx(21.0)
    plan = aumaq.solve(base, gap=0.0)
    assert plan.record["problems"] == []
    assert plan.objective_mln == pytest.approx(21.0)


@pytest.mark.parametrize(("years", "is_rebuilt"), [(1, False), (2, True)])
def test_a_partner_worth_more_than_a_round(years: int, is_rebuilt: bool) -> None:
    """A new hospital costs 10 less 9.75 / 1.1 that it is worth in the end: 1.14.

    A partner who pays the 10 and gets as much in *years* is worth 0.91 or 1.32.
    """
    instance = rebuilt(
        policies=[{"discount_rate": 0.1, "value_of_time_per_hour": 0.0}],
        partnerships=[{"partnership": "p", "service": "h", "limit_mln": 10.0,
                       "premium": 0.0, "term_years": years}],
    )  # fmt: skip
    plan = aumaq.solve(instance, gap=0.0)
    assert plan.record["problems"] == []
    assert plan.objective_mln == pytest.approx(best_plan_cost(instance))
    actions = plan.actions[plan.actions["service"] == "h"]["action"]
    assert ("close" in set(actions)) == is_rebuilt


def test_a_partner_who_asks_for_less_than_the_rate_of_discount() -> None:
    """Nobody needs the hospital: it closes for 2, of which a partner pays 1.

    He is paid back 1 a year later, worth 1 / 1.1: 1.909. What no plan can avoid is the
    2 less what he is worth at most: 5 mln x (1 - 1 / 1.1).
    """
    base = rebuilt(
        policies=[{"discount_rate": 0.1, "value_of_time_per_hour": 0.0}],
        partnerships=[{"partnership": "p", "limit_mln": 5.0, "premium": 0.0,
                       "share_most": 0.5, "term_years": 1}],
    )  # fmt: skip
    levels = base.table("levels").assign(closing_mln=2.0, opex_mln_per_year=3.0)
    people = base.table("settlements").assign(population=0.0)
    plan = aumaq.solve(base.replace(levels=levels, settlements=people), gap=0.0)
    assert plan.record["problems"] == []
    assert plan.objective_mln == pytest.approx(1.0 + 1.0 / 1.1)
    assert plan.record["unavoidable_mln"] == pytest.approx(2.0 - 5.0 * (1.0 - 1 / 1.1))


@pytest.mark.parametrize(
    ("share", "paid"),
    [(1.0, {"cheap": 100.0}), (0.6, {"cheap": 60.0, "dear": 40.0}),
     (0.5, {"cheap": 50.0, "dear": 50.0}), (0.3, {"cheap": 30.0, "dear": 30.0})],
)  # fmt: skip
def test_two_partners_pay_for_a_school_once(
    share: float, paid: dict[str, float]
) -> None:
    """Both ask for less than the rate of discount, so that a plan would borrow more."""
    same = {"limit_mln": 500.0, "term_years": 4, "share_most": share}
    plan = aumaq.solve(
        tiny(
            policies=[{"discount_rate": 0.08, "count_residual_value": False,
                       "value_of_time_per_hour": 0.0}],
            services=[{"service": "s", "unserved_mln_per_unit_year": 10.0}],
            levels=[{"service": "s", "level": 1, "capacity": 250.0,
                     "capex_mln": 100.0}],
            partnerships=[{"partnership": "cheap", "premium": 0.0, **same},
                          {"partnership": "dear", "premium": 0.02, **same}],
        ),
        gap=0.0,
    )  # fmt: skip
    assert plan.record["problems"] == []
    told = plan.table("partnerships").set_index("partnership")["money_mln"]
    assert told.to_dict() == pytest.approx(paid)
    cost = 100.0
    for name, mln in paid.items():
        premium = {"cheap": 0.0, "dear": 0.02}[name]
        each = mln / sum((1.0 + premium) ** -k for k in range(1, 5))
        cost += sum(each * 1.08**-k for k in range(1, 5)) - mln
    assert plan.objective_mln == pytest.approx(cost)


SITE = {"site": "a", "service": "s", "settlement": "a"}
LOCKED: dict[str, Rows] = {
    "sites": [{**SITE, "status": "existing"}],
    "facilities": [{"service": "s", "site": "a", "level": 1, "is_locked": True}],
}


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ({"funding_eligibility": [{"fund": "n", "covers": "investment"}], **LOCKED},
         "no source of money pays for operation of s in region 'R'"),
        ({"funding_eligibility": [{"fund": "n", "share_most": 0.6}], **LOCKED},
         "row 2, column share_most: sources may pay only 60% of this together"),
        ({"funding_eligibility": [{"fund": "n", "share_least": 0.6,
                                   "share_most": 0.5}]},
         "row 2, column share_least: expected at most share_most, 0.5"),
        ({"funding_eligibility": [{"fund": "n", "service": "x"}, {"fund": "n"}]},
         "row 2, column service: expected a service, a network, roads or"),
        ({"funding_limits": [{"fund": "n", "amount_mln": 1.0}]},
         "row 2, column year: expected a period or a year, one of the two"),
        ({"funding_limits": [{"fund": "n", "year": 2050, "amount_mln": 1.0}]},
         "row 2, column year: expected a year from 2026 to 2026"),
        ({"partnerships": [{"partnership": "p", "limit_mln": 1.0, "premium": 0.1,
                            "term_years": 0}]}, "row 2, column term_years: "),
    ],
)  # fmt: skip
def test_what_cannot_be(tables: dict[str, Rows], told: str) -> None:
    """Each mistake is told by row and column; spending without a payer in words."""
    whole: dict[str, Rows] = {
        "levels": [{"service": "s", "level": 1, "capacity": 100.0, "capex_mln": 1.0,
                    "opex_mln_per_year": 1.0}],
        "sites": [SITE],
        "travel": [{"settlement": "b", "site": "a", "minutes": 30.0}],
        "funding_sources": [{"fund": "n"}],
        "funding_eligibility": [{"fund": "n"}],
    }  # fmt: skip
    tiny(**whole)
    with pytest.raises(aumaq.InstanceError, match=told):
        tiny(**{**whole, **tables})
