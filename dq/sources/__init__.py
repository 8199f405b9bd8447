"""Files and databases to raw tables in Parquet, and every oddity said."""

from __future__ import annotations

from dq.sources.database import Database, Wanted, open_database
from dq.sources.database_address import Address, is_address
from dq.sources.options import ReadOptions
from dq.sources.reading import read
from dq.sources.sniffing import sniff

__all__ = [
    "Address",
    "Database",
    "ReadOptions",
    "Wanted",
    "is_address",
    "open_database",
    "read",
    "sniff",
]
