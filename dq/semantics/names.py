"""The names in an expression: tables, aliases, columns, parameters and terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

from dq.errors import Place
from dq.semantics.columns import There
from dq.semantics.written import Written

if TYPE_CHECKING:
    from sqlglot import exp

__all__ = ["TERM_FUNCTIONS", "Call", "calls_of"]

TERM_FUNCTIONS = frozenset({"IS_TERM", "STAGE"})
PARAMETERS = ("as_of",)
_QUOTES = '"“”„«»‘’'


@dataclass(frozen=True)
class Call:
    """A use of a term by IS_TERM: of which table's record, and by whose definition.

    Without an alias it asks the record of the nearest FROM. `table` is None where it cannot
    be said (a derived table).
    """

    term: str
    table: str | None
    department: str | None
    place: Place


@dataclass(frozen=True)
class _Source:
    """What stands under a name in FROM; `columns` is None where any may be there."""

    table: str | None
    columns: frozenset[str] | None


_Frame = Mapping[str, _Source]


def calls_of(plan: exp.Expr, written: Written, table: str, there: There) -> tuple[Call, ...]:
    """The terms that an expression over `table` uses, once its names are known to be right.

    Raises:
        ConfigError: at a table, alias, column, parameter or call that is none.
    """
    reader = _Reader(written, there)
    reader.visit(plan, [{table: _Source(table, there.columns_of(table))}])
    return tuple(reader.calls)


@dataclass
class _Reader:
    """Walks an expression, the frames of names in sight at hand, innermost last."""

    written: Written
    there: There
    calls: list[Call] = field(default_factory=list)

    def visit(self, node: exp.Expr, frames: list[_Frame]) -> None:
        from sqlglot import exp

        if isinstance(node, exp.Column):
            self._column(node, frames)
        elif isinstance(node, exp.Placeholder):
            if node.name not in PARAMETERS:
                raise self.written.unknown(node.name, PARAMETERS, node=node)
        elif isinstance(node, exp.Anonymous) and node.name.upper() == "IS_TERM":
            self._call(node, frames)
        elif isinstance(node, exp.Query):
            self._query(node, frames)
        else:
            if isinstance(node, exp.Anonymous) and node.name.upper() == "STAGE":
                self._check_stage(node)
            for child in node.iter_expressions():
                self.visit(child, frames)

    def _column(self, column: exp.Column, frames: list[_Frame]) -> None:
        from sqlglot import exp

        if isinstance(column.this, exp.Star):
            return
        if column.table:
            sources = [self._named(column.table, column, frames)]
        else:
            sources = [source for frame in reversed(frames) for source in frame.values()]
        known: dict[str, None] = {}
        for source in sources:
            if source.columns is None or column.name in source.columns:
                return
            known |= dict.fromkeys(sorted(source.columns))
        text = column.name
        near = get_close_matches(text, known, n=1, cutoff=0.8)
        if self._quoted(column) and not near:
            raise self.written.error(
                "{name} is not known here.",
                fix="If it is a text, write it in single quotes: '{text}'.",
                node=column,
                name=text,
                text=text.strip(_QUOTES),
            )
        raise self.written.unknown(text, known, node=column)

    def _quoted(self, column: exp.Column) -> bool:
        """Whether a column's name stands in quotes that do not make a text."""
        start = column.this.meta.get("start", 0)
        return column.name[:1] in _QUOTES or self.written.text[start : start + 1] == '"'

    def _named(self, name: str, node: exp.Expr, frames: list[_Frame]) -> _Source:
        """What an alias or table before a dot stands for."""
        for frame in reversed(frames):
            if name and name in frame:
                return frame[name]
        known = (other for frame in reversed(frames) for other in frame if other)
        raise self.written.unknown(name, known, node=node)

    def _call(self, call: exp.Anonymous, frames: list[_Frame]) -> None:
        from sqlglot import exp

        args = call.expressions
        alias = args[1] if len(args) > 1 else None
        texts = [arg for arg in (*args[:1], *args[2:]) if arg.is_string]
        plain = alias is None or (isinstance(alias, exp.Column) and not alias.table)
        if not args or len(args) > 3 or not plain or len(texts) != len(args) - (alias is not None):
            raise self.written.error(
                "IS_TERM takes a term in quotes, an alias and perhaps a department in quotes.",
                fix="For example IS_TERM('prospect', l) or IS_TERM('prospect', l, 'sales_us').",
                node=call,
            )
        near = [source for name, source in frames[-1].items() if name]
        if alias is not None:
            near = [self._named(alias.name, alias, frames)]
        if len(near) != 1:
            raise self.written.error(
                "IS_TERM({term}) needs the alias of its table.",
                fix="Add it.",
                node=call,
                term=args[0].name,
            )
        table = near[0].table
        department = args[2].name if len(args) > 2 else None
        self.calls.append(Call(args[0].name, table, department, self.written.place(call)))

    def _check_stage(self, call: exp.Anonymous) -> None:
        from sqlglot import exp

        if len(call.expressions) != 1 or not isinstance(call.expressions[0], exp.Column):
            raise self.written.error(
                "STAGE takes the stage column of deals.",
                fix="For example STAGE(d.stage).",
                node=call,
            )

    # --- queries ---------------------------------------------------------------------

    def _query(
        self,
        query: exp.Expr,
        frames: list[_Frame],
        common: Mapping[str, frozenset[str] | None] | None = None,
    ) -> frozenset[str] | None:
        """Check a sub-query; the columns that it gives, None where any may be there."""
        from sqlglot import exp

        common = dict(common or {})
        with_ = query.args.get("with_")
        for cte in with_.expressions if with_ is not None else ():
            common[cte.alias] = _renamed(cte, self._query(cte.this, frames, common))
        if isinstance(query, exp.Subquery):
            return self._query(query.this, frames, common)
        if isinstance(query, exp.SetOperation):
            given = self._query(query.this, frames, common)
            self._query(query.expression, frames, common)
            frame: dict[str, _Source] = {"": _Source(None, given)}
            rest = ("order", "limit", "offset")
            self._parts([query.args.get(part) for part in rest], [*frames, frame])
            return given
        frame = {}
        joins = query.args.get("joins") or []
        for relation in [query.args.get("from_"), *joins]:
            if relation is not None:
                name, source = self._relation(relation.this, frames, common)
                frame[name] = source
        given = _given(query, frame)
        frame[""] = _Source(None, frozenset(part.alias for part in query.expressions if part.alias))
        parts = [value for key, value in query.args.items() if key not in _HANDLED]
        self._parts([*parts, *(join.args.get("on") for join in joins)], [*frames, frame])
        return given

    def _parts(self, parts: list[object], frames: list[_Frame]) -> None:
        from sqlglot import exp

        for part in parts:
            for node in part if isinstance(part, list) else [part]:
                if isinstance(node, exp.Expr):
                    self.visit(node, frames)

    def _relation(
        self,
        relation: exp.Expr,
        frames: list[_Frame],
        common: Mapping[str, frozenset[str] | None],
    ) -> tuple[str, _Source]:
        """A table or derived table under its name."""
        from sqlglot import exp

        if isinstance(relation, exp.Query):
            given = self._query(relation, frames, common)
            return relation.alias_or_name, _Source(None, _renamed(relation, given))
        if not isinstance(relation, exp.Table):
            self.visit(relation, frames)
            return relation.alias_or_name, _Source(None, None)
        name = relation.name
        if not relation.db and name in common:
            return relation.alias_or_name, _Source(None, common[name])
        if relation.db not in ("", "crm") or name not in self.there.tables:
            written = f"{relation.db}.{name}" if relation.db else name
            raise self.written.unknown(written, self.there.tables, node=relation)
        found = _renamed(relation, self.there.columns_of(name))
        return relation.alias_or_name, _Source(name, found)


_HANDLED = frozenset({"with_", "from_", "joins"})


def _given(query: exp.Expr, frame: Mapping[str, _Source]) -> frozenset[str] | None:
    """The columns of a SELECT; None where a star takes what is not known."""
    names: set[str] = set()
    for part in query.expressions:
        if not part.is_star:
            names.add(part.alias_or_name)
            continue
        for name, source in frame.items():
            if getattr(part, "table", "") in ("", name):
                if source.columns is None:
                    return None
                names |= source.columns
    return frozenset(names)


def _renamed(relation: exp.Expr, given: frozenset[str] | None) -> frozenset[str] | None:
    """The columns of a table under the names that its alias gives them."""
    alias = relation.args.get("alias")
    named = alias.args.get("columns") if alias is not None else None
    return frozenset(part.name for part in named) if named else given
