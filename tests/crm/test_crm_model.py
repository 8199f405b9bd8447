"""The model as the design has it: tables, columns, relations, and what they say of columns."""

from __future__ import annotations

import pytest

from dq.crm.model import KINDS, TABLES, TYPES, entity
from dq.errors import UsageError

COLUMNS = {
    "accounts": "id name legal_form tax_id kpp registration_id bank_account bic category domain "
    "phone email address city country industry parent_id owner_id created_at created_by updated_at",
    "contacts": "id account_id full_name first_name last_name middle_name email phone title "
    "birth_date consent source owner_id created_at created_by updated_at",
    "leads": "id full_name company email phone website source form_id kind status budget interest "
    "need rejected_reason note owner_id campaign_id created_at created_by first_response_at "
    "converted_at converted_contact_id converted_account_id converted_deal_id",
    "deals": "id name account_id contact_id lead_id owner_id pipeline stage status amount currency "
    "cost expected_amount probability kind source campaign_id contract_no lost_reason lost_side "
    "created_at expected_close_at closed_at next_step next_step_at",
    "stage_history": "id deal_id from_stage to_stage changed_at changed_by",
    "deal_contacts": "id deal_id contact_id role is_primary",
    "deal_lines": "id deal_id product_id quantity unit_price discount tax total",
    "products": "id name kind list_price cost active introduced_at discontinued_at",
    "activities": "id kind direction owner_id lead_id contact_id account_id deal_id started_at "
    "duration_s result note logged_at logged_by delivered_at read_at replied_at",
    "tasks": "id kind owner_id deal_id subject created_at due_at completed_at status "
    "postponed_count",
    "requests": "id channel form_id created_at first_response_at answered_by lead_id status",
    "campaigns": "id name channel kind started_at ended_at budget cost parent_id",
    "touches": "id campaign_id lead_id contact_id deal_id kind touched_at",
    "invoices": "id deal_id account_id issued_at due_at amount tax currency paid_amount paid_at",
    "payments": "id invoice_id paid_at amount currency",
    "documents": "id deal_id kind sent_at opened_at signed_at",
    "tickets": "id account_id contact_id deal_id kind priority status owner_id opened_at "
    "first_response_at resolved_at reopened_count cost satisfaction",
    "plans": "id term period_start period_end owner_id department channel product_id value",
    "expenses": "id area category client_stage campaign_id amount currency spent_at due_at",
    "user_history": "id user_id department role manager_id valid_from valid_to",
    "users": "id name role department manager_id email phone_ext hired_at left_at last_login_at "
    "active",
    "audit_log": "id happened_at user_id action entity record_id records",
    "rates": "id currency day rate",
}
PLANNED = ("expected_close_at", "next_step_at", "due_at", "ended_at", "valid_to", "period_end")


def test_all_tables_and_columns_are_there() -> None:
    assert {name: " ".join(table.columns) for name, table in TABLES.items()} == {
        name: " ".join(columns.split()) for name, columns in COLUMNS.items()
    }


@pytest.mark.parametrize("name", TABLES)
def test_a_table_says_only_what_there_is(name: str) -> None:
    table = entity(name)
    for column in table.columns.values():
        assert column.type in TYPES
        assert column.kind in KINDS
        assert (column.kind == "money") <= (column.unit == "currency")
        assert column.event <= (column.type in {"date", "timestamp"})
        assert column.nullable is not column.required
    for relation in table.relations:
        assert relation.target in TABLES
        assert relation.cardinality == "N:1"
        assert table.columns[relation.column].relation == relation.target
        assert table.relation(relation.column) is relation
    assert table.name_column is None or table.name_column in table.columns
    assert set(table.key) <= set(table.columns)
    assert set(table.required) <= set(table.columns)


def test_planned_dates_are_no_events() -> None:
    columns = [c for t in TABLES.values() for c in t.columns.values()]
    assert not [c.name for c in columns if c.name in PLANNED and c.event]
    assert {c.name for c in columns if c.event} >= {
        "created_at", "changed_at", "closed_at", "logged_at", "paid_at", "touched_at",
    }  # fmt: skip


def test_personal_data_is_marked() -> None:
    for table, columns in {
        "contacts": ("full_name", "email", "phone", "birth_date"),
        "leads": ("full_name", "email", "phone"),
        "users": ("name", "email"),
    }.items():
        assert all(entity(table).columns[c].personal for c in columns)


def test_hierarchies() -> None:
    found = {n: t.hierarchy.column for n, t in TABLES.items() if t.hierarchy is not None}
    assert found == {"accounts": "parent_id", "campaigns": "parent_id", "users": "manager_id"}


def test_an_unknown_table_is_said_by_name() -> None:
    with pytest.raises(
        UsageError, match=r"There is no CRM table opportunities\. The tables are acc"
    ):
        entity("opportunities")
