"""Terms as SQL: predicates, tables, measures and stages, by the definitions in force.

The definition date of a population or dimension is `as_of`; of measures and events it is
each record's own `time`, so that a period which spans a change counts each side by its rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlglot import exp

from dq.errors import UsageError
from dq.semantics.columns import Columns
from dq.semantics.compile.measure import aggregates, limited, merged, same_shape
from dq.semantics.compile.scope import Qualifier
from dq.semantics.inforce import InForce, Meaning
from dq.semantics.terms import Term
from dq.sql import portable as f

__all__ = ["Compiler", "Counted"]


@dataclass(frozen=True)
class Counted:
    """A stretch of a measure's or event's time under one definition: `[since, until)`."""

    used: InForce
    since: date | None = None
    until: date | None = None


@dataclass
class Compiler:
    """Compiles terms of a glossary; remembers in `used` the definitions that it took.

    `period` (first day, day after the last) limits the definitions of measures and events to
    those in force within; `own` counts each record by its department's definition.
    `columns` are those that are there, by table (None: those of the model).
    """

    meaning: Meaning
    as_of: date
    columns: Columns | None = None
    period: tuple[date, date] | None = None
    own: bool = False
    used: dict[str, InForce] = field(default_factory=dict)
    _inside: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._qualifier = Qualifier(self.columns)

    # --- terms -----------------------------------------------------------------------

    def term(self, name: str, *kinds: str) -> Term:
        """A term by its name, of one of these kinds.

        Raises:
            UsageError: there is none, or it is of another kind.
        """
        term = self.meaning.glossary.terms.get(name)
        if term is None:
            raise UsageError(
                "The glossary has no term {term}.",
                fix="dq glossary show lists what there is.",
                term=name,
            )
        if kinds and term.kind not in kinds:
            raise UsageError(
                "{term} is of the kind {kind}; here stands a {wanted}.",
                term=name,
                kind=term.kind,
                wanted=" / ".join(kinds),
            )
        return term

    def predicate(self, name: str, alias: str, department: str | None = None) -> exp.Expr:
        """Whether a row of `alias` belongs to a term; TRUE or FALSE, never NULL."""
        term = self.term(name, "population", "event", "measure")
        if department is None and self.own and term.own:
            return self._by_department(term, alias)
        return self._belongs(term, alias, department)

    def _by_department(self, term: Term, alias: str) -> exp.Expr:
        branches = []
        for department in term.own:
            spec = self.meaning.glossary.departments[department]
            names = list(dict.fromkeys([*spec.names, spec.name]))
            branches.append(
                (f.in_(f.col("department", alias), names), self._belongs(term, alias, department))
            )
        return f.is_true(f.case(*branches, default=self._belongs(term, alias, None)))

    def _belongs(self, term: Term, alias: str, department: str | None) -> exp.Expr:
        parts = self.counted(term, department)
        conditions = [self._counts(part, alias) for part in parts]
        if not conditions:
            return exp.false()
        return f.is_true(f.any_of(*conditions)) if len(conditions) > 1 else conditions[0]

    def counted(self, term: Term, department: str | None = None) -> tuple[Counted, ...]:
        """The definitions of a term that count, each with its stretch of time."""
        if term.kind in ("population", "dimension", "ratio"):
            used = self.meaning.at(term.name, self.as_of, department)
            return (Counted(used),) if used is not None else ()
        versions = self.meaning.versions(term.name, department)
        if not versions or any(v.version.time is None for v in versions):
            used = self.meaning.at(term.name, self.as_of, department)
            return (Counted(used),) if used is not None else ()
        found = []
        for place, used in enumerate(versions):
            since = used.version.effective if place else None
            until = versions[place + 1].version.effective if place + 1 < len(versions) else None
            if self.period is not None:
                first, after = self.period
                if (until is not None and until <= first) or (since is not None and since >= after):
                    continue
                since = since if since is not None and since > first else None
                until = until if until is not None and until < after else None
            found.append(Counted(used, since, until))
        return tuple(found)

    def _counts(self, part: Counted, alias: str) -> exp.Expr:
        """Whether a row is counted by one definition in its stretch of time."""
        version, term = part.used.version, part.used.term
        self.used[part.used.object] = part.used
        conditions = []
        if version.where is not None:
            conditions.append(f.is_true(self.over(term, version.where.plan, alias)))
        if part.since is not None and version.time is not None:
            conditions.append(f.col(version.time, alias) >= f.lit(_midnight(part.since)))
        if part.until is not None and version.time is not None:
            conditions.append(f.col(version.time, alias) < f.lit(_midnight(part.until)))
        return f.all_of(*conditions)

    def over(self, term: Term, plan: exp.Expr, alias: str) -> exp.Expr:
        """A definition's expression read from `alias`, terms inside expanded."""
        if term.name in self._inside:
            raise UsageError("The term {term} is defined by itself.", term=term.name)
        qualified = self._qualifier.over(plan, term.of or "", alias)
        inner = Compiler(
            self.meaning, self.as_of, self.columns, self.period, self.own, self.used,
            (*self._inside, term.name),
        )  # fmt: skip
        inner._qualifier = self._qualifier
        return inner.expanded(qualified, alias)

    def expanded(self, node: exp.Expr, alias: str | None = None) -> exp.Expr:
        """The tree with IS_TERM and STAGE replaced; IS_TERM without alias is of `alias`."""

        def replaced(part: exp.Expr) -> exp.Expr:
            if not isinstance(part, exp.Anonymous):
                return part
            name = str(part.this).upper()
            if name == "IS_TERM":
                return exp.Paren(this=self._is_term(part, alias))
            if name == "STAGE":
                return self.stage(part.expressions)
            return part

        return node.transform(replaced, copy=False)

    def _is_term(self, call: exp.Anonymous, alias: str | None) -> exp.Expr:
        args = call.expressions
        if not args or not args[0].is_string or len(args) > 3:
            raise UsageError(
                "IS_TERM takes a term in quotes, an alias and perhaps a department in quotes.",
                fix="For example IS_TERM('prospect', l) or IS_TERM('prospect', l, 'sales_us').",
            )
        name = args[0].name
        whose = args[1].name if len(args) > 1 else alias
        department = args[2].name if len(args) > 2 else None
        if department is not None and department not in self.meaning.glossary.departments:
            raise UsageError(
                "The glossary has no department {department}.",
                fix="It has: {known}.",
                department=department,
                known=", ".join(self.meaning.glossary.departments) or "-",
            )
        if whose is None:
            raise UsageError(
                "IS_TERM({term}) needs the alias of its table.", fix="Add it.", term=name
            )
        return self.predicate(name, whose, department)

    # --- tables ----------------------------------------------------------------------

    def table(self, name: str, alias: str, department: str | None = None) -> exp.Subquery:
        """The rows of a population or event as a derived table."""
        term = self.term(name, "population", "event")
        inner = f"_t_{name}"
        rows = (
            exp.select("*")
            .from_(f.table(f"crm.{term.of}", inner), copy=False)
            .where(self.predicate(name, inner, department), copy=False)
        )
        named = exp.TableAlias(this=exp.to_identifier(alias, quoted=True))
        return exp.Subquery(this=rows, alias=named)

    # --- measures --------------------------------------------------------------------

    def measure(
        self,
        name: str,
        aliases: Mapping[str, str],
        department: str | None = None,
        there: Mapping[str, exp.Expr] | None = None,
    ) -> exp.Expr:
        """A measure or ratio as an aggregate; `aliases` give for each table its alias.

        `there` holds for an alias the condition that its row is one (after outer joins).
        """
        term = self.term(name, "measure", "ratio")
        if term.kind == "ratio":
            return self._ratio(term, aliases, department, there)
        alias = aliases[term.of or ""]
        own_rows = (there or {}).get(alias)
        parts = []
        for counted, department_is in self._measured(term, alias, department):
            expr = counted.used.version.expr
            if expr is None:
                continue
            conditions = [self._counts(counted, alias)]
            if department_is is not None:
                conditions.append(department_is)
            if own_rows is not None:
                conditions.append(own_rows.copy())
            plan = self.over(term, expr.plan, alias)
            if not aggregates(plan):
                raise UsageError(
                    "The measure {term} has no aggregate such as SUM or COUNT.", term=name
                )
            parts.append((plan, _simple(f.all_of(*conditions)), counted))
        if not parts:
            raise UsageError("The term {term} has no definition in this period.", term=name)
        first = parts[0]
        odd = next((p for p in parts if not same_shape(first[0], p[0])), None)
        if odd is not None:
            raise UsageError(
                "{term} is computed in another way from {day} on; one figure cannot hold both.",
                fix="Ask for the time before and after {day} apart.",
                term=name,
                day=odd[2].used.version.effective.isoformat(),
            )
        if len(parts) == 1:
            return limited(first[0], None if _always(first[1]) else first[1])
        return merged([(plan, counts) for plan, counts, _ in parts])

    def _measured(
        self, term: Term, alias: str, department: str | None
    ) -> list[tuple[Counted, exp.Expr | None]]:
        """Definitions that count, each with the condition on the record's department."""
        if department is not None or not self.own or not term.own:
            return [(part, None) for part in self.counted(term, department)]
        found: list[tuple[Counted, exp.Expr | None]] = []
        everyone: list[str] = []
        for name in term.own:
            spec = self.meaning.glossary.departments[name]
            names = list(dict.fromkeys([*spec.names, spec.name]))
            everyone += names
            mine = f.is_true(f.in_(f.col("department", alias), names))
            found += [(part, mine) for part in self.counted(term, name)]
        others = f.not_(f.is_true(f.in_(f.col("department", alias), everyone)))
        return found + [(part, others) for part in self.counted(term)]

    def _ratio(
        self,
        term: Term,
        aliases: Mapping[str, str],
        department: str | None,
        there: Mapping[str, exp.Expr] | None,
    ) -> exp.Expr:
        (counted,) = self.counted(term, department) or (None,)
        if counted is None:
            raise UsageError("The term {term} has no definition in this period.", term=term.name)
        self.used[counted.used.object] = counted.used
        version = counted.used.version
        return f.div0(
            self.measure(version.numerator or "", aliases, department, there),
            self.measure(version.denominator or "", aliases, department, there),
        )

    def tables_of(self, name: str) -> tuple[str, ...]:
        """The tables that a measure or ratio is over, each once."""
        term = self.term(name, "measure", "ratio")
        if term.kind == "measure":
            return (term.of or "",)
        counted = self.counted(term)
        version = counted[0].used.version if counted else term.versions[-1]
        parts = [version.numerator, version.denominator]
        return tuple(dict.fromkeys(t for p in parts if p for t in self.tables_of(p)))

    # --- stages ----------------------------------------------------------------------

    def stage(self, args: Sequence[exp.Expr]) -> exp.Expr:
        """The canonical stage of a deal's own stage name, by the ladder of its pipeline."""
        if len(args) != 1 or not isinstance(args[0], exp.Column):
            raise UsageError(
                "STAGE takes the stage column of deals.", fix="For example STAGE(d.stage)."
            )
        column = args[0]
        stages = self.meaning.approved_stages
        own = f.fold(column.copy())
        pipeline = f.fold(f.col("pipeline", column.table or None))
        itself = {_fold(stage): stage for stage in stages.canonical}
        branches: list[tuple[exp.Expr, object]] = []
        for name, ladder in stages.ladders.items():
            named = {**itself, **{_fold(word): to for word, to in ladder.items()}}
            branches.append((pipeline.copy().eq(f.lit(_fold(name))), _chosen(own, named)))
        other = _chosen(own, {**itself, **_agreed(stages.ladders)})
        return f.case(*branches, default=other) if branches else other


