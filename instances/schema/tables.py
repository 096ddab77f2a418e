"""The tables of an instance, as data.

Adding a column to a table, or a table to ``TABLES``, is all it takes for it to be
read, validated, written, hashed and documented.
"""

from __future__ import annotations

from aumaq.instances.schema.agglomerations import (
    AGGLOMERATION_DEMAND,
    AGGLOMERATIONS,
)
from aumaq.instances.schema.anchors import ANCHORS
from aumaq.instances.schema.closing import CLOSING_TABLES
from aumaq.instances.schema.column import Table
from aumaq.instances.schema.contingencies import CONTINGENCIES
from aumaq.instances.schema.fairness import FAIRNESS_TABLES
from aumaq.instances.schema.feeders import FEEDER_TABLES
from aumaq.instances.schema.growth import (
    CONCENTRATIONS,
    GROWTH_CANDIDATES,
    GROWTH_GAINS,
    GROWTH_TIERS,
)
from aumaq.instances.schema.impacts import IMPACT_TABLES
from aumaq.instances.schema.indicators import (
    INDICATOR_BASELINES,
    INDICATOR_TARGETS,
    INDICATORS,
)
from aumaq.instances.schema.land import LAND_TABLES
from aumaq.instances.schema.merging import POSSIBLE_MERGERS
from aumaq.instances.schema.money import MONEY_TABLES
from aumaq.instances.schema.moving import MOVING_TABLES
from aumaq.instances.schema.networks import (
    INDUSTRIAL_LOADS,
    LINK_UPGRADES,
    LOAD_RATES,
    LOCAL_SUPPLIES,
    NETWORK_LINKS,
    NETWORK_NODES,
    NETWORKS,
)
from aumaq.instances.schema.projection import PROJECTION_TABLES
from aumaq.instances.schema.roads import (
    CONNECTIONS,
    ROAD_CLASSES,
    ROAD_LINKS,
    ROAD_NODES,
    ROAD_UPGRADE_LINKS,
    ROAD_UPGRADES,
    TRAVEL,
)
from aumaq.instances.schema.running import RUNNING_TABLES
from aumaq.instances.schema.scenarios import OVERRIDES, SCENARIOS, VARIANTS
from aumaq.instances.schema.services import (
    FACILITIES,
    LEVELS,
    RULE_TABLES,
    SITES,
    TRANSITIONS,
)
from aumaq.instances.schema.settings import (
    GROUPS,
    INSTANCE,
    PERIODS,
    POLICIES,
    SERVICES,
)
from aumaq.instances.schema.territory import (
    GROWTH,
    POPULATION,
    REGIONS,
    SETTLEMENT_TAGS,
    SETTLEMENTS,
)
from aumaq.instances.schema.today import DISTRICTS, JOBS, REGION_HISTORY

OWN_COLUMN_PREFIX = "x_"
"""Columns that start with this are the user's own: kept, never interpreted."""

TABLES: tuple[Table, ...] = (
    INSTANCE, POLICIES, PERIODS, SCENARIOS, VARIANTS, OVERRIDES, GROUPS, SERVICES,
    LEVELS, TRANSITIONS, REGIONS, SETTLEMENTS, SETTLEMENT_TAGS, POPULATION, GROWTH,
    *PROJECTION_TABLES,
    SITES, FACILITIES, *RULE_TABLES, *FAIRNESS_TABLES,
    ROAD_NODES, ROAD_LINKS, ROAD_CLASSES, ROAD_UPGRADES, ROAD_UPGRADE_LINKS,
    CONNECTIONS, TRAVEL,
    NETWORKS, NETWORK_NODES, NETWORK_LINKS, LINK_UPGRADES,
    LOAD_RATES, INDUSTRIAL_LOADS, LOCAL_SUPPLIES,
    REGION_HISTORY, DISTRICTS, JOBS,
    INDICATORS, INDICATOR_TARGETS, INDICATOR_BASELINES,
    GROWTH_TIERS, GROWTH_CANDIDATES, GROWTH_GAINS, CONCENTRATIONS,
    *LAND_TABLES, *IMPACT_TABLES,
    *CLOSING_TABLES,
    *FEEDER_TABLES,
    POSSIBLE_MERGERS,
    *MOVING_TABLES,
    *RUNNING_TABLES,
    ANCHORS, AGGLOMERATIONS, AGGLOMERATION_DEMAND, CONTINGENCIES,
    *MONEY_TABLES,
)  # fmt: skip

BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}
