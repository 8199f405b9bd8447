"""PostgreSQL as a source, on a real server: types, refusals, secrets, one moment, cuts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dq.errors import DqError, SourceError
from dq.sources import Address, Database, ReadOptions, Wanted, open_database
from tests.cli.calls import dq
from tests.servers import PASSWORD, Server

UTC = ZoneInfo("UTC")


@pytest.fixture(scope="module", autouse=True)
def tables(postgres_server: Server) -> None:
    postgres_server.run(
        "CREATE TYPE size AS ENUM ('small', 'large')",
        "CREATE DOMAIN money_amount AS numeric(12, 3)",
        """CREATE TABLE kinds (
            id numeric, amount numeric(12, 2), domain_amount money_amount, price money,
            free numeric, huge numeric, whole int, small smallint, big bigint, share float4,
            ratio float8, live bool, size size, ref uuid, tags text[], numbers int[], extra jsonb,
            made timestamptz, planned timestamp, born date, at time, code varchar(5), host inet)""",
        """INSERT INTO kinds VALUES (
            1001, 1.5, 2.125, '12.3', 0.125, 1e40, -7, 3, 9007199254740993, 0.5, 0.1, true, 'large',
            'c7b9a9e4-54b2-4c6c-8f7d-0f0b8f1c2a3d', '{a,NULL,"b c"}', '{1,2}', '{"k": [1]}',
            '2026-01-31 23:30:00.123456+03', '2026-02-01 02:30', '1969-12-31', '09:05', '00042',
            '10.0.0.1')""",
        """INSERT INTO kinds (id, amount, free, ratio, share, made, planned, born) VALUES (
            1002, 'NaN', 'NaN', 'Infinity', 'NaN', 'infinity', '-infinity', '0044-03-15 BC')""",
        "INSERT INTO kinds (id) VALUES (1003)",
        "CREATE TABLE files (id int, body bytea)",
        "CREATE TABLE hidden (id int)",
        "REVOKE ALL ON hidden FROM reader",
        'CREATE TABLE "Сделки 2026" (id int, "Название" text)',
        "INSERT INTO \"Сделки 2026\" VALUES (1, 'Окна')",
        "CREATE SCHEMA archive",
        "CREATE TABLE archive.old (id int)",
        "CREATE TABLE archive.kinds (other int)",
        "CREATE TABLE parted (id int) PARTITION BY RANGE (id)",
        "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10)",
        "INSERT INTO parted VALUES (1), (2)",
        "CREATE VIEW looked AS SELECT id FROM kinds",
        "CREATE SEQUENCE counter",
        "GRANT USAGE ON SEQUENCE counter TO reader",
    )


@pytest.fixture
def address(postgres_server: Server) -> Address:
    return Address.parse(postgres_server.url, postgres_server.environ)


@pytest.fixture
def database(address: Address) -> Iterator[Database]:
    with open_database(address) as opened:
        yield opened


def test_types_and_values(database: Database, tmp_path: Path) -> None:
    raw = database.read(Wanted("kinds", "kinds"), tmp_path)
    table = pq.read_table(raw.path)
    assert {f.name: str(f.type) for f in table.schema} == {
        "id": "decimal128(4, 0)",  # no decimals are made up for an id
        "amount": "decimal128(12, 2)",
        "domain_amount": "decimal128(12, 3)",
        "price": "decimal128(19, 2)",
        "free": "decimal128(4, 3)",
        "huge": "string",  # more digits than a decimal holds
        "whole": "int64",
        "small": "int64",
        "big": "int64",
        "share": "double",
        "ratio": "double",
        "live": "bool",
        "size": "string",
        "ref": "string",
        "tags": "string",
        "numbers": "string",
        "extra": "string",
        "made": "timestamp[us, tz=UTC]",
        "planned": "timestamp[us]",
        "born": "date32[day]",
        "at": "string",
        "code": "string",
        "host": "string",
        "_row": "int64",
    }
    first, second, third = table.to_pylist()
    assert first == {
        "id": Decimal(1001),
        "amount": Decimal("1.50"),
        "domain_amount": Decimal("2.125"),
        "price": Decimal("12.30"),
        "free": Decimal("0.125"),
        "huge": "1" + "0" * 40,
        "whole": -7,
        "small": 3,
        "big": 9007199254740993,
        "share": 0.5,
        "ratio": 0.1,
        "live": True,
        "size": "large",
        "ref": "c7b9a9e4-54b2-4c6c-8f7d-0f0b8f1c2a3d",
        "tags": "a, b c",
        "numbers": "1, 2",
        "extra": '{"k": [1]}',
        "made": datetime(2026, 1, 31, 20, 30, 0, 123456, UTC),
        "planned": datetime(2026, 2, 1, 2, 30),
        "born": date(1969, 12, 31),
        "at": "09:05:00",
        "code": "00042",
        "host": "10.0.0.1/32",
        "_row": 1,
    }
    nothing = dict.fromkeys(table.schema.names)
    assert second == {**nothing, "id": Decimal(1002), "_row": 2}
    assert third == {**nothing, "id": Decimal(1003), "_row": 3}
    assert {(p.row, p.column, p.value, p.code, p.kept) for p in raw.problems} == {
        (2, column, value, "problem.no_value", True)
        for column, value in {
            "amount": "NaN",
            "free": "NaN",
            "ratio": "inf",
            "share": "nan",
            "made": "infinity",
            "planned": "-infinity",
            "born": "0044-03-15 BC",
        }.items()
    }
    assert (raw.rows, raw.rows_read, raw.typed) == (3, 3, True)


def test_facts_name_database_and_table(database: Database, tmp_path: Path) -> None:
    facts = database.read(Wanted("deals", "Сделки 2026"), tmp_path).facts
    assert str(facts.file).startswith("crm@127.0.0.1:")
    assert (facts.sheet, facts.format) == ("Сделки 2026", "postgresql")
    assert facts.headers == ("id", "Название")
    assert facts.url is not None
    assert facts.url.startswith("postgresql://reader:${CRM_PASSWORD}@")


@pytest.mark.parametrize(
    ("wanted", "columns", "rows"),
    [
        (Wanted("a", "public.kinds"), 23, 3),
        (Wanted("a", "Kinds"), 23, 3),  # in public, although another schema has one
        (Wanted("a", "archive.kinds"), 1, 0),
        (Wanted("a", "old"), 1, 0),
        (Wanted("a", "looked"), 1, 3),
        (Wanted("a", "parted"), 1, 2),
        (Wanted("a", query="SELECT id, amount AS sum FROM kinds WHERE id > 1001 -- late\n;"), 2, 2),
        (Wanted("a", query="WITH k AS (SELECT 1 AS n) SELECT * FROM k"), 1, 1),
    ],
    ids=str,
)
def test_tables_views_and_queries(
    database: Database, tmp_path: Path, wanted: Wanted, columns: int, rows: int
) -> None:
    raw = database.read(wanted, tmp_path)
    assert (len(raw.columns), raw.rows) == (columns, rows)


def test_tables_are_listed_without_partitions_and_views(database: Database) -> None:
    assert database.tables() == [
        "archive.kinds",
        "archive.old",
        "public.files",
        "public.hidden",
        "public.kinds",
        "public.parted",
        "public.Сделки 2026",
    ]


@pytest.mark.parametrize(
    ("wanted", "options", "says"),
    [
        (
            Wanted("files", "files"),
            {},
            "[files], body: The column body holds bytes (bytea), which dq does not read. Leave it "
            "out: write query: with the columns that are needed, or name a view.",
        ),
        (
            Wanted("a", "nope"),
            {},
            "[nope]: There is no table nope in the database. Check the name and the schema, and "
            "that the user may see it.",
        ),
        (
            Wanted("a", "hidden"),
            {},
            "[hidden]: The database refuses: permission denied for table hidden. Ask for the right "
            "to read it (GRANT SELECT).",
        ),
        (
            Wanted("q", query="SELECT id AS a, id AS A FROM kinds"),
            {},
            "[q], a: Two columns have the name “a”. Rename one of them: names that differ only in "
            "case count as the same.",
        ),
        (
            Wanted("q", query="DROP TABLE kinds"),
            {},
            '[q]: The database refuses: syntax error at or near "TABLE". Correct table: or query: '
            "of the source.",
        ),
        (
            Wanted("q", query="SELECT 1) AS q; DROP TABLE kinds; SELECT * FROM (SELECT 1"),
            {},
            "[q]: The database refuses: cannot insert multiple commands into a prepared statement. "
            "Correct table: or query: of the source.",
        ),
        (
            Wanted("q", query="SELECT nextval('counter')"),
            {},
            "[q]: The database refuses: cannot execute nextval() in a read-only transaction. "
            "Correct table: or query: of the source.",
        ),
        (
            Wanted(
                "q",
                query="SELECT 1 / (i - 900000) AS n, repeat('x', 40) AS x "
                "FROM generate_series(1, 1000000) AS i",
            ),
            {},
            "[q]: The database stopped after {n} rows: division by zero. Nothing of it was kept. "
            "Mend the cause and run again.",
        ),
        (
            Wanted("a", "kinds"),
            {"max_rows": 2},
            "[kinds]: It has more than 2 rows. Write query: with a condition, or raise max_rows.",
        ),
        (
            Wanted("a", "kinds"),
            {"max_columns": 20},
            "[kinds]: It has 23 columns; the limit is 20. Leave out what is not needed, or raise "
            "max_columns.",
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Wanted) else "",
)
def test_refusals_leave_nothing_and_spoil_nothing(
    database: Database, tmp_path: Path, wanted: Wanted, options: dict[str, int], says: str
) -> None:
    with pytest.raises(SourceError) as refused:
        database.read(wanted, tmp_path, ReadOptions(**options))  # type: ignore[arg-type]
    rows = refused.value.args_.get("n")
    assert str(refused.value) == database.address.label + says.replace("{n}", str(rows))
    assert list(tmp_path.iterdir()) == []
    assert database.recover()
    assert database.read(Wanted("kinds", "kinds"), tmp_path).rows == 3


def test_all_tables_are_of_one_moment(
    database: Database, postgres_server: Server, tmp_path: Path
) -> None:
    assert database.read(Wanted("parted", "parted"), tmp_path).rows == 2
    postgres_server.run("INSERT INTO archive.old VALUES (1)", "INSERT INTO parted VALUES (3)")
    try:
        assert database.read(Wanted("old", "old"), tmp_path).rows == 0
        assert database.read(Wanted("parted", "parted"), tmp_path).rows == 2
    finally:
        postgres_server.run("DELETE FROM archive.old", "DELETE FROM parted WHERE id = 3")


@pytest.mark.parametrize(
    ("change", "environ", "says"),
    [
        (("", ""), {"CRM_PASSWORD": "wrong"}, 'password authentication failed for user "reader"'),
        (("/crm", "/none"), None, 'database "none" does not exist'),
        (("127.0.0.1:", "127.0.0.1:1"), None, "invalid port number"),
        (("/crm", "/crm?sslmode=verify-full"), None, "SSL"),
        (("", ""), {}, "The environment variable CRM_PASSWORD is not set"),
        (("${CRM_PASSWORD}", "sekret"), None, "The address of the database holds a password."),
        (("/crm", "/crm?password=sekret"), None, "The address of the database holds a password."),
        (("postgresql:", "oracle:"), None, "is no address of a database"),
    ],
)
def test_no_connection_is_a_sentence_without_the_password(
    postgres_server: Server, change: tuple[str, str], environ: dict[str, str] | None, says: str
) -> None:
    url = postgres_server.url.replace(*change)
    given = postgres_server.environ if environ is None else environ
    with pytest.raises(DqError) as refused, open_database(Address.parse(url, given)):
        pass
    text = str(refused.value)
    assert says in text
    assert PASSWORD not in text
    assert "sekret" not in text.replace(url, "")
    assert repr(refused.value.__cause__) == "None"


def test_what_is_secret_is_not_shown(address: Address) -> None:
    assert PASSWORD not in f"{address!r} {address} {address.label} {address.shown}"
    assert address.hidden(f"uri={address.uri()} pw={PASSWORD}").count("***") == 2


def test_a_whole_address_in_a_variable(address: Address, tmp_path: Path) -> None:
    known = Address.parse("${CRM_URL}", {"CRM_URL": address.uri()})
    assert known.shown == "${CRM_URL}"
    with open_database(known) as database:
        assert database.read(Wanted("kinds", "kinds"), tmp_path).rows == 3
    assert PASSWORD not in known.hidden(f"{address.uri()} {PASSWORD}")


DEALS = """CREATE OR REPLACE VIEW deals AS SELECT i AS id, 'Deal ' || i AS name, 'won' AS stage,
    (100 + i)::numeric(12, 2) AS amount, timestamptz '2026-01-31 22:30+00' AS created_at,
    {cut} AS note FROM generate_series(1, {rows}) AS i"""


def _project(server: Server, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_PASSWORD", PASSWORD)
    (folder / "dq.yaml").write_text(
        f"""sources:
  deals: {{url: '{server.url}', table: deals}}
  deal_sizes: {{url: '{server.url}', query: SELECT 1 AS id}}
