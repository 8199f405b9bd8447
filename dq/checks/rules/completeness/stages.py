"""Stages of deals as the rules need them: canonical words, the glossary's ladders, order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.sql import portable as f

__all__ = ["CANONICAL", "canonical_of", "first_named", "stage_is", "stages_from"]

CANONICAL: tuple[str, ...] = ("new", "qualified", "proposal", "negotiation", "won", "lost")

WORDS: Mapping[str, tuple[str, ...]] = {
    "new": ("new", "новая", "новый", "нова", "новий", "новое", "prospecting"),
    "qualified": ("qualified", "qualification", "квалификация", "кваліфікація"),
    "proposal": (
        "proposal", "quote", "proposal/price quote", "proposal sent", "quote sent",
        "proposal made", "propose", "3-propose",
        "кп отправлено", "коммерческое предложение", "предложение", "отправлено предложение",
        "пропозиція", "комерційна пропозиція", "кп надіслано",
    ),
    "negotiation": (
        "negotiation", "negotiation/review", "negotiations", "negotiations started",
        "переговоры", "переговори",
        "согласование", "согласование договора", "узгодження", "узгодження договору", "договор",
        "договір", "contract", "contract sent",
    ),
    "won": ("won", "closed won", "успешно реализовано", "сделка успешна", "успішно реалізовано"),
    "lost": ("lost", "closed lost", "закрыто и не реализовано", "сделка провалена", "відмова"),
}  # fmt: skip
"""Stage names that mean the same in most houses; used where the glossary has no ladder."""


def canonical_of(context: RuleContext, pipeline: str | None, stage: str) -> str | None:
    """The canonical stage of a pipeline's own name; None where nobody said what it means."""
    if context.glossary is not None:
        known = context.glossary.stages.canonical_stage(pipeline, stage)
        if known is not None:
            return str(known)
        if pipeline is not None and pipeline in context.glossary.stages.ladders:
            return None
    folded = stage.strip().casefold()
    return next((name for name, words in WORDS.items() if folded in words), None)


def stages_from(context: RuleContext, first: str, *, open_only: bool = False) -> tuple[str, ...]:
    """Canonical stages from `first` on, in the glossary's order; without won and lost if asked."""
    order: Sequence[str] = CANONICAL
    if context.glossary is not None and context.glossary.stages.canonical:
        order = context.glossary.stages.canonical
    if first not in order:
        return ()
    later = tuple(order[list(order).index(first) :])
    return tuple(s for s in later if s not in ("won", "lost")) if open_only else later


def first_named(context: RuleContext, stages: Sequence[str]) -> str:
    """The house's own names of the first of these canonical stages that it has."""
    named: dict[str, list[str]] = {}
    for pipeline, stage in _own_stages(context):
        canonical = canonical_of(context, pipeline, stage)
        if canonical is not None and stage not in named.setdefault(canonical, []):
            named[canonical].append(stage)
    found = next((named[s] for s in stages if s in named), list(stages[:1]))
    return ", ".join(sorted(found)[:3])


def _own_stages(context: RuleContext) -> list[tuple[str | None, str]]:
    """Pipelines and stages of the deals, as the house calls them."""
    from dq.checks.rules.helpers import rows

    by_pipeline = context.has("deals", "pipeline")
    columns = ["pipeline", "stage"] if by_pipeline else ["stage"]
    pairs = rows(
        context,
        exp.select(*[f.col(c) for c in columns])
        .from_(f.table("crm.deals"))
        .where(f.not_null(f.col("stage")))
        .distinct()
        .limit(1000),
    )
    return [
        (str(p["pipeline"]) if p.get("pipeline") is not None else None, str(p["stage"]))
        for p in pairs
    ]


def stage_is(
    context: RuleContext, stages: Sequence[str], qualifier: str | None = None
) -> exp.Expression | None:
    """Predicate: the deal stands at one of these canonical stages; None where no name is known."""
    by_pipeline = context.has("deals", "pipeline")
    matches: dict[str | None, list[str]] = {}
    for pipeline, stage in _own_stages(context):
        if canonical_of(context, pipeline, stage) in stages:
            matches.setdefault(pipeline, []).append(stage)
    branches = []
    for pipeline, names in sorted(matches.items(), key=lambda m: m[0] or ""):
        named = f.in_(f.col("stage", qualifier), sorted(names))
        if not by_pipeline:
            branches.append(named)
        elif pipeline is None:
            branches.append(f.all_of(f.is_null(f.col("pipeline", qualifier)), named))
        else:
            branches.append(f.all_of(f.col("pipeline", qualifier).eq(f.lit(pipeline)), named))
    return f.any_of(*branches) if branches else None
