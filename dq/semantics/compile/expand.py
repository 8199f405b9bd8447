"""A query with terms in it as a plain one: FROM term.x, IS_TERM, MEASURE, STAGE replaced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from dq.crm.model import TABLES
from dq.errors import Place, UsageError
from dq.semantics.compile.compiler import Compiler
from dq.semantics.compile.grain import Source, repeating, sources_of
from dq.semantics.inforce import InForce
from dq.sql import portable as f

__all__ = ["QUERY_FUNCTIONS", "Expanded", "expand"]

QUERY_FUNCTIONS = frozenset({"IS_TERM", "STAGE", "MEASURE"})
"""Functions of a query that stand for terms; the parser must let them pass."""

_TERM_SCHEMA = "term"


@dataclass(frozen=True)
class Expanded:
    """A plain query, and the definitions that it was made of by their object names."""

    query: exp.Query
    used: Mapping[str, InForce]


def expand(query: exp.Query, compiler: Compiler, where: Place | None = None) -> Expanded:
    """Replace every use of a term; the query given is not changed.

    Tables of the model without a schema become those of `crm`.

    Raises:
        UsageError: a term is not there or used where it cannot stand; Q101: MEASURE over a
            table whose rows a join repeats, with the CTE to write.
    """
    made = query.copy()
    try:
        _tables(made, compiler)
        for select in list(made.find_all(exp.Select)):
            _measures(select, compiler)
        compiler.expanded(made)
    except UsageError as error:
        error.where = error.where or where
        raise
    return Expanded(made, dict(compiler.used))


def _tables(query: exp.Query, compiler: Compiler) -> None:
    common = {cte.alias for cte in query.find_all(exp.CTE)}
    for table in list(query.find_all(exp.Table)):
        if table.db == _TERM_SCHEMA:
            table.replace(compiler.table(table.name, table.alias_or_name))
        elif not table.db and table.name in TABLES and table.name not in common:
            table.replace(f.table(f"crm.{table.name}", table.alias_or_name))


def _measures(select: exp.Select, compiler: Compiler) -> None:
    for call in _calls(select):
        _check_place(call, select)
        call.replace(exp.Paren(this=_measure(call, select, compiler)))


def _calls(select: exp.Select) -> list[exp.Anonymous]:
    """Calls of MEASURE of this SELECT, not of its sub-queries."""
    found = []
    for node in select.walk(prune=lambda n: isinstance(n, exp.Query) and n is not select):
        if isinstance(node, exp.Anonymous) and str(node.this).upper() == "MEASURE":
            found.append(node)
    return found


def _check_place(call: exp.Anonymous, select: exp.Select) -> None:
    """MEASURE is an aggregate: it stands in SELECT, HAVING or ORDER BY and in no window."""
    node: exp.Expr | None = call
    said = f"MEASURE({', '.join(a.name for a in call.expressions)})"
    while node is not None and node is not select:
        if isinstance(node, exp.Window | exp.Distinct):
            raise UsageError(
                "{call} cannot stand in DISTINCT or OVER.",
                fix="Compute it in a query of its own first.",
                call=said,
            )
        if isinstance(node, exp.Where | exp.Group | exp.Join):
            raise UsageError(
                "{call} cannot stand in WHERE, GROUP BY or ON: it is an aggregate.",
                fix="Use HAVING, or IS_TERM for a condition on records.",
                call=said,
            )
        node = node.parent


def _measure(call: exp.Anonymous, select: exp.Select, compiler: Compiler) -> exp.Expr:
    args = call.expressions
    plain = all(isinstance(a, exp.Column) and not a.table for a in args[:2])
    department = args[2].name if len(args) == 3 and args[2].is_string else None
    if not args or not plain or len(args) > 3 or (len(args) == 3 and department is None):
        raise UsageError(
            "MEASURE takes a measure, perhaps an alias and a department in quotes.",
            fix="For example MEASURE(revenue) or MEASURE(revenue, d).",
        )
    name = args[0].name
    given = args[1].name if len(args) > 1 else None
    sources = sources_of(select)
    aliases: dict[str, str] = {}
    there: dict[str, exp.Expr] = {}
    tables = compiler.tables_of(name)
    if len(tables) > 1:
        raise UsageError(
            "Q101: {measure} divides measures of {tables}; one query cannot hold both.",
            fix="Compute each in a CTE of its own and join them on what they are grouped by.",
            measure=name,
            tables=", ".join(tables),
        )
    for table in tables:
        source = _source(table, given, sources, name)
        _check_grain(select, source, name)
        aliases[table] = source.name
        if source.padded:
            key = TABLES[table].key[0] if table in TABLES else "id"
            there[source.name] = f.not_null(f.col(key, source.name))
    return compiler.measure(name, aliases, department, there)


def _source(table: str, given: str | None, sources: tuple[Source, ...], name: str) -> Source:
    fitting = [s for s in sources if s.table == table and given in (None, s.name)]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        raise UsageError(
            "MEASURE({measure}) is over {table}, which this query does not read.",
            fix="Add {table} to FROM.",
            measure=name,
            table=table,
        )
    raise UsageError(
        "MEASURE({measure}) could be over {aliases}.",
        fix="Say which: MEASURE({measure}, {first}).",
        measure=name,
        aliases=", ".join(s.name for s in fitting),
        first=fitting[0].name,
    )


def _check_grain(select: exp.Select, source: Source, name: str) -> None:
    other = repeating(select, source.name)
    if other is None:
        return
    raise UsageError(
        "Q101: MEASURE({measure}) would count rows of {alias} several times: {other} may repeat "
        "them.",
        fix="Compute it apart and join the result: {cte}",
        measure=name,
        alias=source.name,
        other=other,
        cte=_apart(select, source, name),
    )


def _apart(select: exp.Select, source: Source, name: str) -> str:
    """The CTE to write: the measure by what the query groups by of its own table."""
    group = select.args.get("group")
    by = [
        part
        for part in (group.expressions if group is not None else [])
        if isinstance(part, exp.Column) and part.table == source.name
    ]
    columns = [part.name for part in by] or ["id"]
    listed = ", ".join(f"{source.name}.{c}" for c in columns)
    return (
        f"WITH {name}_apart AS (SELECT {listed}, MEASURE({name}, {source.name}) AS {name} "
        f"FROM {source.table} AS {source.name} GROUP BY {listed})"
    )
