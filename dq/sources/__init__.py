"""Files to raw tables: bytes in, text columns in Parquet out, and every oddity said."""

from __future__ import annotations

from dq.sources.options import ReadOptions
from dq.sources.reading import read
from dq.sources.sniffing import sniff

__all__ = ["ReadOptions", "read", "sniff"]
