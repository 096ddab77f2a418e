"""The run store: every plan with its inputs and its way to the bound, in one file."""

from aumaq.results.store.finding import find_plan
from aumaq.results.store.store import Store

__all__ = ["Store", "find_plan"]
