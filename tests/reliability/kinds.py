"""All kinds of trials of the programme, in the order of the page."""

from __future__ import annotations

import broken_off
import falsified
import limits_kept
import malformed
import metamorphic
import random_instances
from programme import Kind

KINDS: list[Kind] = [
    *random_instances.KINDS,
    *metamorphic.KINDS,
    *malformed.KINDS,
    *broken_off.KINDS,
    *limits_kept.KINDS,
    *falsified.KINDS,
]
