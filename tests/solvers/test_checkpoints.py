"""A run goes on from a checkpoint as if it had never been stopped."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import aumaq
from aumaq.instances import OptionError
from aumaq.instances.errors import UnreadableError
from aumaq.instances.generators import clustered
from aumaq.solvers import ProgressEvent
from aumaq.solvers.checkpoint import FORMAT, read_checkpoint

OPTIONS: dict[str, Any] = {"work_limit": 3.0, "gap": 0.0, "threads": 2}


class Stopping:
    """Asks to stop, as Ctrl-C does, once so many events of solving were told."""

    def __init__(self, count: int) -> None:
        self.left = count

    def update(self, event: ProgressEvent) -> None:
        """Count an event."""
        if str(event.phase) == "solving":
            self.left -= 1
            if self.left == 0:
                signal.raise_signal(signal.SIGINT)


def same(one: aumaq.Plan, other: aumaq.Plan) -> bool:
    """Whether two plans have the same objective, bound and tables."""
    values = [(p.status, p.objective_mln, p.bound_mln) for p in (one, other)]
    return values[0] == values[1] and all(
        table.equals(other.tables[name]) for name, table in one.tables.items()
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "events"), [("blocks", 4), ("direct", 2), ("decomposed", 7)]
)
def test_stopped_and_resumed_is_as_without_the_break(
    method: str, events: int, tmp_path: Path
) -> None:
    """The same plan and bound, whenever it was stopped; both runs are in the time."""
    instance, file = clustered(12, 4), tmp_path / "half.aumaq"
    options = {**OPTIONS, "method": method}
    whole = aumaq.solve(instance, **options)
    stopping = Stopping(events)
    half = aumaq.solve(instance, **options, checkpoint=file, progress=stopping)
    assert half.status == "interrupted"
    known = file.read_bytes()
    found = aumaq.solve(instance, **options, resume=file)
    assert same(found, whole)
    seconds = found.record["seconds"]
    assert seconds["total"] > seconds["earlier"] > 0.0
    assert file.read_bytes() != known


@pytest.mark.slow
@pytest.mark.parametrize("method", ["blocks", "direct", "decomposed"])
def test_more_time_goes_on_from_what_was_known(method: str, tmp_path: Path) -> None:
    """By the clock too: the plan is no dearer than that kept, the bound no lower."""
    instance, file = clustered(12, 4), tmp_path / "known"
    options: dict[str, Any] = {"method": method, "gap": 0.0, "time_limit": 2.0}
    first = aumaq.solve(instance, **options, checkpoint=file)
    kept = float(read_checkpoint(file).facts["search"]["objective"])
    second = aumaq.solve(instance, **options, resume=file)
    slack = 1e-9 * first.objective_mln
    assert second.objective_mln <= kept + slack
    assert second.bound_mln >= first.bound_mln - slack


@pytest.mark.slow
def test_a_file_that_is_none_of_its_own_is_refused(tmp_path: Path) -> None:
    """Of another instance, seed or kind, broken or missing: one error, nothing lost."""
    instance, file = aumaq.read("tiny"), tmp_path / "tiny.aumaq"
    options: dict[str, Any] = {"work_limit": 1.0, "threads": 1}
    aumaq.solve(instance, **options, checkpoint=file)
    known = file.read_bytes()
    with pytest.raises(OptionError, match="--resume"):
        aumaq.solve(instance, **options, checkpoint=file)
    with pytest.raises(OptionError, match="another instance"):
        aumaq.solve(clustered(6, 1), **options, resume=file)
    with pytest.raises(OptionError, match="seed = 0, not 1"):
        aumaq.solve(instance, **options, seed=1, resume=file)
    with pytest.raises(OptionError, match="by_work"):
        aumaq.solve(instance, resume=file)
    assert file.read_bytes() == known
    file.write_bytes(known[:500] + b"x" + known[501:])
    for broken in (file, tmp_path / "missing", tmp_path):
        with pytest.raises(UnreadableError, match="checkpoint"):
            aumaq.solve(instance, **options, resume=broken)
    file.write_bytes(known)
    assert aumaq.solve(instance, **options, resume=file).is_verified


@pytest.mark.slow
def test_no_byte_of_a_file_may_be_another(tmp_path: Path) -> None:
    """Whatever its parts say then, it is refused, or means what it did."""
    file = tmp_path / "half.aumaq"
    known = {"format": FORMAT, "seconds": 1.0, "kind": "direct", "arrays": ["luck"]}
    facts = np.array(json.dumps(known))
    np.savez(file.with_suffix(".npz"), facts=facts, luck=np.arange(9.0))
    whole = file.with_suffix(".npz").read_bytes()
    for place in range(len(whole)):
        for byte in {0, 8, 12, 255} - {whole[place]}:
            file.write_bytes(whole[:place] + bytes([byte]) + whole[place + 1 :])
            try:
                found = read_checkpoint(file)
            except UnreadableError:
                continue
            assert found.facts == known
            assert found.arrays["luck"].tolist() == [*range(9)]
