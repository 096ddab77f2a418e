"""Arguments of the functions that users call: a wrong type is one clear sentence.

The annotations of a function are what it takes; they are looked at once it is called.
"""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache, wraps
from inspect import Parameter, signature
from numbers import Integral, Real
from operator import is_not
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
UNIONS = (Union, types.UnionType)
MOST_NAME = 255
"""Bytes of a name in a path: no usual file system takes more."""
SHOWN = 40
"""Characters of a wrong value that are shown."""
ADVICE = {
    "Instance": say("; read one first: aumaq.read('tiny')"),
    "Plan": say("; make one with aumaq.solve, or read one: aumaq.find_plan('runs/kz')"),
}


def checked(function: F) -> F:
    """Make a function raise ArgumentError for an argument of another type.

    Items of sequences and dictionaries are looked at, too, and the methods that a
    protocol asks for. Numbers of numpy and the like arrive as those of Python, which
    records and solvers understand.
    """
    names = signature(function)
    many = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
    several = {name for name, p in names.parameters.items() if p.kind in many}

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            given = names.bind(*args, **kwargs)
        except TypeError as error:
            told = say("{name}: {error}", name=_name_of(function), error=error)
            raise ArgumentError(told) from None
        hints = _hints(function)
        for name, value in given.arguments.items():
            if name not in hints or name in several:
                continue
            if not _fits(value, hints[name]):
                raise _wrong(_name_of(function), name, value, hints[name])
            given.arguments[name] = _plain(value, hints[name])
        return function(*given.args, **given.kwargs)

    return cast(F, call)


def _name_of(function: Callable[..., Any]) -> str:
    return function.__qualname__.removesuffix(".__init__")


def _wrong(function: str, name: str, value: Any, hint: Any) -> ArgumentError:
    """Return the error of an argument that is of another type."""
    inside = _wrong_inside(function, name, value, hint)
    if inside is not None:
        return inside
    kind, cut = type(value).__name__, _shown(value)
    if isinstance(value, str | os.PathLike) and Path in (hint, *get_args(hint)):
        text = say(
            "a name or path may not be empty, nor have a part of more than {most}"
            " bytes or a character that no file name may hold: {shown}",
            most=MOST_NAME,
            shown=cut,
        )
        return ArgumentError(text, [name])
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


def _wrong_inside(
    function: str, name: str, value: Any, hint: Any
) -> ArgumentError | None:
    """Return the error of what a list or a dictionary holds, None of anything else."""
    for part in get_args(hint) if get_origin(hint) in UNIONS else (hint,):
        origin = get_origin(part)
        if origin is Sequence and isinstance(value, list | tuple):
            return _wrong_item(function, name, enumerate(value), *get_args(part))
        if origin in (Mapping, dict) and isinstance(value, Mapping):
            key, item = get_args(part)
            for one in value:
                if not _fits(one, key):
                    return _wrong(function, f"a key of {name}", one, key)
            return _wrong_item(function, name, value.items(), item)
    return None


def _wrong_item(
    function: str, name: str, items: Iterable[tuple[Any, Any]], hint: Any
) -> ArgumentError:
    """Return the error of the first item that is of another type."""
    key, item = next((k, item) for k, item in items if not _fits(item, hint))
    return _wrong(function, f"{name}[{_shown(key)}]", item, hint)


def _shown(value: Any) -> str:
    """Return a wrong value as it is shown: in one line, cut where it is long."""
    shown = " ".join(map(str.strip, repr(value).splitlines()))
    return shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}..."


def _plain(value: Any, hint: Any) -> Any:
    """Return numbers of other kinds than Python's own as these."""
    if get_origin(hint) is Sequence:
        items = [_plain(item, *get_args(hint)) for item in value]
        return items if any(map(is_not, items, value)) else value
    if isinstance(value, int | float) or not isinstance(value, Real):
        return value
    if not {int, float} & {hint, *get_args(hint)}:
        return value
    return int(value) if isinstance(value, Integral) else float(value)


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
    if origin in UNIONS:
        if Path in get_args(hint) and isinstance(value, str):
            return _is_path(value)
        return any(_fits(value, part) for part in get_args(hint))
    if hint is float:
        return isinstance(value, Real) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, Integral) and not isinstance(value, bool)
    if hint is Path:
        return isinstance(value, os.PathLike) and _is_path(os.fspath(value))
    if origin in (Sequence, list, tuple, Collection):
        items = get_args(hint)[:1]
        kind = Collection if origin is Collection else Sequence
        if isinstance(value, str | bytes) or not isinstance(value, kind):
            return False
        return not items or all(_fits(item, items[0]) for item in value)
    if origin in (Mapping, dict):
        return isinstance(value, Mapping) and _items_fit(value, get_args(hint))
    if origin is Callable:
        return callable(value)
    if hint is Any or not isinstance(hint, type):
        return True
    if getattr(hint, "_is_protocol", False):
        # A dictionary or a data frame can be updated, but listens to nobody.
        if isinstance(value, Collection | type):
            return False
        return all(hasattr(value, name) for name in vars(hint) if name[0] != "_")
    return isinstance(value, hint)


def _items_fit(value: Mapping[Any, Any], parts: tuple[Any, ...]) -> bool:
    """Whether keys and values are what an annotation says, if it says anything."""
    if not parts:
        return True
    return all(_fits(k, parts[0]) and _fits(v, parts[1]) for k, v in value.items())


def _is_path(value: str | bytes) -> bool:
    """Whether a path can be looked for, wherever that is."""
    try:
        name = os.fsencode(value)
    except UnicodeEncodeError:
        return False
    parts = name.replace(os.sep.encode(), b"/").split(b"/")
    return bool(name) and b"\0" not in name and max(map(len, parts)) <= MOST_NAME


def _named(hint: Any) -> set[str]:
    """Return the names of the types in an annotation."""
    parts = get_args(hint)
    return {getattr(hint, "__name__", "")}.union(*map(_named, parts))


def _described(hint: Any) -> Text:
    """Return an annotation in words."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin in UNIONS:
        texts = list(dict.fromkeys(_described(part) for part in parts))
        return chained(texts, say(" or "))
    if hint in WORDS:
        return WORDS[hint]
    if origin in (Sequence, list, tuple, Collection) and parts:
        if parts[0] is Any:
            return say("a list")
        return say("a list, each item {item}", item=_described(parts[0]))
    if origin in (Mapping, dict):
        return say("a dictionary")
    if origin is Callable:
        return say("a function")
    return say("of type {kind}", kind=getattr(hint, "__name__", str(hint)))
