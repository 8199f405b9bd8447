"""MySQL and MariaDB as a source, on a real server."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest

from dq.errors import DqError, SourceError
from dq.sources import Address, Database, ReadOptions, Wanted, open_database
from tests.cli.calls import dq
from tests.servers import PASSWORD, Server

UTC = ZoneInfo("UTC")


@pytest.fixture(scope="module", autouse=True)
def tables(mariadb_server: Server) -> None:
    mariadb_server.run(
        "SET sql_mode = ''",
        "SET time_zone = '+03:00'",
        """CREATE TABLE kinds (
            id bigint unsigned, amount decimal(12, 2), whole int, flag tinyint(1), bits bit(1),
            big bigint, ratio double, share float, code char(5), note longtext, extra json,
            size enum('small', 'large'), tags set('a', 'b'), made timestamp NULL,
            planned datetime(3), born date, at time, since year)""",
        """INSERT INTO kinds VALUES (
            18446744073709551615, 1.5, -7, 1, b'1', 9007199254740993, 0.1, 0.5, '00042',
            'Окна «Юг» 😀', '{"k": [1]}', 'large', 'a,b', '2026-01-31 23:30:00',
            '2026-02-01 02:30:00.125', '1969-12-31', '-09:05:00', 2026)""",
        "INSERT INTO kinds (id, planned, born) VALUES (2, '0000-00-00', '0000-00-00')",
        "INSERT INTO kinds (id) VALUES (3)",
        "CREATE TABLE files (id int, body blob)",
        "INSERT INTO files VALUES (1, x'00ff')",
        "CREATE TABLE `Сделки 2026` (id int, `Название` varchar(20))",
        "CREATE VIEW looked AS SELECT id FROM kinds",
        "CREATE TABLE counted (id int)",
        "CREATE DATABASE other",
        "CREATE TABLE other.hidden (id int)",
    )


@pytest.fixture
def database(mariadb_server: Server) -> Iterator[Database]:
    with open_database(Address.parse(mariadb_server.url, mariadb_server.environ)) as opened:
        yield opened


def test_types_and_values(database: Database, tmp_path: Path) -> None:
    raw = database.read(Wanted("kinds", "kinds"), tmp_path)
    table = pq.read_table(raw.path)
    assert {f.name: str(f.type) for f in table.schema} == {
        "id": "uint64",
        "amount": "decimal128(14, 2)",
        "whole": "int64",
        "flag": "int64",
        "bits": "int64",
        "big": "int64",
        "ratio": "double",
        "share": "double",
        "code": "string",
        "note": "string",
        "extra": "string",
        "size": "string",
        "tags": "string",
        "made": "timestamp[us, tz=UTC]",
        "planned": "timestamp[us]",
        "born": "date32[day]",
        "at": "string",
        "since": "int64",
        "_row": "int64",
    }
    first, second, third = table.to_pylist()
    assert first == {
        "id": 18446744073709551615,
        "amount": Decimal("1.50"),
        "whole": -7,
        "flag": 1,
        "bits": 1,
        "big": 9007199254740993,
        "ratio": 0.1,
        "share": 0.5,
        "code": "00042",
        "note": "Окна «Юг» 😀",
        "extra": '{"k": [1]}',
        "size": "large",
        "tags": "a,b",
        "made": datetime(2026, 1, 31, 20, 30, tzinfo=UTC),
        "planned": datetime(2026, 2, 1, 2, 30, 0, 125000),
        "born": date(1969, 12, 31),
        "at": "-09:05:00",
        "since": 2026,
        "_row": 1,
    }
    nothing = dict.fromkeys(table.schema.names)
    assert second == {**nothing, "id": 2, "_row": 2}
    assert third == {**nothing, "id": 3, "_row": 3}
    assert {(p.row, p.column, p.value) for p in raw.problems} == {
        (2, "planned", "0000-00-00 00:00:00.000"),
        (2, "born", "0000-00-00"),
    }


@pytest.mark.parametrize(
    ("wanted", "columns", "rows"),
    [
        (Wanted("a", "crm.kinds"), 18, 3),
        (Wanted("a", "KINDS"), 18, 3),
        (Wanted("a", "looked"), 1, 3),
        (Wanted("a", "Сделки 2026"), 2, 0),
        (
            Wanted("a", query="SELECT id, '5% \"of\" {it}' AS x FROM kinds WHERE id < 3 -- few\n;"),
            2,
            1,
        ),
    ],
    ids=str,
)
def test_tables_views_and_queries(
    database: Database, tmp_path: Path, wanted: Wanted, columns: int, rows: int
) -> None:
    raw = database.read(wanted, tmp_path)
    assert (len(raw.columns), raw.rows) == (columns, rows)


def test_tables_are_listed_without_views(database: Database) -> None:
    assert database.tables() == ["counted", "files", "kinds", "Сделки 2026"]


@pytest.mark.parametrize(
    ("wanted", "options", "says"),
    [
        (Wanted("files", "files"), {}, "[files], body: The column body holds bytes (blob)"),
        (Wanted("a", "nope"), {}, "[nope]: There is no table nope in the database."),
        (Wanted("q", query="SELECT * FROM other.hidden"), {}, "[q]: The database refuses: SELECT"),
        (Wanted("q", query="SELECT 1 AS a, 2 AS A"), {}, "[q]: The database refuses: Duplicate"),
        (Wanted("q", query="DROP TABLE kinds"), {}, "[q]: The database refuses: You have an error"),
        (Wanted("a", "kinds"), {"max_rows": 2}, "[kinds]: It has more than 2 rows."),
    ],
    ids=lambda value: value.name if isinstance(value, Wanted) else "",
)
def test_refusals_leave_nothing_and_spoil_nothing(
    database: Database, tmp_path: Path, wanted: Wanted, options: dict[str, int], says: str
) -> None:
    with pytest.raises(SourceError) as refused:
        database.read(wanted, tmp_path, ReadOptions(**options))  # type: ignore[arg-type]
    assert str(refused.value).startswith(database.address.label + says)
    assert list(tmp_path.iterdir()) == []
    assert database.recover()
    assert database.read(Wanted("kinds", "kinds"), tmp_path).rows == 3


def test_all_tables_are_of_one_moment(
    database: Database, mariadb_server: Server, tmp_path: Path
) -> None:
    assert database.read(Wanted("kinds", "kinds"), tmp_path).rows == 3
    mariadb_server.run("INSERT INTO counted VALUES (1)", "COMMIT")
    try:
        assert database.read(Wanted("counted", "counted"), tmp_path).rows == 0
    finally:
        mariadb_server.run("DELETE FROM counted")


@pytest.mark.parametrize(
    ("change", "environ", "says"),
    [
        (("", ""), {"CRM_PASSWORD": "wrong"}, "Access denied for user 'reader'"),
        (("/crm", "/none"), None, "Access denied for user 'reader'"),
        (("127.0.0.1:", "127.0.0.1:1"), None, "The database cannot be reached: "),
    ],
)
def test_no_connection_is_a_sentence_without_the_password(
    mariadb_server: Server, change: tuple[str, str], environ: dict[str, str] | None, says: str
) -> None:
    url = mariadb_server.url.replace(*change)
    given = mariadb_server.environ if environ is None else environ
    with pytest.raises(DqError) as refused, open_database(Address.parse(url, given)):
        pass
    assert says in str(refused.value)
    assert PASSWORD not in str(refused.value)


def _kill_when_it_reads(server: Server, killed: list[int]) -> None:
    query = "SELECT id FROM information_schema.processlist WHERE user = 'reader' AND info LIKE %s"
    for _ in range(600):
        connection = server.owner()
        with connection, connection.cursor() as cursor:
            cursor.execute(query, ("%kept%",))
            for (number,) in cursor.fetchall():
                cursor.execute(f"KILL {number}")
                killed.append(number)
                return
        time.sleep(0.02)


def test_connection_cut_in_the_middle(
    mariadb_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_PASSWORD", PASSWORD)
    (tmp_path / "dq.yaml").write_text(
        f"sources: {{deals: {{url: '{mariadb_server.url}', table: kept}}}}\n", encoding="utf-8"
    )
    view = (
        "CREATE OR REPLACE VIEW kept AS SELECT seq AS id, 'won' AS stage, 100 AS amount, "
        "REPEAT('x', 200) AS note FROM seq_1_to_{rows}"
    )
    mariadb_server.run(view.format(rows=20))
    first = dq("run", cwd=tmp_path)
    assert first.code in (0, 1), first.err
    latest = (tmp_path / ".dq" / "latest").read_text(encoding="utf-8")
    mariadb_server.run(view.format(rows=4_000_000))
    killed: list[int] = []
    other = threading.Thread(target=_kill_when_it_reads, args=(mariadb_server, killed))
    other.start()
    said = dq("run", cwd=tmp_path)
    other.join()
    assert killed
    assert said.code == 3
    assert "[kept]: The database stopped after " in said.err
    assert "Nothing of it was kept. Mend the cause and run again." in said.err
    assert (tmp_path / ".dq" / "latest").read_text(encoding="utf-8") == latest
    assert len(list((tmp_path / ".dq" / "runs").iterdir())) == 1
