"""What Windows lacks is asked for before it is used, and files say their encoding."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import aumaq

ROOT = Path(__file__).parents[2]
LAYERS = ("instances", "model", "solvers", "classic", "results", "app")
FILES = [p for layer in LAYERS for p in sorted((ROOT / layer).rglob("*.py"))]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MODULES = _words(
    "curses fcntl grp nis ossaudiodev posix pty pwd readline"
    " resource spwd syslog termios tty"
)
NAMES = {
    "os": _words(
        "O_NOFOLLOW O_NONBLOCK WNOHANG chown chroot fchmod fork forkpty"
        " getegid geteuid getgid getloadavg getpgid getpgrp getpriority"
        " getsid getuid killpg mkfifo nice sched_getaffinity"
        " sched_setaffinity setsid statvfs sysconf uname wait wait3"
        " wait4"
    ),
    "signal": _words(
        "SIGALRM SIGCHLD SIGCONT SIGHUP SIGKILL SIGPIPE SIGQUIT SIGSTOP"
        " SIGTSTP SIGUSR1 SIGUSR2 SIGXCPU alarm pause pthread_kill"
        " setitimer sigwait"
    ),
}
"""Names of Python's library that are not there on Windows."""
TEXT = {"read_text": 0, "write_text": 1}
"""What works with text, and how many arguments come before the encoding."""


def _without_the_guarded(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a module, but not what a try or a platform check guards."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Try):
            caught = {n.id for h in node.handlers for n in ast.walk(h)
                      if isinstance(n, ast.Name)}  # fmt: skip
            if caught & {"ImportError", "AttributeError"}:
                continue
        yield node
        yield from _without_the_guarded(node)


def faults(text: str) -> list[str]:
    """Return what of a module would not work, or work otherwise, on Windows."""
    found: list[str] = []
    for node in _without_the_guarded(ast.parse(text)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.attr in NAMES.get(node.value.id, ()):
                found.append(f"{node.lineno}: {node.value.id}.{node.attr}")
        elif isinstance(node, ast.Call) and _is_of_unsaid_encoding(node):
            found.append(f"{node.lineno}: a text file without its encoding")
        found += [f"{node.lineno}: {name}" for name in names if name in MODULES]
    return found


def _is_of_unsaid_encoding(call: ast.Call) -> bool:
    """Tell whether a call reads or writes text in whatever encoding is usual here."""
    said = {k.arg: k.value for k in call.keywords}
    if "encoding" in said or None in said:
        return False
    flag = said.get("text")
    if isinstance(flag, ast.Constant) and flag.value is True:
        return True
    is_method = isinstance(call.func, ast.Attribute)
    name = getattr(call.func, "attr" if is_method else "id", "")
    if name in TEXT:
        return len(call.args) <= TEXT[name]
    owner = getattr(getattr(call.func, "value", None), "id", "")
    if name != "open" or owner in {"os", "webbrowser", "zipfile", "Image"}:
        return False
    modes = [a.value for a in [*call.args, *said.values()]
             if isinstance(a, ast.Constant) and isinstance(a.value, str)]  # fmt: skip
    is_path = not is_method or not call.args or bool(modes)
    return is_path and not any("b" in mode for mode in modes)


@pytest.mark.parametrize("layer", LAYERS)
def test_nothing_is_needed_that_windows_lacks(layer: str) -> None:
    """Modules and names of POSIX stand under a guard; text files are UTF-8."""
    found = {
        str(path.relative_to(ROOT)): wrong
        for path in FILES
        if path.relative_to(ROOT).parts[0] == layer
        and (wrong := faults(path.read_text(encoding="utf-8")))
    }
    assert not found


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("import fcntl", 1),
        ("def f():\n    import resource", 1),
        ("try:\n    import fcntl\nexcept ImportError:\n    fcntl = None", 0),
        ("child.send_signal(signal.SIGKILL)", 1),
        ("getattr(os, 'O_NOFOLLOW', 0)", 0),
        ("p.read_text()", 1),
        ("p.read_text('utf-8')", 0),
        ("p.write_text(x)", 1),
        ("p.open('wb')", 0),
        ("open(p)", 1),
        ("p.open('w', encoding='utf-8')", 0),
        ("subprocess.run(c, text=True)", 1),
    ],
)
def test_the_check_finds_them(text: str, count: int) -> None:
    """Each kind of fault is found, and its remedy is none."""
    assert len(faults(text)) == count


WITHOUT = """
import os, signal, sys
for name in {modules!r}:
    sys.modules[name] = None
for owner, names in {names!r}.items():
    for name in names:
        if hasattr(sys.modules[owner], name):
            delattr(sys.modules[owner], name)
sys.argv = ["aumaq", "solve", "tiny", "--out", sys.argv[1], "--quiet"]
from aumaq.cli import main
main()
"""


@pytest.mark.slow
def test_a_plan_is_made_without_them(tmp_path: Path) -> None:
    """A command works where the modules and names of POSIX are taken away.

    Those stay that the libraries of this system ask for themselves.
    """
    kept = {"fork", "WNOHANG", "sysconf", "uname", "sched_getaffinity", "getuid",
            "geteuid", "getgid", "getegid", "wait", "chown", "SIGCHLD"}  # fmt: skip
    names = {owner: sorted(these - kept) for owner, these in NAMES.items()}
    modules = sorted(MODULES - {"posix"})
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT.format(modules=modules, names=names),
         tmp_path / "plan"],
        env={"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0", "LC_ALL": "C"},
        capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode("cp1252", "replace")
    assert aumaq.find_plan(str(tmp_path / "plan")).is_verified
