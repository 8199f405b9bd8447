"""What the data have that nobody defined or adopted: columns, picklist values, stages.

The first run of a project adopts what it finds (the baseline: neither defined nor approved).
What appears later is unknown until the glossary says it and another person approves it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from dq.semantics.approval import Standing, ladders_of
from dq.semantics.inforce import Meaning
from dq.semantics.stages import fold_name
from dq.store import BaselineItem

__all__ = ["Found", "Unknown", "defined", "inventory", "unknown"]

Pair = tuple[str, str]


@dataclass(frozen=True)
class Found:
    """What is in the data: columns by table, values by (table, column), stages by pipeline.

    A pipeline is "" where the deals name none.
    """

    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[Pair, tuple[str, ...]] = field(default_factory=dict)
    stages: tuple[Pair, ...] = ()


@dataclass(frozen=True)
class Unknown:
    """What nobody knows; `said` is how far each has come: new, written or proposed."""

    columns: Mapping[Pair, str]
    values: Mapping[Pair, Mapping[str, str]]
    stages: Mapping[Pair, str]

    def __bool__(self) -> bool:
        return bool(self.columns or self.values or self.stages)


def inventory(found: Found) -> frozenset[BaselineItem]:
    """All that is found, as items of a baseline."""
    items = {BaselineItem("column", t, c) for t, names in found.columns.items() for c in names}
    for (table, column), values in found.values.items():
        items |= {BaselineItem("value", table, column, value) for value in values}
    items |= {BaselineItem("stage", "deals", pipeline, stage) for pipeline, stage in found.stages}
    return frozenset(items)


def unknown(found: Found, meaning: Meaning, baseline: Collection[BaselineItem]) -> Unknown:
    """What is neither in the baseline nor in an approved definition."""
    adopted = frozenset(baseline)
    picklists = {(i.table, i.column) for i in adopted if i.kind == "value"}
    columns: dict[Pair, str] = {}
    for table, names in found.columns.items():
        for column in names:
            if BaselineItem("column", table, column) in adopted:
                continue
            standing = meaning.standings.get(f"{table}.{column}")
            if standing is None or standing.approved is None:
                columns[table, column] = _how_far(standing)
    values: dict[Pair, dict[str, str]] = {}
    for place, present in found.values.items():
        said = _words_said(meaning, place)
        if place not in picklists and said is None:
            continue  # nobody ever said that this column is a list of words
        for value in present:
            if BaselineItem("value", *place, value) in adopted:
                continue
            how = _value_state(meaning, place, value)
            if how is not None:
                values.setdefault(place, {})[value] = how
    stages: dict[Pair, str] = {}
    for pipeline, stage in found.stages:
        if BaselineItem("stage", "deals", pipeline, stage) not in adopted:
            how = _stage_state(meaning, pipeline, stage)
            if how is not None:
                stages[pipeline, stage] = how
    return Unknown(columns, values, stages)


def defined(found: Found, meaning: Meaning) -> tuple[int, int]:
    """Columns, values and stages that the glossary defines, of all that are in the data."""
    fields = meaning.glossary.fields
    stages = meaning.glossary.stages
    told = total = 0
    for table, names in found.columns.items():
        total += len(names)
        told += sum(f"{table}.{column}" in fields for column in names)
    for place, present in found.values.items():
        spec = fields.get(".".join(place))
        total += len(present)
        told += sum(spec is not None and value in spec.values for value in present)
    total += len(found.stages)
    told += sum(
        stages.canonical_stage(pipeline or None, stage) is not None
        for pipeline, stage in found.stages
    )
    return told, total


def _words_said(meaning: Meaning, place: Pair) -> frozenset[str] | None:
    said = meaning.values(*place)
    return said[0] if said is not None and said[0] else None


def _how_far(standing: Standing | None) -> str:
    """How far a definition has come on its way to an approval."""
    if standing is None:
        return "new"
    return "proposed" if standing.proposed is not None else "written"


def _value_state(meaning: Meaning, place: Pair, value: str) -> str | None:
    """None where an approved definition has the value."""
    standing = meaning.standings.get(".".join(place))
    if standing is None:
        return "new"
    if standing.approved is not None and value in standing.approved.content["values"]:
        return None
    written = standing.definition is not None and value in standing.definition.content["values"]
    return _how_far(standing) if written else "new"


def _stage_state(meaning: Meaning, pipeline: str, stage: str) -> str | None:
    """None where an approved ladder has the stage."""
    ladders = [
        standing
        for name, standing in ladders_of(meaning.standings).items()
        if not pipeline or fold_name(name) == fold_name(pipeline)
    ]
    far = "new"
    for standing in ladders:
        if standing.approved is not None and _has(standing.approved.content, stage):
            return None
        if standing.definition is not None and _has(standing.definition.content, stage):
            far = _how_far(standing)
    return far


def _has(content: Mapping[str, object], stage: str) -> bool:
    names = content["stages"]
    return isinstance(names, Mapping) and fold_name(stage) in _folded(names)


def _folded(names: Iterable[str]) -> set[str]:
    return {fold_name(name) for name in names}
