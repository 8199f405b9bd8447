"""Whether a table keeps its grain in a join: each of its rows comes out once at most.

It does when every other table can be reached over equalities that cover a unique key of the
table reached. What cannot be reached so may repeat rows: a sum over them counts twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from dq.crm.model import TABLES

__all__ = ["Source", "keeps_grain", "repeating", "sources_of"]


@dataclass(frozen=True)
class Source:
    """A table, CTE or derived table of a query; `keys` are sets of columns that are unique."""

    name: str
    table: str | None
    keys: tuple[frozenset[str], ...]
    padded: bool = False


def sources_of(select: exp.Select) -> tuple[Source, ...]:
    """What a SELECT reads, in order; `padded` where an outer join may give rows of NULLs."""
    nodes: list[tuple[exp.Expr, exp.Join | None]] = []
    start = select.args.get("from_")
    if start is not None:
        nodes.append((start.this, None))
    joins = select.args.get("joins") or []
    nodes += [(join.this, join) for join in joins]
    found = []
    for place, (node, own) in enumerate(nodes):
        side = own.side.upper() if own is not None else ""
        later = [j.side.upper() for j in (joins if own is None else joins[place:])]
        padded = side in ("LEFT", "FULL") or any(s in ("RIGHT", "FULL") for s in later)
        if own is not None and own.kind.upper() in ("SEMI", "ANTI"):
            continue
        found.append(_source(node, select, padded))
    return tuple(found)


def _source(node: exp.Expr, select: exp.Select, padded: bool) -> Source:
    if isinstance(node, exp.Table):
        common = _common(select, node)
        if common is not None:
            return Source(node.alias_or_name, None, _keys_of_query(common), padded)
        model = TABLES.get(node.name)
        keys = (frozenset(model.key),) if model else ()
        return Source(node.alias_or_name, node.name, keys, padded)
    return Source(node.alias_or_name, _whole_table(node.this), _keys_of_query(node.this), padded)


def _whole_table(query: exp.Expr) -> str | None:
    """The table whose whole rows a query gives, each once at most (SELECT * FROM t WHERE …)."""
    if not isinstance(query, exp.Select) or query.args.get("joins") or query.args.get("group"):
        return None
    start = query.args.get("from_")
    star = len(query.expressions) == 1 and isinstance(query.expressions[0], exp.Star)
    table = start.this if start is not None else None
    return table.name if star and isinstance(table, exp.Table) else None


def _common(select: exp.Select, table: exp.Table) -> exp.Expr | None:
    """The query of a CTE that a table names."""
    if table.db:
        return None
    scope: exp.Expr | None = select
    while scope is not None:
        with_ = scope.args.get("with_") if isinstance(scope, exp.Query) else None
        for part in with_.expressions if with_ else ():
            if part.alias == table.name:
                found: exp.Expr = part.this
                return found
        scope = scope.parent
    return None


def _keys_of_query(query: exp.Expr) -> tuple[frozenset[str], ...]:
    """Columns by which the rows of a query are unique: its groups, or DISTINCT ones."""
    query = query.unnest() if isinstance(query, exp.Subquery) else query
    if not isinstance(query, exp.Select):
        return ()
    names = [part.alias_or_name for part in query.expressions]
    group = query.args.get("group")
    if group is not None:
        keys = []
        for part in group.expressions:
            name = _output(part, query, names)
            if name is None:
                return ()
            keys.append(name)
        return (frozenset(keys),)
    if query.args.get("distinct"):
        return (frozenset(names),)
    single = sources_of(query)
    if len(single) == 1:  # a filter or projection keeps what was unique
        kept = {
            part.this.name if isinstance(part, exp.Alias) else part.name: part.alias_or_name
            for part in query.expressions
            if isinstance(part.unalias(), exp.Column)
        }
        star = any(isinstance(part, exp.Star) for part in query.expressions)
        return tuple(
            frozenset(kept.get(c, c) for c in key)
            for key in single[0].keys
            if star or all(c in kept for c in key)
        )
    return ()


def _output(part: exp.Expr, query: exp.Select, names: list[str]) -> str | None:
    """The name under which a grouped expression leaves the query."""
    if isinstance(part, exp.Literal) and not part.is_string:
        place = int(part.name) - 1
        return names[place] if 0 <= place < len(names) else None
    for column in query.expressions:
        same = column.unalias() == part
        if same or (isinstance(part, exp.Column) and column.alias_or_name == part.name):
            return str(column.alias_or_name)
    return None


@dataclass(frozen=True)
class _Equality:
    """An equality of a join; `own` is the table joined by it, `side` its side ("" inner)."""

    left: exp.Expr
    right: exp.Expr
    side: str = ""
    own: str = ""

    def leads(self, target: str, certain: bool) -> tuple[bool, bool]:
        """Whether it limits rows of `target`, and whether that row is then surely there.

        `certain`: the tables it leads from are there in every row that counts.
        """
        if self.side == "":
            return True, certain
        if self.side == "FULL":
            return certain, False
        towards_padded = (target == self.own) == (self.side == "LEFT")
        return (True, False) if towards_padded else (certain, True)


def repeating(select: exp.Select, alias: str) -> str | None:
    """The first table that may repeat rows of `alias`; None where none does."""
    sources = {source.name: source for source in sources_of(select)}
    reached = {alias: True}  # name → whether it has a row wherever `alias` has one
    equal = list(_equalities(select))
    grown = True
    while grown:
        grown = False
        for name, source in sources.items():
            certain = None if name in reached else _reachable(source, reached, equal)
            if certain is not None:
                reached[name] = certain
                grown = True
    return next((name for name in sources if name not in reached), None)


def keeps_grain(select: exp.Select, alias: str) -> bool:
    """Whether no join repeats rows of `alias`."""
    return repeating(select, alias) is None


def _reachable(
    source: Source, reached: Mapping[str, bool], equal: Iterable[_Equality]
) -> bool | None:
    """None where it may repeat rows, else whether it surely has a row."""
    covered: dict[str, bool] = {}
    for equality in equal:
        for own, other in (
            (equality.left, equality.right),
            (equality.right, equality.left),
        ):
            tables = {column.table for column in other.find_all(exp.Column)}
            if not (isinstance(own, exp.Column) and own.table == source.name):
                continue
            if not tables <= set(reached):
                continue
            limits, sure = equality.leads(source.name, all(reached[t] for t in tables))
            if limits:
                covered[own.name] = sure or covered.get(own.name, False)
    fitting = [key for key in source.keys if key <= set(covered)]
    return any(all(covered[c] for c in key) for key in fitting) if fitting else None


def _equalities(select: exp.Select) -> Iterator[_Equality]:
    """Equalities that joined rows fulfil: conjuncts of ON, USING, and of WHERE."""
    names = [source.name for source in sources_of(select)]
    for join in select.args.get("joins") or []:
        own = join.alias_or_name
        for left, right in _equal_parts(join.args.get("on")):
            yield _Equality(left, right, join.side.upper(), own)
        for column in join.args.get("using") or []:
            before = next((n for n in names if n != own), None)
            if before is not None:
                mine, other = exp.column(column.name, own), exp.column(column.name, before)
                yield _Equality(mine, other, join.side.upper(), own)
    where = select.args.get("where")
    for left, right in _equal_parts(where.this if where is not None else None):
        yield _Equality(left, right)


def _equal_parts(node: exp.Expr | None) -> Iterator[tuple[exp.Expr, exp.Expr]]:
    if node is None:
        return
    node = node.unnest()
    if isinstance(node, exp.And):
        yield from _equal_parts(node.this)
        yield from _equal_parts(node.expression)
    elif isinstance(node, exp.EQ):
        yield node.this.unnest(), node.expression.unnest()
