"""Where departments mean different things by one term: proved, and measured on the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from dq.crm.money import MONEY_COLUMN
from dq.semantics.compile import Compiler
from dq.semantics.definitions import normal_sql
from dq.semantics.inforce import InForce, Meaning
from dq.semantics.terms import Term
from dq.sql import portable as f

if TYPE_CHECKING:
    from dq.engines.base import Engine
    from dq.semantics.proof import Proof

__all__ = [
    "Conflict",
    "Example",
    "Incomparable",
    "Measured",
    "Prover",
    "beside",
    "conflicts",
    "incomparable",
]

EXAMPLES = 5
"""Records shown of each side."""

SOLD = ("accounts", "deals", "deal_lines", "invoices", "payments")
"""Tables whose records mean another thing when a house sells to who sells on."""

RELATIONS = ("equal", "subset", "superset", "disjoint", "overlap", "empty")


@dataclass(frozen=True)
class Example:
    """A record that one definition counts and the other does not, with what they read of it."""

    key: str
    money: Decimal | None
    cells: Mapping[str, str | None]


@dataclass(frozen=True)
class Side:
    """One definition on the data: records, their money, and its figure if it is a measure."""

    records: int
    money: Decimal | None
    value: Decimal | None = None


@dataclass(frozen=True)
class Measured:
    """Both definitions over the same records.

    `a_only`, `b_only`: records that the other does not count. `own` gives for the
    department of each side its records, and how many of them each definition counts.
    """

    rows: int
    a: Side
    b: Side
    both: Side
    a_only: tuple[Example, ...] = ()
    b_only: tuple[Example, ...] = ()
    own: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)

    @property
    def relation(self) -> str:
        """How the two sets of records stand to each other in this data."""
        a, b, both = self.a.records, self.b.records, self.both.records
        if not a or not b:
            return "equal" if a == b else "empty"
        if a == both or b == both:
            return "equal" if a == b else "subset" if a == both else "superset"
        return "overlap" if both else "disjoint"


@dataclass(frozen=True)
class Conflict:
    """Two definitions of a term side by side.

    `proof` is the relation over all possible data (None: not tried); `differs` names what else
    is not the same: expr, time, numerator, denominator.
    """

    term: Term
    a: InForce
    b: InForce
    proof: Proof | None
    measured: Measured | None
    differs: tuple[str, ...] = ()

    @property
    def proved(self) -> str | None:
        """The relation over all possible data, where it is decided and nothing narrower holds."""
        if self.proof is None:
            return None
        told = self.proof.relation.value
        return told if self.proof.exact or told in ("equal", "empty") else None

    @property
    def why(self) -> str:
        """Why it is not decided, or not exactly."""
        return self.proof.why if self.proof else ""

    @property
    def relation(self) -> str:
        """The relation that is told: proved, else measured, else unknown."""
        return self.proved or (self.measured.relation if self.measured else "unknown")

    @property
    def method(self) -> str:
        """proved, measured or unknown."""
        return "proved" if self.proved else "measured" if self.measured else "unknown"

    @property
    def same(self) -> bool:
        """Whether nothing differs at all."""
        return self.relation == "equal" and self.method == "proved" and not self.differs


@dataclass(frozen=True)
class Incomparable:
    """Departments that sell in different ways, and the measures that this touches."""

    a: str
    b: str
    models: tuple[str, str]
    terms: tuple[str, ...]


Prover = Callable[["exp.Expr", "exp.Expr", str], "Proof"]
"""(predicate, predicate, table) → proof."""


def incomparable(meaning: Meaning) -> tuple[Incomparable, ...]:
    """Pairs of departments whose sales models differ."""
    glossary = meaning.glossary
    touched = tuple(t.name for t in glossary.terms.values() if _touched(t, meaning))
    found = []
    for a, b in combinations(glossary.departments.values(), 2):
        if a.sales_model and b.sales_model and a.sales_model != b.sales_model:
            found.append(Incomparable(a.name, b.name, (a.sales_model, b.sales_model), touched))
    return tuple(found) if touched else ()


def _touched(term: Term, meaning: Meaning) -> bool:
    if term.kind == "measure":
        return term.of in SOLD
    if term.kind != "ratio":
        return False
    last = term.versions[-1]
    parts = [meaning.glossary.terms.get(n or "") for n in (last.numerator, last.denominator)]
    return any(p is not None and p.of in SOLD for p in parts)


def conflicts(
    meaning: Meaning,
    as_of: date,
    *,
    prove: Prover | None = None,
    engine: Engine | None = None,
    columns: Mapping[str, Sequence[str]] | None = None,
    params: Mapping[str, object] | None = None,
    terms: Sequence[str] = (),
) -> Iterator[Conflict]:
    """Every pair of definitions of a term: the company's and each department's, one by one.

    With `engine` both are measured on its tables `crm.<table>`; `columns` are those that are
    there, `params` the parameters (`as_of`).
    """
    for term in meaning.glossary.terms.values():
        if not term.own or (terms and term.name not in terms):
            continue
        sides = _sides(meaning, term, as_of)
        if len(sides) < 2:
            continue
        data = None
        if engine is not None and columns is not None and _there(meaning, sides, columns):
            data = _Data(engine, meaning, as_of, columns, params or {}, term, sides)
        for a, b in combinations(range(len(sides)), 2):
            yield _conflict(meaning, term, sides[a], sides[b], as_of, prove, data, (a, b))


def beside(
    meaning: Meaning,
    a: InForce,
    b: InForce,
    as_of: date,
    *,
    prove: Prover | None = None,
    engine: Engine | None = None,
    columns: Mapping[str, Sequence[str]] | None = None,
    params: Mapping[str, object] | None = None,
) -> Conflict:
    """Two definitions over one table side by side, be they versions or different terms."""
    data = None
    if engine is not None and columns is not None and _there(meaning, (a, b), columns):
        data = _Data(engine, meaning, as_of, columns, params or {}, a.term, (a, b))
    return _conflict(meaning, a.term, a, b, as_of, prove, data, (0, 1))


def _sides(meaning: Meaning, term: Term, as_of: date) -> list[InForce]:
    """The company's definition in force, then those of departments that have their own."""
    found = [meaning.at(term.name, as_of)]
    found += [
        side
        for department in term.own
        if (side := meaning.at(term.name, as_of, department)) is not None
        and side.department == department
    ]
    return [side for side in found if side is not None]


