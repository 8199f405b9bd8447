"""The labelled pairs: no proof contradicts a label or the data, and what is decidable is proved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from dq.crm.model import TABLES
from dq.semantics.proof import Column, Proof, Region, Relation, Table, relate
from dq.sql.parse import parse_expression
from tests.semantics.pairs_data import PAIRS, as_of, columns, random_tables
from tests.semantics.test_pairs_labels import _query

BUDGET_MS = 3000
"""Ample: the tests are of what is proved, and machines differ. `benchmarks/proof.py` times it."""

SEEDS = range(3, 40, 9)
NEEDED = 0.95

LABELS: Mapping[str, frozenset[Region]] = {
    "equal": frozenset({Region.A_ONLY, Region.B_ONLY}),
    "subset": frozenset({Region.A_ONLY}),
    "superset": frozenset({Region.B_ONLY}),
    "disjoint": frozenset({Region.BOTH}),
    "overlap": frozenset(),
    "empty_a": frozenset({Region.A_ONLY, Region.BOTH}),
    "empty_b": frozenset({Region.B_ONLY, Region.BOTH}),
    "empty_both": frozenset(Region),
}
"""The regions in which no row lies, by label."""


def facts(table: str, values: Mapping[str, Any]) -> Mapping[str, Column]:
    """What the labels assume: `id` is never NULL, and closed domains."""
    return {
        name: Column(kind, nullable=name != "id", values=values.get(f"{table}.{name}"))
        for name, kind in columns(table).items()
    }


def proof_of(pair: Mapping[str, Any], budget_ms: float = BUDGET_MS) -> Proof:
    values = pair.get("values", {})
    tables = {
        name: Table(facts(name, values), key=("id",) if "id" in entity.columns else ())
        for name, entity in TABLES.items()
    }
    plans = (parse_expression(pair[side]) for side in "ab")
    own = tables[pair["of"]].columns
    return relate(*plans, own, table=pair["of"], tables=tables, budget_ms=budget_ms)


@pytest.fixture(scope="module")
def proofs() -> Mapping[str, Proof]:
    return {pair["name"]: proof_of(pair) for pair in PAIRS}


def test_no_proof_contradicts_a_label(proofs: Mapping[str, Proof]) -> None:
    for pair in PAIRS:
        proof, empty = proofs[pair["name"]], LABELS[pair["relation"]]
        assert proof.empty <= empty, (pair["name"], proof)
        assert not proof.witnesses.keys() & empty, (pair["name"], proof)


def test_what_is_decidable_is_proved(proofs: Mapping[str, Proof]) -> None:
    decidable = [pair for pair in PAIRS if pair["decidable"]]
    missed = [pair["name"] for pair in decidable if not proofs[pair["name"]].exact]
    assert len(missed) <= (1 - NEEDED) * len(decidable), missed


def test_no_proof_contradicts_data(proofs: Mapping[str, Proof]) -> None:
    places = (Region.BOTH, Region.A_ONLY, Region.B_ONLY)
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        for seed in SEEDS:
            for name, table in random_tables(seed).items():
                connection.register("made", table)
                connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM made")
                connection.unregister("made")
            for pair in PAIRS:
                sql = _query(pair)
                given = {"as_of": as_of(seed)} if "$as_of" in sql else None
                counts = connection.execute(sql, given).fetchall()[0]
                held = {r for r, count in zip(places, counts, strict=True) if count}
                assert not held & proofs[pair["name"]].empty, (pair["name"], seed)


def test_witnesses_hold_as_sql(proofs: Mapping[str, Proof]) -> None:
    """DuckDB puts each witness, beside the rows of other tables, where the proof does."""
    places = (Region.BOTH, Region.A_ONLY, Region.B_ONLY)
    checked = 0
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        empty = {name: pa.Table.from_pylist([], schema=_schema(name)) for name in TABLES}
        for pair in PAIRS:
            for region, witness in proofs[pair["name"]].witnesses.items():
                rows = {table: list(found) for table, found in witness.related.items()}
                for name in {pair["of"], *_tables(pair)}:
                    made = rows.get(name, [])
                    connection.register(
                        "made", pa.Table.from_pylist(made, schema=empty[name].schema)
                    )
                    connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM made")
                    connection.unregister("made")
                before = _counts(connection, pair, witness.params)
                own = pa.Table.from_pylist([dict(witness.row)], schema=_schema(pair["of"]))
                connection.register("made", own)
                connection.execute(f"INSERT INTO {pair['of']} SELECT * FROM made")
                connection.unregister("made")
                after = _counts(connection, pair, witness.params)
                place = places.index(region)
                assert after[place] > before[place], (pair["name"], region, witness)
                checked += 1
    assert checked > len(PAIRS)


def _schema(table: str) -> pa.Schema:
    types = {
        "text": pa.string(),
        "integer": pa.int64(),
        "decimal": pa.decimal128(18, 4),
        "double": pa.float64(),
        "date": pa.date32(),
        "timestamp": pa.timestamp("us"),
        "boolean": pa.bool_(),
    }
    return pa.schema([(name, types[kind]) for name, kind in columns(table).items()])


def _tables(pair: Mapping[str, Any]) -> set[str]:
    return {name for name in TABLES if any(f" {name}" in pair[side] for side in "ab")}


def _counts(
    connection: duckdb.DuckDBPyConnection, pair: Mapping[str, Any], params: Mapping[str, object]
) -> tuple[int, ...]:
    sql = _query({key: value for key, value in pair.items() if key != "values"})
    given = {"as_of": params["as_of"]} if "$as_of" in sql else None
    return tuple(connection.execute(sql, given).fetchall()[0])


def test_no_time_gives_no_wrong_answer() -> None:
    """Whatever the time allows is true, and it stays within reach of the limit."""
    for pair in PAIRS[:: len(PAIRS) // 40]:
        proof = proof_of(pair, budget_ms=3)
        assert proof.empty <= LABELS[pair["relation"]], pair["name"]
        assert proof.exact or proof.relation is not Relation.OVERLAP
