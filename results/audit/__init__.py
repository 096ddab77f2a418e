"""The audit: a second implementation of every rule, from instance and decisions alone.

It shares no code with the model or the solvers: demand, discounting, travel times,
stock, money are all computed anew here.
"""

from aumaq.results.audit.account import Audit, audit
from aumaq.results.audit.findings import TOLERANCE, Finding, Verification
from aumaq.results.audit.verification import verdict, verify

__all__ = [
    "TOLERANCE",
    "Audit",
    "Finding",
    "Verification",
    "audit",
    "verdict",
    "verify",
]
