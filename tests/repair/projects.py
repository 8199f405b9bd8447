"""Small projects whose findings are known, run on days of our choosing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq

from dq.clock import FixedClock
from dq.findings import Result
from dq.project import Project

__all__ = ["DEALS", "HEADER", "found", "on", "project", "write"]

HEADER = "id;name;owner;stage;status;amount;created at;closed at\n"
DEALS = {
    "D1": "D1;Alpha;U1;won;won;;2026-03-02;2026-04-10",
    "D2": "D2;Beta;U1;won;won;900;2026-03-02;2026-05-12",
    "D3": "D3;Gamma;U2;won;won;;2026-03-02;2026-06-30",
    "D4": "D4;Delta;U2;open;open;500;2026-06-20;",
}
"""D1 and D3 were won without an amount (C105, an error)."""


def on(day: int, month: int = 7) -> FixedClock:
    """The clock of a day of 2026."""
    return FixedClock(datetime(2026, month, day, 9, 0, tzinfo=UTC))


def write(folder: Path, rows: list[str], header: str = HEADER) -> None:
    """The file of deals."""
    (folder / "deals.csv").write_text(header + "\n".join(rows) + "\n", encoding="utf-8")


def project(folder: Path, day: int = 1, month: int = 7) -> Project:
    """The project on a day; its settings are written where there are none."""
    settings = folder / "dq.yaml"
    if not settings.exists():
        settings.write_text("dq: 1\nsources:\n  deals: {path: deals.csv}\n", encoding="utf-8")
    return Project(folder, clock=on(day, month))


def found(result: Result, code: str = "C105") -> dict[str, str | None]:
    """Key and suppression of each finding of a rule, as findings.parquet has them."""
    assert result.findings_path is not None
    rows = pq.read_table(result.findings_path).to_pylist()
    return {str(r["key"]): r["suppressed"] for r in rows if r["code"] == code}
