"""What one audit knows: what is decided, and what was found to follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aumaq.instances import Instance
from aumaq.results.audit.decided import ServicePlan
from aumaq.results.audit.facts import Facts
from aumaq.results.audit.findings import Notebook
from aumaq.results.audit.growth import Choice
from aumaq.results.audit.roads import Upgrades
from aumaq.results.audit.travel import Travel

if TYPE_CHECKING:
    from aumaq.results.audit.network import NetworkPlan


@dataclass(frozen=True)
class Ledger:
    """One plan while it is audited.

    *facts* are those under its choice of growth points.
    """

    instance: Instance
    facts: Facts
    choice: Choice
    upgrades: Upgrades
    travel: Travel
    plans: dict[str, ServicePlan]
    networks: dict[str, NetworkPlan]
    notes: Notebook
