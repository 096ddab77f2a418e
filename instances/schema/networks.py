"""Tables of the power and water networks: nodes, links, upgrades, loads, supply.

One formulation serves both. ``units`` are kW of peak load for power and m3/day of peak
day for water.
"""

from __future__ import annotations

from aumaq.instances.schema.column import SOURCE, Column, Table
from aumaq.instances.schema.sectors import SECTOR

LOAD_UNITS = {"power": "kW", "water": "m3/day"}
"""Network -> unit of its loads, flows and capacities."""

NETWORK = Column("network", "text", "the network", references="networks.network")
SYNTHETIC = Column(
    "is_synthetic", "flag", "whether this is an estimate, not a fact", default=False
)
FIRST_PERIOD = Column(
    "first_period",
    "text",
    "first period in which it may be built (empty: the first)",
    default=None,
    references="periods.period",
)

NETWORKS = Table(
    "networks",
    "Networks that bring power or water to the settlements; none is needed.",
    (
        Column("network", "text", "which load it carries", choices=tuple(LOAD_UNITS)),
        Column("title", "text", "title for readers", default=None),
        Column(
            "flow_model",
            "text",
            "`transport`: any flow within capacity; `dc`: flows follow voltage angles"
            " (power)",
            default="transport",
            choices=("transport", "dc"),
        ),
        Column(
            "may_shed",
            "flag",
            "whether load of people and industry may stay unmet",
            default=True,
        ),
        Column(
            "shed_mln_per_unit_year",
            "number",
            "price of a unit of load of people or industry that is not met",
            "mln/unit/year",
            0.0,
            low=0.0,
        ),
        Column(
            "lifetime_years",
            "number",
            "life of links and local supply",
            "years",
            40.0,
            low=1.0,
        ),
        SECTOR,
        SOURCE,
    ),
    key=("network",),
    in_toml=True,
)


NETWORK_NODES = Table(
    "network_nodes",
    "Nodes of the networks. The load of a settlement, of people and facilities, is at"
    " the node that names it; without one it is not planned.",
    (
        NETWORK,
        Column("node", "text", "code"),
        Column("name", "text", "name", default=None),
        Column("lat", "number", "latitude", "degrees", low=-90.0, high=90.0),
        Column("lon", "number", "longitude", "degrees", low=-180.0, high=180.0),
        Column(
            "settlement",
            "text",
            "settlement that is fed here (empty: none)",
            default=None,
            references="settlements.settlement",
            may_lose=True,
        ),
        SYNTHETIC,
        SOURCE,
    ),
    key=("network", "node"),
)


NETWORK_LINKS = Table(
    "network_links",
    "Lines and mains, today's and possible ones.",
    (
        NETWORK,
        Column("link", "text", "code"),
        Column("from_node", "text", "one end", references="network_nodes.node"),
        Column("to_node", "text", "other end", references="network_nodes.node"),
        Column("length_km", "number", "length", "km", low=0.0),
        Column(
            "capacity", "number", "capacity today (0: not there)", "units", 0.0, low=0.0
        ),
        Column(
            "loss_per_km",
            "number",
            "share of the flow lost on a km",
            "share/km",
            0.0,
            low=0.0,
            high=1.0,
        ),
        Column(
            "susceptance",
            "number",
            "flow for a radian of angle today (dc only)",
            "units/rad",
            0.0,
            low=0.0,
        ),
        Column(
            "station",
            "text",
            "site of a `carry` service whose facilities limit the flow (empty: none)",
            default=None,
            references="sites.site",
        ),
        Column(
            "is_one_way",
            "flag",
            "whether flow only goes from the first node to the second",
            default=False,
        ),
        Column(
            "flow_mln_per_unit_year",
            "number",
            "cost of a unit of flow, pumping above all",
            "mln/unit/year",
            0.0,
            low=0.0,
        ),
        Column("voltage_kv", "number", "voltage, for readers", "kV", None, low=0.0),
        SYNTHETIC,
        SOURCE,
    ),
    key=("network", "link"),
)


LINK_UPGRADES = Table(
    "link_upgrades",
    "What may be added to a link, step by step; once built never undone.",
    (
        NETWORK,
        Column("link", "text", "the link", references="network_links.link"),
        Column("step", "int", "1, 2, ...: each needs the one before", low=1),
        Column("capacity", "number", "capacity added", "units", low=0.0),
        Column(
            "susceptance",
            "number",
            "flow for a radian of angle added (dc only)",
            "units/rad",
            0.0,
            low=0.0,
        ),
        Column("capex_mln", "number", "building it", "mln", low=0.0),
        Column("opex_mln_per_year", "number", "running it", "mln/year", 0.0, low=0.0),
        FIRST_PERIOD,
        SOURCE,
    ),
    key=("network", "link", "step"),
)


LOAD_RATES = Table(
    "load_rates",
    "Load of people. Of the rows that fit a settlement, the one that names most"
    " counts (kind before projection before period); without a row there is no load.",
    (
        NETWORK,
        Column(
            "kind",
            "text",
            "kind of settlement (empty: any)",
            default=None,
            choices=("city", "town", "village"),
        ),
        Column(
            "scenario", "text", "projection of the scenario (empty: any)", default=None
        ),
        Column(
            "period",
            "text",
            "period (empty: any)",
            default=None,
            references="periods.period",
        ),
        Column(
            "units_per_person", "number", "load of a person", "units/person", low=0.0
        ),
        SOURCE,
    ),
    key=("network", "kind", "scenario", "period"),
)


INDUSTRIAL_LOADS = Table(
    "industrial_loads",
    "Loads of industry and farms at a node.",
    (
        NETWORK,
        Column("node", "text", "the node", references="network_nodes.node"),
        Column("title", "text", "what it is"),
        Column(
            "period",
            "text",
            "period (empty: every one)",
            default=None,
            references="periods.period",
        ),
        Column("load", "number", "load", "units", low=0.0),
        SYNTHETIC,
        SOURCE,
    ),
    key=("network", "node", "title", "period"),
)


LOCAL_SUPPLIES = Table(
    "local_supplies",
    "Supply at a settlement's own node that may be built in any size: solar with"
    " storage, diesel, wells.",
    (
        NETWORK,
        Column("option", "text", "name of the option"),
        Column("title", "text", "title for readers", default=None),
        Column(
            "settlement",
            "text",
            "settlement (empty: every one that has a node)",
            default=None,
            references="settlements.settlement",
        ),
        Column(
            "max_capacity",
            "number",
            "largest capacity there (empty: any)",
            "units",
            None,
            low=0.0,
        ),
        Column("capex_mln_per_unit", "number", "building", "mln/unit", low=0.0),
        Column(
            "opex_mln_per_unit_year",
            "number",
            "running a unit of capacity",
            "mln/unit/year",
            0.0,
            low=0.0,
        ),
        Column(
            "supply_mln_per_unit_year",
            "number",
            "supplying a unit, fuel above all",
            "mln/unit/year",
            0.0,
            low=0.0,
        ),
        Column(
            "emissions_t_per_unit_year",
            "number",
            "emissions of a unit supplied",
            "t/unit/year",
            0.0,
            low=0.0,
        ),
        FIRST_PERIOD,
        SOURCE,
    ),
    key=("network", "option", "settlement"),
)