defaults: {{timezone: Europe/Moscow}}
""",
        encoding="utf-8",
    )


def test_connection_cut_in_the_middle(
    postgres_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _project(postgres_server, tmp_path, monkeypatch)
    postgres_server.run(DEALS.format(rows=50, cut="NULL::text"))
    assert dq("run", cwd=tmp_path).code in (0, 1)
    latest = (tmp_path / ".dq" / "latest").read_text(encoding="utf-8")
    before = sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*"))
    cut = "CASE WHEN i = 900000 THEN pg_terminate_backend(pg_backend_pid())::text END"
    postgres_server.run(DEALS.format(rows=1_000_000, cut=cut))

    said = dq("run", cwd=tmp_path)

    assert said.code == 3
    assert "[deals]: The database stopped after " in said.err
    assert "terminating connection due to administrator command" in said.err
    assert "Nothing of it was kept. Mend the cause and run again." in said.err
    assert "Traceback" not in said.err
    assert (tmp_path / ".dq" / "latest").read_text(encoding="utf-8") == latest
    after = sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*"))
    assert [p for p in after if "lock" not in p.name] == [p for p in before if "lock" not in p.name]
    scanned = dq("scan", postgres_server.url, "--sheet", "deals", cwd=tmp_path)
    assert (scanned.code, scanned.out) == (3, "")
    assert "The database stopped after " in scanned.err
    assert not (tmp_path / "dq-scan.html").exists()
    postgres_server.run(DEALS.format(rows=60, cut="NULL::text"))
    assert dq("run", cwd=tmp_path).code in (0, 1)


def test_init_and_run_from_a_database_keep_no_secret(
    postgres_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_PASSWORD", PASSWORD)
    postgres_server.run(
        "CREATE TABLE contacts (id int PRIMARY KEY, full_name text, email text, "
        "created_at timestamptz)",
        "INSERT INTO contacts SELECT i, 'Анна ' || i, 'a' || i || '@example.com', "
        "'2026-01-31 22:30+00' FROM generate_series(1, 20) AS i",
    )
    try:
        begun = dq("init", "--from", postgres_server.url, cwd=tmp_path)
        assert begun.code == 3  # the table of bytes and the hidden one are named
        assert "holds bytes" in begun.err
        settings = (tmp_path / "dq.yaml").read_text(encoding="utf-8")
        assert f"url: {postgres_server.url}" in settings.replace("'", "").replace('"', "")
        assert "table: public.contacts" in settings
        run = dq("run", "--format", "json", cwd=tmp_path)
        scan = dq("scan", postgres_server.url, "--sheet", "contacts", cwd=tmp_path)
    finally:
        postgres_server.run("DROP TABLE contacts")
    assert run.code in (0, 1), run.err
    assert f"dq init --from '{postgres_server.url}'" in scan.out  # what it says can be typed
    told = [begun.out, begun.err, run.out, run.err, scan.out, scan.err]
    kept = [p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()]
    secret = PASSWORD.encode()
    assert not any(PASSWORD in text for text in told)
    assert not any(secret in data for data in kept)


def test_moments_with_a_zone_become_business_time(
    postgres_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _project(postgres_server, tmp_path, monkeypatch)
    postgres_server.run(DEALS.format(rows=5, cut="NULL::text"))
    assert dq("run", cwd=tmp_path).code in (0, 1)
    (snapshot,) = (
        path
        for path in (tmp_path / ".dq" / "snapshots").rglob("deals.parquet")
        if pq.read_metadata(path).num_rows == 5
    )
    table = pq.read_table(snapshot, columns=["created_at", "amount"])
    assert table["created_at"].type == pa.timestamp("us")
    assert set(table["created_at"].to_pylist()) == {datetime(2026, 2, 1, 1, 30)}
    assert table["amount"].to_pylist()[0] == Decimal("101.0000")


PEAK = """
import os, sys
from pathlib import Path
from dq.sources import Address, Wanted, open_database
query = "SELECT i AS id, md5(i::text) AS name, (i % 1000)::numeric(12, 2) AS amount, " \\
    "timestamp '2026-01-01' + i * interval '1 second' AS created_at, repeat(md5(i::text), 4) " \\
    f"AS note FROM generate_series(1, {sys.argv[2]}) AS i"
with open_database(Address.parse(sys.argv[1])) as database:
    raw = database.read(Wanted("big", query=query), Path(sys.argv[3]))
assert raw.rows == int(sys.argv[2])
status = Path("/proc/self/status").read_text(encoding="utf-8")  # rusage has the parent's peak
print(int(status.split("VmHWM:")[1].split()[0]) // 1024)
"""


def _peak(server: Server, rows: int, into: Path) -> int:
    """MiB of memory at most that reading so many rows took."""
    done = subprocess.run(
        [sys.executable, "-c", PEAK, server.url, str(rows), str(into)],
        capture_output=True, text=True, check=False, timeout=280,
        env={**os.environ, **server.environ},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.mark.slow
def test_five_million_rows_in_the_memory_of_half_a_million(
    postgres_server: Server, tmp_path: Path
) -> None:
    few, many = (
        _peak(postgres_server, 500_000, tmp_path),
        _peak(postgres_server, 5_000_000, tmp_path),
    )
    size = sum(path.stat().st_size for path in tmp_path.iterdir()) // 2**20
    assert many < 600, (few, many, size)
    assert many < few * 1.25, (few, many, size)
    assert size > 300  # what came is larger than that
