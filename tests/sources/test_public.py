"""The public surface of sources, and what importing it costs."""

from __future__ import annotations

import subprocess
import sys

import dq.sources


def test_surface() -> None:
    assert dq.sources.__all__ == [
        "Address",
        "Database",
        "ReadOptions",
        "Wanted",
        "is_address",
        "open_database",
        "read",
        "sniff",
    ]


def test_import_loads_nothing_heavy() -> None:
    code = (
        "import sys, dq.sources; print(sorted({'pyarrow', 'numpy', 'pandas', 'lxml', 'duckdb',"
        " 'python_calamine', 'openpyxl'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
