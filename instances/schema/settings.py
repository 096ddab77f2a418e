"""Tables that live in ``instance.toml``: periods, groups, services."""

from __future__ import annotations

from aumaq.instances.schema.column import SOURCE, Column, Table
from aumaq.instances.schema.sectors import SECTOR

INSTANCE = Table(
    "instance",
    "What the instance is.",
    (
        Column("name", "text", "short name, also the name of the folder"),
        Column("title", "text", "title for readers"),
        Column("description", "text", "what is real and what is not", default=None),
        Column("currency", "text", "currency of all money columns", default="KZT"),
        Column("base_year", "int", "year to which money is discounted", "year"),
        SOURCE,
        Column(
            "fill_missing",
            "flag",
            "whether tables without rows are made: a site of each service in each"
            " settlement with room for 1.2 times what its own people need, roads as"
            " straight lines between near settlements times 1.3 at 50 km/h (or as"
            " `road_classes` says of `straight_line`), two periods of five years, one"
            " scenario",
            default=False,
            is_later=True,
        ),
    ),
    in_toml=True,
    is_single=True,
    is_required=True,
    example=({"name": "my-territory", "title": "My territory", "base_year": 2026},),
)


POLICIES = Table(
    "policies",
    "Switches and rates that hold for the whole territory.",
    (
        Column(
            "discount_rate",
            "number",
            "real discount rate a year",
            "share",
            0.0,
            low=0.0,
            high=1.0,
        ),
        Column(
            "value_of_time_per_hour",
            "number",
            "value of an hour of a user's travel",
            "currency/h",
            0.0,
            low=0.0,
        ),
        Column(
            "count_residual_value",
            "flag",
            "whether what remains of investments at the end is credited",
            default=True,
        ),
        Column("allow_closing", "flag", "whether facilities may close", default=True),
        Column("allow_reducing", "flag", "whether facilities may shrink", default=True),
        Column(
            "season",
            "text",
            "speeds for which the plan is made: `dry` or `wet`",
            default="dry",
            choices=("dry", "wet"),
        ),
    ),
    in_toml=True,
    is_single=True,
    example=({"discount_rate": 0.08, "value_of_time_per_hour": 900.0},),
)


PERIODS = Table(
    "periods",
    "The planning periods, in order; each starts where the one before ends.",
    (
        Column("period", "text", "name of the period"),
        Column("first_year", "int", "first year", "year"),
        Column("years", "int", "length", "years", low=1, high=100),
    ),
    key=("period",),
    in_toml=True,
    is_required=True,
    example=(
        {"period": "2026-30", "first_year": 2026, "years": 5},
        {"period": "2031-35", "first_year": 2031, "years": 5},
    ),
)


GROUPS = Table(
    "groups",
    "Groups of people that services count; derived from all inhabitants unless"
    " `population` gives the group itself.",
    (
        Column("group", "text", "name of the group"),
        Column("title", "text", "title for readers", default=None),
        Column(
            "share_urban",
            "number",
            "members per inhabitant of cities and towns",
            "share",
            low=0.0,
            high=1.0,
        ),
        Column(
            "share_rural",
            "number",
            "members per inhabitant of villages",
            "share",
            low=0.0,
            high=1.0,
        ),
        Column(
            "from_age",
            "number",
            "first age of members; a computed projection with age groups counts them,"
            " and the shares say only how towns and villages differ",
            "years",
            None,
            low=0.0,
        ),
        Column(
            "to_age",
            "number",
            "age at which members leave (empty: never)",
            "years",
            None,
            low=0.0,
        ),
        Column(
            "participation",
            "number",
            "members per person of these ages",
            "share",
            1.0,
            low=0.0,
            high=1.0,
        ),
        SOURCE,
    ),
    key=("group",),
    in_toml=True,
    is_required=True,
    example=(
        {"group": "pupils", "share_urban": 0.16, "share_rural": 0.18},
        {"group": "all", "share_urban": 1.0, "share_rural": 1.0},
    ),
)


