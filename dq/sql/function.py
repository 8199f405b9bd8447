"""What a portable function is: one declaration with a rendering for every engine and a row.

A declaration is also its own builder: `lower(col("name"))` gives a plan node
`exp.Anonymous` named `lower`, which `dq.sql.render` writes in the engine's dialect and
`dq.sql.row` turns into a Python closure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from enum import Enum

from sqlglot import exp

from dq.errors import PortabilityError

__all__ = [
    "Call",
    "Function",
    "Kind",
    "Rendering",
    "Row",
    "function_named",
    "function_near",
    "literal",
    "own",
    "value_of",
]

Row = Callable[..., object]


class Kind(Enum):
    """Whether a function sees one row or a group of rows."""

    SCALAR = "scalar"
    AGGREGATE = "aggregate"


@dataclass(frozen=True)
class Call:
    """One use of a function, as a rendering sees it.

    `args` are the arguments' SQL; `values` the Python values of literal arguments (None for
    others); `quote` writes a text as a literal of the dialect.
    """

    args: Sequence[str]
    values: Sequence[object]
    quote: Callable[[str], str]

    def __getitem__(self, index: int) -> str:
        return self.args[index]

    def text(self, index: int) -> str:
        """Value of a literal text argument."""
        return str(self.values[index])

    def number(self, index: int) -> int:
        """Value of a literal whole-number argument."""
        return int(str(self.values[index]))


Rendering = str | Callable[[Call], str]
"""A template with `{0}`, `{1}` for the arguments' SQL, or a function of the call."""

_REGISTRY: dict[str, Function] = {}


@dataclass(frozen=True)
class Function:
    """A portable function.

    Args:
        name: its name in plans.
        params: names of its parameters, separated by blanks. `*x` takes any number, `x=v`
            gives a default, a name in capitals must be a literal. Text is refused for `x`,
            `a` and `b`, where a forgotten `col` would pass silently.
        duckdb: rendering for DuckDB.
        spark: rendering for Spark 4 with ANSI on; None: the same as DuckDB's.
        row: function of the arguments' values; None in any argument gives None unless
            `sees_null`. None for aggregates.
        prepare: in place of `row`, makes it from the values of the literal arguments.
        doc: what it gives, in a sentence.
    """

    name: str
    params: str
    duckdb: Rendering
    spark: Rendering | None = None
    row: Row | None = None
    prepare: Callable[..., Row] | None = None
    sees_null: bool = False
    check: Callable[..., object] | None = None
    doc: str = ""
    kind: Kind = Kind.SCALAR
    _names: tuple[str, ...] = field(init=False)
    _defaults: dict[str, object] = field(init=False)
    _variadic: bool = field(init=False)

    def __post_init__(self) -> None:
        names: list[str] = []
        defaults: dict[str, object] = {}
        for param in self.params.split():
            name, _, default = param.partition("=")
            if default:
                defaults[name] = int(default)
            names.append(name.lstrip("*"))
        object.__setattr__(self, "_names", tuple(names))
        object.__setattr__(self, "_defaults", defaults)
        object.__setattr__(self, "_variadic", "*" in self.params)
        if self.name in _REGISTRY:
            raise ValueError(f"portable function {self.name} is declared twice")
        _REGISTRY[self.name] = self

    def __call__(self, *args: object, **named: object) -> exp.Expression:
        """Use the function in a plan; Python values become literals."""
        values = self._bound(args, named)
        node = exp.Anonymous(
            this=self.name,
            expressions=[self._argument(i, value) for i, value in enumerate(values)],
        )
        self.validate(node)
        return node

    def param(self, index: int) -> str:
        """Name of the parameter at a place; the last one takes all further arguments."""
        return self._names[min(index, len(self._names) - 1)] if self._names else ""

    def validate(self, node: exp.Anonymous) -> None:
        """Refuse a wrong number of arguments, or no literal where one is needed."""
        count = len(node.expressions)
        least = len(self._names) - (1 if self._variadic else 0)
        if count < least or (count > len(self._names) and not self._variadic):
            raise PortabilityError(
                "The function {function} takes ({params}), not {count} arguments.",
                fix="Write {function}({params}).",
                function=self.name,
                params=", ".join(self.params.split()),
                count=count,
            )
        for i, argument in enumerate(node.expressions):
            if self.param(i).isupper() and not is_literal(argument):
                raise PortabilityError(
                    "The function {function} needs a fixed value for {param}, not an expression.",
                    fix="Write the value itself.",
                    function=self.name,
                    param=self.param(i).lower(),
                )
        if self.prepare is not None:
            self.prepare(*self.fixed(node))
        if self.check is not None:
            self.check(*self.fixed(node))

    def fixed(self, node: exp.Anonymous) -> list[object]:
        """Values of the literal parameters, in order."""
        return [
            value_of(argument)
            for i, argument in enumerate(node.expressions)
            if self.param(i).isupper()
        ]

    def _bound(self, args: Sequence[object], named: dict[str, object]) -> list[object]:
        values = list(args)
        given = {name.lower(): value for name, value in named.items()}
        for name in self._names[len(values) :]:
            if name.lower() in given:
                values.append(given.pop(name.lower()))
            elif name in self._defaults:
                values.append(self._defaults[name])
        if given:
            raise TypeError(f"{self.name}({self.params}) has no {', '.join(given)}")
        return values

    def _argument(self, index: int, value: object) -> exp.Expr:
        if isinstance(value, str) and self.param(index) in ("x", "a", "b"):
            raise TypeError(
                f"{self.name} takes an expression for {self.param(index)}: "
                f"write col({value!r}) or lit({value!r})"
            )
        return own(value) if isinstance(value, exp.Expr) else literal(value)


