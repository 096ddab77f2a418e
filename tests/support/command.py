"""The command line: within this process, or as a process of its own."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from io import StringIO
from pathlib import Path
from unittest import mock

from aumaq.cli import main

Done = subprocess.CompletedProcess[str]


def process(*words: object, folder: Path | None = None) -> Done:
    """Run the command line as users do; *folder* is the working directory."""
    command = [sys.executable, "-m", "aumaq", *map(str, words)]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=folder, timeout=900, check=False
    )


def run(*words: object, folder: Path | None = None) -> Done:
    """Call what a process would call, and return what it would print and exit with."""
    command = ["aumaq", *map(str, words)]
    out, err, code = StringIO(), StringIO(), 0
    with (
        contextlib.chdir(folder or Path.cwd()),
        mock.patch.object(sys, "argv", command),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
    return subprocess.CompletedProcess(command, code, out.getvalue(), err.getvalue())
