"""An answer as it is read: lines of text, a small table, a picture."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from aumaq.instances.access.limits import within
from aumaq.instances.goals import COVER, COVER_ALL, MEAN_MINUTES
from aumaq.instances.language.texts import Text, say
from aumaq.instances.svg_map import Lines, Points, radii, svg_map
from aumaq.results.bounds import rounded_down, rounded_up
from aumaq.results.language import Language

if TYPE_CHECKING:
    from aumaq.results.location.answer import Location

MOST_NAMED = 12
"""Places or sites that are named in a sentence."""
NEAR, FAR, NONE_COLOUR = "#4c9a6a", "#d0a13a", "#b5482f"
NEW, KEPT, CLOSED, WAY = "#b3266f", "#1f5f99", "#8a8a8a", "#c9d3da"


def lines(found: Location, words: Language) -> list[str]:
    """Return the answer in a few lines."""
    q = found.question
    told = [words.tell(_head(found, words))]
    for action, text in (
        ("new", say("new: {names}")),
        ("closed", say("closed: {names}")),
    ):
        rows = found.sites[found.sites["action"] == action]
        if len(rows):
            told.append("  " + words.tell(text, names=_named(rows, "site", words)))
    kept = int((found.sites["action"] == "kept").sum())
    if kept:
        told.append("  " + words.tell(say("kept: {n}", n=words.number(kept))))
    told += [
        f"  {name:<28} {before:>24} → {after}"
        for name, before, after in measures(found, words)
    ]
    told.append("  " + words.tell(_proof(found, words)))
    lost = found.unreachable
    if len(lost):
        text = say(
            "no site can be reached from {n} place, {people} people: {names}",
            "no site can be reached from {n} places, {people} people: {names}",
            n=len(lost),
            people=words.count(float(lost["people"].sum())),
            names=_named(lost, "place", words),
        )
        told.append("  " + words.tell(text))
    few = len(found.new_sites) < q.count and q.goal is not COVER_ALL
    if few and q.of.get("existing") != "free":
        told.append("  " + words.tell(say("more sites would not help")))
    return told + ["  " + words.tell(note) for note in q.notes]


def _head(found: Location, words: Language) -> Text:
    q = found.question
    what = words.title(q.of.get("service_title", "")) or words.tell(say("sites"))
    if q.minutes is None:
        return say("{what}: {goal}", what=what, goal=q.goal.title)
    return say(
        "{what}: {goal} ({limit})",
        what=what,
        goal=q.goal.title,
        limit=length(q.minutes, q.unit, words),
    )


def length(value: float, unit: str, words: Language) -> str:
    """Return minutes, or a distance in its unit, as text."""
    if value != value:
        return "–"
    digits = 0 if value == round(value) and value < 1e6 else 1
    text = words.number(value, digits)
    return f"{text} {words.tell(say('min')) if unit == 'min' else unit}".strip()


def measures(found: Location, words: Language) -> list[tuple[str, str, str]]:
    """Return name, before and after of each measure."""
    q, today, then = found.question, found.before, found.after

    def people(name: str) -> tuple[str, str]:
        return _people(today, name, words), _people(then, name, words)

    def way(name: str) -> tuple[str, str]:
        return length(today[name], q.unit, words), length(then[name], q.unit, words)

    rows: list[tuple[Text, tuple[str, str]]] = []
    if q.minutes is not None:
        limit = length(q.minutes, q.unit, words)
        rows.append((say("people within {limit}", limit=limit), people("cover")))
        count = (
            words.number(today["places_within"]),
            words.number(then["places_within"]),
        )
        rows.append((say("places within {limit}", limit=limit), count))
    rows += [
        (say("people who reach a site"), people("reached")),
        (say("mean way"), way("mean_minutes")),
        (say("worst way"), way("worst_minutes")),
    ]
    return [(words.tell(name), *pair) for name, pair in rows]


def _people(measured: dict[str, float], name: str, words: Language) -> str:
    share = measured[name] / measured["people"] if measured["people"] else float("nan")
    told = words.count(measured[name])
    return told if share != share else f"{told} ({words.share(share)})"


def _proof(found: Location, words: Language) -> Text:
    """Return how sure the answer is."""
    q = found.question
    if found.value != found.value:  # NaN: a mean, or a worst, of nobody
        return say("no people can reach a site: there is nothing to choose")
    gap = found.gap
    limit = found.value if gap <= 0.0 else found.bound  # one figure: no doubt
    if q.goal is COVER:
        digits = 0 if limit >= 10.0 else 1
        bound = words.count(limit if gap <= 0.0 else rounded_up(limit, digits))
    elif q.goal is COVER_ALL:
        bound = words.lower(limit)
    else:
        least = limit if gap <= 0.0 else rounded_down(limit, 1)
        bound = length(least, q.unit, words)
    text = {
        COVER.name: say("no choice has more people within than {bound}"),
        COVER_ALL.name: say("no choice needs fewer sites than {bound}"),
        MEAN_MINUTES.name: say("no choice has a smaller mean than {bound}"),
    }.get(q.goal.name, say("no choice has a shorter worst way than {bound}"))
    text = text.given(bound=bound)
    if gap <= 0.0:
        return say("{bound}: proven best", bound=text)
    return say(
        "{bound}: gap {share} ({status})",
        bound=text,
        share=words.at_most(gap),
        status=found.status,
    )


def _named(rows: pd.DataFrame, code: str, words: Language) -> str:
    """Return names with their codes; the first few, and how many more."""
    names = [
        name if name == key or not name else f"{name} ({key})"
        for name, key in zip(rows["name"], rows[code], strict=True)
    ]
    if len(names) <= MOST_NAMED:
        return ", ".join(names)
    rest = say("and {n} more", "and {n} more", n=len(names) - MOST_NAMED)
    return ", ".join(names[:MOST_NAMED]) + " " + words.tell(rest)


def picture(found: Location, words: Language) -> str:
    """Return a map as SVG, "" where nothing has coordinates."""
    q, rows = found.question, found.places
    way = rows["minutes_after"].to_numpy(dtype=float)
    size = radii(rows["people"].to_numpy(dtype=float))
    if q.minutes is None:
        kinds = [(say("reach a site"), NEAR, np.isfinite(way))]
    else:
        limit = length(q.minutes, q.unit, words)
        near = within(way / q.scale, q.limit)
        kinds = [
            (say("within {limit}", limit=limit), NEAR, near),
            (say("farther away"), FAR, np.isfinite(way) & ~near),
        ]
    kinds.append((say("reach no site"), NONE_COLOUR, ~np.isfinite(way)))
    lat, lon = (rows[name].to_numpy(dtype=float) for name in ("lat", "lon"))
    told = [
        f"{name}: {words.count(people)}, {length(minutes, q.unit, words)}"
        for name, people, minutes in zip(
            rows["name"], rows["people"], way.tolist(), strict=True
        )
    ]
    layers: list[Points | Lines] = [_ways(found, words)]
    for title, colour, mask in kinds:
        at = np.flatnonzero(mask)
        layers.append(
            Points(words.tell(title), colour, lat[at], lon[at], size[at],
                   [told[k] for k in at])
        )  # fmt: skip
    return svg_map([*layers, *_sites(found, words)], words.tell(_head(found, words)))


def _ways(found: Location, words: Language) -> Lines:
    """Return lines from places to the new sites that they go to."""
    rows = found.places.merge(
        found.new_sites[["site", "lat", "lon"]],
        left_on="site_after",
        right_on="site",
        suffixes=("", "_site"),
    )
    ends = rows[["lat", "lon", "lat_site", "lon_site"]].to_numpy(dtype=float)
    return Lines(words.tell(say("who goes to a new site")), WAY, ends, 1.2)


def _sites(found: Location, words: Language) -> list[Points | Lines]:
    kinds = {
        "closed": (say("closed"), CLOSED, "square", 4.0),
        "kept": (say("kept"), KEPT, "square", 3.5),
        "new": (say("new"), NEW, "star", 9.0),
    }
    layers: list[Points | Lines] = []
    for action, (title, colour, shape, size) in kinds.items():
        rows = found.sites[found.sites["action"] == action]
        names = rows["name"].tolist()
        layers.append(
            Points(
                words.tell(title),
                colour,
                rows["lat"].to_numpy(dtype=float),
                rows["lon"].to_numpy(dtype=float),
                np.full(len(rows), size),
                names,
                shape,
                names if action == "new" else (),
            )
        )
    return layers


def html(found: Location, words: Language) -> str:
    """Return the answer as a piece of HTML: text, measures, map."""
    told = lines(found, words)
    rows = "".join(
        f"<tr><th scope='row' style='text-align:left'>{escape(name)}</th>"
        f"<td>{escape(first)}</td><td>{escape(last)}</td></tr>"
        for name, first, last in measures(found, words)
    )
    count = len(measures(found, words))
    at = next((k for k, text in enumerate(told) if "→" in text), len(told))
    texts = told[1:at] + told[at + count :]
    head = "".join(
        f"<th scope='col'>{escape(words.tell(text))}</th>"
        for text in (say("before"), say("after"))
    )
    return (
        f"<div class='aumaq'><h3>{escape(told[0])}</h3>"
        f"<table><thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table>"
        + "".join(f"<p>{escape(text.strip())}</p>" for text in texts)
        + picture(found, words)
        + "</div>"
    )
