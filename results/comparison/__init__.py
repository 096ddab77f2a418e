"""Plans side by side: what differs in inputs, decisions and indicators."""

from aumaq.results.comparison.comparison import Comparison, compare

__all__ = ["Comparison", "compare"]
