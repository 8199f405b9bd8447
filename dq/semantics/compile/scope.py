"""A definition's predicate over a named table: every column says whose it is.

Definitions name their own table's columns without a qualifier. In a query the table has an
alias, and sub-queries of the definition must not mistake the query's names for their own:
their tables get names that nothing else has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

from sqlglot import exp

from dq.errors import UsageError
from dq.semantics.columns import Columns, columns_of_table
from dq.sql import portable as f

__all__ = ["Qualifier"]


@dataclass(frozen=True)
class _Source:
    """A table of a query under its old name, and what it is called now."""

    called: str
    columns: frozenset[str]


_Frame = Mapping[str, _Source]


@dataclass
class Qualifier:
    """Rewrites predicates; `columns` are those that are there (None: those of the model)."""

    columns: Columns | None = None
    _names: count[int] = field(default_factory=lambda: count(1))

    def over(self, plan: exp.Expr, table: str, alias: str) -> exp.Expr:
        """A copy of a predicate or value over `table`, read from `alias`."""
        frame = {table: _Source(alias, columns_of_table(table, self.columns))}
        return self._inside(plan.copy(), [frame])

    def _inside(self, node: exp.Expr, frames: list[_Frame]) -> exp.Expr:
        """The node with its columns qualified; sub-queries are scopes of their own."""

        def placed(part: exp.Expr) -> exp.Expr:
            if isinstance(part, exp.Column) and not isinstance(part.this, exp.Star):
                return self._column(part, frames)
            if isinstance(part, exp.Query) and not isinstance(part, exp.Subquery):
                return self._query(part, frames)
            if isinstance(part, exp.Anonymous) and part.name.upper() == "IS_TERM":
                return self._call(part, frames)
            return part

        return _rewritten(node, placed)

    def _call(self, call: exp.Anonymous, frames: list[_Frame]) -> exp.Expr:
        """IS_TERM with the alias that its table now has; without one it asks the nearest table."""
        term, *rest = call.expressions
        near = frames[-1]
        if rest:
            near = next((frame for frame in reversed(frames) if rest[0].name in frame), {})
            near = {name: source for name, source in near.items() if name == rest[0].name}
        if len(near) != 1:
            raise UsageError(
                "IS_TERM({term}) needs the alias of its table.", fix="Add it.", term=term.name
            )
        (source,) = near.values()
        args = [term.copy(), f.col(source.called), *(arg.copy() for arg in rest[1:])]
        return exp.Anonymous(this="IS_TERM", expressions=args)

    def _column(self, column: exp.Column, frames: list[_Frame]) -> exp.Expr:
        for frame in reversed(frames):
            for name, source in frame.items():
                if column.table and column.table == name:
                    return f.col(column.name, source.called)
                if not column.table and column.name in source.columns:
                    return f.col(column.name, source.called)
        if len(frames) == 1 and not column.table:
            return f.col(column.name, next(iter(frames[0].values())).called)
        raise UsageError(
            "A definition reads {column}, which no table of it has.",
            fix="Correct it in glossary.yaml.",
            column=column.sql(),
        )

    def _query(self, query: exp.Expr, frames: list[_Frame]) -> exp.Expr:
        if isinstance(query, exp.SetOperation):
            query.set("this", self._query(query.this, frames))
            query.set("expression", self._query(query.expression, frames))
            return query
        frame: dict[str, _Source] = {}
        relations = [part for part in [query.args.get("from_")] if part is not None]
        relations += query.args.get("joins") or []
        for relation in relations:
            relation.set("this", self._relation(relation.this, frames, frame))
        inner = [*frames, frame]
        for key, value in list(query.args.items()):
            if key in ("from_", "joins") or value is None:
                continue
            if isinstance(value, exp.Expr):
                query.set(key, self._inside(value, inner))
            elif isinstance(value, list):
                query.set(key, [self._inside(v, inner) for v in value])
        for join in query.args.get("joins") or []:
            if join.args.get("on") is not None:
                join.set("on", self._inside(join.args["on"], inner))
        return query

    def _relation(
        self, relation: exp.Expr, frames: list[_Frame], frame: dict[str, _Source]
    ) -> exp.Expr:
        """A table or derived table of a sub-query under a name of its own."""
        called = f"_g{next(self._names)}"
        name = relation.alias_or_name
        if isinstance(relation, exp.Table):
            table = relation.name
            frame[name] = _Source(called, columns_of_table(table, self.columns))
            dotted = f"{relation.db}.{table}" if relation.db else f"crm.{table}"
            return f.table(dotted, called)
        inner = self._query(relation.this, frames)
        named = [part.alias_or_name for part in inner.selects] if hasattr(inner, "selects") else []
        frame[name] = _Source(called, frozenset(named))
        return inner.subquery(called, copy=False) if isinstance(inner, exp.Query) else relation


def _rewritten(node: exp.Expr, change: object) -> exp.Expr:
    """The tree with `change` applied from the top; what it replaces is not looked into."""
    changed: exp.Expr = change(node)  # type: ignore[operator]
    if (
        changed is not node
        or isinstance(changed, exp.Column)
        or (isinstance(changed, exp.Query) and not isinstance(changed, exp.Subquery))
    ):
        return changed
    for key, value in list(node.args.items()):
        if isinstance(value, exp.Expr):
            node.set(key, _rewritten(value, change))
        elif isinstance(value, list) and value and isinstance(value[0], exp.Expr):
            node.set(key, [_rewritten(v, change) for v in value])
    return node
