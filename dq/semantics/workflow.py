"""Proposing and approving definitions: two people, one digest, all in the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from dq.errors import UsageError
from dq.semantics.approval import Standing, Status
from dq.semantics.definitions import digest_of
from dq.semantics.inforce import Meaning
from dq.store import Actor, DefinitionStep, Store

__all__ = ["Done", "approve", "chosen", "propose"]


@dataclass(frozen=True)
class Done:
    """What a decision was about: objects recorded, and those left out with the reason why."""

    objects: tuple[str, ...]
    left: tuple[tuple[str, str], ...] = ()


def chosen(meaning: Meaning, names: Sequence[str], *, every: bool = False) -> list[Standing]:
    """The standings that names mean: terms, fields, sections or single objects.

    Raises:
        UsageError: a name means nothing here.
    """
    if every:
        return list(meaning.standings.values())
    if not names:
        raise UsageError(
            "No term is named.", fix="Name terms or fields, or take all of them with --all."
        )
    found: list[Standing] = []
    for name in names:
        mine = [s for s in meaning.standings.values() if name in (s.object, s.subject)]
        if not mine:
            raise _unknown(meaning, name)
        found += [s for s in mine if s not in found]
    return found


def _unknown(meaning: Meaning, name: str) -> UsageError:
    import difflib

    known = sorted({s.subject for s in meaning.standings.values()})
    near = difflib.get_close_matches(name, known, n=1)
    return UsageError(
        "The glossary has no {name}.",
        fix="Did you mean {near}?" if near else "dq glossary status lists what it has.",
        name=name,
        near=near[0] if near else "",
    )


def propose(store: Store, actor: Actor, wanted: Iterable[Standing], *, because: str) -> Done:
    """Put what the file says before the others; what is approved or proposed already is left.

    Raises:
        UsageError: nothing is left to propose.
    """
    steps: list[DefinitionStep] = []
    left: list[tuple[str, str]] = []
    for standing in wanted:
        if standing.status is Status.APPROVED:
            left.append((standing.object, "approved"))
        elif standing.proposed is not None:
            left.append((standing.object, "proposed"))
        else:
            steps.append(_step(standing, "proposed"))
    if not steps:
        raise UsageError(
            "Nothing here waits to be proposed.", fix="dq glossary status shows what stands where."
        )
    with store.decide(actor, "glossary.propose", _about(steps), because) as decision:
        decision.define(steps)
    return Done(tuple(step.object for step in steps), tuple(left))


def approve(
    store: Store,
    actor: Actor,
    wanted: Iterable[Standing],
    *,
    because: str,
    solo: bool = False,
    every: bool = False,
) -> Done:
    """Approve what was proposed, as it stands in the file now.

    One's own proposals are refused; with `solo` (one person, by `review: solo` in dq.yaml)
    they pass and are marked. `every`: one's own and what was not proposed is left out instead
    of refused.

    Raises:
        UsageError: a definition was not proposed, was edited since, or is one's own.
    """
    steps: list[DefinitionStep] = []
    left: list[tuple[str, str]] = []
    for standing in wanted:
        reason = _refusal(standing, actor, solo)
        if reason is None:
            own = standing.proposed is not None and _same_person(standing.proposed.by, actor)
            steps.append(replace(_step(standing, "approved"), alone=own))
        elif standing.status is Status.APPROVED or every:
            left.append((standing.object, reason))
        else:
            raise _refused(standing, reason)
    if not steps:
        own_only = left and all(reason == "own" for _, reason in left if reason != "approved")
        if own_only and any(reason == "own" for _, reason in left):
            first = next(name for name, reason in left if reason == "own")
            raise UsageError(_SENTENCES["own"], fix=_FIXES["own"], object=first)
        raise UsageError(
            "Nothing here waits for an approval.",
            fix="dq glossary status shows what stands where.",
        )
    with store.decide(actor, "glossary.approve", _about(steps), because) as decision:
        decision.define(steps)
    return Done(tuple(step.object for step in steps), tuple(left))


_SENTENCES = {
    "own": "{object} was proposed by you; nobody approves what is their own.",
    "written": "{object} was not proposed yet.",
    "edited": "{object} was edited since it was proposed or approved.",
}
_FIXES = {
    "own": "Ask another person, or work alone with review: solo in dq.yaml: it shows.",
    "written": "Propose it first: dq glossary propose {subject}.",
    "edited": "Propose what stands there now: dq glossary propose {subject}.",
}


def _refusal(standing: Standing, actor: Actor, solo: bool) -> str | None:
    if standing.status is Status.APPROVED:
        return "approved"
    if standing.proposed is None:
        edited = standing.status in (Status.EDITED, Status.REMOVED)
        return "edited" if edited else "written"
    if _same_person(standing.proposed.by, actor) and not solo:
        return "own"
    return None


def _refused(standing: Standing, reason: str) -> UsageError:
    return UsageError(
        _SENTENCES[reason], fix=_FIXES[reason], object=standing.object, subject=standing.subject
    )


def _same_person(name: str, actor: Actor) -> bool:
    """Names differ by more than case and spaces when people do."""
    return " ".join(name.split()).casefold() == " ".join(actor.name.split()).casefold()


def _step(standing: Standing, step: str) -> DefinitionStep:
    definition = standing.definition
    if definition is None:
        return DefinitionStep(standing.object, step, digest_of(None), None, digest_of({}), {})
    return DefinitionStep(
        standing.object,
        step,
        definition.digest,
        dict(definition.content),
        definition.words_digest,
        dict(definition.words),
    )


def _about(steps: Sequence[DefinitionStep]) -> str:
    """The ledger's object: the definitions by name, the first of many."""
    if len(steps) == 1:
        return f"glossary/{steps[0].object}"
    return f"glossary/{steps[0].object} and {len(steps) - 1} more"
