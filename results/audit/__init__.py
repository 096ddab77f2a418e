"""The audit: a second implementation of every rule, from tables alone.

It reads instance tables and plan tables, and shares no code with the model or the
solvers: demand, discounting, travel times, stock, money are all computed anew here.
"""

from aumaq.results.audit.check import verify
from aumaq.results.audit.findings import TOLERANCE, Finding, Verification

__all__ = ["TOLERANCE", "Finding", "Verification", "verify"]
