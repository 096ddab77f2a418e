"""What comes out: plans, verification, exports, the report."""

from aumaq.results.plan import Plan
from aumaq.results.solving import solve
from aumaq.results.verification import Finding, Verification, verify

__all__ = ["Finding", "Plan", "Verification", "solve", "verify"]
