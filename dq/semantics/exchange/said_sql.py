"""Expressions of the glossary as SQL that other tools can take, or why they cannot."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dq.semantics.exchange.selection import Selection
from dq.semantics.expression import Expression

if TYPE_CHECKING:
    from sqlglot import exp

__all__ = ["Unsayable", "folded", "plain_text", "plain_tree", "qualified"]


class Unsayable(Exception):  # noqa: N818 - never leaves this package: it becomes a Loss
    """An expression that a form cannot hold; `key` is the message of the loss."""

    def __init__(self, key: str, **args: object) -> None:
        super().__init__(key)
        self.key = key
        self.args_ = args


def plain_tree(expression: Expression, of: str | None, chosen: Selection) -> exp.Expr:
    """The expression as DuckDB's SQL over one table, with IS_TERM written out.

    Raises:
        Unsayable: it needs a parameter, another table or a stage.
    """
    return _plain(expression, of, chosen, frozenset())


def _plain(
    expression: Expression, of: str | None, chosen: Selection, inside: frozenset[str]
) -> exp.Expr:
    import sqlglot
    from sqlglot import exp

    tree = sqlglot.parse_one(expression.text, read="duckdb")
    parameter = tree.find(exp.Placeholder, exp.Parameter)
    if parameter is not None:
        raise Unsayable("exchange.loss.parameter", name=parameter.name)
    if tree.find(exp.Query):
        raise Unsayable("exchange.loss.other_tables")
    if any(call.name.upper() == "STAGE" for call in tree.find_all(exp.Anonymous)):
        raise Unsayable("exchange.loss.stage")

    def written_out(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Anonymous) and node.name.upper() == "IS_TERM":
            return _term(node, of, chosen, inside)
        return node

    return tree.transform(written_out)


def _term(
    call: exp.Anonymous, of: str | None, chosen: Selection, inside: frozenset[str]
) -> exp.Expr:
    from sqlglot import exp

    arguments = call.expressions
    name = arguments[0].name if arguments else ""
    department = arguments[2].name if len(arguments) > 2 else None
    term = chosen.glossary.terms.get(name)
    version = term.version(chosen.day, department) if term else None
    of_this = term is not None and term.of == of and name not in inside
    if not of_this or version is None or version.where is None:
        raise Unsayable("exchange.loss.term", name=name or "?")
    where = _plain(version.where, of, chosen, inside | {name})
    return exp.paren(exp.Is(this=exp.paren(where), expression=exp.true()))


def plain_text(expression: Expression, tree: exp.Expr) -> str:
    """The tree of an expression as text: as it was written, where nothing was written out."""
    text = " ".join(expression.text.split()) if "'" not in expression.text else expression.text
    if expression.terms or "--" in text or "/*" in text:
        return str(tree.sql(dialect="duckdb", comments=False))
    return text.strip()


def qualified(tree: exp.Expr, table: str) -> exp.Expr:
    """A copy whose bare columns name their table."""
    from sqlglot import exp

    def named(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and not node.table:
            node.set("table", exp.to_identifier(table))
        return node

    return tree.transform(named)


def folded(tree: exp.Expr, where: exp.Expr) -> exp.Expr:
    """The aggregates of an expression over the rows of a predicate alone.

    Raises:
        Unsayable: there is no aggregate to fold the predicate into.
    """
    from sqlglot import exp

    found = False

    def case(value: exp.Expr) -> exp.Expr:
        return exp.Case(ifs=[exp.If(this=where.copy(), true=value)])

    def narrowed(node: exp.Expr) -> exp.Expr:
        nonlocal found
        if not isinstance(node, exp.AggFunc):
            return node
        found = True
        inner = node.this
        if isinstance(inner, exp.Star):
            node.set("this", case(exp.Literal.number(1)))
        elif isinstance(inner, exp.Distinct):
            inner.set("expressions", [case(e) for e in inner.expressions])
        else:
            node.set("this", case(inner))
        return node

    result = _each(tree.copy(), narrowed)
    if not found:
        raise Unsayable("exchange.loss.aggregate")
    return result


def _each(tree: exp.Expr, change: Callable[[exp.Expr], exp.Expr]) -> exp.Expr:
    """Change the aggregates in place, collected first: what is put in is not visited."""
    from sqlglot import exp

    for node in list(tree.find_all(exp.AggFunc)):
        change(node)
    return tree
