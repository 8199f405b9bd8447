"""Three-valued logic: connectives, NULL tests, choices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from sqlglot import exp

from dq.sql.function import Function, literal, own
from dq.sql.portable.text import WHITE_SPACE

__all__ = [
    "all_of",
    "any_of",
    "between",
    "blank",
    "case",
    "coalesce",
    "distinct_from",
    "filled",
    "in_",
    "is_null",
    "is_true",
    "not_",
    "not_null",
    "nullif",
]

_NOT_BLANK = f"[^{WHITE_SPACE}]"

blank = Function(
    "blank",
    "x",
    duckdb=lambda c: (
        f"CASE WHEN typeof({c[0]}) = 'VARCHAR' THEN NOT COALESCE("
        f"regexp_matches(CAST({c[0]} AS VARCHAR), {c.quote(_NOT_BLANK)}), FALSE) "
        f"ELSE {c[0]} IS NULL END"
    ),
    spark=lambda c: (
        f"CASE WHEN typeof({c[0]}) = 'string' THEN NOT COALESCE("
        f"CAST({c[0]} AS STRING) RLIKE {c.quote(_NOT_BLANK)}, FALSE) "
        f"ELSE {c[0]} IS NULL END"
    ),
    row=lambda x: x is None or (isinstance(x, str) and not x.strip(WHITE_SPACE)),
    sees_null=True,
    doc="Whether a value is NULL or only white space; never NULL itself.",
)


def filled(x: exp.Expr) -> exp.Expression:
    """Whether a value is neither NULL nor only white space; never NULL itself."""
    return exp.Not(this=blank(x))


def all_of(*conditions: exp.Expr) -> exp.Expression:
    """AND of the conditions; TRUE for none."""
    return _chain(exp.And, conditions) or exp.true()


def any_of(*conditions: exp.Expr) -> exp.Expression:
    """OR of the conditions; FALSE for none."""
    return _chain(exp.Or, conditions) or exp.false()


def not_(condition: exp.Expr) -> exp.Expression:
    """NOT of a condition; NULL stays NULL."""
    return exp.Not(this=_wrapped(condition))


def is_null(x: exp.Expr) -> exp.Expression:
    """Whether a value is NULL."""
    return exp.Is(this=_wrapped(x), expression=exp.Null())


def not_null(x: exp.Expr) -> exp.Expression:
    """Whether a value is not NULL."""
    return exp.Not(this=is_null(x))


def is_true(condition: exp.Expr) -> exp.Expression:
    """Whether a condition is TRUE; NULL counts as not."""
    return exp.Is(this=_wrapped(condition), expression=exp.true())


def case(*branches: tuple[exp.Expr, object], default: object = None) -> exp.Expression:
    """The value of the first branch whose condition is TRUE, else `default`."""
    return exp.Case(
        ifs=[exp.If(this=own(when), true=_node(then)) for when, then in branches],
        default=None if default is None else _node(default),
    )


def coalesce(*values: object) -> exp.Expression:
    """The first value that is not NULL."""
    first, *others = (_node(v) for v in values)
    return exp.Coalesce(this=first, expressions=others)


def nullif(a: object, b: object) -> exp.Expression:
    """NULL where the two are equal, else the first."""
    return exp.Nullif(this=_node(a), expression=_node(b))


def in_(x: exp.Expr, values: exp.Query | Iterable[object]) -> exp.Expression:
    """Whether a value is among the values (or the rows of a query); FALSE for no values."""
    if isinstance(values, exp.Query):
        return exp.In(this=_wrapped(x), query=exp.Subquery(this=own(values)))
    listed = [_node(v) for v in values]
    return exp.In(this=_wrapped(x), expressions=listed) if listed else exp.false()


def between(x: exp.Expr, low: object, high: object) -> exp.Expression:
    """Whether low <= x <= high."""
    return exp.Between(this=_wrapped(x), low=_node(low), high=_node(high))


def distinct_from(a: object, b: object) -> exp.Expression:
    """Whether two values differ, NULL being a value like others; never NULL itself."""
    return exp.NullSafeNEQ(this=_node(a), expression=_node(b))


def _chain(kind: type[exp.And | exp.Or], conditions: Sequence[exp.Expr]) -> exp.Expression | None:
    """The conditions joined pairwise, so that a thousand of them do not nest a thousand deep."""
    parts: list[exp.Expression] = [_wrapped(c) for c in conditions]
    while len(parts) > 1:
        pairs = zip(parts[::2], parts[1::2], strict=False)
        rest = parts[-1:] if len(parts) % 2 else []
        parts = [_wrapped(kind(this=a, expression=b)) for a, b in pairs] + rest
    return _bare(parts[0]) if parts else None


def _bare(node: exp.Expression) -> exp.Expression:
    inner = node.this
    return inner if isinstance(node, exp.Paren) and isinstance(inner, exp.Expression) else node


def _node(value: object) -> exp.Expression:
    return _wrapped(value) if isinstance(value, exp.Expr) else literal(value)


def _wrapped(node: exp.Expr) -> exp.Expression:
    owned = cast("exp.Expression", own(node))
    loose = isinstance(owned, exp.Binary | exp.Not | exp.In | exp.Between | exp.Neg | exp.Exists)
    return exp.Paren(this=owned) if loose else owned
