"""Which links a contingency takes away, one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd


def lost_links(rule: Mapping[str, Any], links: pd.DataFrame) -> list[str]:
    """Return the links of a rule's network that it takes away, in their order.

    *links* is the table ``network_links``.
    """
    own = links[links["network"] == rule["network"]]
    if rule["link"]:
        own = own[own["link"] == rule["link"]]
    else:
        own = own[own["voltage_kv"] >= rule["min_voltage_kv"]]
    return [str(code) for code in own["link"]]