def _chosen(own: exp.Expr, named: Mapping[str, str]) -> exp.Expr:
    """The canonical stage of a folded name; NULL for one that is not known."""
    words: dict[str, list[str]] = {}
    for word, stage in named.items():
        words.setdefault(stage, []).append(word)
    branches = [(f.in_(own.copy(), listed), stage) for stage, listed in words.items()]
    return f.case(*branches, default=f.null("text")) if branches else f.null("text")


def _agreed(ladders: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Names on which all ladders that have them agree: they count without a known pipeline."""
    said: dict[str, set[str]] = {}
    for ladder in ladders.values():
        for word, stage in ladder.items():
            said.setdefault(_fold(word), set()).add(stage)
    return {word: next(iter(stages)) for word, stages in said.items() if len(stages) == 1}


def _fold(text: str) -> str:
    """As SQL's `fold` does it, which knows small letters only."""
    return " ".join(text.split()).lower()


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


def _always(condition: exp.Expr) -> bool:
    return isinstance(condition, exp.Boolean) and bool(condition.this)


def _simple(condition: exp.Expr) -> exp.Expr:
    """A condition without the parts that are always true."""
    if isinstance(condition, exp.And):
        parts = [p.unnest() for p in condition.flatten()]
        kept = [p for p in parts if not _always(p)]
        return f.all_of(*kept)
    return condition
