"""Arguments of the functions that users call: a wrong type is one clear sentence.

The annotations of a function are what it takes; they are looked at once it is called.
"""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from functools import cache, wraps
from inspect import signature
from numbers import Integral, Real
from pathlib import Path
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from aumaq.instances.errors import ArgumentError
from aumaq.instances.language.texts import Text, chained, say

F = TypeVar("F", bound=Callable[..., Any])
WORDS: dict[Any, Text] = {
    float: say("a number"),
    int: say("a whole number"),
    str: say("a text"),
    bool: say("True or False"),
    Path: say("a path"),
    type(None): say("None"),
}
SHOWN = 40
"""Characters of a wrong value that are shown."""
ADVICE = {
    "Instance": say("; read one first: aumaq.read('tiny')"),
    "Plan": say("; make one with aumaq.solve, or read one: aumaq.find_plan('runs/kz')"),
}


def checked(function: F) -> F:
    """Make a function raise ArgumentError for an argument of another type.

    Items of sequences are looked at, too, and the methods that a protocol asks for.
    """
    names = signature(function)

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            given = names.bind(*args, **kwargs).arguments
        except TypeError as error:
            told = say("{name}: {error}", name=_name_of(function), error=error)
            raise ArgumentError(told) from None
        hints = _hints(function)
        for name, value in given.items():
            if name in hints and not _fits(value, hints[name]):
                raise _wrong(_name_of(function), name, value, hints[name])
        return function(*args, **kwargs)

    return cast(F, call)


def _name_of(function: Callable[..., Any]) -> str:
    return function.__qualname__.removesuffix(".__init__")


def _wrong(function: str, name: str, value: Any, hint: Any) -> ArgumentError:
    """Return the error of an argument that is of another type."""
    parts = get_args(hint)
    if get_origin(hint) is Sequence and isinstance(value, list | tuple):
        wrong = next(k for k, item in enumerate(value) if not _fits(item, parts[0]))
        return _wrong(function, f"{name}[{wrong}]", value[wrong], parts[0])
    if isinstance(value, str) and Path in parts:
        text = say(
            "a name or path may not be empty, nor hold the character NUL: {shown}",
            shown=repr(value),
        )
        return ArgumentError(text, [name])
    kind, shown = type(value).__name__, repr(value)
    cut = shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}..."
    advice = say("")
    if kind not in _named(hint):
        advice = next((text for k, text in ADVICE.items() if k in _named(hint)), advice)
    return ArgumentError(
        say(
            "{function}: {name} must be {wanted}, not {shown} ({kind}){advice}",
            function=function,
            name=name,
            wanted=_described(hint),
            shown=cut,
            kind=kind,
            advice=advice,
        ),
        [name],
    )


@cache
def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    """Return what can be checked of the annotations of a function."""
    module = dict(getattr(function, "__globals__", {}))
    found: dict[str, Any] = {}
    for name, text in function.__annotations__.items():
        if name == "return":
            continue
        one = types.SimpleNamespace(__annotations__={name: text})
        while name not in found:
            try:
                found |= get_type_hints(one, module)
            except NameError as error:
                missing = str(error.name)
                module[missing] = _loaded(missing)
    return found


def _loaded(name: str) -> Any:
    """Return what a name means that was imported for type checkers only."""
    for module in list(sys.modules.values()):
        if module.__name__.startswith("aumaq.") and name in vars(module):
            return vars(module)[name]
    return Any


def _fits(value: Any, hint: Any) -> bool:
    """Whether a value is what an annotation says, as far as that can be seen."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        if Path in get_args(hint) and isinstance(value, str):
            return bool(value) and "\0" not in value
        return any(_fits(value, part) for part in get_args(hint))
    if hint is float:
        return isinstance(value, Real) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, Integral) and not isinstance(value, bool)
    if hint is Path:
        return isinstance(value, os.PathLike)
    if origin in (Sequence, list, tuple):
        items = get_args(hint)[:1]
        if isinstance(value, str | bytes) or not isinstance(value, Sequence):
            return False
        return not items or all(_fits(item, items[0]) for item in value)
    if origin in (Mapping, dict):
        return isinstance(value, Mapping)
    if hint is Any or not isinstance(hint, type):
        return True
    if getattr(hint, "_is_protocol", False):
        return all(hasattr(value, name) for name in vars(hint) if name[0] != "_")
    return isinstance(value, hint)


def _named(hint: Any) -> set[str]:
    """Return the names of the types in an annotation."""
    parts = get_args(hint)
    return {getattr(hint, "__name__", "")}.union(*map(_named, parts))


def _described(hint: Any) -> Text:
    """Return an annotation in words."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        texts = list(dict.fromkeys(_described(part) for part in parts))
        return chained(texts, say(" or "))
    if hint in WORDS:
        return WORDS[hint]
    if origin in (Sequence, list, tuple) and parts:
        return say("a list, each item {item}", item=_described(parts[0]))
    if origin in (Mapping, dict):
        return say("a dictionary")
    return say("of type {kind}", kind=getattr(hint, "__name__", str(hint)))
