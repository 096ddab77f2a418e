"""The one JSON document of a command that is asked for ``--json``.

It is printed whatever happens: if the work fails it says what was wrong.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from aumaq.words import spoken

_is_printed = False


def begin() -> None:
    """Forget what was printed: Python may run another command."""
    global _is_printed
    _is_printed = False


def is_asked(arguments: Sequence[str]) -> bool:
    """Return whether the words of a command line ask for a document."""
    given = list(arguments)
    return "--json" in (given[: given.index("--")] if "--" in given else given)


def tell(content: Any) -> None:
    """Print the document of a command: strict JSON in any encoding."""
    from aumaq.results.strict_json import strict

    text = json.dumps(strict(content), ensure_ascii=False, allow_nan=False, default=str)
    _print(text)


def tell_failure(code: int, status: str, message: str, **more: Any) -> None:
    """Print the document of a command that failed, unless one was printed.

    *status* is one word for scripts, *more* the parts of what is wrong: ``problems``
    (file, row, column, value, message), ``option``, ``name`` and ``known``.
    """
    if _is_printed:
        return
    content = {"status": status, "exit_code": code, "message": message, **more}
    _print(json.dumps(content, ensure_ascii=False, default=str))


def failure_of(error: Exception) -> tuple[str, dict[str, Any]]:
    """Return the status of an error of ours, and the parts of what is wrong."""
    from aumaq.instances import (
        ExportError,
        InstanceError,
        NoPlanError,
        OptionError,
        UnknownNameError,
    )

    if isinstance(error, InstanceError):
        problems = [
            {
                "file": problem.file,
                "row": problem.row,
                "column": problem.column,
                "value": problem.value,
                "message": spoken().tell(problem.message),
            }
            for problem in error.problems
        ]
        return "invalid", {"problems": problems, "errors": problems}
    if isinstance(error, NoPlanError):
        return error.status or "no_plan", {"has_plan": False}
    if isinstance(error, UnknownNameError):
        kind = spoken().tell(error.kind)
        return "unknown_name", {
            "kind": kind,
            "name": error.name,
            "known": list(error.known),
        }
    if isinstance(error, OptionError):
        return "wrong_option", {"options": list(error.options)}
    if isinstance(error, ExportError):
        return "not_written", {}
    return "error", {}


def _print(text: str) -> None:
    global _is_printed
    _is_printed = True
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(json.loads(text))
    sys.stdout.write(f"{text}\n")
