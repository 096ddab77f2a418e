"""Together: who is not to be split over sites goes to one, or is served nowhere."""

from __future__ import annotations

import numpy as np

from aumaq.instances.language.texts import say
from aumaq.results.audit.closings import rule_is_about
from aumaq.results.audit.frames import records
from aumaq.results.audit.ledger import Ledger
from aumaq.results.audit.serving import parts_of


def together(ledger: Ledger) -> None:
    """Check that all of a settlement that a rule is about go to one site, or none."""
    facts = ledger.facts
    for rule in records(facts.tables["together_rules"]):
        name = str(rule["service"])
        service, plan = facts.services[name], ledger.plans[name]
        i = np.flatnonzero(rule_is_about(facts, rule))
        ledger.notes.at_most(
            f"together:{rule['together']}",
            parts_of(service, plan)[i],
            0.0,
            lambda k, t, i=i: say(
                "settlement {settlement}, period {period}",
                settlement=facts.ids[i[k]],
                period=facts.times.names[t],
            ),
            say("its people are split: a share of {value} is apart"),
        )
