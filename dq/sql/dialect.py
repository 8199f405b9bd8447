"""What DuckDB's own functions and operators are in portable form."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import ClassVar

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.parsers.duckdb import DuckDBParser

from dq.errors import PortabilityError
from dq.sql import portable as f
from dq.sql.function import function_named, is_literal, value_of
from dq.sql.regex import regex_text

__all__ = ["parsed", "rewritten"]

Rewrite = Callable[[exp.Expr], exp.Expr]

_AS_DUCKDB = frozenset({"concat", "regexp_replace", "substring", "trim"})
"""Functions whose DuckDB form is translated, for it is called or means otherwise."""


class _Parser(DuckDBParser):
    """DuckDB's grammar, but the portable functions keep their names."""

    FUNCTIONS: ClassVar = {
        name: build
        for name, build in DuckDBParser.FUNCTIONS.items()
        if name.lower() in _AS_DUCKDB or function_named(name.lower()) is None
    }


def parsed(text: str) -> list[exp.Expr | None]:
    """The statements of a text, as sqlglot reads them.

    Raises:
        ParseError, TokenError: sqlglot's own.
    """
    duckdb = DuckDB()
    return list(_Parser(dialect=duckdb).parse(duckdb.tokenize(text), text))


def rewritten(node: exp.Expr) -> exp.Expr:
    """The portable form of one node whose parts are portable; itself if there is none.

    Raises:
        PortabilityError: it is used in a way that has no portable form.
    """
    rewrite = _REWRITES.get(type(node))
    return rewrite(node) if rewrite else node


def _column(node: exp.Expr) -> exp.Expr:
    for part in node.args.values():
        if isinstance(part, exp.Identifier):
            part.set("quoted", True)
    return node


def _unary(function: Callable[..., exp.Expr]) -> Rewrite:
    def rewrite(node: exp.Expr) -> exp.Expr:
        if any(isinstance(v, exp.Expr) for key, v in node.args.items() if key != "this"):
            raise PortabilityError(
                "{what} takes one argument.", fix="Write {what}(x).", what=node.key.upper()
            )
        return function(node.this)

    return rewrite


def _args(function: Callable[..., exp.Expr], *keys: str) -> Rewrite:
    def rewrite(node: exp.Expr) -> exp.Expr:
        for part, value in node.args.items():
            if part not in keys and isinstance(value, exp.Expr):
                raise PortabilityError(
                    "{what} does not mean the same on every engine and is not used in plans.",
                    fix="Use the portable functions.",
                    what=f"{node.key.upper()} with {part.upper()}",
                )
        return function(*(node.args[key] for key in keys if node.args.get(key)))

    return rewrite


def _plus_interval(sign: int) -> Rewrite:
    def rewrite(node: exp.Expr) -> exp.Expr:
        interval = node.expression
        if not isinstance(interval, exp.Interval):
            return node
        return _shifted(node.this, interval, sign)

    return rewrite


def _shifted(x: exp.Expr, interval: exp.Interval, sign: int) -> exp.Expr:
    unit = interval.text("unit").upper().rstrip("S")
    amount = interval.this
    if unit not in _SHIFTS:
        raise PortabilityError(
            "An interval is counted in {units}, not in {unit}.",
            fix="Write one such as INTERVAL 90 DAY.",
            units=", ".join(u.lower() for u in _SHIFTS),
            unit=unit.lower() or "nothing",
        )
    function, factor = _SHIFTS[unit]
    if isinstance(amount, exp.Literal):
        if not str(amount.this).lstrip("-").isdigit():
            raise PortabilityError(
                "An interval is a whole number of units, not {amount}.",
                fix="Write one such as INTERVAL 90 DAY.",
                amount=amount.this,
            )
        return function(x, int(str(amount.this)) * factor * sign)
    return function(x, f.lit(factor * sign) * amount)


_SHIFTS: dict[str, tuple[Callable[..., exp.Expr], int]] = {
    "DAY": (f.add_days, 1),
    "WEEK": (f.add_days, 7),
    "MONTH": (f.add_months, 1),
    "QUARTER": (f.add_months, 3),
    "YEAR": (f.add_months, 12),
    "HOUR": (f.add_seconds, 3600),
    "MINUTE": (f.add_seconds, 60),
    "SECOND": (f.add_seconds, 1),
}


def _cast(node: exp.Expr) -> exp.Expr:
    if not isinstance(node, exp.Cast) or is_literal(node):
        return node
    to = str(node.to.this.value).upper()
    function = _CASTS.get(to)
    if function is None:
        raise PortabilityError(
            "A cast to {type} is not portable.",
            fix="Cast to TEXT, BIGINT, DOUBLE, DECIMAL, DATE or TIMESTAMP.",
            type=to,
        )
    return function(node.this)


