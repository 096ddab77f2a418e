"""The help of every command: laid out alike, within the terminal, with examples."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
import typer
from command import run

from aumaq import help_pages
from aumaq.cli import app

TREE: Any = typer.main.get_command(app)
NAMES = sorted(TREE.commands)


def words(example: str) -> list[str]:
    """Return an example without the name of the program."""
    first, *rest = shlex.split(example)
    assert first == "aumaq"
    return rest


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "kk", "ru"])
@pytest.mark.parametrize("width", [80, 120])
def test_help_fits_the_terminal(
    lang: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No line is wider, and none of the first sentences or examples is broken."""
    monkeypatch.setenv("COLUMNS", str(width))
    for name in NAMES:
        page = run("--lang", lang, name, "--help").stdout
        lines = [line.strip() for line in page.splitlines()]
        assert max(map(len, lines)) <= width, name
        for example in help_pages.EXAMPLES[name]:
            assert example in lines, (name, example)


def test_the_first_page_tells_every_command_in_a_panel() -> None:
    """One that stands in no panel would come first, under no title of ours."""
    told = [name for panel in help_pages.COMMANDS.values() for name in panel]
    assert sorted(told) == NAMES
    page = run("--help").stdout
    places = [page.index(f"│ {name} ") for name in told]
    assert places == sorted(places)


def test_every_option_says_what_it_is() -> None:
    """In its panel: what a command must have is not hidden among what all have."""
    for name, command in TREE.commands.items():
        for option in command.params:
            if getattr(option, "hidden", False):
                continue
            assert option.help, (name, option.name)
            assert not (option.required and option.rich_help_panel), (name, option.name)


def test_paragraphs_of_help_have_no_line_ends_of_the_source() -> None:
    """The terminal breaks lines; two kinds of breaks make ragged text."""
    for name, command in TREE.commands.items():
        for paragraph in command.help.split("\n\n"):
            assert "\n" not in paragraph, name
    assert help_pages.unwrapped("One\n  two.\n\n  Three\n  four.") == (
        "One two.\n\nThree four."
    )


@pytest.mark.parametrize("name", NAMES)
def test_examples_are_commands(name: str) -> None:
    """Each is understood by the command whose help shows it."""
    for example in help_pages.EXAMPLES[name]:
        called, *rest = words(example)
        assert called == name
        TREE.commands[name].make_context(name, rest).close()
