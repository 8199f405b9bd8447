"""Keys, and relations: which table a column refers to, and by key or by name.

Works on the drafts of all files together. What a preset said of a link stays.
"""

from __future__ import annotations

from collections.abc import Sequence

from dq.crm.content import content_of
from dq.crm.drafts import Candidate, Draft, DraftColumn, Guess, SourceDraft
from dq.crm.headers import header_key
from dq.crm.model import TABLES, Relation
from dq.crm.sample import ColumnSample, joined_values

__all__ = ["overlap", "propose_relations", "settle_keys", "settle_links", "unmapped"]

_CUSTOMER = frozenset(
    header_key(w)
    for w in "клиент client customer заказчик покупатель замовник покупець клієнт".split()
)
_UNRELATED = 0.05
_PROPOSED = 0.9
_FEW = 3


def settle_keys(sources: Sequence[SourceDraft]) -> None:
    """Find relations by key headers; give a key to tables that have a unique id column."""
    for source in _generic(sources):
        for draft in source.tables:
            _relate_by_key_header(draft, sources)
            _contact_not_account(draft, sources)
            _unique_id(draft)


def settle_links(sources: Sequence[SourceDraft], threshold: float) -> None:
    """Make unique names keys where others refer to them; tell each link by the values."""
    for source in _generic(sources):
        for draft in source.tables:
            _name_as_key(draft, sources)
    for source in sources:
        for draft in source.tables:
            for found in list(draft.columns.values()):
                relation = TABLES[draft.table].relation(found.target)
                if relation is not None and found.link is None and found.column is not None:
                    _tell_link(source, draft, found, relation, sources, threshold)


def _generic(sources: Sequence[SourceDraft]) -> list[SourceDraft]:
    return [s for s in sources if s.preset == "generic" and not s.reused]


def unmapped(draft: Draft) -> list[ColumnSample]:
    """Raw columns that a draft does not use."""
    used = {c.key for d in draft.columns.values() for c in d.columns()}
    used |= {c.key for c in (*draft.key, *draft.lines.values())}
    marks = (*draft.deleted, draft.merged_into, draft.in_force)
    used |= {c.key for c in marks if c is not None}
    return [c for c in draft.sample.columns if c.key and c.key not in used]


def overlap(one: ColumnSample, other: ColumnSample) -> float:
    """Share of the distinct values of one column's sample that the other has, folded."""
    import pyarrow.compute as pc

    values = one.folded_sample
    if not len(values):
        return 0.0
    return float(pc.mean(pc.is_in(values, value_set=other.folded)).as_py())


def _drafts_of(table: str, sources: Sequence[SourceDraft]) -> list[Draft]:
    return [d for s in sources for d in s.tables if d.table == table]


def _relate_by_key_header(draft: Draft, sources: Sequence[SourceDraft]) -> None:
    """`seller_id` is a relation where another file is keyed by `seller_id`."""
    for column in unmapped(draft):
        if column.key in {"id", "№"} or not content_of(column).total:
            continue
        for relation in TABLES[draft.table].relations:
            if relation.column in draft.columns or relation.target == draft.table:
                continue
            keyed = [
                d
                for d in _drafts_of(relation.target, sources)
                if d.sample is not draft.sample and [k.key for k in d.key] == [column.key]
            ]
            if keyed and overlap(column, keyed[0].key[0]) > 0:
                args: dict[str, object] = {"table": keyed[0].sample.name}
                draft.columns[relation.column] = DraftColumn(
                    relation.column, column, link="id", confidence=0.9,
                    evidence="mapping.by_key_header", args=args,
                )  # fmt: skip
                break


def _contact_not_account(draft: Draft, sources: Sequence[SourceDraft]) -> None:
    """«Клиент» can be a person: then it is a contact, not a company."""
    found = draft.columns.get("account_id")
    entity = TABLES[draft.table]
    if found is None or found.column is None or entity.relation("contact_id") is None:
        return
    if "contact_id" in draft.columns or not set(found.column.key.split()) & _CUSTOMER:
        return
    people = max((_by_name(found.column, d) for d in _drafts_of("contacts", sources)), default=0.0)
    firms = max((_by_name(found.column, d) for d in _drafts_of("accounts", sources)), default=0.0)
    content = content_of(found.column)
    persons = content.person >= 0.8 and content.company < 0.05
    if people > firms or (not firms and persons):
        del draft.columns["account_id"]
        found.target = "contact_id"
        found.confidence = min(found.confidence, 0.85)
        draft.columns["contact_id"] = found


