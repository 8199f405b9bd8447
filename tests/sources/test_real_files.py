"""Real exports are read as they are; nothing of them is kept in the repository."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from dq.sources import read
from tests.sources.helpers import DATA, both_ways, cells_of

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real exports are not here")

CSV_FILES = sorted(p for p in DATA.rglob("*.csv") if "as_found" not in p.name)


def test_workbook_named_csv(tmp_path: Path) -> None:
    path = DATA / "x_education_leads" / "Leads_as_found_is_xlsx.csv"
    (table,) = read(path, into=tmp_path, lenient=True)
    assert (table.facts.format, table.facts.sheet) == ("xlsx", "Sheet1")
    assert (table.rows, table.rows_read, len(table.columns)) == (9240, 9240, 37)
    assert table.problems == ()
    assert [n.code for n in table.facts.notes] == ["source.format_by_content"]
    data = pq.read_table(table.path)
    assert pc.sum(pc.equal(data["Converted"], "1")).as_py() == 3561
    assert data["Lead Source"].null_count == 36
    assert data["_row"][0].as_py() == 2


def test_workbook_and_its_text_agree(tmp_path: Path) -> None:
    folder = DATA / "x_education_leads"
    (book,) = read(folder / "Leads_as_found_is_xlsx.csv", into=tmp_path, lenient=True)
    (text,) = read(folder / "Leads.csv", into=tmp_path, lenient=True)
    assert book.columns == text.columns
    assert [_numbers(row) for row in cells_of(book)] == [_numbers(row) for row in cells_of(text)]


def _numbers(row: list[str | None]) -> list[str | None]:
    return [cell.removesuffix(".0") if cell else None for cell in row]


@pytest.mark.parametrize(
    ("name", "rows", "columns"),
    [
        ("olist_marketing_closed_deals_dataset.csv", 842, 14),
        ("olist_marketing_qualified_leads_dataset.csv", 8000, 4),
        ("olist_sellers_dataset.csv", 3095, 4),
        ("original/olist_closed_deals_dataset.csv", 380, 7),
        ("original/olist_marketing_qualified_leads_dataset.csv", 8000, 3),
    ],
)
def test_marketing_funnel(name: str, rows: int, columns: int, tmp_path: Path) -> None:
    (table,) = read(DATA / "olist_marketing_funnel" / name, into=tmp_path)
    assert (table.rows, table.rows_read, len(table.columns)) == (rows, rows, columns)
    assert table.problems == ()
    assert table.columns[0] == "mql_id" or table.columns[0] == "seller_id"
    assert table.facts.encoding == "utf-8"
    assert table.facts.delimiter == ("," if "original" in name else ";")


@pytest.mark.parametrize("path", CSV_FILES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_every_text_is_read_whole_by_either_reader(path: Path, tmp_path: Path) -> None:
    fast, careful = both_ways(path, tmp_path)
    assert pq.read_table(fast.path).equals(pq.read_table(careful.path))
    assert fast.problems == careful.problems == ()
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream, delimiter=fast.delimiter or ","))
    assert len(fast.names) == len(rows[0])
    assert cells_of(fast) == [[cell or None for cell in row] for row in rows[1:] if any(row)]
