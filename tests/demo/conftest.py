from __future__ import annotations

import csv
from pathlib import Path

import pytest

from dq.demo.generate import generate

ROWS = 600

Table = list[dict[str, str]]


def read(path: Path) -> Table:
    """Rows of a CSV file of either style."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        head = file.readline()
        file.seek(0)
        return list(csv.DictReader(file, delimiter=";" if ";" in head else ","))


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    generate(folder, rows=ROWS, seed=7)
    return folder


@pytest.fixture(scope="session")
def tables(sample: Path) -> dict[str, Table]:
    return {path.stem: read(path) for path in sorted((sample / "in").glob("*.csv"))}


@pytest.fixture(scope="session")
def faults(sample: Path) -> Table:
    return read(sample / "truth" / "faults.csv")


@pytest.fixture(scope="session")
def innocent(sample: Path) -> Table:
    return read(sample / "truth" / "innocent.csv")
