"""The labels of the pairs against plain SQL over random tables: none may be contradicted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pytest

from dq.crm.model import TABLES
from dq.sql.parse import parse_expression
from tests.semantics.pairs_data import PAIRS, as_of, columns, random_tables

SEEDS = range(40)

# Which rows a relation allows and needs: of both predicates, of a alone, of b alone.
# True: some data has one; False: none ever; None: either.
RELATIONS: Mapping[str, tuple[bool | None, bool | None, bool | None]] = {
    "equal": (True, False, False),
    "subset": (True, False, True),
    "superset": (True, True, False),
    "disjoint": (False, True, True),
    "overlap": (True, True, True),
    "empty_a": (False, False, True),
    "empty_b": (False, True, False),
    "empty_both": (False, False, False),
}
KINDS = "order between in case dates text arithmetic relations coalesce nulls trap integer domain"

Counts = tuple[int, int, int]


def _domain(pair: Mapping[str, Any]) -> str:
    """CTEs that keep to the words of `values`: they shadow the tables, in sub-queries too."""
    closed: dict[str, list[str]] = {}
    for column, words in pair.get("values", {}).items():
        table, _, name = column.partition(".")
        listed = ", ".join(f"'{word}'" for word in words)
        closed.setdefault(table, []).append(f"({name} IS NULL OR {name} IN ({listed}))")
    if not closed:
        return ""
    parts = (f"{t} AS (SELECT * FROM main.{t} WHERE {' AND '.join(c)})" for t, c in closed.items())
    return "WITH " + ", ".join(parts) + " "


def _query(pair: Mapping[str, Any]) -> str:
    """How many rows are in both sets, in that of a alone, in that of b alone."""
    counts = ", ".join(f"count(*) FILTER ({c})" for c in ("a AND b", "a AND NOT b", "b AND NOT a"))
    truths = ", ".join(f"(({pair[side]}) IS TRUE) AS {side}" for side in "ab")
    sql = f"{_domain(pair)}SELECT {counts} FROM (SELECT {truths} FROM {pair['of']})"
    return sql.replace(":as_of", "$as_of")


@pytest.fixture(scope="module")
def found() -> Mapping[str, Sequence[Counts]]:
    """For each pair and seed: rows of both predicates, of a alone, of b alone."""
    counts: dict[str, list[Counts]] = {pair["name"]: [] for pair in PAIRS}
    queries = {pair["name"]: _query(pair) for pair in PAIRS}
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        for seed in SEEDS:
            for name, table in random_tables(seed).items():
                connection.register("made", table)
                connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM made")
                connection.unregister("made")
            for name, sql in queries.items():
                given = {"as_of": as_of(seed)} if "$as_of" in sql else None
                counts[name] += connection.execute(sql, given).fetchall()
    return counts


def contradicted(relation: str, counts: Sequence[Counts]) -> str | None:
    """What speaks against a label: a row that may not be, or one that was never seen."""
    for place, what in enumerate(("of both", "of a alone", "of b alone")):
        seen, allowed = any(c[place] for c in counts), RELATIONS[relation][place]
        if seen and allowed is False:
            return f"there is a row {what}"
        if not seen and allowed:
            return f"no row {what} was found"
    return None


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair["name"])
def test_label_is_not_contradicted(
    pair: Mapping[str, Any], found: Mapping[str, Sequence[Counts]]
) -> None:
    assert contradicted(pair["relation"], found[pair["name"]]) is None


def test_no_other_label_would_pass(found: Mapping[str, Sequence[Counts]]) -> None:
    """The rows seen leave each pair one relation."""
    for pair in PAIRS:
        left = [r for r in RELATIONS if contradicted(r, found[pair["name"]]) is None]
        assert left == [pair["relation"]], pair["name"]


def test_pairs_are_well_formed() -> None:
    keys = {"name", "of", "kind", "relation", "decidable", "about", "a", "b"}
    for pair in PAIRS:
        assert keys <= set(pair) <= keys | {"values"}, pair["name"]
        assert pair["relation"] in RELATIONS
        assert isinstance(pair["decidable"], bool)
        assert pair["of"] in TABLES
        for column in pair.get("values", {}):
            table, _, name = column.partition(".")
            assert columns(table)[name] == "text"
    assert len({pair["name"] for pair in PAIRS}) == len(PAIRS)
    counted = Counter(pair["kind"] for pair in PAIRS)
    assert min(counted[kind] for kind in KINDS.split()) >= 8


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair["name"])
def test_pairs_are_what_a_glossary_may_hold(pair: Mapping[str, Any]) -> None:
    for side in "ab":
        parse_expression(pair[side])
