"""What people decide, with a ledger of who, when and why."""

from dq.store.actor import Actor, acting, local_actor
from dq.store.entry import Entry, canonical_json
from dq.store.keyring import Keyring, Standing
from dq.store.people import People, Person, load_people
from dq.store.state import (
    LONGEST_SUPPRESSION,
    Answer,
    BaselineItem,
    DefinitionStep,
    KeptCheckpoint,
    MappingApproval,
    Suppression,
)
from dq.store.store import Decision, Store, open_store
from dq.store.verification import Claim, Verification

__all__ = [
    "LONGEST_SUPPRESSION",
    "Actor",
    "Answer",
    "BaselineItem",
    "Claim",
    "Decision",
    "DefinitionStep",
    "Entry",
    "KeptCheckpoint",
    "Keyring",
    "MappingApproval",
    "People",
    "Person",
    "Standing",
    "Store",
    "Suppression",
    "Verification",
    "acting",
    "canonical_json",
    "load_people",
    "local_actor",
    "open_store",
]
