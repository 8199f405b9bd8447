"""Stages without criteria, ladders that miss a stage, and columns asked for twice otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from dq.semantics.definitions import LADDER
from dq.semantics.glossary import Glossary
from dq.semantics.lint.issue import Facts, Issue

__all__ = ["contradictions", "stages_incomplete"]

ENDS = ("won", "lost")


def stages_incomplete(facts: Facts) -> Iterator[Issue]:
    """S115: what the ladder of a pipeline leaves out, and stages that nothing is asked for."""
    stages = facts.meaning.glossary.stages
    if not stages.canonical:
        return
    for name, ladder in stages.ladders.items():
        missing = [stage for stage in stages.canonical if stage not in ladder.values()]
        if missing:
            args = {"ladder": name, "stages": ", ".join(missing)}
            yield Issue("S115", "warning", f"{LADDER}{name}", "ladder", args, stages.place)
    asked = facts.meaning.glossary.required_by_stage()
    bare = [
        stage
        for place, stage in enumerate(stages.canonical)
        if place and stage not in ENDS and stage not in asked and stage not in stages.criteria
    ]
    if bare:
        args = {"stages": ", ".join(bare)}
        yield Issue("S115", "info", "stages", "criteria", args, stages.place)
    if stages.graph:
        unreached = _unreached(facts.meaning.glossary)
        if unreached:
            args = {"stages": ", ".join(unreached)}
            yield Issue("S115", "warning", "stages", "unreached", args, stages.place)


def _unreached(glossary: Glossary) -> list[str]:
    """Stages to which no way leads from the first one."""
    stages = glossary.stages
    reached = [stages.canonical[0]]
    for stage in reached:
        reached += [s for s in stages.graph.get(stage, ()) if s not in reached]
    return [s for s in stages.canonical if s not in reached and s != "lost"]


def contradictions(facts: Facts) -> Iterator[Issue]:
    """S116: `required_from` asks for a column at a stage whose criterion wants it blank."""
    glossary = facts.meaning.glossary
    for spec in glossary.fields.values():
        if spec.required_from is None or spec.table != "deals":
            continue
        for stage in glossary.stages.after(spec.required_from):
            criterion = glossary.stages.criteria.get(stage)
            if criterion is not None and _wants_blank(criterion.enter, spec.column):
                name = f"{spec.table}.{spec.column}"
                args = {"field": name, "from": spec.required_from, "stage": stage}
                yield Issue("S116", "error", name, "blank", args, spec.place)


def _wants_blank(enter: exp.Expr, column: str) -> bool:
    """Whether a conjunct says that the column IS NULL."""
    parts = enter.flatten() if isinstance(enter, exp.And) else [enter]
    for part in parts:
        node = part.unnest()
        is_null = isinstance(node, exp.Is) and isinstance(node.expression, exp.Null)
        if is_null and node.this.unnest().name == column:
            return True
    return False
