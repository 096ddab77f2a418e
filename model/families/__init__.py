"""One file a rule family. To add one: a file with ``@family``, and a line here."""

from aumaq.model.families import allocation as allocation
from aumaq.model.families import angles as angles
from aumaq.model.families import balances as balances
from aumaq.model.families import budgets as budgets
from aumaq.model.families import concentration as concentration
from aumaq.model.families import connections as connections
from aumaq.model.families import fastest as fastest
from aumaq.model.families import growth as growth
from aumaq.model.families import loads as loads
from aumaq.model.families import locks as locks
from aumaq.model.families import nearest as nearest
from aumaq.model.families import networks as networks
from aumaq.model.families import referral as referral
from aumaq.model.families import renewal as renewal
from aumaq.model.families import roads as roads
from aumaq.model.families import siting as siting
from aumaq.model.families import standards as standards
