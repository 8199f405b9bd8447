"""Names and fixed values: columns, tables, literals, parameters."""

from __future__ import annotations

from sqlglot import exp

from dq.sql.function import literal, own

__all__ = ["alias", "col", "lit", "null", "param", "table"]

_TYPES = {
    "text": "text",
    "integer": "bigint",
    "double": "double",
    "decimal": "decimal(18, 4)",
    "date": "date",
    "timestamp": "timestamp",
    "boolean": "boolean",
}


def col(name: str, table: str | None = None) -> exp.Expression:
    """A column, its name taken exactly."""
    qualifier = exp.to_identifier(table, quoted=True) if table else None
    return exp.Column(this=exp.to_identifier(name, quoted=True), table=qualifier)


def table(name: str, alias: str | None = None) -> exp.Table:
    """A table by its dotted name (`crm.deals`); its columns are qualified by alias or last part."""
    schema, _, last = name.rpartition(".")
    return exp.Table(
        this=exp.to_identifier(last, quoted=True),
        db=exp.to_identifier(schema, quoted=True) if schema else None,
        alias=exp.TableAlias(this=exp.to_identifier(alias, quoted=True)) if alias else None,
    )


def lit(value: object) -> exp.Expression:
    """A fixed value: text, whole number, Decimal, float, date, datetime, bool or None."""
    return literal(value)


def null(type_name: str) -> exp.Expression:
    """NULL of a type: text, integer, double, decimal, date, timestamp or boolean."""
    return exp.Cast(this=exp.Null(), to=exp.DataType.build(_TYPES[type_name]))


def param(name: str) -> exp.Expression:
    """A named parameter (`:as_of`), bound when the query runs."""
    return exp.Placeholder(this=name)


def alias(expression: exp.Expr, name: str) -> exp.Expression:
    """An expression under a column name, taken exactly."""
    return exp.Alias(this=own(expression), alias=exp.to_identifier(name, quoted=True))
