"""SQLite files: tables, types by the values that are there, damage."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dq.errors import SourceError
from dq.sources import ReadOptions, read, sniff
from dq.tables import RawTable
from tests.cli.calls import dq

SCRIPT = """
CREATE TABLE deals (id INTEGER PRIMARY KEY, name TEXT, amount REAL, mixed INTEGER, blank TEXT,
    rate NUMERIC, "Дата" DATE);
INSERT INTO deals VALUES (1, 'Окна', 100, 5, NULL, 0.5, '2026-01-31');
INSERT INTO deals VALUES (9007199254740993, '00042', 1e999, 'five', NULL, 2, NULL);
CREATE TABLE contacts (id INTEGER, phone TEXT);
INSERT INTO contacts VALUES (1, '0501234567');
CREATE TABLE files (id INTEGER, body BLOB);
INSERT INTO files VALUES (1, x'00ff');
CREATE VIEW won AS SELECT id, name FROM deals WHERE amount > 50;
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "база.db"
    with closing(sqlite3.connect(made)) as connection:
        connection.executescript(SCRIPT)
    return made


def _one(path: Path, tmp_path: Path, **options: object) -> RawTable:
    (raw,) = read(path, into=tmp_path / "raw", options=ReadOptions(**options))  # type: ignore[arg-type]
    return raw


def test_types_are_those_of_the_values(path: Path, tmp_path: Path) -> None:
    raw = _one(path, tmp_path, sheet="deals")
    table = pq.read_table(raw.path)
    assert {f.name: str(f.type) for f in table.schema} == {
        "id": "int64",
        "name": "string",
        "amount": "double",
        "mixed": "string",
        "blank": "string",
        "rate": "double",
        "Дата": "string",
        "_row": "int64",
    }
    assert [tuple(row.values()) for row in table.to_pylist()] == [
        (1, "Окна", 100.0, "5", None, 0.5, "2026-01-31", 1),
        (9007199254740993, "00042", None, "five", None, 2.0, None, 2),
    ]
    assert [(p.row, p.column, p.value) for p in raw.problems] == [(2, "amount", "inf")]
    assert (sniff(path), raw.facts.format, raw.facts.sheet) == ("sqlite", "sqlite", "deals")


@pytest.mark.parametrize(
    ("options", "columns", "rows"),
    [
        ({"sheet": "WON"}, ("id", "name"), 2),
        ({"sheet": 2}, ("id", "phone"), 1),
        ({"query": "SELECT id, amount * 2 AS twice FROM deals WHERE id = 1 -- x\n;"},
         ("id", "twice"), 1),
    ],
)  # fmt: skip
def test_one_table_view_or_query(
    path: Path, tmp_path: Path, options: dict[str, object], columns: tuple[str, ...], rows: int
) -> None:
    raw = _one(path, tmp_path, **options)
    assert (raw.columns, raw.rows) == (columns, rows)


def test_every_table_when_asked_for_all(path: Path, tmp_path: Path) -> None:
    raws = read(path, into=tmp_path / "raw", lenient=True)
    assert [(raw.name, raw.rows) for raw in raws] == [("база:deals", 2), ("база:contacts", 1)]
    said = [str(n.args["error"]) for n in raws[0].facts.notes if n.code == "source.table_skipped"]
    assert said == [
        "[files], body: The column body holds bytes (blob), which dq does not read. Leave it out: "
        "write query: with the columns that are needed, or name a view."
    ]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "The database has several tables: deals, contacts, files. Write sheet: with the name"),
        ({"sheet": "nope"}, "There is no table nope in the database; it has deals, contacts"),
        ({"sheet": "files"}, "The column body holds bytes (blob)"),
        ({"query": "DELETE FROM deals"}, "The database cannot be read: near"),
        ({"query": "SELECT 1) AS a; DROP TABLE deals; SELECT * FROM (SELECT 1"}, "cannot be read"),
        ({"sheet": "deals", "max_rows": 1}, "It has more than 1 rows."),
    ],
)
def test_refusals(path: Path, tmp_path: Path, options: dict[str, object], says: str) -> None:
    before = path.read_bytes()
    with pytest.raises(SourceError) as refused:
        _one(path, tmp_path, **options)
    assert says in str(refused.value)
    assert path.read_bytes() == before
    assert not list((tmp_path / "raw").iterdir())


def test_damage_is_a_sentence(path: Path, tmp_path: Path) -> None:
    data = path.read_bytes()
    for cut in (120, 4096, len(data) - 2000):
        broken = tmp_path / f"{cut}.db"
        broken.write_bytes(data[:cut])
        with pytest.raises(SourceError):
            read(broken, into=tmp_path / "raw", lenient=True)
    (tmp_path / "noise.db").write_bytes(data[:100] + bytes(range(256)) * 64)
    with pytest.raises(SourceError):
        read(tmp_path / "noise.db", into=tmp_path / "raw", lenient=True)


def test_a_query_of_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(SourceError, match="A query is asked of a database, and this is a file"):
        _one(tmp_path / "a.csv", tmp_path, query="SELECT 1")


def test_scan_init_and_run(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "crm.sqlite")) as connection:
        connection.executescript(
            """CREATE TABLE deals (id INTEGER, name TEXT, stage TEXT, amount REAL,
                contact_id INTEGER);
            INSERT INTO deals VALUES (1, 'Окна', 'won', 100.5, 1), (2, 'Двери', 'won', NULL, 7);
            CREATE TABLE contacts (id INTEGER, full_name TEXT, email TEXT);
            INSERT INTO contacts VALUES (1, 'Анна Ким', 'anna@firm.ru');"""
        )
    scanned = dq("scan", "crm.sqlite", "--out", "-", cwd=tmp_path)
    assert scanned.code in (0, 1), scanned.err
    begun = dq("init", "--from", "crm.sqlite", cwd=tmp_path)
    assert begun.code == 0, begun.err
    assert "sheet: deals" in (tmp_path / "dq.yaml").read_text(encoding="utf-8")
    run = dq("run", cwd=tmp_path)
    assert run.code == 1, run.err
    (tmp_path / "dq.yaml").write_text(
        """sources:
  deals: {url: sqlite:///crm.sqlite, table: deals}
  contacts: {url: sqlite:///crm.sqlite, query: SELECT * FROM contacts}
""",
        encoding="utf-8",
    )
    again = dq("run", cwd=tmp_path)
    assert again.code == 1, again.err