def _by_name(column: ColumnSample, draft: Draft) -> float:
    """Share of the values that are names of records, whole or in parts."""
    named = draft.columns.get(TABLES[draft.table].name_column or "")
    if named is None:
        return 0.0
    whole = overlap(column, named.column) if named.column is not None else 0.0
    if not named.joined or not len(column.folded_sample):
        return whole
    import pyarrow.compute as pc

    found = pc.is_in(column.folded_sample, value_set=joined_values(named.joined))
    return max(whole, float(pc.mean(found).as_py()))


def _unique_id(draft: Draft) -> None:
    """The unique id of a 1:1 relation is a key where there is no other and no name."""
    if draft.key or draft.column(TABLES[draft.table].name_column or "") is not None:
        return
    for column in draft.sample.columns:
        if column.key.endswith("id") and column.unique and content_of(column).id_like >= 0.9:
            draft.key = [column]
            return


def _name_as_key(draft: Draft, sources: Sequence[SourceDraft]) -> None:
    """A unique name, or e-mail, that others refer to is a key where there is no id."""
    for target in (TABLES[draft.table].name_column or "", "email"):
        column = draft.column(target)
        if draft.key or column is None or not column.unique:
            continue
        if _referred(draft, column, sources):
            draft.key = [column]


def _referred(draft: Draft, name: ColumnSample, sources: Sequence[SourceDraft]) -> bool:
    """Whether a relation of another file finds half of its values in this column."""
    for source in sources:
        for other in source.tables:
            if other.sample is draft.sample:
                continue
            for relation in TABLES[other.table].relations:
                column = other.column(relation.column)
                refers = relation.target == draft.table and column is not None
                if refers and column is not None and overlap(column, name) >= 0.5:
                    return True
    return False


def _tell_link(
    source: SourceDraft,
    draft: Draft,
    found: DraftColumn,
    relation: Relation,
    sources: Sequence[SourceDraft],
    threshold: float,
) -> None:
    column = found.column
    if column is None:
        return
    by_id = by_name = 0.0
    targets = _drafts_of(relation.target, sources)
    for other in targets:
        if len(other.key) == 1:
            by_id = max(by_id, overlap(column, other.key[0]))
        by_name = max(by_name, _by_name(column, other))
    if targets and column.filled and max(by_id, by_name) < _UNRELATED:
        unsure = relation.target == draft.table or found.confidence < 0.9
        if unsure and threshold > 0.6:
            del draft.columns[found.target]
            args: dict[str, object] = {"header": column.header, "table": relation.target}
            candidate = Candidate(found.target, 0.6, found.evidence, found.args)
            source.asked.append(
                Guess(draft.sample.name, column.header, draft.table, (candidate,),
                      reason="mapping.ask_no_partner", args=args)
            )  # fmt: skip
            return
    if max(by_id, by_name) > 0:
        found.link = "id" if by_id > by_name else "name"
        return
    ends_in_id = column.key.split()[-1:] in (["id"], ["ид"], ["guid"], ["код"], ["№"])
    found.link = "id" if ends_in_id or content_of(column).id_like >= 0.8 else "name"


def propose_relations(sources: Sequence[SourceDraft]) -> tuple[tuple[str, str, str, str], ...]:
    """Unmapped columns of which 90 % of the values are found in a unique column elsewhere.

    Values of few digits prove nothing: there the headers must have a word in common.
    """
    uniques: list[tuple[SourceDraft, ColumnSample]] = []
    for source in sources:
        for column in source.sample.columns:
            if column.distinct >= _FEW and content_of(column).id_like >= 0.9 and column.unique:
                uniques.append((source, column))
    if not uniques:
        return ()
    found: list[tuple[str, str, str, str]] = []
    for source in sources:
        for column in _free_columns(source):
            if column.distinct < _FEW or content_of(column).id_like < 0.9:
                continue
            best = max(
                (
                    (overlap(column, other), other.table.rows, owner.sample.name, other)
                    for owner, other in uniques
                    if owner is not source and _comparable(column, owner, other)
                ),
                key=lambda offer: (offer[0], -offer[1]),
                default=None,
            )
            if best is not None and best[0] >= _PROPOSED:
                found.append((source.sample.name, column.name, best[2], best[3].name))
    return tuple(found)


def _free_columns(source: SourceDraft) -> list[ColumnSample]:
    if not source.tables:
        return [c for c in source.sample.columns if c.key]
    free = [{c.key for c in unmapped(d)} for d in source.tables]
    return [c for c in source.sample.columns if all(c.key in keys for keys in free)]


def _comparable(column: ColumnSample, owner: SourceDraft, other: ColumnSample) -> bool:
    if any(len(value) >= 8 and not value.isdigit() for value in list(column.counts)[:20]):
        return True
    words = set(column.key.split()) - {"id"}
    named = set(other.key.split()) | set(header_key(owner.sample.name).split())
    same = bool(words & named) or column.key == other.key != "id"
    return same and column.key.split()[-1:] == ["id"]
