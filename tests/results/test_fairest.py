"""Lexicographic max-min over regions, against all choices of sites."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from tiny_instances import tiny

import aumaq
from aumaq.instances import Instance
from aumaq.results.studies import fairest as study
from aumaq.solvers.highs.solver import Outcome
from aumaq.solvers.solution.decisions import Status

PEOPLE = {"a": 100.0, "b": 80.0, "c": 50.0, "e": 30.0}
PLACES = 60.0


def four_regions(open_at_most: int) -> Instance:
    """Return four villages, a region each; nobody reaches another one in 10 minutes."""
    return tiny(
        policies=[{"discount_rate": 0.0, "value_of_time_per_hour": 0.0}],
        settlements=[{"settlement": code, "region": code.upper(), "population": people}
                     for code, people in PEOPLE.items()],
        services=[{"service": "s", "unserved_mln_per_unit_year": 1.0}],
        levels=[{"service": "s", "level": 1, "capacity": PLACES, "capex_mln": 1.0}],
        sites=[{"site": code, "service": "s", "settlement": code} for code in PEOPLE],
        counts=[{"count": "few", "service": "s", "most": open_at_most}],
        travel=[{"settlement": code, "site": site, "minutes": 30.0}
                for code in PEOPLE for site in PEOPLE if code != site],
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("count", [2, 3])
def test_against_all_choices(count: int) -> None:
    """The sorted shares of the plan are the largest of all, the worst counting first.

    Each stage reaches what it can: its bound is what it found.
    """
    best = max(
        sorted(
            min(PLACES / people, 1.0) if code in chosen else 0.0
            for code, people in PEOPLE.items()
        )
        for chosen in combinations(PEOPLE, count)
    )
    found = aumaq.fairest(four_regions(count), "s", 10.0, stages=4, time_limit=60.0)
    assert np.sort(found.shares["share"]) == pytest.approx(best, abs=1e-5)
    sums = found.stages["mean_share"] * found.stages["worst"]
    assert sums.tolist() == pytest.approx(np.cumsum(best).tolist(), abs=1e-5)
    assert (found.stages["bound"] >= found.stages["mean_share"] - 1e-6).all()
    assert found.stages["bound"].tolist() == pytest.approx(
        found.stages["mean_share"].tolist(), abs=1e-4
    )
    assert found.plan.record["problems"] == []
    assert np.sort(near_shares(found.plan)) == pytest.approx(best, abs=1e-4)


def test_a_plan_though_no_stage_finds_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the cheapest, told with the shares that it has and the bound of the stage.

    On a whole country a busy machine may end the first stage before it has a plan.
    """
    nothing = Outcome(Status.TIME_LIMIT, np.nan, -0.9, None, "out of time")
    monkeypatch.setattr(study, "_stage", lambda *_: nothing)
    found = aumaq.fairest(four_regions(2), "s", 10.0, stages=4)
    assert found.plan.is_verified
    shares = near_shares(found.plan)
    assert found.shares["share"].tolist() == pytest.approx(shares, abs=1e-6)
    told = found.stages.to_dict("records")
    assert told == [{"worst": 1, "mean_share": min(shares), "bound": 0.9,
                     "status": "time_limit"}]  # fmt: skip


def test_no_plan_at_all() -> None:
    """Where nothing keeps the rules, that is said rather than that time ran out."""
    asked = {"count": "all", "service": "s", "least": 3}
    clash = four_regions(2)
    rows = pd.concat([clash.base["counts"], pd.DataFrame([asked])], ignore_index=True)
    with pytest.raises(aumaq.NoPlanError, match="no plan") as told:
        aumaq.fairest(clash.replace(counts=rows), "s", 10.0)
    assert told.value.status == "infeasible"


def near_shares(plan: aumaq.Plan) -> list[float]:
    """Return the share of each village that is served within 10 minutes."""
    near = plan.table("allocation")
    near = near[near["minutes"] <= 10.0].groupby("settlement")["demand"].sum()
    return [near.get(code, 0.0) / people for code, people in PEOPLE.items()]


@pytest.mark.parametrize(
    "asked", [{"stages": 0}, {"minutes": -1.0}, {"minutes": np.nan}, {"time_limit": 0}]
)
def test_numbers_that_make_no_sense(asked: dict[str, float]) -> None:
    """They are refused by the name under which they were given, before any work."""
    given = {"minutes": 10.0, **asked}
    with pytest.raises(aumaq.OptionError, match=next(iter(asked)).replace("_", " ")):
        aumaq.fairest(four_regions(2), "s", **given)


def test_a_service_that_nobody_needs() -> None:
    """There is no worst region: that is told."""
    places = four_regions(2).table("settlements").assign(population=0.0)
    with pytest.raises(aumaq.OptionError, match="nobody has demand of s in p1"):
        aumaq.fairest(four_regions(2).replace(settlements=places), "s", 10.0)
