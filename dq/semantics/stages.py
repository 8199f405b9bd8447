"""Stages of a deal: one canonical ladder, each pipeline's own names, criteria to enter."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from dq.config import Item
from dq.errors import Place
from dq.semantics.columns import There
from dq.semantics.expression import Expression, read_expression

if TYPE_CHECKING:
    from sqlglot import exp

__all__ = ["Criterion", "Stages", "fold_name", "read_stages"]


@dataclass(frozen=True)
class Criterion:
    """What a deal must fulfil to enter a stage: a predicate over deals."""

    expression: Expression

    @property
    def enter(self) -> exp.Expr:
        """The predicate as a portable plan; copy it before changing it."""
        return self.expression.plan

    @property
    def required(self) -> tuple[str, ...]:
        """Columns that it says must not be NULL, on their own."""
        from sqlglot import exp

        columns = []
        for part in self.enter.flatten() if isinstance(self.enter, exp.And) else [self.enter]:
            node = part.unnest()
            inner = node.this.unnest() if isinstance(node, exp.Not) else None
            if isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Null):
                column = inner.this.unnest()
                if isinstance(column, exp.Column):
                    columns.append(column.name)
        return tuple(dict.fromkeys(columns))


@dataclass(frozen=True)
class Stages:
    """The glossary's stages.

    `canonical` is the order; `graph` the stages that may follow each; `ladders` maps, for
    each pipeline, its own stage names to canonical ones. A deal can be lost from any stage.
    """

    canonical: tuple[str, ...] = ()
    graph: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ladders: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    criteria: Mapping[str, Criterion] = field(default_factory=dict)
    place: Place | None = field(default=None, compare=False)

    def order(self, stage: str) -> int | None:
        """Position of a canonical stage from 0; None where it is none."""
        return self.canonical.index(stage) if stage in self.canonical else None

    def canonical_stage(self, pipeline: str | None, stage: str | None) -> str | None:
        """The canonical stage of a pipeline's own name; case and spaces do not matter.

        Without a known pipeline a name counts when all ladders that have it agree.
        """
        if stage is None:
            return None
        name = fold_name(stage)
        ladder = self._folded.get(fold_name(pipeline)) if pipeline is not None else None
        found = {ladder[name]} if ladder and name in ladder else set()
        if ladder is None:
            found = {names[name] for names in self._folded.values() if name in names}
        if not found:
            found = {own for own in self.canonical if fold_name(own) == name}
        return found.pop() if len(found) == 1 else None

    def after(self, stage: str) -> tuple[str, ...]:
        """The stage and those that come after it; lost only after itself, being open to all."""
        start = self.order(stage)
        if start is None:
            return ()
        return tuple(s for s in self.canonical[start:] if s == stage or s != "lost")

    @cached_property
    def _folded(self) -> Mapping[str, Mapping[str, str]]:
        return {
            fold_name(pipeline): {fold_name(own): stage for own, stage in ladder.items()}
            for pipeline, ladder in self.ladders.items()
        }


def read_stages(item: Item, there: There) -> Stages:
    """Read the section `stages`; criteria may read what is `there` of deals."""
    of = item.fields("canonical", "graph", "ladders", "criteria", required=["canonical"])
    canonical: list[str] = []
    for stage in of["canonical"].items():
        name = stage.text()
        if name in canonical:
            raise stage.error(
                "The stage {name} stands here twice.", fix="Keep one of them.", name=name
            )
        canonical.append(name)
    graph = {}
    if "graph" in of:
        for name, targets in of["graph"].entries().items():
            _check(name, targets, canonical)
            graph[name] = tuple(_stage(target, canonical) for target in targets.one_or_many())
    criteria = {}
    if "criteria" in of:
        for name, entry in of["criteria"].entries().items():
            _check(name, entry, canonical)
            enter = entry.fields("enter", required=["enter"])["enter"]
            criteria[name] = Criterion(read_expression(enter, "deals", there))
    return Stages(
        canonical=tuple(canonical),
        graph=graph,
        ladders=_ladders(of["ladders"], canonical) if "ladders" in of else {},
        criteria=criteria,
        place=item.key_place,
    )


def _ladders(item: Item, canonical: Collection[str]) -> Mapping[str, Mapping[str, str]]:
    ladders: dict[str, Mapping[str, str]] = {}
    pipelines: dict[str, str] = {}
    for pipeline, entry in item.entries().items():
        _check_folded(pipeline, entry, pipelines)
        names: dict[str, str] = {}
        ladder = {}
        for own, stage in entry.entries().items():
            _check_folded(own, stage, names)
            ladder[own] = _stage(stage, canonical)
        ladders[pipeline] = ladder
    return ladders


def _check_folded(name: str, item: Item, taken: dict[str, str]) -> None:
    """Refuse a name that differs from an earlier one by case or spaces only."""
    first = taken.setdefault(fold_name(name), name)
    if first != name:
        raise item.error(
            "{name} and {first} differ by case or spaces only.",
            fix="Keep one of them.",
            at_key=True,
            name=name,
            first=first,
        )


def _stage(item: Item, canonical: Collection[str]) -> str:
    name = item.text()
    if name not in canonical:
        error = item.unknown(name, canonical)
        error.where = item.place
        raise error
    return name


def _check(name: str, item: Item, canonical: Collection[str]) -> None:
    if name not in canonical:
        raise item.unknown(name, canonical)


def fold_name(text: str) -> str:
    """A stage's or pipeline's name as it is compared: case and spaces do not matter."""
    return " ".join(text.split()).casefold()
