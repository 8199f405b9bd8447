"""The relation of two predicates over the rows of one table, proved.

The question of each region (only a, both, only b) goes to z3. "No row lies there" is a proof as
it stands, for the encoding allows at least what data can hold. "A row lies there" is one only
when the row that z3 names is confirmed by evaluating both predicates on it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dq.semantics.proof.facts import Column, Proof, Region, Relation, Table, Witness

if TYPE_CHECKING:
    from sqlglot import exp

    from dq.semantics.proof.prepare import Expand

__all__ = ["equivalent", "implies", "never_true", "relate"]

AS_OF: Mapping[str, str] = {"as_of": "timestamp"}
"""Types of the parameters that every definition may use."""

_NARROWING_MS = 15
"""What computing open functions for chosen values takes at most."""

_LOCK = threading.Lock()
"""z3 has one context a process, for one thread at a time."""


def relate(
    a: exp.Expr,
    b: exp.Expr,
    columns: Mapping[str, Column],
    *,
    table: str | None = None,
    tables: Mapping[str, Table] | None = None,
    values: Mapping[str, Collection[object]] | None = None,
    params: Mapping[str, str] = AS_OF,
    expand: Expand | None = None,
    budget_ms: float = 50,
) -> Proof:
    """Prove how the rows for which `a` is TRUE lie to those for which `b` is.

    Args:
        a: a portable predicate over the columns of one table.
        b: another.
        columns: that table's columns. A condition on another column stays open.
        table: its name, so that a sub-query over it sees the row too.
        tables: other tables, by name, for sub-queries.
        values: columns that only ever hold one of these values, or NULL.
        params: types of parameters such as `:as_of`; they are never NULL, and the same in
            both predicates.
        expand: gives the condition an IS_TERM stands for; NULL in it counts as FALSE.
        budget_ms: time after which the answer is what is proved by then.
    """
    facts = {
        name: replace(column, values=values[name]) if values and name in values else column
        for name, column in columns.items()
    }
    with _LOCK:
        session = _Session(facts, table, tables or {}, params, budget_ms)
        return session.relation(a, b, expand)


def implies(a: exp.Expr, b: exp.Expr, columns: Mapping[str, Column], **facts: Any) -> bool:
    """Whether every row for which `a` is TRUE is proved to be one for which `b` is."""
    return Region.A_ONLY in relate(a, b, columns, **facts).empty


def equivalent(a: exp.Expr, b: exp.Expr, columns: Mapping[str, Column], **facts: Any) -> bool:
    """Whether both are proved to be TRUE for the same rows."""
    return {Region.A_ONLY, Region.B_ONLY} <= relate(a, b, columns, **facts).empty


def never_true(a: exp.Expr, columns: Mapping[str, Column], **facts: Any) -> bool:
    """Whether `a` is proved to be TRUE for no row at all."""
    return Region.BOTH in relate(a, a, columns, **facts).empty


class _Session:
    """One proof: encode, ask, replay."""

    def __init__(
        self,
        columns: Mapping[str, Column],
        table: str | None,
        tables: Mapping[str, Table],
        params: Mapping[str, str],
        budget_ms: float,
    ) -> None:
        from dq.semantics.proof.encode import Encoder
        from dq.semantics.proof.problem import Problem, Row
        from dq.semantics.proof.scope import Scope
        from dq.semantics.proof.subqueries import Subqueries

        self.until = time.perf_counter() + budget_ms / 1000
        self.problem = Problem(tables, params)
        self.outer = Row(table or "row", table, columns)
        self.scope = Scope({table or "": self.outer})
        self.encoder = Encoder(self.problem)
        self.encoder.subqueries = self.subqueries = Subqueries(self.encoder, self.outer)

    def relation(self, a: exp.Expr, b: exp.Expr, expand: Expand | None) -> Proof:
        import z3

        from dq.semantics.proof.prepare import prepared

        try:
            self.plans = prepared(a, expand), prepared(b, expand)
            self._encode()
            self._ask()
        except (z3.Z3Exception, RecursionError):
            return Proof(Relation.UNKNOWN, why="It is of a form that the proof cannot take in.")
        return self._proof()

    def _encode(self) -> None:
        import z3

        from dq.semantics.proof.logic import all_of, not_
        from dq.semantics.proof.text import describe

        a, b = (self.encoder.truth(plan, self.scope) for plan in self.plans)
        self.subqueries.close((a.t, b.t))
        self.problem.finish()
        describe(self.problem)
        self.regions = {
            Region.BOTH: all_of((a.t, b.t)),
            Region.A_ONLY: all_of((a.t, not_(b.t))),
            Region.B_ONLY: all_of((b.t, not_(a.t))),
        }
        self.solver = z3.SimpleSolver()
        self.solver.add(*self.problem.axioms)
        self.empty: set[Region] = set()
        self.witnesses: dict[Region, Witness] = {}
        self.narrow: list[Any] | None = None
        self.late = False
        self.apart = False

    def _ask(self) -> None:
        """Find the empty regions, then rows of the others."""
        filled = []
        for region in self.regions:
            model = self._model(region)
            if model is None:
                self.empty.add(region)
            elif model is not False:
                filled.append(region)
        if not self.problem.blind:
            self._fill(filled)

    def _fill(self, regions: list[Region]) -> None:
        """Find a witness of each region, where it can be under the same parameters."""
        self.witnesses = self._found(regions, ())
        if len(self.witnesses) < 2 or not self._params():
            return
        for witness in list(self.witnesses.values()):
            together = self._found(list(self.witnesses), self._fixed(witness))
            if len(together) == len(self.witnesses):
                self.witnesses = together
                return
        self.apart = True

    def _found(self, regions: list[Region], given: tuple[Any, ...]) -> dict[Region, Witness]:
        found: dict[Region, Witness] = {}
        for region in regions:
            witness = self._witness(region, given)
            if witness is not None:
                found[region] = witness
            elif given:
                break
        return found

    def _params(self) -> list[Any]:
        return [leaf for leaf in self.problem.leaves.values() if leaf.row is None]

    def _fixed(self, witness: Witness) -> tuple[Any, ...]:
        from dq.semantics.proof.problem import fixed

        return tuple(
            fixed(leaf, self.problem.constant(witness.params[leaf.name])) for leaf in self._params()
        )

    def _model(self, region: Region, more: tuple[Any, ...] = ()) -> Any:
        """A model of a region, None where there is none, False where it is not known."""
        import z3

        formula = self.regions[region]
        if formula is False:
            return None
        left = self._left()
        if left <= 0:
            self.late = True
            return False
        self.solver.set("timeout", left)
        self.solver.push()
        try:
            self.solver.add(*(f for f in (formula, *more) if f is not True))
            answer = self.solver.check()
            if answer == z3.sat:
                return self.solver.model()
            self.late |= answer == z3.unknown
            return None if answer == z3.unsat else False
        finally:
            self.solver.pop()

    def _witness(self, region: Region, given: tuple[Any, ...]) -> Witness | None:
        """A row of everyday size if there is one, else any; else one with open functions computed.

        None lies at the very end of its type's range, where functions overflow.
        """
        from dq.semantics.proof.search import everyday, within_reach

        reach = within_reach(self.problem)
        for limits in (everyday(self.problem), reach):
            model = self._model(region, (*given, *limits))
            if model is False:
                return None
            if model is not None:
                break
        if model is None:
            return None
        found = self._confirmed(region, model)
        if found is not None or not self.problem.applications:
            return found
        if self._left() < _NARROWING_MS:
            self.late = True
            return None
        model = self._model(region, (*given, *reach, *self._narrowed()))
        return None if model is None or model is False else self._confirmed(region, model)

    def _left(self) -> int:
        """Milliseconds left."""
        return int((self.until - time.perf_counter()) * 1000)

    def _narrowed(self) -> list[Any]:
        from dq.semantics.proof.search import narrowed

        if self.narrow is None:
            self.narrow = narrowed(self.problem)
        return self.narrow

    def _confirmed(self, region: Region, model: Any) -> Witness | None:
        from dq.errors import DqError
        from dq.semantics.proof.replay import decoded, holds

        data = decoded(self.problem, model, self.outer, self.subqueries.rows)
        if data is None:
            return None
        wanted = (region is not Region.B_ONLY, region is not Region.A_ONLY)
        try:
            truths = tuple(holds(plan, data) for plan in self.plans)
        except (DqError, TypeError, ValueError, ArithmeticError):
            return None
        return data.witness() if truths == wanted else None

    def _proof(self) -> Proof:
        empty = frozenset(self.empty)
        relation = _relation(empty, frozenset(self.witnesses))
        exact = len(empty) + len(self.witnesses) == len(Region)
        never = [
            name
            for name, region in (("a", Region.A_ONLY), ("b", Region.B_ONLY))
            if {Region.BOTH, region} <= empty
        ]
        return Proof(
            relation,
            exact=exact,
            never=tuple(never),
            empty=empty,
            witnesses=self.witnesses,
            uninterpreted=() if exact else tuple(self.problem.open_),
            why=self._why(exact),
        )

    def _why(self, exact: bool) -> str:
        if self.apart:
            return "Which holds depends on the value of a parameter."
        if exact:
            return ""
        if self.late:
            return "The time was over."
        if self.problem.open_:
            return "It depends on what the proof does not interpret."
        return "No record could be shown for each part."


def _relation(empty: frozenset[Region], filled: frozenset[Region]) -> Relation:
    a_only, both, b_only = (r in empty for r in (Region.A_ONLY, Region.BOTH, Region.B_ONLY))
    if both and (a_only or b_only):
        return Relation.EMPTY
    if a_only and b_only:
        return Relation.EQUAL
    if both:
        return Relation.DISJOINT
    if a_only:
        return Relation.SUBSET
    if b_only:
        return Relation.SUPERSET
    return Relation.OVERLAP if len(filled) == len(Region) else Relation.UNKNOWN
