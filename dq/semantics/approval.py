"""Where each definition stands: written, proposed, approved, edited since, taken out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from dq.semantics.definitions import LADDER, Definition, normalised
from dq.store import DefinitionStep

__all__ = ["Standing", "Status", "ladders_of", "standings", "subject_of"]


class Status(Enum):
    """The state of a definition.

    `edited`: another text of it was approved, which stays in force until this one is.
    `removed`: it was approved and is no longer in the file; it stays in force until its
    removal is approved.
    """

    WRITTEN = "written"
    PROPOSED = "proposed"
    APPROVED = "approved"
    EDITED = "edited"
    REMOVED = "removed"


@dataclass(frozen=True)
class Standing:
    """A definition with what was decided about it.

    `definition` is None when it is no longer in the file. `approved` is the newest approval
    (its content is what is in force), `proposed` a proposal of what the file says now that
    nobody has approved yet.
    """

    object: str
    subject: str
    status: Status
    definition: Definition | None
    approved: DefinitionStep | None = None
    proposed: DefinitionStep | None = None

    @property
    def waiting(self) -> bool:
        """Whether what the file says now still needs an approval."""
        return self.status is not Status.APPROVED

    @property
    def rewritten(self) -> bool:
        """Whether labels or explanations changed since the approval, and nothing else."""
        return (
            self.status is Status.APPROVED
            and self.approved is not None
            and self.definition is not None
            and self.approved.words_digest != self.definition.words_digest
        )


def standings(found: Iterable[Definition], steps: Sequence[DefinitionStep]) -> dict[str, Standing]:
    """The standing of every definition in the file, then of those taken out of it.

    `steps` go from oldest to newest.
    """
    history: dict[str, list[DefinitionStep]] = {}
    for step in steps:
        history.setdefault(step.object, []).append(step)
    made = {d.object: _standing(d, history.pop(d.object, [])) for d in found}
    for name, past in history.items():
        gone = _gone(name, past)
        if gone is not None:
            made[name] = gone
    return made


def _standing(definition: Definition, past: Sequence[DefinitionStep]) -> Standing:
    approved, proposed = _newest(past)
    if approved is not None and _same(approved, definition):
        status, proposed = Status.APPROVED, None
    else:
        if proposed is not None and not _same(proposed, definition):
            proposed = None
        if proposed is not None:
            status = Status.PROPOSED
        else:
            status = Status.EDITED if approved is not None else Status.WRITTEN
    return Standing(definition.object, definition.subject, status, definition, approved, proposed)


def _same(step: DefinitionStep, definition: Definition) -> bool:
    """Whether a step is of this text; SQL is read anew, as another version may write it."""
    if step.digest == definition.digest:
        return True
    if step.content is None:
        return False
    return normalised(step.content) == dict(definition.content)


def _gone(name: str, past: Sequence[DefinitionStep]) -> Standing | None:
    """An approved definition that the file no longer has; None where nothing is in force."""
    approved, proposed = _newest(past)
    if approved is None:
        return None
    if proposed is not None and proposed.content is not None:
        proposed = None
    return Standing(name, subject_of(name), Status.REMOVED, None, approved, proposed)


def _newest(
    past: Sequence[DefinitionStep],
) -> tuple[DefinitionStep | None, DefinitionStep | None]:
    """The approval in force, and the newest proposal after it."""
    approved: DefinitionStep | None = None
    proposed: DefinitionStep | None = None
    for step in past:
        if step.step == "proposed":
            proposed = step
        else:
            approved = step if step.content is not None else None
            proposed = None
    return approved, proposed


def subject_of(name: str) -> str:
    """The term, field or section that an object belongs to."""
    return name.partition("@")[0].partition("/")[0]


def by_subject(found: Mapping[str, Standing]) -> dict[str, list[Standing]]:
    """Standings grouped by what people name."""
    grouped: dict[str, list[Standing]] = {}
    for standing in found.values():
        grouped.setdefault(standing.subject, []).append(standing)
    return grouped


def ladders_of(found: Mapping[str, Standing]) -> dict[str, Standing]:
    """The standings of ladders, by the name of the pipeline."""
    return {
        name.removeprefix(LADDER): standing
        for name, standing in found.items()
        if name.startswith(LADDER)
    }
