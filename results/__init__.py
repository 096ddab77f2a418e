"""What comes out: plans, verification, comparisons, exports, the report."""

from aumaq.results.analysis import Analysis, analyse
from aumaq.results.coordinating import Coordination, coordination
from aumaq.results.plan import Plan
from aumaq.results.solving import solve
from aumaq.results.verification import Finding, Verification, verify

__all__ = [
    "Analysis",
    "Coordination",
    "Finding",
    "Plan",
    "Verification",
    "analyse",
    "coordination",
    "solve",
    "verify",
]
