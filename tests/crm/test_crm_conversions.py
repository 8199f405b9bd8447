"""What was detected of dates and numbers is what the loader can read: no cell is lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlglot import exp

from dq.crm.mapping import Conversion, SourceMapping
from dq.crm.recognise import recognise
from dq.crm.typing import convert
from dq.engines.base import Engine
from dq.sql import portable as f
from dq.tables import RawTable
from tests.crm.caselib import DATA, cases, tables
from tests.crm.tables import raw_csv

ALL = dict(cases())
REAL = (
    ("maven_crm_sales/*.csv", ","),
    ("olist_marketing_funnel/*.csv", ";"),
    ("olist_marketing_funnel/original/*.csv", ","),
    ("x_education_leads/Leads.csv", ","),
    ("fivetran_dbt_salesforce_seeds/sf_opportunity*.csv", ","),
    ("fivetran_dbt_hubspot_seeds/e*.csv", ","),
)


def _typed(source: SourceMapping) -> Iterator[tuple[str, Conversion]]:
    for table in source.tables:
        yield from ((c.source, c.conversion) for c in table.columns if c.source)
        yield from ((o.source, o.conversion) for o in table.own)
    yield from ((o.source, o.conversion) for o in source.own)


def _lost(engine: Engine, raws: Sequence[RawTable]) -> list[str]:
    """Columns with cells that hold something and do not convert."""
    lost = []
    for raw, source in zip(raws, recognise(raws).mapping.sources, strict=True):
        columns = [(name, how) for name, how in _typed(source) if how.type != "text"]
        if not columns:
            continue
        engine.load(f"raw.{raw.name}", raw)
        counts = []
        for place, (name, how) in enumerate(columns):
            empty = [word.casefold() for word in how.empty_words]
            said = f.filled(f.col(name))
            if empty:
                said = f.all_of(said, f.not_(f.in_(f.fold(f.col(name)), empty)))
            missed = f.all_of(said, f.is_null(convert(f.col(name), how)))
            counts.append(f.alias(f.count_if(missed), f"n{place}"))
        row = engine.query(exp.select(*counts).from_(f.table(f"raw.{raw.name}"))).to_pylist()[0]
        lost += [f"{raw.name}.{n}: {how}" for i, (n, how) in enumerate(columns) if row[f"n{i}"]]
    return lost


@pytest.mark.parametrize("name", ALL)
def test_no_cell_of_a_case_is_lost(name: str, duck_engine: Engine, tmp_path: Path) -> None:
    assert _lost(duck_engine, tables(tmp_path, ALL[name]["files"])) == []


@pytest.mark.skipif(not DATA.is_dir(), reason="the real tables are not here")
@pytest.mark.parametrize(("pattern", "delimiter"), REAL)
def test_no_cell_of_a_real_table_is_lost(
    pattern: str, delimiter: str, duck_engine: Engine, tmp_path: Path
) -> None:
    raws = [raw_csv(tmp_path, path, delimiter) for path in sorted(DATA.glob(pattern))]
    assert raws
    assert _lost(duck_engine, raws) == []
