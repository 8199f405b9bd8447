"""Where the real data are: beside the repository, or where DQ_TEST_DATA says; not part of it."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["CRM", "DATA"]

_BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"

DATA = Path(os.environ.get("DQ_TEST_DATA") or _BESIDE)
CRM = DATA / "crm"
"""Real exports of CRM systems; tests on them are skipped elsewhere."""
