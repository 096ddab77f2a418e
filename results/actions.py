"""What is done at a site, in words; the order is that in which it is told."""

from __future__ import annotations

from aumaq.instances.language.texts import say

DONE = {
    "open": say("opened"),
    "enlarge": say("enlarged"),
    "reduce": say("reduced"),
    "close": say("closed"),
    "renew": say("renewed"),
    "keep": say("kept"),
}
EVERY = DONE | {"build": say("built"), "choose": say("chosen")}
"""The same of networks, roads and growth points, too."""
CHANGES = {
    "open": say("{n} opened"),
    "enlarge": say("{n} enlarged"),
    "reduce": say("{n} reduced"),
    "close": say("{n} closed"),
    "renew": say("{n} renewed"),
}
"""The same of a number of facilities; keeping changes nothing."""
