"""Write the benchmark's CSV files: `python -m benchmarks.generate FOLDER [DEALS]`.

A million deals come with five million activities, 200,000 contacts, 100,000 accounts and 500
users, about 16 columns each; the same number of deals always makes the same files.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

__all__ = ["TABLES", "generate"]

TABLES = ("users", "accounts", "contacts", "deals", "activities")
SQL = Path(__file__).with_suffix(".sql")


def generate(folder: Path, deals: int) -> list[Path]:
    """Write the five files unless they are there; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.csv" for name in TABLES]
    if all(path.exists() for path in paths):
        return paths
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE sizes AS SELECT ?::BIGINT AS deals", [deals])
        connection.execute(SQL.read_text(encoding="utf-8"))
        for name, path in zip(TABLES, paths, strict=True):
            made = path.with_suffix(".part")
            connection.table(name).write_csv(str(made), header=True)
            made.replace(path)
    return paths


if __name__ == "__main__":
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    for file in generate(Path(sys.argv[1]), size):
        print(f"{file}  {file.stat().st_size / 1e6:,.1f} MB")
