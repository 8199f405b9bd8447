"""What a person sees first: groups in the order of the money that rests on them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dq.checks.context import ColumnFacts, TableFacts
from dq.checks.groups import groups
from dq.engines.base import Engine
from dq.findings import Outcome, RuleOutcome, TableSummary, findings_schema

Found = tuple[str, str, str, str, int, str | None, bool | None, int]
"""Code, severity, table, column, records, amount of each, whether they are won, judged."""


def _groups(
    engine: Engine,
    folder: Path,
    found: list[Found],
    wholes: Mapping[str, TableSummary],
    args: Mapping[str, str],
) -> list[str]:
    rows = [
        {
            "id": f"{code}-{column}-{i}",
            "code": code,
            "severity": severity,
            "table": table,
            "column": column,
            "key": None if code in args else f"K{i}",
            "cause": None,
            "args": args.get(code, "{}"),
            "money": None if money is None else Decimal(money),
            "row": i,
            "won": won,
        }
        for code, severity, table, column, records, money, won, _ in found
        for i in range(records)
    ]
    schema = findings_schema().append(pa.field("won", pa.bool_()))
    path = folder / "findings.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema), path)
    engine.load("work.findings", path)
    columns = {column: _column(column) for _, _, _, column, *_ in found}
    facts = {name: TableFacts(name, 0, columns, key_given=True) for name in wholes}
    outcomes = [
        RuleOutcome(code, table, Outcome.FAILED, checked=judged)
        for code, _, table, _, _, _, _, judged in found
    ]
    made = groups(engine, facts, outcomes, tuple(wholes.values()))
    assert {g.header for g in made} == {"Header"}
    return [f"{g.code} {g.column}" for g in made]


def _column(name: str) -> ColumnFacts:
    return ColumnFacts(
        name=name, type="text", kind="text", header="Header", canonical=True, rows=0, filled=0
    )  # fmt: skip


def _table(name: str, money: str | None = None, won: str | None = None) -> TableSummary:
    return TableSummary(
        name, 100, 100, 0, 0,
        money=Decimal(money) if money else None, money_won=Decimal(won) if won else None,
    )  # fmt: skip


def test_order_of_groups(duck_engine: Engine, tmp_path: Path) -> None:
    wholes = {
        "deals": _table("deals", "20000", "10000"),
        "leads": _table("leads", "1000000"),
        "accounts": _table("accounts"),
    }
    found: list[Found] = [
        ("I1", "info", "deals", "kind", 90, "100", True, 100),
        ("W1", "warning", "deals", "amount", 1, "30", True, 4000),
        ("W2", "warning", "deals", "account_id", 16, None, False, 100),
        ("W3", "warning", "accounts", "industry", 14, None, None, 100),
        ("W4", "warning", "deals", "closed_at", 2, "100", True, 100),
        ("W5", "warning", "deals", "stage", 1, None, None, 100),  # about the table
        ("E1", "error", "leads", "email", 10, "20000", None, 100),
        ("E2", "error", "deals", "product_id", 5, "1000", True, 100),
        ("E3", "error", "accounts", "name", 30, None, None, 100),
        ("E4", "critical", "deals", "owner_id", 1, "1", True, 100),
    ]
    args = {"W5": '{"n": "80", "of": "100"}'}
    assert _groups(duck_engine, tmp_path, found, wholes, args) == [
        "E2 product_id",  # half of what was won
        "E1 email",  # a fifth of the leads' budgets, though the sum is larger
        "E4 owner_id",  # next to no money; critical before the others
        "E3 name",  # money unknown: by its share of records
        "W4 closed_at",  # 2 % of what was won
        "W5 stage",  # four fifths of the table
        "W2 account_id",
        "W3 industry",
        "W1 amount",  # one amount of 4,000 moves nothing
        "I1 kind",  # for information, whatever rests on it
    ]


@pytest.mark.parametrize(
    ("table", "personal"),
    [("contacts", True), ("leads", True), ("users", False), ("accounts", False)],
)
def test_a_record_named_by_a_person_is_masked(
    duck_engine: Engine, tmp_path: Path, table: str, personal: bool
) -> None:
    """D101 shows by what the copies are told: of people their names."""
    schema = findings_schema().append(pa.field("won", pa.bool_()))
    row = {"id": "x", "code": "D101", "severity": "error", "table": table, "key": "K", "row": 1}
    path = tmp_path / "findings.parquet"
    pq.write_table(pa.Table.from_pylist([row | {"args": "{}", "value": "Anna Lee"}], schema), path)
    duck_engine.load("work.findings", path)
    facts = {table: TableFacts(table, 1, {}, key_given=True)}
    (group,) = groups(duck_engine, facts, [])
    assert group.personal is personal


@pytest.mark.parametrize(
    ("column", "link", "personal"),
    [
        ("contact_id", "name", True),
        ("contact_id", "unlisted", True),
        ("contact_id", "id", False),
        ("account_id", "name", False),
        ("owner_id", "name", False),
    ],
)
def test_a_link_by_the_name_of_a_client_is_masked(
    duck_engine: Engine, tmp_path: Path, column: str, link: str, personal: bool
) -> None:
    schema = findings_schema().append(pa.field("won", pa.bool_()))
    row = {"id": "x", "code": "R102", "severity": "error", "table": "deals", "key": "D1", "row": 1}
    row |= {"args": "{}", "value": "Anna Lee", "column": column}
    path = tmp_path / "findings.parquet"
    pq.write_table(pa.Table.from_pylist([row], schema), path)
    duck_engine.load("work.findings", path)
    facts = {"deals": TableFacts("deals", 1, {column: _column(column)}, True, {column: link})}
    (group,) = groups(duck_engine, facts, [])
    assert group.personal is personal