def _conflict(
    meaning: Meaning,
    term: Term,
    a: InForce,
    b: InForce,
    as_of: date,
    prove: Prover | None,
    data: _Data | None,
    places: tuple[int, int],
) -> Conflict:
    proof = None
    if prove is not None and term.kind in ("population", "event", "measure"):
        compiler = Compiler(meaning, as_of)
        sides = [_predicate(compiler, s) for s in (a, b)]
        proof = prove(sides[0], sides[1], term.of or "")
    return Conflict(term, a, b, proof, data.pair(*places) if data else None, _differences(a, b))


def _predicate(compiler: Compiler, side: InForce) -> exp.Expr:
    """A definition's predicate with the terms in it replaced; TRUE where it has none."""
    where = side.version.where
    return exp.true() if where is None else compiler.over(side.term, where.plan, side.term.of or "")


def _differences(a: InForce, b: InForce) -> tuple[str, ...]:
    one, other = a.version, b.version
    pairs = {
        "expr": (normal_sql(one.expr), normal_sql(other.expr)),
        "time": (one.time, other.time),
        "numerator": (one.numerator, other.numerator),
        "denominator": (one.denominator, other.denominator),
    }
    return tuple(name for name, (x, y) in pairs.items() if x != y)


def _there(
    meaning: Meaning, sides: Sequence[InForce], columns: Mapping[str, Sequence[str]]
) -> bool:
    """Whether the data have the table and every column that the definitions read."""
    table = sides[0].term.of
    if table is None or table not in columns:
        return False
    for side in sides:
        for expression in (side.version.where, side.version.expr):
            if expression and not set(expression.columns) <= set(columns[table]):
                return False
            for inner in expression.plan.find_all(exp.Table) if expression else ():
                if inner.name not in columns:
                    return False
    return True


