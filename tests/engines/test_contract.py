"""What every engine does, the same on DuckDB and on Spark."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from sqlglot import exp

from dq.engines.base import Engine, Limits
from dq.errors import EngineError, PortabilityError
from dq.sql import portable as f
from dq.tables import RawTable, SourceFacts

GIVEN = pa.table(
    {
        "id": pa.array([1, 2, None], pa.int32()),
        "small": pa.array([1, 2, 3], pa.uint8()),
        "имя, \"x\"": ["Аня", None, "b'c"],
        "price": pa.array([Decimal("1.50"), None, Decimal("-2.25")], pa.decimal128(18, 4)),
        "rate": pa.array([Decimal("1.5"), None, Decimal("-2.2")], pa.decimal128(10, 1)),
        "whole": pa.array([Decimal(1), None, Decimal(3)], pa.decimal128(10, 0)),
        "key": pa.array([Decimal(10**20), None, Decimal(7)], pa.decimal128(25, 0)),
        "share": pa.array([0.5, None, float("nan")], pa.float32()),
        "at": pa.array([datetime(2024, 2, 29, 1, 2, 3), None, datetime(1969, 1, 1)],
        pa.timestamp("ns")),
        "utc": pa.array([datetime(2024, 3, 31, 2, 30)] * 3, pa.timestamp("ms", tz="UTC")),
        "day": pa.array([date(2024, 2, 29), None, date(1600, 1, 1)], pa.date32()),
        "flag": [True, None, False],
    }
)  # fmt: skip
TYPES = {
    "id": pa.int64(),
    "small": pa.int64(),
    'имя, "x"': pa.string(),
    "price": pa.decimal128(18, 4),
    "rate": pa.decimal128(38, 1),
    "whole": pa.int64(),
    "key": pa.string(),
    "share": pa.float64(),
    "at": pa.timestamp("us"),
    "utc": pa.timestamp("us"),
    "day": pa.date32(),
    "flag": pa.bool_(),
}
ALL = exp.select("*").from_(f.table("raw.given"))


ENGINES = ["duckdb", *(pytest.param(e, marks=pytest.mark.spark) for e in ("spark", "large"))]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """Each engine in turn, empty at the end as at the beginning; Spark also as for large tables."""
    found: Engine = request.getfixturevalue(
        "duck_engine" if request.param == "duckdb" else "spark_engine"
    )
    if request.param == "large":
        monkeypatch.setattr("dq.engines.spark._SMALL", -1)
    yield found
    for name in found.tables():
        found.drop(name)


@pytest.fixture
def given(engine: Engine, tmp_path: Path) -> Path:
    path = tmp_path / "дано.parquet"
    pq.write_table(GIVEN, path)
    engine.load("raw.given", path)
    return path


def _types(schema: pa.Schema) -> dict[str, pa.DataType]:
    return dict(zip(schema.names, schema.types, strict=True))


def _rows(engine: Engine, name: str, order: str = "id") -> list[dict[str, object]]:
    return engine.query(exp.select("*").from_(f.table(name)).order_by(f.col(order))).to_pylist()


@pytest.mark.usefixtures("given")
def test_types_are_the_engines_own(engine: Engine) -> None:
    assert _types(engine.schema("raw.given")) == TYPES
    assert _types(engine.query(ALL).schema) == TYPES
    engine.create("crm.given", ALL)
    assert _types(engine.schema("crm.given")) == TYPES
    assert _types(next(iter(engine.batches(ALL))).schema) == TYPES


@pytest.mark.usefixtures("given")
def test_values(engine: Engine) -> None:
    row = _rows(engine, "raw.given")[0]
    assert row == {
        "id": 1,
        "small": 1,
        'имя, "x"': "Аня",
        "price": Decimal("1.5"),
        "rate": Decimal("1.5"),
        "whole": 1,
        "key": "100000000000000000000",
        "share": 0.5,
        "at": datetime(2024, 2, 29, 1, 2, 3),
        "utc": datetime(2024, 3, 31, 2, 30),
        "day": date(2024, 2, 29),
        "flag": True,
    }


def test_a_folder_and_a_raw_table_are_loaded(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    for i in range(3):
        pq.write_table(pa.table({"id": [i]}), folder / f"part {i}.parquet")
    engine.load("raw.parts", folder)
    assert [r["id"] for r in _rows(engine, "raw.parts")] == [0, 1, 2]
    facts = SourceFacts(file=tmp_path / "x.csv", format="csv", size=1, sha256="")
    path = folder / "part 1.parquet"
    engine.load("raw.one", RawTable("one", path, ("id",), 1, 1, facts))
    assert _rows(engine, "raw.one") == [{"id": 1}]


@pytest.mark.usefixtures("given")
def test_create_replaces_and_may_read_what_it_replaces(engine: Engine) -> None:
    engine.create("work.x", exp.select(f.alias(f.lit(1), "id")))
    again = exp.select(f.alias(f.col("id") + 1, "id")).from_(f.table("work.x"))
    engine.create("work.x", again)
    engine.create("work.x", again)
    assert _rows(engine, "work.x") == [{"id": 3}]
    engine.create("work.x", ALL)
    assert len(_rows(engine, "work.x")) == 3


@pytest.mark.usefixtures("given")
def test_view(engine: Engine) -> None:
    engine.view("crm.v", exp.select("id").from_(f.table("raw.given")).where(f.col("id") > 1))
    assert _rows(engine, "crm.v") == [{"id": 2}]
    assert engine.schema("crm.v").field("id").type == pa.int64()


@pytest.mark.usefixtures("given")
def test_parameters(engine: Engine) -> None:
    plan = exp.select("id").from_(f.table("raw.given")).where(f.col("at") < f.param("as_of"))
    params = {"as_of": datetime(2000, 1, 1), "unused": 1}
    assert engine.query(plan, params).to_pylist() == [{"id": None}]
    engine.create("work.p", plan, params)
    assert engine.query(
        exp.select(f.alias(f.count(), "n")).from_(f.table("work.p"))
    ).to_pylist() == [{"n": 1}]
    with pytest.raises(EngineError, match=":as_of has no value"):
        engine.query(plan)


@pytest.mark.usefixtures("given")
def test_write(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "новое" / "out.parquet"
    plan = exp.select("id", "price").from_(f.table("raw.given")).order_by(f.col("id"))
    assert engine.write(plan, path) == 3
    assert engine.write(plan, path) == 3, "an older file is replaced"
    assert pq.read_table(path).column("id").to_pylist() == [1, 2, None]
    assert _types(pq.read_schema(path)) == {"id": pa.int64(), "price": pa.decimal128(18, 4)}
    assert [p.name for p in path.parent.iterdir()] == ["out.parquet"]


def test_write_of_nothing(engine: Engine, tmp_path: Path) -> None:
    plan = exp.select(f.alias(f.lit("x"), "x")).where(exp.false())
    assert engine.write(plan, tmp_path / "none.parquet") == 0
    assert pq.read_table(tmp_path / "none.parquet").schema.field("x").type == pa.string()


def _doubled(batch: pa.RecordBatch) -> pa.RecordBatch:
    kept = batch.filter(pc.is_valid(batch["id"]))
    return pa.record_batch(
        {"id": pc.add(kept["id"], kept["id"]), "name": kept['имя, "x"'], "extra": kept["day"]}
    )


@pytest.mark.usefixtures("given")
def test_map_batches(engine: Engine) -> None:
    schema = pa.schema([("name", pa.string()), ("id", pa.int64())])
    engine.map_batches("work.m", ALL, _doubled, schema)
    assert engine.schema("work.m") == schema
    assert _rows(engine, "work.m") == [{"name": "Аня", "id": 2}, {"name": None, "id": 4}]


@pytest.mark.usefixtures("given")
def test_map_batches_of_nothing(engine: Engine) -> None:
    schema = pa.schema([("name", pa.string()), ("id", pa.int64())])
    engine.map_batches("work.m", ALL.where(exp.false()), _doubled, schema)
    assert engine.schema("work.m") == schema
    assert _rows(engine, "work.m") == []


def _broken(batch: pa.RecordBatch) -> pa.RecordBatch:
    raise ValueError(f"no luck with {batch.num_rows}")


@pytest.mark.usefixtures("given")
def test_a_broken_function_is_a_sentence(engine: Engine) -> None:
    with pytest.raises(EngineError, match=r"A batch function failed: ValueError: no luck with \d"):
        engine.map_batches("work.m", ALL, _broken, pa.schema([("id", pa.int64())]))
    with pytest.raises(EngineError, match="A batch function failed: KeyError"):
        engine.map_batches("work.m", ALL, _doubled, pa.schema([("nope", pa.int64())]))
    assert engine.tables() == ("raw.given",)


@pytest.mark.usefixtures("given")
def test_streams_do_not_disturb_each_other(engine: Engine) -> None:
    engine.create("work.x", ALL)
    stream = engine.batches(exp.select("*").from_(f.table("work.x")))
    first = next(stream)
    engine.create("work.y", ALL)
    assert engine.query(ALL).num_rows == 3
    assert first.num_rows + sum(b.num_rows for b in stream) == 3


@pytest.mark.usefixtures("given")
def test_drop(engine: Engine, given: Path) -> None:
    engine.create("work.x", ALL)
    assert engine.tables() == ("raw.given", "work.x")
    engine.drop("work.x")
    engine.drop("work.x")
    engine.drop("never.was")
    assert engine.tables() == ("raw.given",)
    engine.drop("raw.given")
    assert given.is_file(), "a loaded file is not the engine's to delete"


@pytest.mark.usefixtures("given")
@pytest.mark.parametrize("name", ["crm.nope", "nope", "x.csv", "raw.given2"])
def test_unknown_table(engine: Engine, name: str) -> None:
    with pytest.raises(EngineError, match=f"There is no table {name}"):
        engine.query(exp.select("*").from_(f.table(name)))


def test_a_file_is_no_table(engine: Engine, given: Path) -> None:
    table = exp.Table(this=exp.to_identifier(str(given), quoted=True))
    with pytest.raises(EngineError, match="There is no table"):
        engine.query(exp.select("*").from_(table))


@pytest.mark.usefixtures("given")
def test_errors_are_one_sentence(engine: Engine) -> None:
    with pytest.raises(EngineError) as caught:
        engine.query(exp.select("nope").from_(f.table("raw.given")))
    assert "nope" in str(caught.value)
    assert "\n" not in str(caught.value)
    with pytest.raises(EngineError):
        engine.create(
            "work.x", exp.select(f.alias(f.col("id") + f.lit("x"), "x")).from_("raw.given")
        )
    with pytest.raises(PortabilityError):
        engine.query(exp.select(exp.func("now")))


@pytest.mark.usefixtures("given")
def test_row_limit(engine: Engine) -> None:
    assert engine.query(ALL, limits=Limits(rows=3)).num_rows == 3
    with pytest.raises(EngineError, match="more than 2 rows"):
        engine.query(ALL, limits=Limits(rows=2))


def test_time_limit(engine: Engine, tmp_path: Path) -> None:
    pq.write_table(pa.table({"i": range(3000)}), tmp_path / "many.parquet")
    engine.load("raw.many", tmp_path / "many.parquet")
    many = exp.select(f.alias(f.sum(f.col("i", "a") * f.col("i", "b")), "s")).from_(
        f.table("raw.many", "a")
    )
    for other in "bc":  # a compiled loop of Spark ends its innermost rounds before it looks up
        many = many.join(f.table("raw.many", other), join_type="cross")
    with pytest.raises(EngineError, match="longer than 1 seconds"):
        engine.query(many, limits=Limits(seconds=1.0))
    quick = exp.select(f.alias(f.count(), "n")).from_(f.table("raw.many"))
    assert engine.query(quick, limits=Limits(seconds=60)).to_pylist() == [{"n": 3000}]
