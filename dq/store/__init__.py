"""What people decide, with a ledger of who, when and why."""

from dq.store.actor import Actor, acting, local_actor
from dq.store.ledger import Entry, Verification, canonical_json
from dq.store.people import People, Person, load_people
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
    "People",
    "Person",
    "Store",
    "Suppression",
    "Verification",
    "acting",
    "canonical_json",
    "load_people",
    "local_actor",
    "open_store",
]
