"""Portable functions are tried on Spark as it works on large tables: compiled, through files."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _as_for_large_tables(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "spark_engine" in request.fixturenames:
        request.getfixturevalue("spark_engine")
        monkeypatch.setattr("dq.engines.spark._SMALL", -1)
