"""All kinds of trials of the programme, in the order of the page."""

from __future__ import annotations

import metamorphic
import random_instances
from programme import Kind

KINDS: list[Kind] = [*random_instances.KINDS, *metamorphic.KINDS]
