"""Checks of pairs that may merge: two sites, a level that there is, what is saved."""

from __future__ import annotations

from aumaq.instances.checks.check import Found, Tables, check, problem
from aumaq.instances.language.texts import figure, say


@check("possible_mergers", "sites", "levels", "services", about=("possible_mergers",))
def possible_mergers_can_be(tables: Tables) -> Found:
    """Two sites of the service; no more is saved than what is left costs to run."""
    sites, levels = tables["sites"], tables["levels"]
    known = set(zip(sites["service"], sites["site"], strict=True))
    for k, rule in enumerate(tables["possible_mergers"].itertuples()):
        pair = {c: (rule.service, getattr(rule, c)) for c in ("site", "other_site")}
        for column, key in pair.items():
            if key not in known:
                text = say("no such site of {service} in sites{hint}",
                           service=rule.service, hint="")  # fmt: skip
                yield problem("possible_mergers", text, k, column, key[1])
        if rule.site == rule.other_site:
            text = say("expected another site than the first one")
            yield problem("possible_mergers", text, k, "other_site", rule.other_site)
        own = levels[levels["service"] == rule.service]
        if own.empty:
            continue
        if rule.least_level > own["level"].max():
            text = say("expected a level of {service}, up to {most}",
                       service=rule.service, most=int(own["level"].max()))  # fmt: skip
            least = rule.least_level
            yield problem("possible_mergers", text, k, "least_level", least)
            continue
        most = own.loc[own["level"] >= rule.least_level, "opex_mln_per_year"].min()
        if rule.saving_mln_per_year > most:
            text = say("expected {most} at most: that is what the merged facility"
                       " costs to run", most=figure(most))  # fmt: skip
            saved = figure(rule.saving_mln_per_year)
            yield problem("possible_mergers", text, k, "saving_mln_per_year", saved)
