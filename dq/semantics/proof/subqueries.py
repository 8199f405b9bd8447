"""EXISTS and IN over sub-queries.

Each EXISTS that holds has a row of its own to show for it, and every row shown counts for every
other sub-query over the same table: with that, one whose condition implies another's implies it,
and what z3 finds is a small database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import z3
from sqlglot import exp

from dq.semantics.proof.facts import Column, Table
from dq.semantics.proof.logic import Formula, Truth, all_of, implies, not_
from dq.semantics.proof.problem import Problem, Row
from dq.semantics.proof.scope import Reader, Scope
from dq.semantics.proof.values import UnsupportedError
from dq.sql.function import Kind, function_named

__all__ = ["Shape", "Subqueries", "shape_of", "table_name"]

_MOST_ROWS = 10
_MOST_INSTANCES = 80


@dataclass(frozen=True)
class Shape:
    """A plain sub-query: rows of tables, each by its alias, that meet a condition."""

    tables: tuple[tuple[str, str], ...]
    condition: exp.Expr | None
    shown: exp.Expr | None


def table_name(node: exp.Table) -> str:
    """A table's name; that of `crm` is the plain one."""
    return node.name if node.db in ("", "crm") else f"{node.db}.{node.name}"


def _of_many_rows(node: exp.Expr) -> bool:
    """Whether an expression looks at more than one row."""
    names = (str(call.this).lower() for call in node.find_all(exp.Anonymous))
    functions = [function_named(name) for name in names]
    return bool(node.find(exp.AggFunc, exp.Window)) or any(
        function is not None and function.kind is Kind.AGGREGATE for function in functions
    )


def shape_of(node: exp.Expr) -> Shape | None:
    """The shape of a sub-query, if it is a plain one."""
    query = node.this if isinstance(node, exp.Subquery) else node
    if not isinstance(query, exp.Select):
        return None
    if any(query.args.get(part) for part in ("with_", "group", "having", "limit", "offset")):
        return None
    if any(map(_of_many_rows, query.expressions)):
        return None
    start = query.args.get("from_")
    sources = [start.this] if start else []
    conditions = []
    for join in query.args.get("joins") or ():
        if join.args.get("using") or join.side or join.kind.upper() not in ("", "INNER", "CROSS"):
            return None
        sources.append(join.this)
        if join.args.get("on"):
            conditions.append(join.args["on"])
    if not sources or not all(isinstance(s, exp.Table) for s in sources):
        return None
    where = query.args.get("where")
    if where is not None:
        conditions.append(where.this)
    condition = conditions[0] if conditions else None
    for other in conditions[1:]:
        condition = exp.And(this=condition.copy(), expression=other.copy())  # type: ignore[union-attr]
    shown = query.expressions[0].unalias() if len(query.expressions) == 1 else None
    return Shape(tuple((s.alias_or_name, table_name(s)) for s in sources), condition, shown)


@dataclass(frozen=True, eq=False)
class _Atom:
    """A sub-query for given outer rows; `holds` says that it finds a row.

    For IN, `sought` is the value's expression and `sure` whether the row's value must equal
    it or only must not differ for certain.
    """

    name: str
    shape: Shape
    scope: Scope
    holds: Formula
    sought: exp.Expr | None = None
    sure: bool = True


@dataclass(frozen=True, eq=False)
class Shown:
    """A row of another table, in the database where `present`."""

    row: Row
    present: Formula


