"""The reliability programme: ``python tests/reliability``, or ``make reliability``.

Every outcome is written down at once, so a run that is stopped goes on where it was;
the page docs/reliability.md is written from what is written down.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "support"))

from page import page, write  # noqa: E402
from programme import SEED, Outcome, Records, run  # noqa: E402

RECORDS = HERE.parents[1] / "build" / "reliability.jsonl"
PAGE = HERE.parents[1] / "docs" / "reliability.md"


def main() -> int:
    """Run what is asked for; return 1 if anything failed."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--only", default="", help="kinds or parts whose names hold it")
    words.add_argument("--share", type=float, default=1.0, help="of the trials")
    words.add_argument("--seed", type=int, default=SEED)
    words.add_argument("--records", type=Path, default=RECORDS)
    words.add_argument("--page", action="store_true", help="write the page, no trials")
    given = words.parse_args()
    from kinds import KINDS

    records = Records(given.records)
    wanted = [k for k in KINDS if given.only in f"{k.part}: {k.name}"]
    if not given.page:
        for outcome in run(wanted, records, given.seed, given.share):
            tell(outcome)
    known = [one for one in records.read() if one.seed == given.seed]
    if given.page or (not given.only and given.share >= 1.0):
        write(PAGE, page(KINDS, known))
    return int(any(one.faults for one in known))


def tell(outcome: Outcome) -> None:
    """Print an outcome, with what failed."""
    held = "failed" if outcome.faults else "held" if outcome.is_tried else "not tried"
    lines = [f"{outcome.kind} {outcome.number}: {held}, {outcome.seconds:.1f} s"]
    lines += [f"    {fault}" for fault in outcome.faults]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
