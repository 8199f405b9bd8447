"""What the prover says of single pairs, and the limits of what it says."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlglot import exp

from dq.semantics.proof import (
    Column,
    Proof,
    Region,
    Relation,
    Table,
    equivalent,
    implies,
    never_true,
    relate,
)
from dq.sql.parse import parse_expression

LEADS = {
    "id": Column("text", nullable=False),
    "status": Column("text"),
    "name": Column("text"),
    "budget": Column("decimal"),
    "visits": Column("integer"),
    "share": Column("double"),
    "created_at": Column("timestamp"),
    "due": Column("date"),
    "flag": Column("boolean"),
}
TABLES = {
    "activities": Table({"lead_id": Column("text"), "kind": Column("text")}),
    "users": Table({"id": Column("text"), "department": Column("text")}, key=("id",)),
}


def plan(text: str) -> exp.Expr:
    return parse_expression(text, None, {"IS_TERM", "STAGE"})


def proof(a: str, b: str, **facts: object) -> Proof:
    given = {"budget_ms": 2000, "table": "leads", "tables": TABLES, **facts}
    return relate(plan(a), plan(b), LEADS, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("a", "b", "relation"),
    [
        ("status IN ('a', 'b') AND budget > 0", "budget > 0 AND status IN ('b', 'a')", "equal"),
        ("NOT (budget > 5)", "budget <= 5", "equal"),
        ("NOT (budget > 5)", "budget <= 5 OR budget IS NULL", "subset"),
        ("budget > 0", "budget >= 0.0001", "equal"),
        ("visits > 0", "visits >= 1", "equal"),
        ("share > 0", "share >= 0.0001", "superset"),
        ("budget / 12 > 100", "budget > 1200", "equal"),
        ("status = 'a'", "status = 'b'", "disjoint"),
        ("status = 'a' AND status = 'b'", "flag", "empty"),
        ("status = 'a'", "flag", "overlap"),
        ("starts_with(name, 'acme')", "name LIKE '%me%'", "subset"),
        ("name = 'acme'", "starts_with(name, 'b')", "disjoint"),
        ("lower(name) = 'acme'", "name IN ('acme', 'Acme')", "superset"),
        ("trim(name) = ''", "blank(name) AND name IS NOT NULL", "equal"),
        ("length(name) > 3", "name >= 'a' AND name < 'b'", "overlap"),
        ("year(created_at) = 2024", "created_at >= DATE '2024-01-01' AND created_at < DATE "
         "'2025-01-01'", "equal"),
        ("created_at >= :as_of - INTERVAL 90 DAY", "created_at >= :as_of - INTERVAL 30 DAY",
         "superset"),
        ("created_at >= :as_of - INTERVAL 3 MONTH", "created_at >= :as_of - INTERVAL 93 DAY",
         "subset"),
        ("date_trunc('month', created_at) = date_trunc('month', :as_of)",
         "created_at >= date_trunc('month', :as_of) AND created_at < "
         "date_trunc('month', :as_of) + INTERVAL 1 MONTH", "equal"),
        ("month(created_at) = 3", "quarter(created_at) = 1", "subset"),
        ("id IN (SELECT lead_id FROM activities)",
         "EXISTS (SELECT 1 FROM activities x WHERE x.lead_id = leads.id)", "equal"),
        ("id NOT IN (SELECT lead_id FROM activities)",
         "NOT EXISTS (SELECT 1 FROM activities x WHERE x.lead_id = leads.id)", "subset"),
        ("EXISTS (SELECT 1 FROM activities x WHERE x.kind = 'call' AND x.lead_id = leads.id)",
         "EXISTS (SELECT 1 FROM activities y WHERE leads.id = y.lead_id)", "subset"),
        ("EXISTS (SELECT 1 FROM users u WHERE u.id = leads.name AND u.department = 'EU')",
         "EXISTS (SELECT 1 FROM users u WHERE u.id = leads.name AND u.department = 'US')",
         "disjoint"),
        ("EXISTS (SELECT 1 FROM leads other WHERE other.id = leads.id)", "TRUE", "equal"),
    ],
)  # fmt: skip
def test_relation(a: str, b: str, relation: str) -> None:
    found = proof(a, b)
    assert (found.relation.value, found.exact) == (relation, True), found


def test_witnesses_are_rows() -> None:
    found = proof("status = 'won' AND budget > 10", "budget >= 10")
    assert found.empty == {Region.A_ONLY}
    inside = found.witnesses[Region.BOTH].row
    assert inside["status"] == "won"
    assert inside["budget"] > 10
    assert found.witnesses[Region.B_ONLY].row["budget"] >= Decimal(10)


def test_a_witness_names_parameters_and_rows_of_other_tables() -> None:
    found = proof(
        "created_at >= :as_of - INTERVAL 7 DAY",
        "id IN (SELECT lead_id FROM activities WHERE kind = 'call')",
    )
    assert found.relation is Relation.OVERLAP
    both = found.witnesses[Region.BOTH]
    start = both.params["as_of"]
    assert isinstance(start, datetime)
    assert both.row["created_at"] >= start - timedelta(days=7)
    assert {"lead_id": both.row["id"], "kind": "call"} in both.related["activities"]


def test_what_is_not_interpreted_proves_no_difference() -> None:
    same = proof("md5(name) = 'x' AND visits > 1", "visits > 1 AND md5(name) = 'x'")
    assert same.relation is Relation.EQUAL
    inside = proof("md5(name) = 'x' AND visits > 1", "md5(name) = 'x'")
    assert (inside.relation, inside.exact) == (Relation.SUBSET, False)
    assert inside.uninterpreted == ("md5",)
    open_ = proof("md5(name) = 'x'", "visits > 1")
    assert (open_.relation, open_.why) == (
        Relation.UNKNOWN,
        "It depends on what the proof does not interpret.",
    )


def test_terms_inside_are_expanded_or_left_open() -> None:
    assert proof("IS_TERM('t')", "IS_TERM('t') AND visits > 1").relation is Relation.SUPERSET
    assert proof("NOT IS_TERM('t') OR IS_TERM('t')", "TRUE").relation is Relation.EQUAL
    expanded = proof("IS_TERM('t')", "visits > 2", expand=lambda node: plan("visits > 1"))
    assert (expanded.relation, expanded.exact) == (Relation.SUPERSET, True)
    complement = proof("NOT IS_TERM('t')", "visits IS NULL", expand=lambda node: plan("visits > 1"))
    assert complement.relation is Relation.SUPERSET


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("EXISTS (SELECT median(length(x.kind)) FROM activities x)",
         "EXISTS (SELECT 1 FROM activities x)"),
        ("EXISTS (SELECT count(*) FROM activities x)", "EXISTS (SELECT 1 FROM activities x)"),
        ("EXISTS (SELECT 1 FROM activities x LIMIT 0)", "EXISTS (SELECT 1 FROM activities x)"),
        ("(SELECT max(x.kind) FROM activities x) > NULL",
         "EXISTS (SELECT 1 FROM activities x WHERE x.kind IS NOT NULL)"),
        ("(SELECT count(*) FROM activities x OFFSET 1) > 0", "EXISTS (SELECT 1 FROM activities)"),
    ],
)  # fmt: skip
def test_sub_queries_that_are_no_plain_rows_stay_open(a: str, b: str) -> None:
    assert proof(a, b).relation is Relation.UNKNOWN
    assert proof(a, a).relation is Relation.EQUAL


def test_closed_domains_and_columns_without_null() -> None:
    a, b = "status = 'open'", "status <> 'won' AND status <> 'lost'"
    assert proof(a, b).relation is Relation.SUBSET
    values = {"status": ["open", "won", "lost"]}
    assert proof(a, b, values=values).relation is Relation.EQUAL
    assert proof("id IS NULL", "flag").never == ("a",)


def test_a_parameter_may_decide() -> None:
    """Neither lies inside the other whatever the day, though on each day one does."""
    found = proof("created_at >= :as_of", "created_at >= TIMESTAMP '2024-01-01 00:00:00'")
    assert (found.relation, found.exact) == (Relation.OVERLAP, True)
    assert found.why == "Which holds depends on the value of a parameter."


def test_an_unknown_column_stays_open() -> None:
    found = proof("elsewhere > 3 AND visits > 1", "elsewhere > 3")
    assert (found.relation, found.exact) == (Relation.SUBSET, False)
    assert proof("elsewhere > 3", "elsewhere > 4").relation is Relation.UNKNOWN


def test_no_time_is_unknown() -> None:
    found = proof("visits > 1", "visits > 2", budget_ms=0)
    assert (found.relation, found.why) == (Relation.UNKNOWN, "The time was over.")


def test_questions_in_one_word() -> None:
    assert implies(plan("visits > 2"), plan("visits > 1"), LEADS)
    assert not implies(plan("visits > 1"), plan("visits > 2"), LEADS)
    assert equivalent(plan("visits >= 2"), plan("visits > 1"), LEADS)
    assert never_true(plan("visits > 2 AND visits < 1"), LEADS)
    assert not never_true(plan("visits > 2"), LEADS)
