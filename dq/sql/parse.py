"""Expression text of DuckDB's dialect, as people write it in a glossary, as a portable plan.

`status IN ('a', 'b') AND budget > 0 AND last_activity_at >= :as_of - INTERVAL 90 DAY`
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import cast

from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from dq.errors import Place, PortabilityError, UsageError
from dq.sql.allowed import refusals
from dq.sql.dialect import parsed, rewritten
from dq.sql.function import function_named, function_near

__all__ = ["columns_of", "parameters_of", "parse_expression", "parse_query", "place_of"]

MAX_CHARACTERS = 50_000
MAX_DEPTH = 200


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
    return cast("exp.Expression", _Source(text, where).plan(frozenset(known)))


def parse_query(text: str, where: Place | None = None, known: Collection[str] = ()) -> exp.Query:
    """Parse one SELECT (or a set operation of several) into portable form.

    Raises:
        UsageError: the text does not parse, or is no query.
        PortabilityError: it uses a function or construct that is not portable.
    """
    return cast("exp.Query", _Source(text, where).plan(frozenset(known), query=True))


def columns_of(expression: exp.Expr) -> tuple[str, ...]:
    """Names of the columns an expression reads, sorted, each once."""
    return tuple(sorted({column.name for column in expression.find_all(exp.Column)}))


def parameters_of(expression: exp.Expr) -> tuple[str, ...]:
    """Names of the parameters an expression needs, sorted, each once."""
    return tuple(sorted({p.name for p in expression.find_all(exp.Placeholder)}))


def place_of(node: exp.Expr, text: str, where: Place | None = None) -> Place:
    """Where in its file a node of a parsed expression stands (its first word).

    Of IS and of an interval it is that word, of an aggregate its name.
    """
    source = _Source(text, where)
    starts = [n.meta["start"] for n in node.walk() if "start" in n.meta]
    start = min(starts, default=0)
    if isinstance(node, exp.Is):
        return source.at(source.word("IS", _end(node.this), start))
    if isinstance(node.args.get("expression"), exp.Interval):
        return source.at(source.word("INTERVAL", _end(node.this), start))
    if isinstance(node, exp.Placeholder):
        return source.at(max(text.find(f":{node.name}"), 0))
    if isinstance(node, exp.Func) and not isinstance(node, exp.Connector):
        name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
        return source.at(source.name_before(name, start))
    return source.at(start)


def _end(node: exp.Expr) -> int:
    """Where the last word of a node ends that sqlglot has a place of."""
    return max((n.meta["end"] + 1 for n in node.walk() if "end" in n.meta), default=0)


class _Source:
    """A text with its place in a file."""

    def __init__(self, text: str, where: Place | None) -> None:
        self.text = text
        self.where = where or Place()

    def at(self, offset: int) -> Place:
        before = self.text[:offset]
        return self._place(before.count("\n") + 1, offset - before.rfind("\n"))

    def word(self, word: str, after: int, otherwise: int) -> int:
        """Where a word of SQL stands first after an offset."""
        found = re.compile(rf"\b{word}\b", re.IGNORECASE).search(self.text, after)
        return found.start() if found else otherwise

    def name_before(self, name: str, offset: int) -> int:
        """Where the name of a function stands before its arguments; the offset if nowhere."""
        call = re.compile(rf"\b{re.escape(name)}\s*\([\w\s(:*-]*$", re.IGNORECASE)
        found = call.search(self.text, 0, offset)
        return found.start() if found else offset

    def plan(self, known: frozenset[str], *, query: bool = False) -> exp.Expr:
        """The text as a portable plan, of a size that any later step can walk."""
        if len(self.text) > MAX_CHARACTERS:
            raise UsageError(
                "The expression is longer than {limit} characters.",
                where=self.at(0),
                fix="Write long lists of values as IN (…), or keep them in a table.",
                limit=f"{MAX_CHARACTERS:,}",
            )
        try:
            tree = self.tree(query=query)
            deep = _depth(tree) > MAX_DEPTH
        except RecursionError:
            deep = True
        if deep:
            raise UsageError(
                "The expression is nested too deeply.",
                where=self.at(0),
                fix="Use fewer parentheses, and IN (…) in place of many OR.",
            )
        return self.portable(tree, known)

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
                fix="Close it; a single quote inside a text is written twice.",
                where=self.at(0),
            ) from None
        trees = [tree for tree in statements if tree is not None]
        if query:
            return self._query(trees)
        if len(trees) != 1:
            raise UsageError(
                "One expression is expected, not {text}.",
                where=self.at(0),
                fix="Write one condition or value; AND and OR join conditions.",
                text=self._start(),
            )
        statement = exp.Query | exp.DDL | exp.DML | exp.Alias | exp.Command | exp.Set
        if isinstance(trees[0], statement) or trees[0].find(exp.Drop, exp.Command):
            raise UsageError(
                "An expression is expected, not a statement: {text}.",
                where=self.at(0),
                fix="Write the condition or value alone.",
                text=self._start(),
            )
        return trees[0]

    def _query(self, trees: list[exp.Expr]) -> exp.Expr:
        if len(trees) == 1 and isinstance(trees[0], exp.Query):
            return trees[0]
        raise UsageError(
            "One SELECT is expected, not {text}.",
            where=self.at(0),
            fix="Begin with SELECT or WITH.",
            text=self._start(),
        )

    def _unreadable(self, error: ParseError) -> UsageError:
        first = error.errors[0] if error.errors else {}
        highlight = str(first.get("highlight") or "")
        column = max(int(first.get("col") or 1) - len(highlight) + 1, 1)
        bracket = "Expecting )" in str(first.get("description"))
        return UsageError(
            "The expression cannot be read at {near}.",
            fix="Close the parenthesis: write ) where it ends."
            if bracket
            else "Check the words, commas, quotes and parentheses around it.",
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
            node.set("this", name.upper())
            return node
        function = function_named(name.lower())
        if function is None:
            near = function_near(name)
            raise PortabilityError(
                "The function {function} is not known.",
                fix="Did you mean {near}?" if near else "Use the portable functions.",
                function=name,
                near=near,
            )
        return function(*node.expressions)


def _depth(tree: exp.Expr) -> int:
    """How many levels a tree has."""
    depth, level = 0, [tree]
    while level:
        depth += 1
        level = [child for node in level for child in node.iter_expressions()]
    return depth


def _children(node: exp.Expr) -> Iterator[tuple[str, exp.Expr | list[exp.Expr]]]:
    for key, value in node.args.items():
        whole = isinstance(value, list) and all(isinstance(v, exp.Expr) for v in value)
        if isinstance(value, exp.Expr) or (whole and value):
            yield key, value
