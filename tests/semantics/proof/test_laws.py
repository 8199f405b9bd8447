"""What is proved of any two predicates is never contradicted, by row closures or by DuckDB."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from string import Formatter

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from dq.semantics.proof import Column, Proof, Region, Table, relate
from dq.sql.parse import parse_expression
from dq.sql.render import render
from dq.sql.row import compile_predicate
from tests.sql.strategies import predicates, rows

COLUMNS = {
    "name": Column("text"),
    "note": Column("text"),
    "amount": Column("decimal"),
    "number": Column("integer"),
    "share": Column("double"),
    "at": Column("timestamp"),
    "day": Column("date"),
    "flag": Column("boolean"),
}
CALMLY = settings(deadline=None, suppress_health_check=list(HealthCheck))


def region(a: object, b: object) -> Region | None:
    if a is True:
        return Region.BOTH if b is True else Region.A_ONLY
    return Region.B_ONLY if b is True else None


def contradictions(proof: Proof, truths: Sequence[tuple[object, object]]) -> set[Region]:
    """Regions proved empty in which rows lie."""
    return {r for a, b in truths if (r := region(a, b)) is not None} & proof.empty


@settings(CALMLY, max_examples=max(60, settings.default.max_examples))
@given(table=rows, a=predicates, b=predicates)
def test_rows_never_contradict(table: pa.Table, a: exp.Expr, b: exp.Expr) -> None:
    """Every portable function, nested as it comes."""
    proof = relate(a, b, COLUMNS, budget_ms=300)
    closures = compile_predicate(a), compile_predicate(b)
    truths = [(closures[0](row), closures[1](row)) for row in table.to_pylist()]
    assert contradictions(proof, truths) == set(), proof
    for where, witness in proof.witnesses.items():
        assert region(*(closure(witness.row) for closure in closures)) is where


# --- what a glossary holds, against DuckDB ---------------------------------------------------

TODAY = datetime(2024, 3, 31, 9)
_WORDS = ("new", "won", "Won", "won deal", "")
_ROWS = {
    "status": [None, *_WORDS, "x won", " won "],
    "amount": [None, *(Decimal(n).scaleb(-4) for n in (-50000, 0, 1, 49999, 50000, 55000, 10**5))],
    "visits": [None, -1, 0, 1, 2, 5, 10],
    "made_at": [
        None,
        *(
            TODAY - timedelta(days=days) + odd
            for days in (0, 1, 29, 30, 31, 90, 91, 400)
            for odd in (timedelta(), timedelta(microseconds=1), timedelta(hours=-9))
        ),
    ],
}
_TYPES = {"status": "text", "amount": "decimal", "visits": "integer", "made_at": "timestamp"}
_CALLS = {"lead": [None, "won", "new", "x"], "kind": [None, "call", "mail"], "visits": [None, 0, 2]}
_CALL_TYPES = {"lead": "text", "kind": "text", "visits": "integer"}


_POOLS = {
    "order": "=|<>|<|<=|>|>=",
    "same": "=|<>",
    "word": "'new'|'won'|'Won'|'won deal'|''",
    "text": "status|status|lower(status)|trim(status)|COALESCE(status, 'new')",
    "like": "'won%'|'%won'|'%o%'|'w_n'|'n%w'",
    "pattern": "'^[a-z]+$'#'w|x'#'^$'#'n {1}'#'(?i)^WON'",
    "number": "0|1|2|5|5.5|10",
    "sum": "amount|visits|-visits|amount + visits|amount * 2|amount - 1|COALESCE(amount, 0)|"
    "ceil(amount)|round(amount)|visits * visits|amount / 2|abs(visits)|visits % 3|amount * visits",
    "moment": ":as_of|:as_of - INTERVAL 30 DAY|:as_of - INTERVAL 1 MONTH|"
    "date_trunc('month', :as_of)|date_trunc('month', :as_of) - INTERVAL 1 MONTH|"
    "TIMESTAMP '2024-01-01 00:00:00'|DATE '2024-03-01'",
    "when": "made_at|date_trunc('month', made_at)|date_trunc('week', made_at)|"
    "CAST(made_at AS DATE)|made_at + INTERVAL 1 MONTH|made_at + INTERVAL 36 HOUR",
    "part": "year|month|quarter|day|isodow|hour",
    "value": "1|3|9|2024",
    "days": "0|30|90",
    "column": "status|amount|visits|made_at",
    "known": "|NOT ",
    "inner": "c.kind = 'call'|c.kind <> 'mail'|c.visits > 0|c.visits >= rows.visits|c.visits < 2|"
    "c.kind IS NOT NULL AND c.visits < 2|c.visits IS NULL",
}
"""What may stand in each place of the forms below."""

_ATOMS = (
    "{text} {order} {word}",
    "{text} IN ({word}, {word})",
    "{text} LIKE {like}",
    "length({text}) {order} {number}",
    "regexp_matches(status, {pattern})",
    "{sum} {order} {number}",
    "amount {order} visits",
    "visits BETWEEN {number} AND {number}",
    "{when} {order} {moment}",
    "extract({part} FROM made_at) {order} {value}",
    "date_diff('day', made_at, :as_of) {order} {days}",
    "{column} IS {known}NULL",
    "(CASE WHEN {text} = {word} THEN amount ELSE visits END) {order} {number}",
)
_OVER_CALLS = (
    "EXISTS (SELECT 1 FROM calls c WHERE c.lead = rows.status AND {inner})",
    "EXISTS (SELECT 1 FROM calls c WHERE {inner})",
    "status IN (SELECT c.lead FROM calls c WHERE {inner})",
    "status NOT IN (SELECT lead FROM calls c WHERE {inner})",
    "(SELECT count(*) FROM calls c WHERE {inner}) > 0",
    "(SELECT max(c.visits) FROM calls c WHERE {inner}) >= 2",
    "status {same} {word}",
    "{column} IS NOT NULL",
)


def _filled(form: str) -> st.SearchStrategy[str]:
    """A form with its places filled from the pools."""
    parts = [(text, name) for text, name, _, _ in Formatter().parse(form)]
    pools = [_POOLS[name] for _, name in parts if name]
    drawn = st.tuples(*(st.sampled_from(p.split("#" if "#" in p else "|")) for p in pools))

    def joined(words: tuple[str, ...]) -> str:
        rest = iter(words)
        return "".join(text + (next(rest) if name else "") for text, name in parts)

    return drawn.map(joined)


def _conditions(atoms: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.recursive(
        atoms,
        lambda inner: st.one_of(
            st.builds("({} AND {})".format, inner, inner),
            st.builds("({} OR {})".format, inner, inner),
            st.builds("(NOT {})".format, inner),
            st.builds("(({}) IS TRUE)".format, inner),
        ),
        max_leaves=4,
    )


def _pairs(*, calls: bool) -> st.SearchStrategy[tuple[str, str]]:
    """Two conditions, mostly made of the same parts: so that one often implies the other."""
    condition = _conditions(st.one_of(*map(_filled, _OVER_CALLS if calls else _ATOMS)))

    def related(one: str, other: str, how: int) -> tuple[str, str]:
        forms = (other, f"{one} AND {other}", f"{one} OR {other}", f"NOT ({one})")
        return one, forms[how]

    return st.builds(related, condition, condition, st.integers(0, 3))


@pytest.fixture(scope="module")
def database() -> duckdb.DuckDBPyConnection:
    """`rows` has every mixture of the values that matter, `calls` a few rows."""
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    picked = itertools.islice(itertools.product(*_ROWS.values()), None)
    every = [dict(zip(_ROWS, row, strict=True)) for row in picked][::3]
    schema = pa.schema(
        [("status", pa.string()), ("amount", pa.decimal128(18, 4)), ("visits", pa.int64()),
         ("made_at", pa.timestamp("us"))]
    )  # fmt: skip
    connection.register("made", pa.Table.from_pylist(every, schema=schema))
    connection.execute("CREATE TABLE rows AS SELECT * FROM made")
    return connection


def _found(connection: duckdb.DuckDBPyConnection, *pair: exp.Expr) -> set[Region]:
    """The regions in which rows lie."""
    truths = (f"({render(p, 'duckdb', {'as_of': TODAY})}) IS TRUE" for p in pair)
    found = connection.execute(f"SELECT DISTINCT {', '.join(truths)} FROM rows").fetchall()
    return {r for row in found if (r := region(*row)) is not None}


@settings(CALMLY, max_examples=max(120, settings.default.max_examples))
@given(pair=_pairs(calls=False))
def test_duckdb_never_contradicts(
    database: duckdb.DuckDBPyConnection, pair: tuple[str, str]
) -> None:
    columns = {name: Column(kind) for name, kind in _TYPES.items()}
    plans = [parse_expression(text) for text in pair]
    proof = relate(*plans, columns, budget_ms=300)
    assert not _found(database, *plans) & proof.empty, proof


@settings(CALMLY, max_examples=max(100, settings.default.max_examples))
@given(
    pair=_pairs(calls=True),
    calls=st.lists(st.tuples(*map(st.sampled_from, _CALLS.values())), max_size=4),
)
def test_duckdb_never_contradicts_subqueries(
    database: duckdb.DuckDBPyConnection, pair: tuple[str, str], calls: list[tuple[object, ...]]
) -> None:
    schema = pa.schema([("lead", pa.string()), ("kind", pa.string()), ("visits", pa.int64())])
    made = pa.Table.from_pylist([dict(zip(_CALLS, c, strict=True)) for c in calls], schema=schema)
    database.register("made_calls", made)
    database.execute("CREATE OR REPLACE TABLE calls AS SELECT * FROM made_calls")
    columns = {name: Column(kind) for name, kind in _TYPES.items()}
    tables = {"calls": Table({name: Column(kind) for name, kind in _CALL_TYPES.items()})}
    plans = [parse_expression(text) for text in pair]
    proof = relate(*plans, columns, table="rows", tables=tables, budget_ms=300)
    assert not _found(database, *plans) & proof.empty, proof


def test_dates_of_all_kinds_agree() -> None:
    """A date compares with timestamps as its midnight, in the proof as in data."""
    columns = {"day": Column("date"), "at": Column("timestamp")}
    a, b = (parse_expression(t) for t in ("at > day", "at >= day AND CAST(at AS DATE) <> day"))
    proof = relate(a, b, columns, budget_ms=1000)
    assert proof.empty == {Region.B_ONLY}
    row = proof.witnesses[Region.A_ONLY].row
    assert isinstance(row["day"], date)
    assert isinstance(row["at"], datetime)
    assert row["at"].date() == row["day"]