SERVICES = Table(
    "services",
    "The services; a service is data, not code.",
    (
        Column("service", "text", "name of the service"),
        Column("title", "text", "title for readers", default=None),
        Column(
            "role",
            "text",
            "`serve`: people come; `supply`: its capacity feeds a network (plant,"
            " water works); `carry`: its capacity limits links (substation, pumps)",
            default="serve",
            choices=("serve", "supply", "carry"),
        ),
        Column(
            "network",
            "text",
            "the network that it supplies or carries (empty: it serves)",
            default=None,
            references="networks.network",
        ),
        Column(
            "group",
            "text",
            "whose demand it is (empty unless it serves)",
            default=None,
            references="groups.group",
        ),
        Column(
            "demand_per_person",
            "number",
            "units of demand per member of the group",
            "units/person",
            1.0,
            low=0.0,
        ),
        Column(
            "unit", "text", "what a unit of demand and capacity is", default="person"
        ),
        Column(
            "norm_per_1000",
            "number",
            "capacity that the norm asks for (empty: no norm); plans do not use it",
            "units/1000 members of the group",
            None,
            low=0.0,
        ),
        Column(
            "allocation",
            "text",
            "`free`: a settlement may be split among sites; `whole`: all of it goes"
            " to one site; `nearest`: it goes to the nearest open site",
            default="free",
            choices=("free", "whole", "nearest"),
        ),
        Column(
            "cutoff_minutes",
            "number",
            "longest trip that is considered; a bus or a mobile service may go farther"
            " (empty unless it serves)",
            "min",
            None,
            low=0.0,
        ),
        Column(
            "nearest_sites",
            "int",
            "so many nearest sites are options even beyond the cut-off",
            "sites",
            1,
            low=0,
        ),
        Column(
            "served_within_minutes",
            "number",
            "nobody farther counts as served, not even at the nearest sites (empty: no"
            " limit)",
            "min",
            None,
            low=0.0,
        ),
        Column(
            "max_use_share",
            "number",
            "largest share of a facility's capacity that a plan may use; the rest is a"
            " reserve",
            "share",
            1.0,
            low=0.0,
            high=1.0,
        ),
        Column(
            "trips_per_year",
            "number",
            "one-way trips of a unit of demand",
            "trips/unit/year",
            0.0,
            low=0.0,
        ),
        Column(
            "companions_per_trip",
            "number",
            "people who come along on a trip (a parent, visitors of a patient): they"
            " travel and pay too",
            "persons/trip",
            0.0,
            low=0.0,
        ),
        Column(
            "transport_cost_per_km",
            "number",
            "what a person's trip costs a kilometre: bus, fuel; paid by whoever pays,"
            " outside the budgets",
            "currency/trip/km",
            0.0,
            low=0.0,
        ),
        Column(
            "may_be_unserved", "flag", "whether demand may stay unserved", default=True
        ),
        Column(
            "unserved_mln_per_unit_year",
            "number",
            "price of a unit of unserved demand",
            "mln/unit/year",
            0.0,
            low=0.0,
        ),
        Column(
            "lifetime_years", "number", "life of a building", "years", 50.0, low=1.0
        ),
        Column(
            "enlarge_credit_share",
            "number",
            "share of the smaller building's price that counts towards the bigger",
            "share",
            1.0,
            low=0.0,
            high=1.0,
        ),
        Column(
            "renewal_share",
            "number",
            "price of a renewal, as a share of building anew",
            "share",
            0.5,
            low=0.0,
        ),
        SECTOR,
        SOURCE,
        Column(
            "aversion_per_minute",
            "number",
            "k of Kolm and Pollak: a way of m minutes weighs as (exp(k m) - 1) / k of"
            " them, so that long ones weigh more (0: as m); the k of"
            " `kolm_pollak_minutes` today is a good one",
            "1/min",
            0.0,
            low=0.0,
            high=1.0,
            is_later=True,
        ),
    ),
    key=("service",),
    in_toml=True,
    is_required=True,
    example=(
        {
            "service": "school",
            "title": "School",
            "group": "pupils",
            "unit": "pupil",
            "cutoff_minutes": 40.0,
            "trips_per_year": 340.0,
            "unserved_mln_per_unit_year": 3.0,
        },
    ),
)
