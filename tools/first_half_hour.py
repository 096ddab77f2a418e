"""Run what docs/first-half-hour.md tells, in order, and print the seconds of each step.

``python tools/first_half_hour.py [FOLDER]`` works in a new folder, or in FOLDER.
"""

from __future__ import annotations

import re
import resource
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "first-half-hour.md"


def steps(page: Path = PAGE) -> Iterator[tuple[str, list[str]]]:
    """Yield each step of the page, and the command that does it."""
    blocks = re.findall(r"```(sh|python)\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    for number, (kind, text) in enumerate(blocks, start=1):
        if kind == "python":
            yield f"edit {number}", [sys.executable, "-c", text]
            continue
        for line in filter(None, text.splitlines()):
            words = shlex.split(line)
            yield line, [sys.executable, "-m", *words]


def processor_seconds() -> float:
    """Return what all steps so far took of a processor: the same on a busy machine."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    """Run the steps; return the first exit code that is not 0."""
    folder = sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp()
    print(f"in {folder}\n\n| step | s | s of a processor |\n|---|---|---|")
    total = busy = 0.0
    for name, command in steps():
        begun, before = time.perf_counter(), processor_seconds()
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False
        )
        seconds = time.perf_counter() - begun
        total, own = total + seconds, processor_seconds() - before
        busy += own
        if done.returncode:
            print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
            return done.returncode
        print(f"| `{name}` | {seconds:.1f} | {own:.1f} |", flush=True)
    print(f"| all | {total:.0f} | {busy:.0f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
