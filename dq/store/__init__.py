"""What people decide, with a ledger of who, when and why."""

from dq.store.ledger import Actor, Entry, Verification, canonical_json, local_actor
from dq.store.state import (
    LONGEST_SUPPRESSION,
    Answer,
    BaselineItem,
    DefinitionStep,
    MappingApproval,
    Suppression,
)
from dq.store.store import Decision, Store, open_store

__all__ = [
    "LONGEST_SUPPRESSION",
    "Actor",
    "Answer",
    "BaselineItem",
    "Decision",
    "DefinitionStep",
    "Entry",
    "MappingApproval",
    "Store",
    "Suppression",
    "Verification",
    "canonical_json",
    "local_actor",
    "open_store",
]
