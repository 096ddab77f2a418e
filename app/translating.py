"""Help and usage errors in the language of the process.

English stays in the declarations of commands: the tree of commands is walked, and its
texts are replaced. What Typer says itself stands in constants, or is matched: its
errors come composed, and it offers no catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from aumaq import documents
from aumaq.instances.errors import short
from aumaq.instances.language.texts import say
from aumaq.words import spoken, t

CONSTANTS = (
    "ARGUMENTS_PANEL_TITLE", "COMMANDS_PANEL_TITLE", "DEFAULT_STRING", "ENVVAR_STRING",
    "ERRORS_PANEL_TITLE", "OPTIONS_PANEL_TITLE", "REQUIRED_LONG_STRING", "RICH_HELP",
)  # fmt: skip
"""Texts of ``typer.rich_utils``."""
USAGE = say("Usage: ")
USAGE_ERRORS = (
    say("No such option: {option} (Possible options: {options})"),
    say("No such option: {option}"),
    say("No such command {name}. Did you mean {names}?"),
    say("No such command {name}."),
    say("Missing argument {name}."),
    say("Missing option {name}."),
    say("Missing command."),
    say("Got unexpected extra argument(s) ({arguments})"),
    say("Option {name} requires an argument."),
    say("Option {name} does not take a value."),
    say("Invalid value for {name}: {reason}"),
    say("Input should be a valid number, unable to parse string as a number"),
    say("Input should be a valid integer, unable to parse string as an integer"),
    say("Input should be greater than or equal to {limit}"),
    say("Input should be less than or equal to {limit}"),
)
"""What Typer says of wrong words on the command line; the first that fits."""


class _Context(typer.Context):
    """A context whose usage line starts in the language of the process."""

    def make_formatter(self) -> Any:
        formatter = super().make_formatter()
        write = partial(formatter.write_usage, prefix=t(USAGE))
        formatter.write_usage = write  # type: ignore[method-assign]
        return formatter


def run(command: Any, arguments: Sequence[str]) -> int:
    """Run the tree of commands with the words of the process; return the exit code."""
    if spoken().code == "en":
        return _run(command, arguments)
    with translated(command):
        return _run(command, arguments)


def _run(command: Any, arguments: Sequence[str]) -> int:
    try:
        code = command.main(list(arguments), standalone_mode=False)
    except SystemExit as ended:  # Typer and Rich make exit code 1 of a closed pipe
        if isinstance(ended.__context__, BrokenPipeError):
            raise ended.__context__ from None
        raise
    except TyperException as error:
        from typer import rich_utils

        told = _with_value(retold(error.format_message()), error)
        error.format_message = lambda: told  # type: ignore[method-assign]
        rich_utils.rich_format_error(error)  # type: ignore[arg-type]
        if documents.is_asked(arguments):
            documents.tell_failure(
                error.exit_code, "wrong_option", told, options=_options_of(error)
            )
        return error.exit_code
    return code if isinstance(code, int) else 0


def _with_value(told: str, error: TyperException) -> str:
    """Return a usage error with the value that is wrong: Typer leaves it out."""
    invalid: Any = error.__cause__
    if not hasattr(invalid, "errors"):  # pydantic's, which Typer asks of values
        return told
    value = short(str(invalid.errors()[0].get("input", "")))
    return t(say("{message} (value: {value!r})", message=told, value=value))


def retold(text: str) -> str:
    """Return what Typer says, which comes composed, in the language of the process.

    What stands in the {places} is retold as well.
    """
    if spoken().code == "en":
        return text
    for pattern in USAGE_ERRORS:
        found = _matcher(pattern).fullmatch(text)
        if found:
            return t(pattern, **{k: retold(v) for k, v in found.groupdict().items()})
    return t(text)


@lru_cache
def _matcher(pattern: str) -> re.Pattern[str]:
    """Return what matches the texts that a pattern with {places} can give."""
    places = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(pattern))
    return re.compile(places, re.DOTALL)


def _options_of(error: TyperException) -> list[str]:
    """Return the options or arguments that a usage error is about."""
    name = getattr(error, "option_name", None)
    if isinstance(name, str):
        return [name]
    parameter = getattr(error, "param", None)
    opts = [getattr(parameter, "metavar", None), *getattr(parameter, "opts", ())]
    return [str(next(filter(None, opts)))] if parameter else []


@contextmanager
def translated(command: Any) -> Iterator[None]:
    """Put the texts of a tree of commands, and those of Typer, into the language.

    Typer's are one for all of Python: they are English again at the end.
    """
    from typer import rich_utils

    english = {name: getattr(rich_utils, name) for name in CONSTANTS}
    try:
        for name, text in english.items():
            setattr(rich_utils, name, t(text))
        _visit(command, t)
        yield
    finally:
        for name, text in english.items():
            setattr(rich_utils, name, text)


def help_texts(command: Any) -> list[str]:
    """Return every text of the tree and of Typer that is put into the language."""
    from typer import rich_utils

    found = [str(getattr(rich_utils, name)) for name in CONSTANTS]

    def note(text: str) -> str:
        found.append(text)
        return text

    _visit(command, note)
    return found


def _visit(command: Any, word: Callable[[str], str]) -> None:
    """Replace each text of a tree by what *word* makes of it."""
    command.context_class = _Context
    command.options_metavar = word(command.options_metavar)
    if command.help:
        command.help = word(command.help)
    if command.epilog:
        title, _, examples = command.epilog.partition("\n")
        command.epilog = f"{word(title)}\n{examples}"
    if command.rich_help_panel:
        command.rich_help_panel = word(command.rich_help_panel)
    for parameter in _parameters(command):
        if parameter.help:
            parameter.help = word(parameter.help)
        if parameter.rich_help_panel:
            parameter.rich_help_panel = word(parameter.rich_help_panel)
    if isinstance(command, TyperGroup):
        command.subcommand_metavar = word(command.subcommand_metavar)
        for child in command.commands.values():
            _visit(child, word)


def _parameters(command: Any) -> Iterator[Any]:
    """Yield arguments and options of a command, --help among them."""
    yield from command.params
    yield command.get_help_option(_Context(command))
