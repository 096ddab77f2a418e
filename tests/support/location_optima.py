"""Choices of sites by trying all of them, in plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations


@dataclass
class SmallCase:
    """People of each client, minutes by (client, site), and what sites are."""

    people: list[float]
    minutes: dict[tuple[int, int], float]
    sites: int
    kept: set[int] = field(default_factory=set)
    may: set[int] = field(default_factory=set)
    must: set[int] = field(default_factory=set)

    def choices(self, most: int) -> Iterator[set[int]]:
        """Give the open sites of every choice of at most so many new ones."""
        free = sorted(self.may - self.must)
        for extra in range(most - len(self.must) + 1):
            for some in combinations(free, extra):
                yield self.kept | self.must | set(some)

    def ways(self, opened: set[int]) -> list[tuple[float, float]]:
        """Return people and minutes to the nearest open site of who reaches one."""
        found = []
        for client, people in enumerate(self.people):
            ways = [
                self.minutes[client, site]
                for site in opened
                if (client, site) in self.minutes
            ]
            if ways and people > 0:
                found.append((people, min(ways)))
        return found


def most_within(case: SmallCase, count: int, limit: float) -> float:
    """Return the most people within a limit."""
    return max(
        sum(people for people, way in case.ways(opened) if way <= limit)
        for opened in case.choices(count)
    )


def fewest_new(case: SmallCase, limit: float) -> int:
    """Return the fewest new sites by which as many are within it as by all sites."""
    everything = case.kept | case.may
    wanted = sum(way <= limit for _, way in case.ways(everything))
    return min(
        len(opened) - len(case.kept)
        for opened in case.choices(len(case.may))
        if sum(way <= limit for _, way in case.ways(opened)) == wanted
    )


def least(case: SmallCase, count: int, goal: str) -> float | None:
    """Return the least mean or worst way, of the choices that most people reach."""
    found = []
    for opened in case.choices(count):
        ways = case.ways(opened)
        reached = sum(people for people, _ in ways)
        if not ways:
            continue
        mean = sum(people * way for people, way in ways) / reached
        worst = max(way for _, way in ways)
        found.append((-reached, mean if goal == "mean_minutes" else worst))
    return min(found)[1] if found else None