def own(node: exp.Expr) -> exp.Expr:
    """The node to put into a plan: itself, or a copy where it is part of one already.

    Copying each argument would make building a plan quadratic in its depth.
    """
    return node if node.parent is None else node.copy()


def function_named(name: str) -> Function | None:
    """The portable function of this name."""
    return _REGISTRY.get(name)


def function_near(name: str) -> str | None:
    """The name of a portable function that is spelt nearly so."""
    return next(iter(get_close_matches(name.lower(), _REGISTRY, n=1, cutoff=0.75)), None)


def literal(value: object) -> exp.Expression:
    """A Python value as a plan node.

    Raises:
        PortabilityError: a value of another type than text, whole number, Decimal, float,
            date, datetime without zone, bool or None.
    """
    if value is None:
        return exp.Null()
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, str):
        return exp.Literal.string(value)
    if isinstance(value, int | Decimal) and Decimal(value).is_finite():
        text = str(abs(value)) if isinstance(value, int) else format(abs(value), "f")
        number = exp.Literal.number(text)
        return exp.Neg(this=number) if value < 0 else number
    if isinstance(value, float):
        return exp.Cast(this=exp.Literal.string(repr(value)), to=exp.DataType.build("double"))
    if isinstance(value, datetime) and value.tzinfo is None:
        text = value.isoformat(sep=" ")
        return exp.Cast(this=exp.Literal.string(text), to=exp.DataType.build("timestamp"))
    if isinstance(value, date) and not isinstance(value, datetime):
        text = value.isoformat()
        return exp.Cast(this=exp.Literal.string(text), to=exp.DataType.build("date"))
    raise PortabilityError(
        "A plan cannot hold the value {value} of type {type}.",
        fix="Give a text, number, date, time without zone, true, false or nothing.",
        value=repr(value),
        type=type(value).__name__,
    )


def is_literal(node: exp.Expr) -> bool:
    """Whether the node is a fixed value."""
    if isinstance(node, exp.Cast):
        return isinstance(node.this, exp.Null) or bool(node.this.is_string)
    if isinstance(node, exp.Neg | exp.DateStrToDate | exp.TimeStrToTime | exp.Paren):
        return is_literal(node.this)
    return isinstance(node, exp.Literal | exp.Boolean | exp.Null)


def value_of(node: exp.Expr) -> object:
    """The Python value of a literal node (the inverse of `literal`)."""
    if isinstance(node, exp.Null):
        return None
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    if isinstance(node, exp.Literal):
        text = str(node.this)
        if node.is_string:
            return text
        if text.isdigit():
            return int(text)
        return Decimal(text) if "e" not in text.lower() else float(text)
    inner = value_of(node.this)
    if isinstance(node, exp.Neg) and isinstance(inner, int | Decimal | float):
        return -inner
    if isinstance(node, exp.DateStrToDate):
        return date.fromisoformat(str(inner))
    if isinstance(node, exp.TimeStrToTime):
        return datetime.fromisoformat(str(inner))
    if isinstance(node, exp.Cast):
        return _typed(inner, node.to)
    return inner


def _typed(value: object, to: exp.DataType) -> object:
    if value is None:
        return None
    if to.this == exp.DataType.Type.DATE:
        return date.fromisoformat(str(value))
    if to.this in (exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIMESTAMPNTZ):
        return datetime.fromisoformat(str(value))
    if to.this == exp.DataType.Type.DOUBLE:
        return float(str(value))
    if to.this == exp.DataType.Type.DECIMAL:
        return Decimal(str(value))
    if to.this == exp.DataType.Type.BOOLEAN:
        return {"true": True, "false": False}[str(value)]
    if to.this in (exp.DataType.Type.BIGINT, exp.DataType.Type.INT):
        return int(str(value))
    return value
