"""The prover as conflicts use it: types and words of columns come from model and glossary."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlglot import exp

from dq.semantics.inforce import Meaning

__all__ = ["prover"]


def prover(
    columns: Mapping[str, Sequence[str]], meaning: Meaning
) -> Callable[[exp.Expr, exp.Expr, str], tuple[str | None, str]]:
    """A prover of relations between predicates over a table; see `dq.semantics.proof`."""

    def prove(a: exp.Expr, b: exp.Expr, table: str) -> tuple[str | None, str]:
        return None, "not tried"

    return prove
