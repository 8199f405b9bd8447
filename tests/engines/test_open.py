"""Opening, closing and limiting engines."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlglot import exp

from dq.engines import open_engine
from dq.engines.base import Engine
from dq.errors import EngineError, UsageError
from dq.sql import portable as f


def test_no_such_engine(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no engine sqlite"):
        open_engine("sqlite", tmp_path)


def test_a_bad_setting_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="query failed"):
        open_engine("duckdb", tmp_path, memory="much")


def test_opening_imports_no_engine_before_it_is_asked_for() -> None:
    code = (
        "import sys, dq.engines\n"
        "heavy = {'duckdb', 'pyspark', 'pyarrow', 'pandas', 'sqlglot'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_close_leaves_nothing(tmp_path: Path) -> None:
    work = tmp_path / "work"
    engine = open_engine("duckdb", work)
    engine.create("work.x", exp.select(f.alias(f.lit(1), "x")))
    assert list(work.rglob("*.parquet"))
    engine.close()
    assert list(work.iterdir()) == []


def test_two_engines_do_not_share_tables(duck_engine: Engine, tmp_path: Path) -> None:
    other = open_engine("duckdb", tmp_path / "duck")
    other.create("work.x", exp.select(f.alias(f.lit(1), "x")))
    assert duck_engine.tables() == ()
    other.close()
    assert duck_engine.query(exp.select(f.alias(f.lit(1), "x"))).num_rows == 1


def test_the_configuration_is_locked(duck_engine: Engine) -> None:
    with pytest.raises(Exception, match="locked"):
        duck_engine._connection.execute("SET memory_limit = '1TB'")  # type: ignore[attr-defined]


def test_little_memory_is_enough_for_a_large_table(tmp_path: Path) -> None:
    pq.write_table(pa.table({"i": range(900)}), tmp_path / "i.parquet")
    engine = open_engine("duckdb", tmp_path, memory="120MB", threads=2)
    engine.load("raw.i", tmp_path / "i.parquet")
    a, b = f.col("i", "a"), f.col("i", "b")
    text = f.concat(f.as_text(a), "-", f.md5(f.as_text(b)))
    pairs = (
        exp.select(f.alias(a, "a"), f.alias(text, "t"))
        .from_(f.table("raw.i", "a"))
        .join(f.table("raw.i", "b"), join_type="cross")
    )
    engine.create("work.pairs", pairs)
    engine.create("work.sorted", exp.select("*").from_(f.table("work.pairs")).order_by(f.col("t")))
    schema = pa.schema([("a", pa.int64())])
    engine.map_batches(
        "work.mapped", exp.select("*").from_(f.table("work.sorted")), lambda x: x, schema
    )
    rows = engine.query(exp.select(f.alias(f.count(), "n")).from_(f.table("work.mapped")))
    assert rows.to_pylist() == [{"n": 900 * 900}]
    engine.close()


def test_batches_keep_the_order_of_the_query(duck_engine: Engine, tmp_path: Path) -> None:
    pq.write_table(pa.table({"i": range(200_000)}), tmp_path / "i.parquet")
    duck_engine.load("raw.i", tmp_path / "i.parquet")
    plan = exp.select("i").from_(f.table("raw.i")).order_by(f.col("i").desc())
    duck_engine.map_batches("work.m", plan, lambda x: x, pa.schema([("i", pa.int64())]))
    found = [
        i for b in duck_engine.batches(exp.select("*").from_("work.m")) for i in b["i"].to_pylist()
    ]
    assert found == list(range(199_999, -1, -1))


@pytest.mark.spark
def test_spark_starts_and_fails_quietly(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from sqlglot import exp\n"
        "from dq.engines import open_engine\n"
        "from dq.errors import EngineError\n"
        "from dq.sql import portable as f\n"
        "engine = open_engine('local[1]', Path(sys.argv[1]), memory='600MB')\n"
        "engine.create('work.x', exp.select(f.alias(f.lit(1), 'x')))\n"
        "try:\n"
        "    engine.query(exp.select('nope').from_(f.table('work.x')))\n"
        "except EngineError as error:\n"
        "    print(error)\n"
        "engine.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(tmp_path / "w")],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "nope" in done.stdout
    assert list((tmp_path / "w").iterdir()) == []
