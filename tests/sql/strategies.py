"""Random rows and random predicates over them."""

from __future__ import annotations

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


_texts = st.deferred(
    lambda: st.one_of(
        st.sampled_from([f.col("name"), f.col("note")]),
        _literal(st.text(_LETTERS, max_size=4)),
        st.builds(f.lower, _texts),
        st.builds(f.fold, _texts),
        st.builds(f.trim, _texts),
        st.builds(f.concat, _texts, _texts),
        st.builds(f.left, _texts, st.integers(0, 4)),
        st.builds(f.substring, _texts, st.integers(1, 4), st.integers(0, 3)),
        st.builds(f.replace, _texts, _texts, _texts),
        st.builds(f.coalesce, _texts, _texts),
        st.builds(f.nullif, _texts, _texts),
        st.builds(f.regexp_replace, _texts, st.sampled_from(["[a-я]+", r"\s", "(a)(b)?"]),
        st.just("<>")),
        st.builds(lambda c, a, b: f.case((c, a), default=b), predicates, _texts, _texts),
    )
)  # fmt: skip
_numbers = st.deferred(
    lambda: st.one_of(
        st.sampled_from([f.col("amount"), f.col("number"), f.col("number")]),
        _literal(st.integers(-10, 10)),
        _literal(st.decimals(-10, 10, places=2)),
        st.builds(f.length, _texts),
        st.builds(f.abs, _numbers),
        st.builds(f.round, _numbers, st.integers(0, 4)),
        st.builds(f.floor, _numbers),
        st.builds(f.days_between, _moments, _moments),
        st.builds(f.year, _moments),
        st.builds(lambda a, n: a + n, _numbers, st.integers(-5, 5)),
        st.builds(lambda a: -a, st.sampled_from([f.col("amount"), f.col("number")])),
        st.builds(f.to_integer, _texts),
    )
)
_moments = st.deferred(
    lambda: st.one_of(
        st.sampled_from([f.col("at"), f.col("day")]),
        _literal(st.datetimes(datetime(2000, 1, 1), datetime(2025, 1, 1))),
        st.builds(f.add_days, _moments, st.integers(-400, 400)),
        st.builds(f.add_months, _moments, st.integers(-13, 13)),
        st.builds(f.trunc, st.sampled_from(["month", "week", "day"]), _moments),
        st.builds(f.to_timestamp, _texts, st.just("%Y-%m-%d")),
    )
)
_compared = st.one_of(*(st.tuples(kind, kind) for kind in (_texts, _numbers, _moments)))
_comparisons = st.builds(
    lambda kind, pair: kind(this=_wrapped(pair[0]), expression=_wrapped(pair[1])),
    st.sampled_from([exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ]),
    _compared,
)


def _wrapped(node: exp.Expr) -> exp.Expr:
    return exp.Paren(this=node.copy()) if isinstance(node, exp.Binary | exp.Neg) else node.copy()


predicates: st.SearchStrategy[exp.Expr] = st.deferred(
    lambda: st.one_of(
        _comparisons,
        st.just(f.col("flag")),
        st.builds(lambda c: f.col("share") > c, st.integers(-50, 50)),
        st.builds(f.blank, _texts),
        st.builds(f.is_null, st.one_of(_texts, _numbers, _moments)),
        st.builds(f.starts_with, _texts, _texts),
        st.builds(f.contains, _texts, _texts),
        st.builds(f.search, _texts,
        st.sampled_from(["^a", "a$", "[а-яё]", r"\d", "(?i)Я|b", r"\bb"])),
        st.builds(f.in_, _texts, st.lists(st.none() | st.text(_LETTERS, max_size=2), max_size=3)),
        st.builds(f.between, _numbers, st.integers(-5, 0), st.integers(0, 5)),
        st.builds(f.not_, predicates),
        st.builds(f.is_true, predicates),
        st.builds(f.all_of, predicates, predicates, predicates),
        st.builds(f.any_of, predicates, predicates),
    )
)  # fmt: skip
