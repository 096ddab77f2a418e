"""The command in a child of this process: quick to start, and free to be killed."""

from __future__ import annotations

import os
import signal
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from aumaq.cli import main

CRASHED = 70
"""Exit code of a child whose command let an exception through."""
LONGEST_SECONDS = 300.0


@dataclass
class Child:
    """A command that runs, and the files that it writes its output to."""

    pid: int
    words: tuple[str, ...]
    out: Path
    err: Path
    status: int | None = None

    def has_ended(self) -> bool:
        """Return whether it has ended; does not wait."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = status
        return self.status is not None

    def wait(self, seconds: float = LONGEST_SECONDS) -> int:
        """Return the exit code, minus the signal that killed it; kill it at last."""
        end = time.monotonic() + seconds
        while not self.has_ended():
            if time.monotonic() > end:
                self.kill()
                return -signal.SIGKILL
            time.sleep(0.005)
        return os.waitstatus_to_exitcode(self.status or 0)

    def kill(self) -> None:
        """Kill it as a power cut does, with all its own children, and wait."""
        if not self.has_ended():
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self.status = os.waitpid(self.pid, 0)[1]

    @property
    def told(self) -> str:
        """What it wrote on standard error."""
        return self.err.read_text("utf-8", errors="replace")

    @property
    def shown(self) -> str:
        """What it wrote on standard output."""
        return self.out.read_text("utf-8", errors="replace")


def start(
    *words: object, folder: Path, before: Callable[[], object] | None = None
) -> Child:
    """Start the command in a folder; *before* runs in the child first."""
    given = tuple(map(str, words))
    said = folder.parent / f"{folder.name}.said"
    said.mkdir(exist_ok=True)
    number = len(list(said.iterdir()))
    child = Child(0, given, said / f"{number}.out", said / f"{number}.err")
    child.out.touch()
    sys.stdout.flush()
    sys.stderr.flush()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads do not go on
        child.pid = os.fork()
    if child.pid == 0:
        _run(child, folder, before)
    return child


def done(*words: object, folder: Path, **more: Callable[[], object]) -> Child:
    """Run the command to its end."""
    child = start(*words, folder=folder, **more)
    child.wait()
    return child


def _run(child: Child, folder: Path, before: Callable[[], object] | None) -> None:
    """Be the command: never returns."""
    code = CRASHED
    try:
        os.setpgid(0, 0)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        for number, file in ((1, child.out), (2, child.err)):
            os.dup2(os.open(file, flags, 0o644), number)
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.chdir(folder)
        sys.argv = ["aumaq", *child.words]
        if before is not None:
            before()
        main()
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        with suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def complaints(child: Child, codes: tuple[int, ...]) -> list[str]:
    """Return what is wrong with how a command ended: codes, and what it said."""
    code = child.wait()
    what = f"{' '.join(child.words)}: "
    tail = child.told[-1500:]
    if code not in codes:
        return [f"{what}exit code {code}, not {codes}: {tail}"]
    if "Traceback" in child.told or "internal error" in child.told:
        return [f"{what}a traceback: {tail}"]
    if code and not child.told.strip():
        return [f"{what}exit code {code} without a word"]
    return []


def contents(folder: Path) -> dict[str, bytes]:
    """Return the bytes of all files below a folder, by name."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def lost(before: dict[str, bytes], folder: Path) -> list[str]:
    """Return which files are not what they were."""
    after = contents(folder)
    return [
        f"{name} was {'changed' if name in after else 'lost'}"
        for name, data in before.items()
        if after.get(name) != data
    ]
