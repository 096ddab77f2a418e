"""The language of the command line: decided once, before anything is told.

Only the command line has a language of the process; the library takes a ``Language``
as an argument. English texts are the keys.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import typer

from aumaq.instances.errors import Told
from aumaq.results.language import ENGLISH, Language

__all__ = [
    "asked",
    "chosen",
    "decide",
    "figure",
    "lower",
    "process",
    "speak",
    "spoken",
    "t",
    "upper",
]

VARIABLE = "AUMAQ_LANG"
_spoken = ENGLISH
_is_decided = False


@contextmanager
def process() -> Iterator[None]:
    """Forget at the end what :func:`decide` chose: Python may run another command."""
    global _is_decided
    before = _spoken.code
    try:
        yield
    finally:
        _is_decided = False
        speak(before)


def decide(arguments: Sequence[str]) -> None:
    """Choose the language of a process by its arguments, for all of its run."""
    global _is_decided
    speak(asked(arguments))
    _is_decided = True


def speak(code: str) -> None:
    """Choose the language of the process (UnknownNameError if there is none)."""
    global _spoken
    _spoken = Language(code)


def spoken() -> Language:
    """Return the language of the process."""
    return _spoken


def t(told: str | Told, **values: object) -> str:
    """Return a text or error in the language of the process, its {places} filled in."""
    return _spoken.tell(told, **values)


def figure(value: float, form: str = ",.0f") -> str:
    """Return a number by a format of Python, with the language's separators."""
    return _spoken.figure(value, form)


def lower(value: float, form: str = ",.0f") -> str:
    """Return a number that bounds another from below: it is rounded down."""
    return _spoken.lower(value, form)


def upper(value: float, form: str = ",.0f") -> str:
    """Return a number that bounds another from above: it is rounded up."""
    return _spoken.upper(value, form)


def bound(
    limit: float, value: float, form: str = ",.0f", *, is_above: bool = False
) -> str:
    """Return a bound beside the value that it bounds: it is rounded to its side."""
    return _spoken.bound(limit, value, form, is_above=is_above)


def asked(arguments: Sequence[str]) -> str:
    """Return the language that is asked for: the last --lang, else AUMAQ_LANG.

    Looked up ahead of the parser, so that help and its errors are in the language too.
    """
    code = os.environ.get(VARIABLE) or ENGLISH.code
    words = iter(arguments)
    for word in words:
        if word == "--":
            break
        if word == "--lang":
            code = next(words, code)
        elif word.startswith("--lang="):
            code = word.removeprefix("--lang=")
    return code


def chosen(context: typer.Context, code: str) -> str:
    """Return the language of a command, whose own default is that of the root.

    Where no process decided (the commands are called from Python), the language of the
    option is spoken for as long as its command runs.
    """
    if _is_decided:
        return spoken().code
    source = context.get_parameter_source("lang")
    known = {"COMMANDLINE"} if context.parent else {"COMMANDLINE", "ENVIRONMENT"}
    if source is not None and source.name in known:
        context.call_on_close(partial(speak, spoken().code))
        speak(code)
    return spoken().code