_CASTS: dict[str, Callable[..., exp.Expr]] = {
    "TEXT": f.as_text,
    "VARCHAR": f.as_text,
    "DATE": f.date_of,
    "TIMESTAMP": f.as_timestamp,
    "TIMESTAMPNTZ": f.as_timestamp,
    "DOUBLE": f.as_double,
    "DECIMAL": f.as_decimal,
    "BIGINT": f.as_integer,
    "INT": f.as_integer,
}


def _like(fold: bool) -> Rewrite:
    def rewrite(node: exp.Expr) -> exp.Expr:
        if not is_literal(node.expression):
            raise PortabilityError(
                "LIKE needs a fixed pattern.",
                fix="Write the pattern in single quotes, or use contains(x, y).",
            )
        pattern = str(value_of(node.expression))
        x = f.lower(node.this) if fold else node.this
        found = _pattern(x, pattern.lower() if fold else pattern)
        if not node.args.get("negate"):
            return found
        # sqlglot keeps the NOT of NOT LIKE inside the node, where it binds tighter.
        negated = exp.Not(this=found)
        plain = node.parent is None or isinstance(node.parent, exp.Connector | exp.Paren)
        return negated if plain else exp.Paren(this=negated)

    return rewrite


def _pattern(x: exp.Expr, pattern: str) -> exp.Expr:
    middle = pattern.strip("%")
    if "%" not in middle and "_" not in middle:
        starts, ends = pattern.startswith("%"), pattern.endswith("%")
        if not middle and starts:
            return f.contains(x, "")
        if starts and ends:
            return f.contains(x, middle)
        if starts or ends:
            return f.ends_with(x, middle) if starts else f.starts_with(x, middle)
        return exp.EQ(this=x, expression=f.lit(pattern))
    special = {"%": ".*", "_": "."}
    regex = "".join(special.get(c) or regex_text(c) for c in pattern)
    return f.full_match(x, f"(?s){regex}")


def _join_texts(node: exp.Expr) -> exp.Expr:
    return f.concat(node.this, node.expression)


def _date_diff(node: exp.Expr) -> exp.Expr:
    unit = node.text("unit").upper()
    if unit == "DAY":
        return f.days_between(node.expression, node.this)
    raise PortabilityError(
        "date_diff counts days; in other units it is not portable.",
        fix="Write date_diff('day', a, b).",
    )


def _truncated(node: exp.Expr) -> exp.Expr:
    return f.trunc(node.text("unit").lower(), node.this)


def _extract(node: exp.Expr) -> exp.Expr:
    part = node.this.name.lower()
    function = _PARTS.get(part)
    if function is None:
        raise PortabilityError(
            "EXTRACT of {part} is not portable.",
            fix="Use year, quarter, month, day, isodow, hour, minute or second.",
            part=part,
        )
    return function(node.expression)


_PARTS: dict[str, Callable[..., exp.Expr]] = {
    "year": f.year,
    "quarter": f.quarter,
    "month": f.month,
    "day": f.day,
    "isodow": f.weekday,
    "hour": f.hour,
    "minute": f.minute,
    "second": f.second,
}


def _iff(node: exp.Expr) -> exp.Expr:
    if isinstance(node.parent, exp.Case):
        return node
    otherwise = node.args.get("false")
    return exp.Case(ifs=[exp.If(this=node.this, true=node.args["true"])], default=otherwise)


def _substring(node: exp.Expr) -> exp.Expr:
    start, size = node.args["start"], node.args.get("length")
    first = value_of(start) if is_literal(start) else 1
    if not isinstance(first, int) or first < 1 or size is None:
        raise PortabilityError(
            "substring takes a text, a first character counted from 1 and a length.",
            fix="Write substring(x, 1, 3).",
        )
    return f.substring(node.this, start, size)


def _round(node: exp.Expr) -> exp.Expr:
    places = node.args.get("decimals")
    return f.round(node.this, places if places is not None else 0)


def _many(function: Callable[..., exp.Expr]) -> Rewrite:
    return lambda node: function(node.this, *node.expressions)


def _case(node: exp.Expr) -> exp.Expr:
    """`CASE x WHEN 1 …` as `CASE WHEN x = 1 …`."""
    subject = node.args.get("this")
    if subject is not None:
        for branch in node.args["ifs"]:
            branch.set("this", exp.EQ(this=subject.copy(), expression=branch.this))
        node.set("this", None)
    return node


