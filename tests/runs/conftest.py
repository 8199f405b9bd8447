from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from dq.findings import InputFact, Note, Result, TableSummary


@pytest.fixture
def result() -> Result:
    """A result with one of everything that run.json keeps."""
    note = Note(
        "source.encoding_detected",
        {"encoding": "cp1251"},
        file="in/deals.csv",
        setting=("encoding", "cp1251"),
    )
    return Result(
        outcome="findings",
        exit_code=1,
        as_of=date(2026, 2, 28),
        as_of_origin="newest_event",
        started=datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
        seconds=1.5,
        inputs=(
            InputFact(
                name="deals",
                file="in/сделки.csv",
                sheet=None,
                format="csv",
                encoding="cp1251",
                delimiter=";",
                rows_read=10,
                rows_kept=9,
                rows_reported=1,
                columns=12,
                tables=("deals", "accounts"),
                preset="amocrm",
                unmapped=("Тег",),
                sha256="0" * 64,
                notes=(note,),
            ),
        ),
        tables=(
            TableSummary(
                "deals",
                read=9,
                live=8,
                deleted=1,
                merged=0,
                bad_records=2,
                score=0.75,
                money=Decimal("1234.5000"),
            ),
        ),
        groups=(),
        outcomes=(),
        notes=(note,),
        currency="RUB",
        versions={"dq": "0.1.0", "duckdb": "2.0.0"},
        totals={"error": 3},
    )
