"""Random tiny instances whose growth points are chosen by the model."""

from __future__ import annotations

import pandas as pd
from agglomeration_case import draw_agglomerations
from hypothesis import assume
from hypothesis import strategies as st
from tiny_instances import Rows, some

from aumaq.instances import Instance, InstanceError, from_tables


@st.composite
def growth_instances(draw: st.DrawFn, usual: st.SearchStrategy[Instance]) -> Instance:
    """Draw candidates, limits and rules of concentration for a *usual* instance."""
    base = draw(usual)
    periods, places = list(base.period_names), list(base.settlement_ids)
    home = dict(base.table("settlements")[["settlement", "region"]].to_numpy().tolist())
    regions = sorted(set(home.values()))
    pairs = [(place, tier) for tier in ("first", "second") for place in places]
    most = 1 if len(periods) == 3 else 2
    chosen = draw(st.lists(some(*pairs), min_size=1, max_size=most, unique=True))
    rows: dict[str, Rows] = {
        "growth_tiers": [
            {
                "tier": tier,
                "region": draw(some("", home[place])),
                "min_count": draw(some(0, 1)),
                "max_count": draw(some(None, 1, 2)),
                "by_period": draw(some("", "", periods[0])),
            }
            for tier, place in {tier: place for place, tier in chosen}.items()
        ],
        "growth_candidates": [
            {
                "settlement": place,
                "tier": tier,
                "first_period": draw(some("", "", periods[-1])),
                "gain_share": draw(some(0.0, 0.25, 0.5, 1.0)),
                "donors": draw(some("district", "region", "total", "total", "outside")),
                "capex_mln": float(draw(some(0, 0, 1, 3))),
                "opex_mln_per_year": draw(some(0.0, 0.0, 0.1)),
                "lifetime_years": draw(some(3.0, 25.0)),
            }
            for place, tier in chosen
        ],
        "growth_gains": [
            {"settlement": place, "tier": tier, "period": periods[-1],
             "gain_share": draw(some(0.1, 0.6))}
            for place, tier in chosen
            if draw(some(True, False, False))
        ],
        "concentrations": [
            {
                "concentration": f"k{k}",
                "service": service,
                "min_level": draw(some(1, len(base.levels(service)))),
                "region": draw(some("", "", *regions)),
                "tier": draw(some("", "", chosen[0][1])),
                "share": draw(some(0.3, 0.6, 1.0)),
                "first_period": draw(some("", periods[-1])),
            }
            for k, service in enumerate(
                draw(st.lists(some(*base.service_names), max_size=2))
            )
        ],
    }  # fmt: skip
    tables = {name: pd.DataFrame(part) for name, part in rows.items()}
    tables |= draw_agglomerations(draw, base)
    try:
        return from_tables({**base.tables, **tables})
    except InstanceError:
        assume(False)
        raise
