"""Who stands behind a proposal or an approval: what the ledger's own entry says and is worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dq.store import DefinitionStep, Entry, Store
from dq.store.vouching import DAMAGED, Vouched, vouched_entries

__all__ = ["DAMAGED", "Vouched", "vouched"]

_ACTIONS = {"proposed": "glossary.propose", "approved": "glossary.approve"}


def vouched(store: Store, steps: Iterable[DefinitionStep]) -> Mapping[tuple[int, str], Vouched]:
    """What the ledger says of each step, by its entry's number and its object."""
    wanted = tuple(steps)
    entries = vouched_entries(store, [step.seq for step in wanted])
    return {(step.seq, step.object): _of(step, entries[step.seq]) for step in wanted}


def _of(step: DefinitionStep, judged: tuple[Entry, Vouched] | None) -> Vouched:
    if judged is None:
        return Vouched(DAMAGED)
    entry, found = judged
    told = (entry.actor.name, entry.time, entry.because, entry.action)
    if told != (step.by, step.at, step.because, _ACTIONS.get(step.step)):
        return Vouched(DAMAGED)
    return found if entry.digests.get(step.object) == step.digest else Vouched(DAMAGED)