class _Data:
    """All definitions of one term over the records of its table: one scan, then pairs."""

    def __init__(
        self,
        engine: Engine,
        meaning: Meaning,
        as_of: date,
        columns: Mapping[str, Sequence[str]],
        params: Mapping[str, object],
        term: Term,
        sides: Sequence[InForce],
    ) -> None:
        self.engine = engine
        self.meaning = meaning
        self.term = term
        self.sides = sides
        self.columns = columns
        self.params = dict(params)
        self.name = f"work.meaning_{term.name}"
        self.compiler = Compiler(meaning, as_of, columns)
        self._make()
        self._signatures = engine.query(self._grouped(), self.params).to_pylist()
        self._values: dict[int, Decimal | None] = {}

    # --- the scan --------------------------------------------------------------------

    def _make(self) -> None:
        """One row a record: key, department, money, and whether each side counts it."""
        table = self.term.of or ""
        there = self.columns[table]
        money, joined = self._money(table)
        parts: list[exp.Expr] = [f.alias(f.col("id", "t"), "id")]
        own = "department" in there
        parts.append(f.alias(f.col("department", "t") if own else f.null("text"), "department"))
        parts.append(f.alias(money, "money"))
        for place, side in enumerate(self.sides):
            predicate = f.is_true(self._counts(side, "t"))
            parts.append(f.alias(predicate, f"p{place}"))
        query = exp.select(*parts).from_(f.table(f"crm.{table}", "t"))
        if joined is not None:
            query = query.join(
                joined.subquery("m"), on=f.col("id", "t").eq(f.col("k", "m")), join_type="left"
            )
        self.engine.create(self.name, query, self.params)

    def _counts(self, side: InForce, alias: str) -> exp.Expr:
        where = side.version.where
        return exp.true() if where is None else self.compiler.over(side.term, where.plan, alias)

    def _money(self, table: str) -> tuple[exp.Expr, exp.Select | None]:
        """A record's money: its own, else that of the won deals which name it."""
        if table in MONEY_COLUMN:
            return f.as_decimal(f.col("_money", "t")), None
        link = {"accounts": "account_id", "contacts": "contact_id"}.get(table)
        if link is None or link not in self.columns.get("deals", ()):
            return f.null("decimal"), None
        won = (
            exp.select(
                f.alias(f.col(link, "d"), "k"), f.alias(f.sum(f.col("amount_base", "d")), "v")
            )
            .from_(f.table("crm.deals", "d"))
            .where(f.col("status", "d").eq(f.lit("won")))
            .group_by(f.col(link, "d"))
        )
        return f.as_decimal(f.col("v", "m")), won

    def _grouped(self) -> exp.Select:
        keys = [f.col(f"p{place}") for place in range(len(self.sides))]
        return (
            exp.select(
                *keys,
                f.col("department"),
                f.alias(f.count(), "n"),
                f.alias(f.sum(f.col("money")), "money"),
            )
            .from_(f.table(self.name))
            .group_by(*[k.copy() for k in keys], f.col("department"))
        )

    # --- pairs -----------------------------------------------------------------------

    def pair(self, a: int, b: int) -> Measured:
        """Two sides of the scan beside each other."""
        rows = sum(row["n"] for row in self._signatures)
        return Measured(
            rows=rows,
            a=self._side([a], value=self._value(a)),
            b=self._side([b], value=self._value(b)),
            both=self._side([a, b]),
            a_only=self._examples(a, b),
            b_only=self._examples(b, a),
            own=self._own(a, b),
        )

    def _side(self, places: Sequence[int], value: Decimal | None = None) -> Side:
        counted = [row for row in self._signatures if all(row[f"p{p}"] for p in places)]
        amounts = [row["money"] for row in counted if row["money"] is not None]
        return Side(sum(row["n"] for row in counted), sum(amounts) if amounts else None, value)

    def _own(self, a: int, b: int) -> dict[str, tuple[int, int, int]]:
        found = {}
        for side in (self.sides[a], self.sides[b]):
            if side.department is None:
                continue
            names = {
                *self.meaning.glossary.departments[side.department].names,
                side.department,
            }
            mine = [row for row in self._signatures if row["department"] in names]
            found[side.department] = (
                sum(row["n"] for row in mine),
                sum(row["n"] for row in mine if row[f"p{a}"]),
                sum(row["n"] for row in mine if row[f"p{b}"]),
            )
        return found

    def _examples(self, one: int, other: int) -> tuple[Example, ...]:
        """Records that one side counts and the other does not, the dearest first."""
        read = self._read(one, other)
        query = (
            exp.select(
                f.alias(f.col("id", "m"), "key"),
                f.alias(f.col("money", "m"), "money"),
                *[f.alias(f.as_text(f.col(c, "t")), f"c{i}") for i, c in enumerate(read)],
            )
            .from_(f.table(self.name, "m"))
            .join(
                f.table(f"crm.{self.term.of}", "t"),
                on=f.col("id", "t").eq(f.col("id", "m")),
                join_type="inner",
            )
            .where(f.all_of(f.col(f"p{one}", "m"), f.not_(f.col(f"p{other}", "m"))))
            .order_by(
                exp.Ordered(this=f.col("money", "m"), desc=True, nulls_first=False),
                exp.Ordered(this=f.col("id", "m"), nulls_first=False),
            )
            .limit(EXAMPLES)
        )
        return tuple(
            Example(row["key"], row["money"], {c: row[f"c{i}"] for i, c in enumerate(read)})
            for row in self.engine.query(query).to_pylist()
        )

    def _read(self, *places: int) -> list[str]:
        """Columns that these sides read of the record itself."""
        names: list[str] = []
        for place in places:
            where = self.sides[place].version.where
            names += where.columns if where else ()
        return [n for n in dict.fromkeys(names) if n != "id"][:6]

    def _value(self, place: int) -> Decimal | None:
        """The figure of a measure by one side, over all records."""
        if self.sides[place].term.kind != "measure":
            return None
        if place not in self._values:
            side = self.sides[place]
            query = exp.select(f.alias(measured_by(self.compiler, side, "t"), "v")).from_(
                f.table(f"crm.{self.term.of}", "t")
            )
            row = self.engine.query(query, self.params).to_pylist()[0]
            self._values[place] = _decimal(row["v"])
        return self._values[place]


def measured_by(
    compiler: Compiler, side: InForce, alias: str, also: exp.Expr | None = None
) -> exp.Expr:
    """A measure's aggregate by exactly this definition, over rows for which `also` holds."""
    from dq.semantics.compile.measure import limited

    conditions = [also] if also is not None else []
    if side.version.where is not None:
        conditions.append(f.is_true(compiler.over(side.term, side.version.where.plan, alias)))
    if side.version.expr is None:
        return f.null("decimal")
    plan = compiler.over(side.term, side.version.expr.plan, alias)
    return limited(plan, f.all_of(*conditions) if conditions else None)


def _decimal(value: Any) -> Decimal | None:
    if value is None:
        return None
    return value if isinstance(value, Decimal) else Decimal(str(value))
