"""Formulas that users write: sums, means and shares over the tables of a plan.

``sum(allocation.demand, service="school", minutes <= 30) / sum(population.persons)``

The text is read with Python's own parser and copied, node by node, into the few classes
below; what is not on the list is an error that says what is. Nothing is ever executed.

    expression  number | aggregate | expression + - * / expression | -expression
    aggregate   function(amount, filter, ...)  or  count(table, filter, ...)
    function    sum, mean, min, max; share (of the sum: what passes the filters)
    amount      number | table.column | amount + - * / amount, of one table
    filter      column = < <= > >= == != value
"""

from __future__ import annotations

import ast
import math
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aumaq.instances.errors import AumaqError, did_you_mean
from aumaq.instances.language.texts import Text, say
from aumaq.instances.schema.plan import WORDS, Kind

MOST_CHARACTERS = 500
DEEPEST = 20
"""Operations and brackets within one another."""

FUNCTIONS = ("sum", "mean", "min", "max", "share", "count")
SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
COMPARISONS = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==",
    ast.NotEq: "!=",
}  # fmt: skip
LONE_EQUALS = re.compile(
    r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[<>=!]=)|=""", re.DOTALL
)
"""A = that is no part of a comparison or of a text: it is read as ==."""
ALLOWED = say(
    "allowed are numbers, + - * /, and {functions} of table.column with"
    ' filters such as service="school" or minutes <= 30',
    functions=", ".join(FUNCTIONS),
)
NOTHING = say("")


class ExpressionError(AumaqError):
    """An expression says what is not allowed, or names what there is not."""


@dataclass(frozen=True)
class Number:
    """A constant."""

    value: float


@dataclass(frozen=True)
class Cell:
    """A column, by row; inside aggregates only."""

    table: str
    column: str


@dataclass(frozen=True)
class Operation:
    """Two parts and + - * or / between them."""

    sign: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Filter:
    """A condition on the rows of a table."""

    column: str
    sign: str
    value: str | float | bool


@dataclass(frozen=True)
class Aggregate:
    """A function over the rows of one table; ``amount`` is None with ``count``."""

    function: str
    table: str
    amount: Expression | None
    filters: tuple[Filter, ...]


Expression = Number | Cell | Operation | Aggregate


def parse(text: str) -> Expression:
    """Return the parts of an expression; ExpressionError if it is not one."""
    if len(text) > MOST_CHARACTERS:
        said = say(
            "is longer than {most} characters ({count})",
            most=MOST_CHARACTERS,
            count=len(text),
        )
        raise ExpressionError(said)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about text that is refused below anyway
            plain = LONE_EQUALS.sub(lambda hit: hit[1] or "==", text.strip())
            tree = ast.parse(plain, mode="eval")
    except SyntaxError as error:
        raise ExpressionError(
            say("cannot be read: {error}; {allowed}", error=error.msg, allowed=ALLOWED)
        ) from None
    except (ValueError, MemoryError, RecursionError):
        raise ExpressionError(
            say("cannot be read; {allowed}", allowed=ALLOWED)
        ) from None
    found = _outside(tree.body, 0)
    if not any(True for _ in aggregates(found)):
        raise ExpressionError(say("names no table; {allowed}", allowed=ALLOWED))
    return found


def aggregates(part: Expression) -> Iterator[Aggregate]:
    """Yield the aggregates of an expression from left to right."""
    if isinstance(part, Aggregate):
        yield part
    elif isinstance(part, Operation):
        yield from aggregates(part.left)
        yield from aggregates(part.right)


def tables_of(part: Expression) -> frozenset[str]:
    """Return the tables that an expression reads."""
    return frozenset(aggregate.table for aggregate in aggregates(part))


def _refuse(node: ast.AST, hint: Text = NOTHING) -> ExpressionError:
    return ExpressionError(
        say(
            "{shown!r} is not allowed{hint}; {allowed}",
            shown=_shown(node),
            hint=hint,
            allowed=ALLOWED,
        )
    )


def _shown(node: ast.AST) -> str:
    """Return the node as short text."""
    try:
        text = ast.unparse(node)
    except RecursionError:
        return say("what is nested so deep")
    return text if len(text) <= 40 else f"{text[:40]}..."


def _deeper(depth: int) -> int:
    if depth >= DEEPEST:
        raise ExpressionError(say("is nested deeper than {most}", most=DEEPEST))
    return depth + 1


def _outside(node: ast.expr, depth: int) -> Expression:
    """Return what stands outside aggregates."""
    depth = _deeper(depth)
    if isinstance(node, ast.Call):
        return _aggregate(node, depth)
    if isinstance(node, ast.Attribute):
        hint = say(
            ": a column needs a function, sum({shown}) for one", shown=_shown(node)
        )
        raise _refuse(node, hint)
    if isinstance(node, ast.BinOp) and type(node.op) in SIGNS:
        parts = (_outside(side, depth) for side in (node.left, node.right))
        return Operation(SIGNS[type(node.op)], *parts)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return Operation("-", Number(0.0), _outside(node.operand, depth))
    return _number(node)


def _number(node: ast.expr) -> Number:
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _refuse(node)
    if isinstance(value, int) and abs(value) >= 10**300:
        raise _refuse(node, say(": the number is too large"))
    if not math.isfinite(value):
        raise _refuse(node, say(": the number is too large"))
    return Number(float(value))


def _aggregate(node: ast.Call, depth: int) -> Aggregate:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name not in FUNCTIONS:
        raise _refuse(node.func, did_you_mean(name, FUNCTIONS))
    if not node.args:
        what = say("a table") if name == "count" else "table.column"
        raise ExpressionError(
            say(
                "{name}() needs {what}; {allowed}",
                name=name,
                what=what,
                allowed=ALLOWED,
            )
        )
    amount: Expression | None = None
    if name == "count":
        table = _table(node.args[0])
    else:
        amount = _inside(node.args[0], depth)
        names = {cell.table for cell in _cells(amount)}
        if len(names) != 1:
            raise ExpressionError(
                say(
                    "{name}(): expected columns of one table, found {count} tables;"
                    " {allowed}",
                    name=name,
                    count=len(names),
                    allowed=ALLOWED,
                )
            )
        (table,) = names
    if node.keywords:
        raise _refuse(node.keywords[0].value, say(": ** opens nothing here"))
    filters = [_compared(part, table) for part in node.args[1:]]
    if name == "share" and not filters:
        raise ExpressionError(
            say("share() without a filter is always 1; {allowed}", allowed=ALLOWED)
        )
    return Aggregate(name, table, amount, tuple(filters))


def _cells(part: Expression) -> Iterator[Cell]:
    if isinstance(part, Cell):
        yield part
    elif isinstance(part, Operation):
        yield from _cells(part.left)
        yield from _cells(part.right)


def _inside(node: ast.expr, depth: int) -> Expression:
    """Return the amount that an aggregate runs over: columns of one table."""
    depth = _deeper(depth)
    if isinstance(node, ast.Attribute):
        table = _table(node.value)
        kind = _kind(table, node.attr, WORDS)
        if kind == "text":
            raise ExpressionError(
                say(
                    "{table}.{attr} is text; expected numbers",
                    table=table,
                    attr=node.attr,
                )
            )
        return Cell(table, node.attr)
    if isinstance(node, ast.BinOp) and type(node.op) in SIGNS:
        parts = (_inside(side, depth) for side in (node.left, node.right))
        return Operation(SIGNS[type(node.op)], *parts)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return Operation("-", Number(0.0), _inside(node.operand, depth))
    if isinstance(node, ast.Name):
        hint = say(": write table.column")
        raise _refuse(node, hint)
    return _number(node)


def _table(node: ast.expr) -> str:
    if not isinstance(node, ast.Name):
        raise _refuse(node, say(": expected the name of a table"))
    if node.id not in WORDS:
        hint = did_you_mean(node.id, WORDS)
        raise ExpressionError(
            say(
                "there is no table {table!r} in a plan{hint}; there are {known}",
                table=node.id,
                hint=hint,
                known=", ".join(sorted(WORDS)),
            )
        )
    return node.id


def _kind(table: str, column: str, words: Mapping[str, Mapping[str, Kind]]) -> Kind:
    if column not in words[table]:
        hint = did_you_mean(column, words[table])
        raise ExpressionError(
            say(
                "{table} has no column {column!r}{hint}; it has {known}",
                table=table,
                column=column,
                hint=hint,
                known=", ".join(words[table]),
            )
        )
    return words[table][column]


def _compared(node: ast.expr, table: str) -> Filter:
    """Return the filter that a comparison is."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        raise _refuse(node, say(": expected a filter of one comparison"))
    sign = COMPARISONS.get(type(node.ops[0]))
    if sign is None:
        raise _refuse(
            node, say(": compare with {values}", values=" ".join(COMPARISONS.values()))
        )
    if isinstance(node.left, ast.Name):
        return _filter(table, node.left.id, sign, node.comparators[0])
    if not isinstance(node.left, ast.Attribute) or _table(node.left.value) != table:
        raise _refuse(
            node, say(": expected a column of {table} on the left", table=table)
        )
    return _filter(table, node.left.attr, sign, node.comparators[0])


def _filter(table: str, column: str, sign: str, node: ast.expr) -> Filter:
    kind = _kind(table, column, WORDS)
    place = f"{table}.{column} {sign}"
    if kind == "number":
        is_negative = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
        bare = node.operand if isinstance(node, ast.UnaryOp) and is_negative else node
        value = _number(bare).value
        return Filter(column, sign, -value if is_negative else value)
    wanted = str if kind == "text" else bool
    given = node.value if isinstance(node, ast.Constant) else None
    if not isinstance(given, wanted):
        quoted = say('text in quotes, "school" for one')
        what = quoted if kind == "text" else say("True or False")
        raise ExpressionError(
            say(
                "{place} {shown}: expected {what}",
                place=place,
                shown=_shown(node),
                what=what,
            )
        )
    if sign not in ("==", "!="):
        raise ExpressionError(
            say(
                "{place}: expected == or != for {kind}",
                place=place,
                kind=say("text") if kind == "text" else say("flag"),
            )
        )
    return Filter(column, sign, given)