class Subqueries:
    """The sub-queries of one problem and the rows that they find."""

    def __init__(self, encoder: Reader, outer: Row) -> None:
        self.encoder = encoder
        self.problem: Problem = encoder.problem
        self.rows: dict[str, list[Shown]] = {}
        self._atoms: dict[str, _Atom] = {}
        self._by_id: dict[int, _Atom] = {}
        self._needed: dict[str, _Atom] = {}
        self._seen: set[int] = set()
        self._count = 0
        self._met: set[tuple[str, ...]] = set()
        if outer.table is not None:
            self.rows[outer.table] = [Shown(outer, True)]

    def truth(self, node: exp.Expr, scope: Scope) -> Truth:
        """EXISTS, or IN over a query."""
        query = node.this if isinstance(node, exp.Exists) else node.args["query"]
        shape = shape_of(query)
        if shape is None or (isinstance(node, exp.In) and shape.shown is None):
            return self._unknown(node, scope)
        if isinstance(node, exp.Exists):
            return Truth.sure(self._atom(node, shape, scope).holds)
        found = self._atom(node, shape, scope, node.this, sure=True)
        perhaps = self._atom(node, shape, scope, node.this, sure=False)
        return Truth(found.holds, not_(perhaps.holds))

    def _unknown(self, node: exp.Expr, scope: Scope) -> Truth:
        """A sub-query of another form: the same text for the same rows is the same."""
        rows = "/".join(_names(scope))
        key = f"{rows}: {normalised(node)}"
        self.problem.left_open(node.sql(), blind=True)
        if isinstance(node, exp.Exists):
            return Truth.sure(self.problem.named(key))
        t, f = self.problem.named(f"{key} true"), self.problem.named(f"{key} false")
        self.problem.add(not_(all_of((t, f))))
        return Truth(t, f)

    def _atom(
        self,
        node: exp.Expr,
        shape: Shape,
        scope: Scope,
        sought: exp.Expr | None = None,
        *,
        sure: bool = True,
    ) -> _Atom:
        key = f"{'/'.join(_names(scope))}: {node.sql()} {sure}"
        found = self._atoms.get(key)
        if found is None:
            found = _Atom(key, shape, scope, z3.Bool(key), sought, sure)
            self._atoms[key] = self._by_id[found.holds.get_id()] = found
        return found

    def _need(self, formula: Formula) -> None:
        """Take in the sub-queries that a formula speaks of; others need no axioms."""
        open_ = [] if isinstance(formula, bool) else [formula]
        while open_:
            node = open_.pop()
            number = node.get_id()
            if number in self._seen:
                continue
            self._seen.add(number)
            open_ += node.children()
            atom = self._by_id.get(number)
            if atom is not None:
                self._needed[atom.name] = atom
                self._show(atom)

    def _show(self, atom: _Atom) -> None:
        """Give a sub-query rows of its own that it finds where it holds."""
        if self._count + len(atom.shape.tables) > _MOST_ROWS:
            return
        rows = []
        for _, table in atom.shape.tables:
            self._count += 1
            facts = self.problem.tables.get(table)
            rows.append(Row(f"{table}#{self._count}", table, facts.columns if facts else None))
        self._met.add(self._meeting(atom, rows))
        for row in rows:
            self.rows.setdefault(str(row.table), []).append(Shown(row, atom.holds))
        finds = self._finds(atom, rows)
        self.problem.add(implies(atom.holds, finds))
        self._need(finds)

    def _meeting(self, atom: _Atom, rows: list[Row]) -> tuple[str, ...]:
        return (atom.name, *(row.name for row in rows))

    def _finds(self, atom: _Atom, rows: list[Row]) -> Formula:
        """That a sub-query finds these rows."""
        aliases = [alias for alias, _ in atom.shape.tables]
        inner = Scope(dict(zip(aliases, rows, strict=True)), atom.scope)
        encoder, shape = self.encoder, atom.shape
        meets = True if shape.condition is None else encoder.truth(shape.condition, inner).t
        if atom.sought is None or shape.shown is None:
            return meets
        try:
            equal = encoder.compare(
                "eq", encoder.encode(atom.sought, atom.scope), encoder.encode(shape.shown, inner)
            )
        except UnsupportedError as reason:
            self.problem.left_open(str(reason), blind=True)
            key = f"{atom.sought.sql()} of {_names(atom.scope)} = {shape.shown.sql()} of "
            key += "/".join(row.name for row in rows)
            t, f = self.problem.named(f"{key} true"), self.problem.named(f"{key} false")
            self.problem.add(not_(all_of((t, f))))
            equal = Truth(t, f)
        return all_of((meets, equal.t if atom.sure else not_(equal.f)))

    def close(self, formulas: Sequence[Formula]) -> None:
        """Let every sub-query that the formulas speak of see the rows of all others."""
        for formula in formulas:
            self._need(formula)
        while len(self._met) < _MOST_INSTANCES:
            unmet = list(self._unmet())
            if not unmet:
                break
            for atom, shown in unmet[:_MOST_INSTANCES]:
                rows = [s.row for s in shown]
                self._met.add(self._meeting(atom, rows))
                found = self._finds(atom, rows)
                self.problem.add(implies(all_of((*(s.present for s in shown), found)), atom.holds))
                self._need(found)
        for table, shown_rows in self.rows.items():
            facts = self.problem.tables.get(table)
            if facts is not None and facts.key:
                self._unique(facts, shown_rows)

    def _unmet(self) -> Iterator[tuple[_Atom, tuple[Shown, ...]]]:
        for atom in self._needed.values():
            tables = [self.rows.get(table, []) for _, table in atom.shape.tables]
            for shown in product(*tables):
                if self._meeting(atom, [s.row for s in shown]) not in self._met:
                    yield atom, shown

    def _unique(self, facts: Table, rows: list[Shown]) -> None:
        """Rows with one key are one row."""
        for i, one in enumerate(rows):
            for other in rows[:i]:
                names = self._read(one.row, facts.columns) | self._read(other.row, facts.columns)
                if not names.intersection(facts.key):
                    continue
                alike = [self._equal(one.row, other.row, name).t for name in facts.key]
                same = [self._same(one.row, other.row, name) for name in sorted(names)]
                both = (one.present, other.present)
                self.problem.add(implies(all_of((*both, *alike)), all_of(same)))

    def _read(self, row: Row, columns: Mapping[str, Column]) -> set[str]:
        return {name for name in columns if f"{row.name}.{name}" in self.problem.leaves}

    def _equal(self, a: Row, b: Row, name: str) -> Truth:
        left, right = (self.problem.leaf(row, name).value for row in (a, b))
        return self.encoder.compare("eq", left, right)

    def _same(self, a: Row, b: Row, name: str) -> Formula:
        left, right = (self.problem.leaf(row, name).value for row in (a, b))
        return self.encoder.same(left, right).t


def _names(scope: Scope) -> list[str]:
    around = _names(scope.around) if scope.around else []
    return around + [row.name for row in scope.rows.values()]


def normalised(node: exp.Expr) -> str:
    """A sub-query's text, whatever its aliases and the order of its conjuncts."""
    copy = node.copy()
    names: dict[str, str] = {}
    for table in copy.find_all(exp.Table, bfs=False):
        name = names.setdefault(table.alias_or_name, f"t{len(names)}")
        table.set("alias", exp.TableAlias(this=exp.to_identifier(name)))
    for column in copy.find_all(exp.Column):
        if column.table in names:
            column.set("table", exp.to_identifier(names[column.table], quoted=True))
    if isinstance(copy, exp.Exists) and isinstance(copy.this, exp.Select):
        copy.this.set("expressions", [exp.Literal.number(1)])

    def ordered(part: exp.Expr) -> exp.Expr:
        if not isinstance(part, exp.And | exp.Or):
            return part
        parts = sorted(part.flatten(), key=lambda p: str(p.sql()))
        made = parts[0].copy()
        for other in parts[1:]:
            made = type(part)(this=made, expression=other.copy())
        return made

    return str(copy.transform(ordered).sql())
