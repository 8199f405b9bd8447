"""`src.<source>`: each source typed under its own names, dead rows included."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from dq.crm.cells import Cells
from dq.crm.mapping import Conversion, ProjectMapping, SourceMapping
from dq.crm.staging import Step, staged
from dq.crm.typing import clean, helper, value
from dq.engines.base import Engine
from dq.sql import portable as f
from dq.tables import ROW, RawTable

__all__ = ["bare_sources"]


def bare_sources(
    engine: Engine,
    mapping: ProjectMapping,
    raws: Mapping[str, RawTable],
    cells: Mapping[str, Cells],
    zone: str | None,
) -> None:
    """Views on the raw tables, every column read as its mapping says."""
    for source in mapping.sources:
        raw = raws.get(source.source)
        if raw is None:
            continue
        table = cells[raw.name].table
        query: exp.Query = exp.select("*").from_(table)
        if not raw.typed:
            query = staged(table, _steps(raw, cells[raw.name], _conversions(source), zone))
        engine.view(f"src.{raw.name}", query)


def _conversions(source: SourceMapping) -> dict[str, Conversion]:
    """How each raw column is read where no words are mapped to others."""
    how = {o.source: o.conversion for o in source.own}
    for table in source.tables:
        how.update({o.source: o.conversion for o in table.own})
        how.update(
            {
                c.source: c.conversion
                for c in table.columns
                if c.source is not None and not c.conversion.values
            }
        )
    return how


def _steps(
    raw: RawTable, cells: Cells, how: Mapping[str, Conversion], zone: str | None
) -> list[Step]:
    texts: dict[str, exp.Expr] = {}
    cleaned: dict[str, exp.Expr] = {}
    helped: dict[str, exp.Expr] = {}
    values: dict[str, exp.Expr] = {ROW: f.col(ROW)}
    for place, column in enumerate(raw.columns):
        conversion = how.get(column)
        if conversion is None:
            texts[f"t{place}"] = f.col(column)
            values[column] = f.col(f"t{place}")
            continue
        texts[f"t{place}"] = cells.text(column)
        cleaned[f"c{place}"] = clean(f.col(f"t{place}"), conversion)
        aid = helper(f.col(f"c{place}"), conversion)
        if aid is not None:
            helped[f"h{place}"] = aid
            aid = f.col(f"h{place}")
        values[column] = value(f.col(f"c{place}"), aid, conversion, zone)
    return [s for s in (texts, cleaned, helped, values) if s]
