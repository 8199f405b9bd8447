"""What the parts of the generator share: tables being filled, and one random stream a part."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

__all__ = ["COLUMNS", "EXTRA", "Row", "World", "weighted"]

T = TypeVar("T")

Row = dict[str, Any]
"""A record: values of Python types, or text where a fault spoils the cell."""

COLUMNS: dict[str, tuple[str, ...]] = {
    name: tuple(columns.split())
    for name, columns in {
        "users": "id name role department manager_id email phone_ext hired_at left_at"
        " last_login_at active",
        "user_history": "user_id valid_from department role manager_id valid_to",
        "products": "id name kind list_price cost active introduced_at discontinued_at",
        "campaigns": "id name channel kind started_at ended_at budget cost parent_id",
        "accounts": "id name legal_form tax_id kpp registration_id bank_account bic category"
        " domain phone email address city country industry parent_id owner_id created_at"
        " created_by updated_at is_deleted merged_into_id",
        "contacts": "id account_id full_name first_name last_name middle_name email phone title"
        " birth_date consent source owner_id created_at created_by updated_at is_deleted"
        " merged_into_id",
        "leads": "id full_name company email phone website source form_id kind status budget"
        " interest need rejected_reason note tags owner_id campaign_id created_at created_by"
        " first_response_at converted_at converted_contact_id converted_account_id"
        " converted_deal_id is_deleted merged_into_id",
        "deals": "id name account_id contact_id lead_id owner_id pipeline stage status amount"
        " currency cost expected_amount probability kind source campaign_id contract_no"
        " lost_reason lost_side created_at expected_close_at closed_at next_step next_step_at"
        " is_deleted merged_into_id",
        "stage_history": "id deal_id from_stage to_stage changed_at changed_by",
        "deal_contacts": "deal_id contact_id role is_primary",
        "deal_lines": "id deal_id product_id quantity unit_price discount tax total",
        "activities": "id kind direction owner_id lead_id contact_id account_id deal_id"
        " started_at duration_s result note logged_at logged_by delivered_at read_at replied_at",
        "tasks": "id kind owner_id deal_id subject created_at due_at completed_at status"
        " postponed_count",
        "requests": "id channel form_id created_at first_response_at answered_by lead_id status",
        "touches": "id campaign_id lead_id contact_id deal_id kind touched_at",
        "invoices": "id deal_id account_id issued_at due_at amount tax currency paid_amount"
        " paid_at",
        "payments": "id invoice_id paid_at amount currency",
        "documents": "id deal_id kind sent_at opened_at signed_at",
        "tickets": "id account_id kind priority status owner_id opened_at first_response_at"
        " resolved_at reopened_count cost satisfaction",
        "plans": "id term period_start period_end owner_id department value",
        "expenses": "id area category client_stage campaign_id amount currency spent_at due_at",
        "rates": "currency day rate",
    }.items()
}
"""Tables in the order they are written, with their headers: the model's own names."""

EXTRA = frozenset({"is_deleted", "merged_into_id", "tags"})
"""Columns that CRMs export beside the model's own."""


@dataclass
class World:
    """The sample CRM while it is made.

    `rows` is the number of deals, to which all other tables are in proportion.
    """

    rows: int
    seed: int
    tables: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in COLUMNS})

    def rng(self, part: str) -> random.Random:
        """A stream of its own for a part, so that a change in one leaves the others alone."""
        return random.Random(f"{self.seed}:{part}")

    def add(self, table: str, **cells: object) -> Row:
        """Append a record; columns left out are empty."""
        row: Row = dict.fromkeys(COLUMNS[table])
        row.update(cells)
        self.tables[table].append(row)
        return row

    def by_key(self, table: str) -> dict[str, Row]:
        """The records of a table by their keys, as they are now."""
        return {row["id"]: row for row in self.tables[table]}

    def next_id(self, table: str, prefix: str, width: int = 6) -> str:
        """The key of the record about to be added."""
        return f"{prefix}{len(self.tables[table]) + 1:0{width}d}"


def weighted(rng: random.Random, choices: Iterable[tuple[T, float]]) -> T:
    """One of the values, by weight."""
    pairs: Sequence[tuple[T, float]] = list(choices)
    spot = rng.random() * sum(weight for _, weight in pairs)
    for value, weight in pairs:
        spot -= weight
        if spot < 0:
            return value
    return pairs[-1][0]
