"""Time and size of the site for many findings: `python -m benchmarks.site [--findings N]`.

A million findings over twenty tables are to take at most 20 seconds and 5 MB; a second build of
the same, which writes nothing, is timed too.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dq.checks.rules import RULES
from dq.findings import Group, Result, Severity, TableSummary, findings_schema
from dq.site import build_site

TABLES, GROUPS = 20, 20
"""Tables, and groups of each."""


def crowded(folder: Path, findings: int) -> Result:
    """A result of so many findings, and its findings.parquet in the folder."""
    each = findings // (TABLES * GROUPS)
    path = folder / "findings.parquet"
    groups = []
    with pq.ParquetWriter(path, findings_schema()) as writer:
        for table in (f"table{i}" for i in range(TABLES)):
            for place in range(GROUPS):
                group = Group(
                    id=f"{RULES[place].code}|{table}|column{place}|",
                    code=RULES[place].code,
                    severity=Severity.ERROR,
                    table=table,
                    column=f"column{place}",
                    cause=None,
                    records=each,
                    of=each * 2,
                )
                groups.append(group)
                writer.write_table(_rows(group, each))
    summaries = (TableSummary(f"table{i}", each, each, 0, 0, bad_records=1) for i in range(TABLES))
    return Result(
        outcome="findings",
        exit_code=1,
        as_of=date(2026, 1, 1),
        as_of_origin="today",
        started=datetime(2026, 1, 1),
        seconds=1.0,
        inputs=(),
        tables=tuple(summaries),
        groups=tuple(groups),
        outcomes=(),
        findings_path=str(path),
    )


def _rows(group: Group, count: int) -> pa.Table:
    same = {"code": group.code, "severity": "error", "table": group.table, "column": group.column}
    own = {
        "key": [f"K{i:08}" for i in range(count)],
        "value": [f"a value of its own, {i}" for i in range(count)],
        "row": list(range(count)),
    }
    columns = []
    for field in findings_schema():
        values = own.get(field.name, [same.get(field.name)] * count)
        columns.append(pa.array(values, type=field.type))
    return pa.Table.from_arrays(columns, schema=findings_schema())


def size(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    """Build twice; print seconds and megabytes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--findings", type=int, default=1_000_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        result = crowded(Path(work), given.findings)
        for name in ("first", "again"):
            begun = time.perf_counter()
            build_site(result, Path(work) / "site")
            print(f"{name}: {time.perf_counter() - begun:.1f} s")
        print(f"size: {size(Path(work) / 'site') / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
