"""What is refused of a command line before any command looks at it.

Typer takes the last of an option that is given twice, and an empty word for a value;
the path of an empty word is the working directory. Numbers that lie beyond their range
(ranges.py) are told here for all commands alike. Options that only say how another
one is done, or that another one makes idle, stand here in two tables: a command would
ignore them. What is read and would be replaced stands in overwriting.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from typer.core import TyperCommand, TyperGroup

from aumaq import help_pages
from aumaq.instances.errors import OptionError
from aumaq.instances.language.texts import Text, chained, say
from aumaq.overwriting import written_over
from aumaq.ranges import beyond

Table = Mapping[str, Mapping[str, Sequence[str]]]
TEMPLATE = ("--with", "--norms", "--services")
FILTERS = ("--instance", "--scenario", "--status", "--since", "--kind", "--batch")
NEEDS: Table = {
    "": {"--overwrite": ("--out",)},
    "alternatives": {"--against": ("--churn",)},
    "budgets": {"--down": ("--nested",)},
    "explain": {"--service": ("--site", "--settlement")},
    "import": {
        **dict.fromkeys(
            ("--road-map", "--road-layer", "--speeds", "--tolerance"),
            ("--roads", "--mapping"),
        ),
        "--facility-map": ("--facilities", "--mapping"),
        "--services": ("--norms",),
    },
    "new": {"--seed": ("--random",), "--services": ("--norms",)},
    "bench": {"--rounding": ("--p",)},
    "solve": {"--rounds": ("--close-loop",)},
}
"""By command ("": any): what means nothing without one of some others."""
EXCLUDES: Table = {
    "new": {"--random": TEMPLATE},
    "pareto": dict.fromkeys(("--weights", "--tolerances"), ("--points", "--jobs")),
    "runs": {"--sql": (*FILTERS, "--delete"), "--delete": FILTERS},
    "what-if": {"--score": ("--method", "--seed", "--overwrite")},
    "bench": {"--public": ("FILES", "--methods", "--time-limit", "--seed", "--jobs",
                           "--problem", "--p", "--rounding", "--out", "--results")},
}  # fmt: skip
"""By command: what means nothing with another."""


class CarefulCommand(TyperCommand):
    """A command that refuses what it would ignore, and has its help laid out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what Typer makes of a function."""
        super().__init__(*args, **kwargs)
        help_pages.lay_out(self)

    def get_help_option(self, ctx: Any) -> Any:
        """Return --help, among the options that all commands have."""
        option = super().get_help_option(ctx)
        if option is not None and option.rich_help_panel is None:
            help_pages.lay_out_option(str(self.name), option)
        return option

    def get_params(self, ctx: Any) -> list[Any]:
        """Return arguments and options in the order of the help."""
        return sorted(super().get_params(ctx), key=help_pages.place)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Return the words that are left; OptionError for words of no effect."""
        _check(self, ctx, args)
        return super().parse_args(ctx, args)


class CarefulGroup(TyperGroup):
    """The root, which refuses what it would ignore."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what Typer makes of the commands."""
        super().__init__(*args, **kwargs)
        self.name = help_pages.ROOT
        help_pages.lay_out(self)

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of commands in the order of the help."""
        return help_pages.order(super().list_commands(ctx))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Return the words that are left; OptionError for words of no effect."""
        _check(self, ctx, args)
        return super().parse_args(ctx, args)


def _check(command: TyperCommand | TyperGroup, ctx: Any, args: list[str]) -> None:
    """Raise OptionError with every option that is given twice, empty, in vain or with a
    number beyond its range.
    """
    if ctx.resilient_parsing:
        return
    words, _, order = command.make_parser(ctx).parse_args([*args])
    params: list[Any] = [*dict.fromkeys(p for p in order if words.get(str(p.name)))]
    given = [_name(param) for param in params]
    if "--help" in given:
        return
    empty = [p for p in dict.fromkeys(order) if _is_empty(words.get(str(p.name)))]
    told = [
        (say("{names}: given more than once", names=", ".join(names)), names)
        for names in [_repeated(order)]
        if names
    ]
    if empty:
        names = [_name(param) for param in empty]
        told.append((say("{names}: the value is empty", names=", ".join(names)), names))
    for param in params:
        name = _name(param)
        texts = beyond(name, param, words.get(str(param.name)))
        told += [(text, [name]) for text in texts]
    told += _idle(str(ctx.info_name), given)
    told += written_over(str(ctx.info_name), command.params, words)
    if told:
        wrong = dict.fromkeys(name for _, names in told for name in names)
        keys = [name.removeprefix("--").replace("-", "_") for name in wrong]
        raise OptionError(chained(text for text, _ in told), keys)


def _repeated(order: Sequence[Any]) -> list[str]:
    """Return options that take one value, and have several."""
    single = [
        p for p in order
        if p.param_type_name == "option" and not p.multiple and not p.is_flag
    ]  # fmt: skip
    return [_name(p) for p in dict.fromkeys(single) if single.count(p) > 1]


def _idle(command: str, given: Sequence[str]) -> list[tuple[Text, list[str]]]:
    """Return what is said of options that mean nothing beside the others."""
    found = []
    needs = {**NEEDS[""], **NEEDS.get(command, {})}
    for name in given:
        others = needs.get(name, ())
        if others and not set(others) & set(given):
            text = say("{name}: only with {others}", name=name, others=_or(others))
            found.append((text, [name]))
        vain = [o for o in EXCLUDES.get(command, {}).get(name, ()) if o in given]
        if vain:
            names = ", ".join(vain)
            text = say("{names}: not with {option}", names=names, option=name)
            found.append((text, vain))
    return found


def _or(names: Iterable[str]) -> Text:
    """Return names of which one is enough."""
    return chained(names, say(" or "))


def _is_empty(value: Any) -> bool:
    """Whether a word is empty, or one of several."""
    if isinstance(value, tuple | list):
        return any(_is_empty(one) for one in value)
    return isinstance(value, str) and not value.strip()


def _name(param: Any) -> str:
    """Return an option as it is written, an argument as the help calls it."""
    if param.param_type_name == "option":
        return str(param.opts[0])
    return str(param.metavar or str(param.name).upper())
