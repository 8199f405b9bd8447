"""The columns of a finding, as expressions over a query that has the records' own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from dq.sql import portable as f

__all__ = ["RECORD", "Shown", "finding", "json_object"]

RECORD = ("id", "_source", "_row", "_money", "_won")
"""Columns of a record that its findings show."""


@dataclass(frozen=True)
class Shown:
    """What a finding says beside its record, all of it text: None is NULL."""

    severity: exp.Expression
    column: exp.Expression | None = None
    value: exp.Expression | None = None
    cause: exp.Expression | None = None
    args: exp.Expression | None = None


def finding(
    code: str, table: str, shown: Shown, *, key: str = "id", of: str | None = None
) -> exp.Select:
    """Select the columns of a finding; `of` is the alias that holds the record's columns."""

    def text(value: exp.Expression | None) -> exp.Expression:
        return f.null("text") if value is None else value

    return exp.select(
        f.alias(f.lit(code), "code"),
        f.alias(shown.severity, "severity"),
        f.alias(f.lit(table), "table"),
        f.alias(f.col(key, of), "key"),
        f.alias(text(shown.column), "column"),
        f.alias(text(shown.value), "value"),
        f.alias(text(shown.cause), "cause"),
        f.alias(shown.args or f.lit("{}"), "args"),
        f.alias(f.as_decimal(f.col("_money", of)), "money"),
        f.alias(f.col("_won", of), "won"),
        f.alias(f.col("_source", of), "_source"),
        f.alias(f.col("_row", of), "row"),
    )


def json_object(args: Mapping[str, exp.Expression]) -> exp.Expression:
    """A JSON object of texts (NULL as ""), built with portable functions."""
    if not args:
        return f.lit("{}")
    pieces: list[exp.Expression] = []
    for i, (name, value) in enumerate(sorted(args.items())):
        text: exp.Expression = f.coalesce(value, f.lit(""))
        text = f.replace(f.replace(text, f.lit("\\"), f.lit("\\\\")), f.lit('"'), f.lit('\\"'))
        text = f.regexp_replace(text, "[\u0001-\u001f]", " ")
        opening = "{" if i == 0 else ","
        pieces += [f.lit(f'{opening}{json.dumps(name)}:"'), text, f.lit('"')]
    return f.concat(*pieces, f.lit("}"))