def _regexp_replace(node: exp.Expr) -> exp.Expr:
    if node.text("modifiers") != "g":
        raise PortabilityError(
            "regexp_replace replaces every match: write 'g' as its fourth argument.",
            fix="Write regexp_replace(x, 'a', 'b', 'g').",
        )
    return f.regexp_replace(node.this, node.expression, node.args["replacement"])


def _regexp_extract(node: exp.Expr) -> exp.Expr:
    group = node.args.get("group")
    return f.regexp_extract(node.this, node.expression, group if group is not None else 0)


def _filtered(node: exp.Expr) -> exp.Expr:
    condition = node.expression.this
    aggregate = node.this
    inner = aggregate.this
    if isinstance(aggregate, exp.Count) and isinstance(inner, exp.Star):
        return f.count_if(condition)
    if not isinstance(aggregate, exp.Sum | exp.Min | exp.Max | exp.Count):
        raise PortabilityError(
            "FILTER goes with count, sum, min and max.",
            fix="Put the condition into a CASE inside the function.",
        )
    if isinstance(inner, exp.Distinct):
        chosen: exp.Expr = exp.Distinct(expressions=[f.case((condition, inner.expressions[0]))])
    else:
        chosen = f.case((condition, inner))
    aggregate.set("this", chosen)
    return aggregate


def _number(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Literal) and not node.is_string and "e" in str(node.this).lower():
        value = float(str(node.this))
        if not isfinite(value):
            raise PortabilityError(
                "The number {number} is too large.", fix="Write a smaller number.", number=node.this
            )
        return f.lit(value)
    return node


_REWRITES: dict[type[exp.Expr], Rewrite] = {
    exp.Column: _column,
    exp.Literal: _number,
    exp.Add: _plus_interval(1),
    exp.Sub: _plus_interval(-1),
    exp.DateAdd: _plus_interval(1),
    exp.DateSub: _plus_interval(-1),
    exp.Cast: _cast,
    exp.Like: _like(fold=False),
    exp.ILike: _like(fold=True),
    exp.DPipe: _join_texts,
    exp.Concat: lambda node: f.concat_ws("", *node.expressions),
    exp.ConcatWs: lambda node: f.concat_ws(*node.expressions),
    exp.Case: _case,
    exp.Lower: _unary(f.lower),
    exp.Upper: _unary(f.upper),
    exp.Trim: _unary(f.trim),
    exp.Length: _unary(f.length),
    exp.Substring: _substring,
    exp.Left: _args(f.left, "this", "expression"),
    exp.Right: _args(f.right, "this", "expression"),
    exp.Replace: _args(f.replace, "this", "expression", "replacement"),
    exp.StartsWith: _args(f.starts_with, "this", "expression"),
    exp.EndsWith: _args(f.ends_with, "this", "expression"),
    exp.Contains: _args(f.contains, "this", "expression"),
    exp.RegexpLike: _args(f.search, "this", "expression"),
    exp.RegexpFullMatch: _args(f.full_match, "this", "expression"),
    exp.RegexpReplace: _regexp_replace,
    exp.RegexpExtract: _regexp_extract,
    exp.StrToTime: _args(f.to_timestamp, "this", "format"),
    exp.Abs: _unary(f.abs),
    exp.Round: _round,
    exp.Floor: _unary(f.floor),
    exp.Ceil: _unary(f.ceil),
    exp.Sqrt: _unary(f.sqrt),
    exp.Ln: _unary(f.ln),
    exp.Exp: _unary(f.exp),
    exp.Mod: _args(f.mod, "this", "expression"),
    exp.Div: _args(f.div0, "this", "expression"),
    exp.Greatest: _many(f.greatest),
    exp.Least: _many(f.least),
    exp.Year: _unary(f.year),
    exp.Quarter: _unary(f.quarter),
    exp.Month: _unary(f.month),
    exp.Day: _unary(f.day),
    exp.Hour: _unary(f.hour),
    exp.Minute: _unary(f.minute),
    exp.Second: _unary(f.second),
    exp.Extract: _extract,
    exp.DateDiff: _date_diff,
    exp.TimestampTrunc: _truncated,
    exp.DateTrunc: _truncated,
    exp.If: _iff,
    exp.Filter: _filtered,
    exp.Median: _unary(f.median),
    exp.Quantile: _args(f.quantile, "this", "quantile"),
    exp.Pow: _args(f.power, "this", "expression"),
    exp.LogicalOr: _unary(f.any_true),
    exp.LogicalAnd: _unary(f.all_true),
}
