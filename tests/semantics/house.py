"""A house small enough to count by hand, with a glossary whose every term can be checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dq.engines.base import Engine
from dq.semantics.glossary import Glossary, glossary_from_text

GLOSSARY = (Path(__file__).parent / "house.yaml").read_text(encoding="utf-8")


def glossary() -> Glossary:
    return glossary_from_text(GLOSSARY, "glossary.yaml")


def _deal(
    key: str, account: str | None, owner: str | None, status: str, amount: int | None,
    closed: str | None, stage: str, pipeline: str | None, department: str | None,
) -> dict[str, Any]:  # fmt: skip
    return {
        "id": key,
        "account_id": account,
        "owner_id": owner,
        "status": status,
        "amount_base": None if amount is None else Decimal(amount),
        "_money": None if amount is None else Decimal(amount),
        "closed_at": None if closed is None else datetime.fromisoformat(closed),
        "stage": stage,
        "pipeline": pipeline,
        "department": department,
    }


TABLES: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "deals": [
        _deal("d1", "a1", "u1", "won", 100, "2025-03-01", "Signed", "Direct", "US Sales"),
        _deal("d2", "a1", "u1", "won", 200, "2025-12-31", " signed ", "direct", "EU Sales"),
        _deal("d3", "a2", "u2", "won", 300, "2026-02-01", "Taken", "Tenders", "US Sales"),
        _deal("d4", "a2", "u2", "lost", 400, "2026-03-01", "Gone", "Direct", "US Sales"),
        _deal("d5", "a2", "u1", "open", None, None, "Seen", None, "US Sales"),
        _deal("d6", None, "u9", "lost", 10, "2024-06-01", "Sent", "Direct", None),
    ],
    "accounts": [{"id": f"a{n}", "owner_id": "u1"} for n in (1, 2, 3)],
    "users": [
        {"id": "u1", "name": "Anna"},
        {"id": "u2", "name": "Boris"},
        {"id": "u3", "name": "Clara"},
    ],
    "deal_lines": [
        {"id": "l1", "deal_id": "d1", "product_id": "p1"},
        {"id": "l2", "deal_id": "d1", "product_id": "p2"},
        {"id": "l3", "deal_id": "d3", "product_id": "p1"},
    ],
    "deal_contacts": [
        {"deal_id": "d1", "contact_id": "c1"},
        {"deal_id": "d1", "contact_id": "c2"},
    ],
    "leads": [{"id": "x1", "status": "new"}],
    "invoices": [{"id": "i1", "amount": Decimal(5)}],
}

_TYPES = {
    "amount_base": pa.decimal128(18, 4),
    "_money": pa.decimal128(18, 4),
    "amount": pa.decimal128(18, 4),
    "closed_at": pa.timestamp("us"),
}


def load(
    engine: Engine,
    folder: Path,
    tables: Mapping[str, Sequence[Mapping[str, Any]]] = TABLES,
) -> dict[str, tuple[str, ...]]:
    """Make the house readable as `crm.<table>`; the columns of each."""
    columns = {}
    for name, rows in tables.items():
        names = list(rows[0])
        schema = pa.schema([(n, _TYPES.get(n, pa.string())) for n in names])
        path = folder / f"{name}.parquet"
        pq.write_table(pa.Table.from_pylist([dict(r) for r in rows], schema), path)
        engine.load(f"crm.{name}", path)
        columns[name] = tuple(names)
    return columns
