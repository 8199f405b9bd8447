"""Recognising a file that no preset tells: by its name, its headers and its values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from dq.crm.content import content_of
from dq.crm.drafts import Candidate, Draft, DraftColumn, Guess, Near, SourceDraft
from dq.crm.fit import SURE, fits, tells_itself
from dq.crm.headers import table_key
from dq.crm.model import TABLES
from dq.crm.sample import ColumnSample, TableSample
from dq.crm.synonyms import TableWords, synonyms
from dq.findings import Note

__all__ = ["draft_generic"]

_MARGIN = 0.5
_ENOUGH = 2.0
_UNSURE = 0.6
_FEW = 3
_PEOPLE = frozenset({"contacts", "leads", "users"})
_MASTERS = frozenset({"accounts", "products", "campaigns", "users"})


@dataclass(frozen=True)
class _Offer:
    """A column that may feed a target."""

    column: ColumnSample
    candidate: Candidate
    near: str | None = None


def draft_generic(sample: TableSample, threshold: float) -> SourceDraft:
    """The draft of a file: its table and columns, and what is not sure enough."""
    source = SourceDraft(sample)
    ranked = _rank_tables(sample)
    best = ranked[0] if ranked else None
    if best is None:
        facts = sample.raw.facts
        name = f"{facts.file.name}[{facts.sheet}]" if facts.sheet else facts.file.name
        source.notes.append(Note("mapping.not_told", {"file": name}, file=str(facts.file)))
        return source
    if best.confidence < threshold:
        source.asked.append(
            Guess(sample.name, None, None, tuple(ranked[:3]), reason="mapping.ask_table")
        )
        return source
    source.confidence = best.confidence
    source.evidence.append((best.evidence, best.evidence_args))
    draft = Draft(sample, best.target)
    source.tables.append(draft)
    _fill(source, draft, threshold)
    return source


def _rank_tables(sample: TableSample) -> list[Candidate]:
    """Canonical tables that the file may be, best first."""
    name = table_key(sample.name)
    ranked: list[tuple[float, Candidate]] = []
    for table, about in synonyms().tables.items():
        hits = _hits(sample.columns, about)
        called = about.called(name)
        tells = [t for t in hits if t in about.tells]
        if not any(need <= hits.keys() for need in about.needs):
            continue
        if not called and len(tells) < 2:
            continue
        if not called and _repeats(table, hits):
            continue
        score = called + len(tells) + 0.25 * (len(hits) - len(tells)) + _by_names(table, hits)
        args = {"table": table, "headers": ", ".join(c.header for c in hits.values())}
        key = "mapping.table_by_name" if called else "mapping.table_by_headers"
        ranked.append((score, Candidate(table, _table_confidence(called, len(hits)), key, args)))
    ranked.sort(key=lambda pair: -pair[0])
    unsure = ranked and ranked[0][0] < _ENOUGH
    if unsure or (len(ranked) > 1 and ranked[0][0] < ranked[1][0] + _MARGIN):
        return [replace(c, confidence=_UNSURE) for _, c in ranked]
    return [candidate for _, candidate in ranked]


def _table_confidence(called: float, hits: int) -> float:
    if called >= 1.5:
        return 0.95 if hits >= 2 else 0.85
    return 0.9 if called else 0.85


def _hits(columns: Iterable[ColumnSample], about: TableWords) -> dict[str, ColumnSample]:
    """Targets that some header means and its values do not deny."""
    found: dict[str, ColumnSample] = {}
    for column in columns:
        match = about.match(column.key, slips=False)
        if match is None or match.target in found or match.confidence < 0.8:
            continue
        if fits(TABLES[about.table].columns[match.target], content_of(column)) > 0:
            found[match.target] = column
    return found


def _repeats(table: str, hits: Mapping[str, ColumnSample]) -> bool:
    """Names that keep coming back, without an id: rows are not the things that are named."""
    name = hits.get("name")
    return (
        table in _MASTERS
        and "id" not in hits
        and name is not None
        and (name.distinct * 2 < name.filled)
    )


def _by_names(table: str, hits: Mapping[str, ColumnSample]) -> float:
    """People are no companies: what the names look like speaks for a table or against it."""
    column = hits.get(TABLES[table].name_column or "")
    if column is None or column.distinct < _FEW:
        return 0.0
    content = content_of(column)
    if table in _PEOPLE:
        return -2.0 if content.company >= 0.3 else 0.0
    if table == "accounts" and content.person >= 0.8 and content.company < 0.05:
        return -0.75
    return 0.0


def _fill(source: SourceDraft, draft: Draft, threshold: float) -> None:
    """Give each target its best column; ask about what stays below the threshold."""
    offers = [offer for column in draft.sample.columns for offer in _offers(column, draft.table)]
    offers.sort(key=lambda offer: -offer.candidate.confidence)
    taken: set[str] = set()
    asked: dict[str, list[Candidate]] = {}
    for offer in offers:
        column, candidate = offer.column, offer.candidate
        if column.key in taken:
            continue
        held = draft.columns.get(candidate.target)
        if candidate.confidence < threshold:
            if held is None:
                asked.setdefault(column.header, []).append(candidate)
                if offer.near:
                    source.near.append(
                        Near(draft.sample.name, column.header, offer.near, candidate.target)
                    )
            continue
        if held is not None:
            if candidate.target in {"phone", "email"}:
                held.fallbacks.append(column)
                taken.add(column.key)
            continue
        taken.add(column.key)
        draft.columns[candidate.target] = DraftColumn(
            target=candidate.target,
            column=column,
            confidence=candidate.confidence,
            evidence=candidate.evidence,
            args=dict(candidate.evidence_args),
        )
    _key(draft)
    _marks(draft)
    _implied(draft)
    used = {c.header for d in draft.columns.values() for c in d.columns()}
    for header, candidates in asked.items():
        open_ones = tuple(c for c in candidates if c.target not in draft.columns)
        if header not in used and open_ones:
            source.asked.append(Guess(draft.sample.name, header, draft.table, open_ones))


def _offers(column: ColumnSample, table: str) -> list[_Offer]:
    if not column.key:
        return []
    content = content_of(column)
    about, entity = synonyms().tables[table], TABLES[table]
    match = about.match(column.key)
    if match is not None:
        fit = fits(entity.columns[match.target], content)
        confidence = min(0.97, round(match.confidence + fit, 2)) if fit > 0 else 0.5
        args = {"known": match.known}
        evidence = "mapping.by_header_and_values" if fit >= SURE else match.evidence
        candidate = Candidate(match.target, confidence, evidence, args)
        return [_Offer(column, candidate, match.known if match.near else None)]
    said = tells_itself(entity, content)
    return [_Offer(column, said)] if said else []


def _implied(draft: Draft) -> None:
    """A file of calls holds activities of kind call."""
    name = table_key(draft.sample.name)
    for target, values in synonyms().tables[draft.table].implies.items():
        for value, names in values.items():
            if target not in draft.columns and any(f" {n} " in f" {name} " for n in names):
                draft.columns[target] = DraftColumn(
                    target, None, constant=value, confidence=0.95,
                    evidence="mapping.by_file_name", args={"name": name},
                )  # fmt: skip


def _marks(draft: Draft) -> None:
    """Columns that mark rows as deleted or merged."""
    for mark, keys in synonyms().marks.items():
        column = draft.sample.find(*keys)
        if column is None or any(column in d.columns() for d in draft.columns.values()):
            continue
        if mark == "merged_into":
            draft.merged_into = column
        elif content_of(column).flag or not column.filled:
            draft.deleted.append(column)


def _key(draft: Draft) -> None:
    """An id column that repeats is no key; some tables are keyed by two relations."""
    held = draft.columns.pop("id", None)
    if held is None or held.column is None:
        parts = [draft.column(name) for name in TABLES[draft.table].key]
        if len(parts) > 1:
            draft.key = [p for p in parts if p is not None] if all(parts) else []
        return
    column = held.column
    if column.distinct * 2 >= column.filled:
        draft.key = [column]
