"""What is known of the columns of a loaded table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dq.crm.loaded import CrmColumn
from dq.crm.mapping import OwnColumn
from dq.crm.model import entity
from dq.crm.parts import Part

__all__ = ["column_facts"]


def column_facts(
    table: str, parts: Sequence[Part], types: Mapping[str, str], derived: Mapping[str, str]
) -> dict[str, CrmColumn]:
    """Facts of mapped, own and derived columns, in this order."""
    model = entity(table).columns
    headers: dict[str, str | None] = {}
    own: dict[str, OwnColumn] = {}
    for part in parts:
        for column in part.mapping.columns:
            headers.setdefault(column.target, column.source)
        for extra in part.mapping.own:
            headers.setdefault(extra.name, extra.source)
            own.setdefault(extra.name, extra)
    facts: dict[str, CrmColumn] = {}
    for name, kind in types.items():
        known = model.get(name)
        having = [p for p in parts if name in p.types]
        some = tuple(p.mapping.source for p in having) if len(having) < len(parts) else ()
        if name == "id":
            facts[name] = CrmColumn(name, kind, "id", _key_header(parts), canonical=True)
        elif known is not None:
            facts[name] = CrmColumn(
                name, kind, known.kind, headers.get(name), True, known.personal,
                known.identifying, some,
            )  # fmt: skip
        elif name in own:
            facts[name] = CrmColumn(
                name, kind, own[name].kind, headers.get(name), False, sources=some
            )
        else:
            facts[name] = CrmColumn(name, kind, "derived", None, True)
    for name, kind in derived.items():
        facts[name] = CrmColumn(name, kind, "derived", None, True)
    return facts


def _key_header(parts: Sequence[Part]) -> str | None:
    """Header of the key column, where one column is the key."""
    for part in parts:
        if len(part.mapping.key) == 1:
            return part.mapping.key[0]
    return None
