"""The formulas of indicators, as data: what each means and which columns it needs.

They are computed in a later layer (a test holds both lists equal); here they serve the
schema, the checks of an instance and ``docs/indicators.md``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Formula:
    """One formula.

    ``needs`` and ``takes`` name columns of ``indicators`` that must or may be filled;
    ``serves``: the service must be one that people come to. ``has_today``: it can be
    computed from what stands today, not only from decisions.
    """

    name: str
    unit: str
    meaning: str
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    serves: bool = False
    has_today: bool = True


WHO = "applies_to"
SOME = (WHO,)

FORMULAS: dict[str, Formula] = {
    formula.name: formula
    for formula in (
        Formula("population", "persons", "inhabitants, mean of the period", (), SOME),
        Formula(
            "share_urban", "share", "inhabitants of cities and towns / inhabitants"
        ),
        Formula(
            "share_in_growth_points",
            "share",
            "inhabitants of growth points / inhabitants",
        ),
        Formula(
            "places_per_1000",
            "units/1000 persons",
            "capacity of the service's facilities / inhabitants x 1000; a facility"
            " counts where it stands",
            ("service",),
            SOME,
        ),
        Formula(
            "capacity_to_demand",
            "ratio",
            "capacity of the service's facilities / demand for it; above 1 in a region"
            " that serves others",
            ("service",),
            SOME,
            serves=True,
        ),
        Formula(
            "share_served",
            "share",
            "demand that is served, wherever it is served / demand",
            ("service",),
            SOME,
            serves=True,
        ),
        Formula(
            "share_within_minutes",
            "share",
            "demand that is served within `minutes` of travel / demand",
            ("service", "minutes"),
            SOME,
            serves=True,
        ),
        Formula(
            "mean_minutes",
            "min",
            "minutes x demand served / demand served, one way",
            ("service",),
            SOME,
            serves=True,
        ),
        Formula(
            "gini_minutes",
            "ratio",
            "Gini coefficient of minutes over demand served: 0, all go as far, to 1",
            ("service",),
            SOME,
            serves=True,
        ),
        Formula(
            "palma_minutes",
            "ratio",
            "minutes of the farthest tenth of the demand served / minutes of the"
            " nearest two fifths; none where these have no way to go",
            ("service",),
            SOME,
            serves=True,
        ),
        Formula(
            "theil_minutes",
            "ratio",
            "Theil's index of minutes over demand served: mean of x ln x, x being"
            " minutes / their mean; 0 where all go as far",
            ("service",),
            SOME,
            serves=True,
        ),
        Formula(
            "percentile_minutes",
            "min",
            "within so many minutes goes the nearest `share` of the demand served",
            ("service", "share"),
            SOME,
            serves=True,
        ),
        Formula(
            "kolm_pollak_minutes",
            "min",
            "equally distributed equivalent of Kolm and Pollak: if all went so far, it"
            " would be as bad; ln(mean of exp(k x minutes)) / k over demand served, k ="
            " `aversion` x sum of minutes / sum of their squares",
            ("service", "aversion"),
            SOME,
            serves=True,
        ),
        Formula(
            "access_poverty",
            "share",
            "demand that goes farther than `minutes`, or is not served / demand",
            ("service", "minutes"),
            SOME,
            serves=True,
        ),
        Formula(
            "e2sfca",
            "units/unit",
            "places within `minutes` that a unit of demand may reach, by the enhanced"
            " two-step floating catchment area of Luo and Qi (2009): three zones of the"
            " same width weigh 1, 0.68, 0.22; ways are access options",
            ("service", "minutes"),
            SOME,
            serves=True,
        ),
        Formula(
            "share_of_settlements_with_facility",
            "share",
            "settlements in which a facility of the service runs / settlements",
            ("service",),
            SOME,
        ),
        Formula(
            "share_of_settlements_paved",
            "share",
            "settlements from which a road, unpaved for at most `unpaved_km`, leads to"
            " paved links (`surface`, those of upgrades that stand included) and these"
            " to the centre of a district or region / settlements",
            (),
            (WHO, "unpaved_km"),
        ),
        Formula(
            "minutes_to_district_centre",
            "min",
            "minutes to the district's centre, mean over inhabitants of"
            " settlements that have a district and a way",
            (),
            SOME,
        ),
        Formula(
            "minutes_to_region_centre",
            "min",
            "minutes to the region's centre, mean over inhabitants that have a way",
            (),
            SOME,
        ),
        Formula(
            "share_near_district_centre",
            "share",
            "inhabitants within `minutes` of the district's centre / inhabitants of"
            " settlements that have a district",
            ("minutes",),
            SOME,
        ),
        Formula(
            "share_near_region_centre",
            "share",
            "inhabitants within `minutes` of the region's centre / inhabitants",
            ("minutes",),
            SOME,
        ),
        Formula(
            "share_of_connections_met",
            "share",
            "connections (table `connections`) in time / connections that hold in the"
            " period; region of the settlement that they start from",
        ),
        Formula(
            "share_of_settlements_connected",
            "share",
            "settlements with a node that get more than half of their load by the"
            " network, not from local supply / settlements with a node",
            ("network",),
            SOME,
        ),
        Formula(
            "share_of_load_from_network",
            "share",
            "load of settlements that is met by the network / their load",
            ("network",),
            SOME,
        ),
        Formula(
            "share_of_settlements_without_shedding",
            "share",
            "settlements with a node whose whole load is met / settlements with a node",
            ("network",),
            SOME,
        ),
        Formula(
            "share_of_settlements_fed_twice",
            "share",
            "settlements with a node whose whole load is met and that stay joined to a"
            " source whichever single link fails, or have local supply for half of"
            " their load / settlements with a node",
            ("network",),
            SOME,
        ),
        Formula(
            "emissions_t",
            "t/year",
            "emissions of facilities, of their supply to networks and of local supply;"
            " travel has no rate in the data and is not in it, see"
            " `travel_km_per_person`",
        ),
        Formula(
            "emissions_t_per_1000",
            "t/year/1000 persons",
            "`emissions_t` / inhabitants x 1000",
        ),
        Formula(
            "travel_km_per_person",
            "km/year/person",
            "kilometres of all one-way trips to services, or to one, in a year, with"
            " all who come along / inhabitants",
            (),
            (WHO, "service"),
            serves=True,
        ),
        Formula(
            "transport_mln_per_1000",
            "mln/year/1000 persons",
            "what these kilometres cost (`transport_cost_per_km`) in a year /"
            " inhabitants x 1000",
            (),
            (WHO, "service"),
            serves=True,
        ),
        Formula(
            "investment_mln_per_1000",
            "mln/1000 persons",
            "building, renewal and closing in the period, of everything or of one"
            " service or network / inhabitants x 1000; what belongs to no region"
            " counts in the total only",
            (),
            ("service", "network"),
            has_today=False,
        ),
        Formula(
            "budget_use",
            "share",
            "spent / limit over all budgets; in a region, its own budgets",
            has_today=False,
        ),
        Formula(
            "expression",
            "",
            "the formula in the column `expression`",
            ("expression",),
        ),
    )
}
