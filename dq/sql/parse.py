"""Expression text of DuckDB's dialect, as people write it in a glossary, as a portable plan.

`status IN ('a', 'b') AND budget > 0 AND last_activity_at >= :as_of - INTERVAL 90 DAY`
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import cast

from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from dq.errors import Place, PortabilityError, UsageError
from dq.sql.allowed import refusals
from dq.sql.dialect import parsed, rewritten
from dq.sql.function import function_named

__all__ = ["columns_of", "parameters_of", "parse_expression", "parse_query", "place_of"]


def parse_expression(
    text: str, where: Place | None = None, known: Collection[str] = ()
) -> exp.Expression:
    """Parse one expression into portable form.

    Args:
        text: the expression; columns are taken exactly as written.
        where: place of the text in its file; errors count line and column from there.
        known: names (in capitals) of functions that the caller expands itself.

    Raises:
        UsageError: the text does not parse.
        PortabilityError: it uses a function or construct that is not portable.
    """
    source = _Source(text, where)
    tree = source.tree()
    return cast("exp.Expression", source.portable(tree, frozenset(known)))


def parse_query(text: str, where: Place | None = None, known: Collection[str] = ()) -> exp.Query:
    """Parse one SELECT (or a set operation of several) into portable form.

    Raises:
        UsageError: the text does not parse, or is no query.
        PortabilityError: it uses a function or construct that is not portable.
    """
    source = _Source(text, where)
    tree = source.tree(query=True)
    return cast("exp.Query", source.portable(tree, frozenset(known)))


def columns_of(expression: exp.Expr) -> tuple[str, ...]:
    """Names of the columns an expression reads, sorted, each once."""
    return tuple(sorted({column.name for column in expression.find_all(exp.Column)}))


def parameters_of(expression: exp.Expr) -> tuple[str, ...]:
    """Names of the parameters an expression needs, sorted, each once."""
    return tuple(sorted({p.name for p in expression.find_all(exp.Placeholder)}))


def place_of(node: exp.Expr, text: str, where: Place | None = None) -> Place:
    """Where in its file a node of a parsed expression stands (its first word)."""
    starts = [n.meta["start"] for n in node.walk() if "start" in n.meta]
    return _Source(text, where).at(min(starts, default=0))


class _Source:
    """A text with its place in a file."""

    def __init__(self, text: str, where: Place | None) -> None:
        self.text = text
        self.where = where or Place()

    def at(self, offset: int) -> Place:
        before = self.text[:offset]
        return self._place(before.count("\n") + 1, offset - before.rfind("\n"))

    def _place(self, line: int, column: int) -> Place:
        """Place of a line and column of the text, both counted from 1."""
        where = self.where
        if line == 1 and isinstance(where.column, int):
            column += where.column - 1
        return Place(
            file=where.file, line=(where.line or 1) + line - 1, column=column, table=where.table
        )

    def tree(self, *, query: bool = False) -> exp.Expr:
        """The tree as sqlglot reads it: an expression, or a query."""
        try:
            statements = parsed(self.text)
        except ParseError as error:
            raise self._unreadable(error) from None
        except TokenError:
            raise UsageError(
                "The expression cannot be read: a quote or comment is not closed.",
                where=self.at(0),
            ) from None
        trees = [tree for tree in statements if tree is not None]
        if query:
            return self._query(trees)
        if len(trees) != 1:
            raise UsageError(
                "One expression is expected, not {text}.", where=self.at(0), text=self._start()
            )
        statement = exp.Query | exp.DDL | exp.DML | exp.Alias | exp.Command | exp.Set
        if isinstance(trees[0], statement) or trees[0].find(exp.Drop, exp.Command):
            raise UsageError(
                "An expression is expected, not a statement: {text}.",
                where=self.at(0),
                text=self._start(),
            )
        return trees[0]

    def _query(self, trees: list[exp.Expr]) -> exp.Expr:
        if len(trees) == 1 and isinstance(trees[0], exp.Query):
            return trees[0]
        raise UsageError(
            "One SELECT is expected, not {text}.", where=self.at(0), text=self._start()
        )

    def _unreadable(self, error: ParseError) -> UsageError:
        first = error.errors[0] if error.errors else {}
        highlight = str(first.get("highlight") or "")
        column = max(int(first.get("col") or 1) - len(highlight) + 1, 1)
        return UsageError(
            "The expression cannot be read at {near}.",
            where=self._place(int(first.get("line") or 1), column),
            near=repr(highlight or self.text.strip()[:20]),
        )

    def _start(self) -> str:
        return repr(self.text.strip()[:60])

    def portable(self, tree: exp.Expr, known: frozenset[str]) -> exp.Expr:
        """The tree with DuckDB's functions replaced, or an error at the one that cannot be."""
        result = self._rewritten(tree, known)
        for node, error in refusals(result):
            if isinstance(node, exp.Anonymous) and str(node.this).upper() in known:
                continue
            error.where = place_of(node, self.text, self.where)
            raise error
        return result

    def _rewritten(self, node: exp.Expr, known: frozenset[str]) -> exp.Expr:
        place = place_of(node, self.text, self.where)
        for key, child in list(_children(node)):
            if isinstance(child, list):
                node.set(key, [self._rewritten(c, known) for c in child])
            else:
                node.set(key, self._rewritten(child, known))
        try:
            return self._named(node, known) if isinstance(node, exp.Anonymous) else rewritten(node)
        except PortabilityError as error:
            error.where = error.where or place
            raise

    def _named(self, node: exp.Anonymous, known: frozenset[str]) -> exp.Expr:
        name = str(node.this)
        if name.upper() in known:
            return exp.Anonymous(this=name.upper(), expressions=node.expressions)
        function = function_named(name.lower())
        if function is None:
            raise PortabilityError("The function {function} is not known.", function=name)
        return function(*node.expressions)


def _children(node: exp.Expr) -> Iterator[tuple[str, exp.Expr | list[exp.Expr]]]:
    for key, value in node.args.items():
        whole = isinstance(value, list) and all(isinstance(v, exp.Expr) for v in value)
        if isinstance(value, exp.Expr) or (whole and value):
            yield key, value
