"""What the parts of the generator share: the tables' headers, and a block of the company.

The sample is made in blocks of up to `BLOCK` deals, each a branch with people, clients and
records of its own, so that memory does not grow with the sample; goods, campaigns and rates
are those of the whole house.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from dq.demo.chance import Chance, Ints
from dq.demo.columns import Column, Keys, Style, Text
from dq.demo.table import Table

__all__ = ["BLOCK", "COLUMNS", "EXTRA", "STYLES", "Block", "blocks"]

BLOCK = 50_000
"""Deals of one block at most."""

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
        "plans": "id term period_start period_end owner_id department channel product_id value",
        "expenses": "id area category client_stage campaign_id amount currency spent_at due_at",
        "rates": "currency day rate",
        "audit_log": "id happened_at user_id action entity record_id records",
    }.items()
}
"""Tables in the order they are written, with their headers: the model's own names."""

EXTRA = frozenset({"is_deleted", "merged_into_id", "tags"})
"""Columns that CRMs export beside the model's own."""

ACCOUNTING = Style(";", ",", dotted=True, bom=True)
HELP_DESK = Style(";")
STYLES: Mapping[str, Style] = {
    name: ACCOUNTING
    if name in ("invoices", "payments", "expenses")
    else HELP_DESK
    if name in ("tickets", "requests")
    else Style()
    for name in COLUMNS
}
"""How the CRM, the accounting system and the help desk write their exports."""

_KEYS: Mapping[str, tuple[str, int, float]] = {
    "accounts": ("A", 6, 0.35),
    "contacts": ("C", 6, 1.6),
    "leads": ("L", 6, 2.4),
    "deals": ("D", 6, 1.2),
    "stage_history": ("H", 7, 6.0),
    "deal_lines": ("DL", 7, 3.2),
    "activities": ("V", 7, 15.0),
    "tasks": ("K", 7, 6.0),
    "requests": ("Q", 7, 3.0),
    "touches": ("T", 7, 9.0),
    "invoices": ("N", 6, 3.4),
    "payments": ("P", 6, 3.4),
    "documents": ("DC", 7, 3.6),
    "tickets": ("S", 6, 1.2),
    "users": ("U", 3, 0.05),
    "plans": ("PL", 5, 2.0),
    "campaigns": ("M", 4, 0.5),
    "expenses": ("X", 5, 0.5),
    "audit_log": ("G", 6, 3.0),
}
"""Prefix, least width, and keys set aside for each deal of a block."""

_OF_THE_HOUSE = ("campaigns", "expenses")

_SET_ASIDE = 500
"""Keys of a block in addition, whatever its size."""


@dataclass
class Block:
    """A branch of the company while it is made; `rows` is the number of its deals."""

    seed: int
    number: int
    of: int
    rows: int
    tables: dict[str, Table] = field(default_factory=dict)

    def chance(self, part: str) -> Chance:
        """A source of draws for a part, so that a change in one leaves the others alone."""
        return Chance(self.seed, self.number, part)

    @property
    def first(self) -> bool:
        """Whether this block also writes what belongs to the whole house."""
        return self.number == 0

    def span(self, table: str) -> int:
        """Keys that every block has for a table."""
        return int(-(-self._size * _KEYS[table][2] // 1)) + _SET_ASIDE

    @property
    def _size(self) -> int:
        # The blocks of one sample differ by one deal at most.
        return self.rows if self.of == 1 else BLOCK

    def keys(self, table: str, rows: Ints) -> Keys:
        """A column of keys of the table's rows; `NONE` stays empty."""
        prefix, least, _ = _KEYS[table]
        width = max(least, len(str(self.of * self.span(table))))
        return Keys(prefix, width, np.where(rows >= 0, rows + self.base(table), rows))

    def base(self, table: str) -> int:
        """The number in the key of a table's first row."""
        return 1 + (0 if table in _OF_THE_HOUSE else self.number * self.span(table))

    def put(self, name: str, /, **columns: Column) -> Table:
        """Add a table; headers that are left out are empty."""
        size = len(next(iter(columns.values())).raw)
        blank = Text(pa.nulls(size, pa.string()))
        made = {**dict.fromkeys(COLUMNS[name], blank), **columns}
        self.tables[name] = Table(name, STYLES[name], made)
        return self.tables[name]


def blocks(rows: int, seed: int) -> Iterator[Block]:
    """The blocks of a sample, alike in size; each can be forgotten before the next."""
    count = -(-rows // BLOCK)
    for number in range(count):
        yield Block(seed, number, count, rows // count + (number < rows % count))
