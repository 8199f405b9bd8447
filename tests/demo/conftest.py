from __future__ import annotations

from pathlib import Path

import pytest

from dq.demo.generate import generate
from tests.demo.reading import Table, Tables, read

ROWS = 3000


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    generate(folder, rows=ROWS, seed=7)
    return folder


@pytest.fixture(scope="session")
def tables(sample: Path) -> Tables:
    return {path.stem: read(path) for path in sorted((sample / "in").glob("*.csv"))}


@pytest.fixture(scope="session")
def logs(sample: Path) -> Tables:
    return {path.stem: read(path) for path in sorted((sample / "outside").glob("*.csv"))}


@pytest.fixture(scope="session")
def faults(sample: Path) -> Table:
    return read(sample / "truth" / "faults.csv")


@pytest.fixture(scope="session")
def innocent(sample: Path) -> Table:
    return read(sample / "truth" / "innocent.csv")
