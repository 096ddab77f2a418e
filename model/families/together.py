r"""Together: the people of a settlement are not split over sites, where a rule says so.

Variables
    ``assigned[together,s,i,j,t]``
        binary: 1 if *j* serves all of *i*

Constraints
    ``whole[together,s,i,j,t]``
        :math:`\sum_{o,l} share_{sijolt} = assigned_{together,sijt}`
        at most, where demand varies
    ``undivided[together,s,i,t]``
        :math:`unserved_{sit} + \sum_j assigned_{together,sijt} \le 1`
        where demand varies

The rows are those of whole catchments (``allocation = "whole"``) for some settlements
of a service whose others may be split; who is not served, is so as a whole. Where
several rules are about a settlement, the first one counts.
"""

from __future__ import annotations

from aumaq.model.context import Context
from aumaq.model.families.allocation import not_split
from aumaq.model.family import family
from aumaq.model.members import members

HOME = ("service", "settlement")


@family(needs=("allocation",), reads=("demand",))
def together(c: Context) -> None:
    """Build the rows of settlements that rules keep together."""
    block = c.block("together")
    whose = members(c, "together_rules", "together").distinct(HOME)
    is_split = c.tables.services["allocation"] != "whole"
    whose = whose.where(is_split[whose["service"]])
    share = c.share.join(whose, HOME)
    not_split(c, block, share, ("together",), "together:{together}")
