"""Names of people that a file gives in parts."""

from __future__ import annotations

from collections.abc import Sequence

from dq.crm.content import content_of
from dq.crm.drafts import Draft, DraftColumn, SourceDraft
from dq.crm.links import unmapped
from dq.crm.model import TABLES
from dq.crm.sample import ColumnSample
from dq.crm.synonyms import synonyms

__all__ = ["settle_names"]

_PARTS = ("first_name", "middle_name", "last_name")
_PEOPLE = ("contacts", "leads", "users")
_GIVEN = frozenset({"name", "имя", "імя", "first name"})
"""Headers that beside a last name mean the first one, whatever they mean alone."""


def settle_names(sources: Sequence[SourceDraft]) -> None:
    """Join the parts of a name where the full one is not given, or not in every row."""
    for source in sources:
        for draft in source.tables:
            if draft.table in _PEOPLE and not source.reused:
                _settle(draft)


def _settle(draft: Draft) -> None:
    target = TABLES[draft.table].name_column or ""
    held = draft.columns.get(target)
    parts = _parts(draft, held.column if held is not None else None)
    if not parts:
        return
    if held is None or held.column in parts:
        draft.columns[target] = DraftColumn(
            target, None, joined=parts, evidence="mapping.joined_name"
        )
    elif held.column is not None and held.column.filled < held.column.rows:
        held.joined = parts


def _parts(draft: Draft, full: ColumnSample | None) -> list[ColumnSample]:
    """First, middle and last name; nothing without a last name, or where they are hashed.

    `full` is what is taken for the full name: «Имя» beside «Фамилия» is the first one.
    """
    words = synonyms().tables["contacts"]
    found = {target: draft.column(target) for target in _PARTS}
    for column in unmapped(draft):
        match = words.match(column.key, slips=False)
        if match is not None and found.get(match.target, column) is None:
            found[match.target] = column
    if found["first_name"] is None:
        named = (c for c in (full, *unmapped(draft)) if c is not None)
        found["first_name"] = next((c for c in named if c.key in _GIVEN), None)
    parts = [column for column in found.values() if column is not None]
    hashed = any(content_of(column).hashed for column in parts)
    return parts if found["last_name"] is not None and not hashed else []
