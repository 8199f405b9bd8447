"""Random rows and random predicates over them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
from hypothesis import strategies as st
from sqlglot import exp

from dq.sql import portable as f
from tests.sql.edges import MONEY

_LETTERS = " \u00a0aAbяЯїß.,1%\\'\n"
_TEXT = st.none() | st.text(_LETTERS, max_size=6) | st.sampled_from(["a", "Ромашка", "2024-02-29"])
_AMOUNT = st.none() | st.decimals(-1000, 1000, places=4) | st.just(Decimal("0.5000"))
_COUNT = st.none() | st.integers(-20, 20)
_SHARE = st.none() | st.floats(-100, 100, allow_nan=False, width=16)
_MOMENT = st.none() | st.datetimes(datetime(1999, 1, 1), datetime(2026, 1, 1))
_DAY = st.none() | st.dates(date(1999, 1, 1), date(2026, 1, 1))
_FLAG = st.none() | st.booleans()

SCHEMA = pa.schema(
    [
        ("name", pa.string()),
        ("note", pa.string()),
        ("amount", MONEY),
        ("number", pa.int64()),
        ("share", pa.float64()),
        ("at", pa.timestamp("us")),
        ("day", pa.date32()),
        ("flag", pa.bool_()),
    ]
)

rows = st.lists(
    st.tuples(_TEXT, _TEXT, _AMOUNT, _COUNT, _SHARE, _MOMENT, _DAY, _FLAG),
    min_size=1,
    max_size=20,
).map(
    lambda found: pa.Table.from_pylist(
        [dict(zip(SCHEMA.names, row, strict=True)) for row in found], schema=SCHEMA
    )
)


def _literal(values: st.SearchStrategy[object]) -> st.SearchStrategy[exp.Expr]:
    return values.map(f.lit)


DEPTH = 3
"""Levels of functions in functions, each built on the one below: no draw runs away."""


@dataclass(frozen=True)
class _Level:
    texts: st.SearchStrategy[exp.Expr]
    numbers: st.SearchStrategy[exp.Expr]
    moments: st.SearchStrategy[exp.Expr]
    predicates: st.SearchStrategy[exp.Expr]


def _leaves() -> _Level:
    return _Level(
        st.sampled_from([f.col("name"), f.col("note")]) | _literal(st.text(_LETTERS, max_size=4)),
        st.sampled_from([f.col("amount"), f.col("number"), f.col("number")])
        | _literal(st.integers(-10, 10))
        | _literal(st.decimals(-10, 10, places=2)),
        st.sampled_from([f.col("at"), f.col("day")])
        | _literal(st.datetimes(datetime(2000, 1, 1), datetime(2025, 1, 1))),
        st.just(f.col("flag")) | st.builds(lambda c: f.col("share") > c, st.integers(-50, 50)),
    )


def _texts(low: _Level) -> st.SearchStrategy[exp.Expr]:
    texts = low.texts
    replaced = st.sampled_from(["[a-я]+", r"\s", "(a)(b)?"])
    return st.one_of(
        texts,
        st.builds(f.lower, texts),
        st.builds(f.fold, texts),
        st.builds(f.trim, texts),
        st.builds(f.concat, texts, texts),
        st.builds(f.left, texts, st.integers(0, 4)),
        st.builds(f.substring, texts, st.integers(1, 4), st.integers(0, 3)),
        st.builds(f.replace, texts, texts, texts),
        st.builds(f.coalesce, texts, texts),
        st.builds(f.nullif, texts, texts),
        st.builds(f.regexp_replace, texts, replaced, st.just("<>")),
        st.builds(lambda c, a, b: f.case((c, a), default=b), low.predicates, texts, texts),
    )


def _numbers(low: _Level) -> st.SearchStrategy[exp.Expr]:
    numbers = low.numbers
    return st.one_of(
        numbers,
        st.builds(f.length, low.texts),
        st.builds(f.abs, numbers),
        st.builds(f.round, numbers, st.integers(0, 4)),
        st.builds(f.floor, numbers),
        st.builds(f.days_between, low.moments, low.moments),
        st.builds(f.year, low.moments),
        st.builds(lambda a, n: a + n, numbers, st.integers(-5, 5)),
        st.builds(lambda a: -a, st.sampled_from([f.col("amount"), f.col("number")])),
        st.builds(f.to_integer, low.texts),
    )


def _moments(low: _Level) -> st.SearchStrategy[exp.Expr]:
    moments = low.moments
    return st.one_of(
        moments,
        st.builds(f.add_days, moments, st.integers(-400, 400)),
        st.builds(f.add_months, moments, st.integers(-13, 13)),
        st.builds(f.trunc, st.sampled_from(["month", "week", "day"]), moments),
        st.builds(f.to_timestamp, low.texts, st.just("%Y-%m-%d")),
    )


def _comparisons(low: _Level) -> st.SearchStrategy[exp.Expr]:
    compared = st.one_of(*(st.tuples(k, k) for k in (low.texts, low.numbers, low.moments)))
    kinds = [exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ]
    return st.builds(
        lambda kind, pair: kind(this=_wrapped(pair[0]), expression=_wrapped(pair[1])),
        st.sampled_from(kinds),
        compared,
    )


def _wrapped(node: exp.Expr) -> exp.Expr:
    return exp.Paren(this=node.copy()) if isinstance(node, exp.Binary | exp.Neg) else node.copy()


def _predicates(low: _Level) -> st.SearchStrategy[exp.Expr]:
    texts, numbers, predicates = low.texts, low.numbers, low.predicates
    searched = st.sampled_from(["^a", "a$", "[а-яё]", r"\d", "(?i)Я|b", r"\bb"])
    listed = st.lists(st.none() | st.text(_LETTERS, max_size=2), max_size=3)
    return st.one_of(
        _comparisons(low),
        predicates,
        st.builds(f.blank, texts),
        st.builds(f.is_null, st.one_of(texts, numbers, low.moments)),
        st.builds(f.starts_with, texts, texts),
        st.builds(f.contains, texts, texts),
        st.builds(f.search, texts, searched),
        st.builds(f.in_, texts, listed),
        st.builds(f.between, numbers, st.integers(-5, 0), st.integers(0, 5)),
        st.builds(f.not_, predicates),
        st.builds(f.is_true, predicates),
        st.builds(f.all_of, predicates, predicates, predicates),
        st.builds(f.any_of, predicates, predicates),
    )


def _levels(depth: int) -> _Level:
    level = _leaves()
    for _ in range(depth):
        level = _Level(_texts(level), _numbers(level), _moments(level), _predicates(level))
    return level


predicates: st.SearchStrategy[exp.Expr] = _levels(DEPTH).predicates
