"""Drafting the mapping of files whose headers a preset knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dq.crm.content import content_of
from dq.crm.drafts import Draft, DraftColumn, SourceDraft
from dq.crm.fit import converts
from dq.crm.model import TABLES
from dq.crm.preset import Preset, PresetColumn, PresetTable, Signature, StatusRule
from dq.crm.presets import preset, presets
from dq.crm.sample import ColumnSample, TableSample
from dq.crm.stages import stage_values
from dq.findings import Note

__all__ = ["draft_by_preset", "flags_by_stage", "settle_presets"]

_CONNECTOR = "fivetran synced"
"""A table that a connector landed and the preset does not know is not guessed."""

_SINCE, _IN_FORCE = "fivetran start", "fivetran active"
_VALIDITY = frozenset({_SINCE, "fivetran end"})
"""A table with both keeps every version of its rows."""


def draft_by_preset(sample: TableSample, forced: str | None) -> SourceDraft | None:
    """The draft of a file that a preset knows, or None."""
    told = _tell(sample, forced)
    if told is None:
        return None
    name, signature = told
    source = SourceDraft(sample, preset=name, told_as=signature.name)
    args = {"preset": preset(name).title, "object": signature.name}
    if signature.skip is not None:
        source.evidence.append((f"mapping.skip_{signature.skip}", args))
        return source
    source.versions = sample.keys >= _VALIDITY and not signature.history
    source.evidence.append(("mapping.told_by_headers", args))
    about = preset(name).tables[signature.name]
    if about.merge_log:
        _merge_log(source, about)
    if about.table is None:
        return source
    for part in (about, *about.also):
        draft = _draft(source, part, preset(name), split=part is not about)
        if draft is not None:
            _validity(source, draft)
            source.tables.append(draft)
    return source


def _validity(source: SourceDraft, draft: Draft) -> None:
    """Rows that a connector keeps after they have changed or gone are not in force."""
    if _CONNECTOR not in source.sample.keys or draft.table == "stage_history":
        return
    draft.in_force = source.sample.find(_IN_FORCE)
    if source.versions:
        draft.since = source.sample.find(_SINCE)


def _tell(sample: TableSample, forced: str | None) -> tuple[str, Signature] | None:
    """The preset and its table with most headers in common."""
    best: tuple[int, int, str, Signature] | None = None
    for known in presets():
        if forced is not None and known.name != forced:
            continue
        for rank, signature in enumerate(known.signatures):
            score = signature.score(sample.keys)
            if score and (best is None or (score, -rank) > (best[0], -best[1])):
                best = (score, rank, known.name, signature)
    return (best[2], best[3]) if best else None


def _merge_log(source: SourceDraft, about: PresetTable) -> None:
    survivor, merged, table = about.merge_log or ((), (), "")
    kept, gone = source.sample.find(*survivor), source.sample.find(*merged)
    if kept and gone:
        source.merge_log, source.merge_table = (kept.name, gone.name), table


def _draft(source: SourceDraft, part: PresetTable, known: Preset, *, split: bool) -> Draft | None:
    sample = source.sample
    if part.table is None or (part.needs and sample.find(*part.needs) is None):
        return None
    draft = Draft(sample, part.table, collapse=part.collapse)
    for column in part.columns:
        found = _column(sample, column, known)
        if found is not None:
            draft.columns[column.target] = found
    if part.status:
        _status(source, draft, part.status)
    draft.key = [c for c in (sample.find(*names) for names in part.key) if c is not None]
    if len(draft.key) < len(part.key):
        draft.key = []
    draft.present = _all(sample, part.present)
    draft.deleted = _all(sample, part.deleted)
    draft.deleted_values = part.deleted_values
    draft.merged_into = sample.find(*part.merged_into)
    if not split:
        _lines(draft, part)
    useful = [c for c in draft.columns.values() if c.constant is None]
    if split and not (useful and any(c.filled for c in draft.present)):
        return None
    return draft if useful else None


def _all(sample: TableSample, keys: Sequence[str]) -> list[ColumnSample]:
    return [sample.by_key[k] for k in keys if k in sample.by_key]


def _lines(draft: Draft, part: PresetTable) -> None:
    """Where products are shown, rows that repeat an id are one record with lines."""
    found = {name: draft.sample.find(*keys) for name, keys in part.lines.items()}
    lines = {name: column for name, column in found.items() if column is not None}
    if draft.key and "product" in lines and lines["product"].filled:
        draft.lines = lines


def _column(sample: TableSample, about: PresetColumn, known: Preset) -> DraftColumn | None:
    first = sample.find(*about.headers)
    others = [c for c in _all(sample, about.then) if c is not first]
    column = first or (others.pop(0) if others else None)
    if column is None and about.constant is None:
        return _column(sample, about.other, known) if about.other else None
    if column is not None and about.prefix and not _all_begin(column, about.prefix):
        return None
    draft = DraftColumn(
        target=about.target,
        column=column,
        fallbacks=others,
        link=about.link,
        constant=about.constant,
        values=dict(about.values),
        default=about.default,
        empty_words=about.empty_words,
        split=about.split,
        evidence="mapping.by_prefix" if about.prefix else "mapping.by_preset",
        args={"prefix": about.prefix} if about.prefix else {},
    )
    if column is not None and about.stages:
        return draft if _stages(draft, column, known) else None
    return draft


def _stages(draft: DraftColumn, column: ColumnSample, known: Preset) -> bool:
    """Words to won, lost, open: those that are there, and the system's own closed ones.

    Nothing where no word says won or lost and some are unknown: they may be the closed ones.
    """
    values, unknown = stage_values(column.all_counts, known.won, known.lost, known.open)
    if column.filled and unknown and not {"won", "lost"} & set(values.values()):
        return False
    closed = dict.fromkeys(known.won, "won") | dict.fromkeys(known.lost, "lost")
    draft.values = values | {w: s for w, s in closed.items() if w not in values}
    return True


def _all_begin(column: ColumnSample, prefix: str) -> bool:
    return bool(column.filled) and all(v.startswith(prefix) for v in column.values)


def _status(source: SourceDraft, draft: Draft, rule: StatusRule) -> None:
    """Status of each stage as the data themselves say it, where both are in one table."""
    if rule.table is not None:
        return
    sample = source.sample
    stage, won, closed = sample.find(*rule.by), sample.find(*rule.won), sample.find(*rule.closed)
    if stage is None or won is None or closed is None:
        return
    values = flags_by_stage(sample, stage, won, closed)
    if values:
        draft.columns["status"] = DraftColumn(
            "status", stage, values=values, evidence="mapping.status_by_flags",
            args={"won": won.header, "closed": closed.header},
        )  # fmt: skip


def flags_by_stage(
    sample: TableSample, stage: ColumnSample, won: ColumnSample, closed: ColumnSample
) -> dict[str, str]:
    """Stage → won, lost or open by its flags; empty where one stage has several."""
    import pyarrow as pa

    columns = {n: sample.read(c.name) for n, c in (("s", stage), ("w", won), ("c", closed))}
    groups = pa.table(columns).group_by(["s", "w", "c"]).aggregate([]).to_pylist()
    found: dict[str, str] = {}
    for row in groups:
        if not row["s"]:
            continue
        is_won, is_closed = _true(row["w"]), _true(row["c"])
        status = "won" if is_won else "lost" if is_closed else "open"
        if found.setdefault(row["s"], status) != status:
            return {}
    return found


def _true(word: str | None) -> bool:
    return (word or "").lower() in {"true", "1", "yes", "t", "y"}


def settle_presets(sources: Sequence[SourceDraft]) -> None:
    """What needs to see all files: tables that yield, split-off records, stage tables."""
    _yield_versions(sources)
    objects = {
        (s.preset, s.told_as): s for s in sources if s.told_as and (s.tables or not s.versions)
    }
    for source in sources:
        signature = _signature(source)
        rival = objects.get((source.preset, signature.yields_to or "")) if signature else None
        if rival is not None and rival.tables:
            source.tables.clear()
            source.evidence = [("mapping.skip_reference", {"object": source.told_as or ""})]
    told = any(s.told_as for s in sources)
    for source in sources:
        if told and source.told_as is None and _CONNECTOR in source.sample.keys:
            source.tables.clear()
            source.asked.clear()
            source.near.clear()
            source.notes.clear()
            source.evidence = [("mapping.skip_other", {"object": source.sample.name})]
    given = {s.tables[0].table for s in sources if s.tables}
    for source in sources:
        source.tables[1:] = [d for d in source.tables[1:] if not (d.collapse and d.table in given)]
        _stage_table(source, objects)
        _drop_denied(source)


def _yield_versions(sources: Sequence[SourceDraft]) -> None:
    """A table of all versions gives its newest rows only where the table itself is absent."""
    current = {(s.preset, s.told_as) for s in sources if s.told_as and s.tables and not s.versions}
    for source in sources:
        if source.versions and (source.preset, source.told_as) in current:
            source.tables.clear()
            source.evidence = [("mapping.skip_history", {"object": source.told_as or ""})]


def _signature(source: SourceDraft) -> Signature | None:
    if source.told_as is None:
        return None
    named = [s for s in preset(source.preset).signatures if s.name == source.told_as]
    return named[0] if named else None


def _stage_table(source: SourceDraft, objects: Mapping[tuple[str, str], SourceDraft]) -> None:
    """Status and name of a stage from the table that lists the stages."""
    if source.told_as is None or not source.tables:
        return
    rule = preset(source.preset).tables[source.told_as].status
    if rule is None or rule.table is None:
        return
    stages = objects.get((source.preset, rule.table))
    stage = source.sample.find(*rule.by)
    if stages is None or stage is None:
        return
    about = stages.sample
    key, won, closed = about.find(*rule.key), about.find(*rule.won), about.find(*rule.closed)
    if key is None or won is None or closed is None:
        return
    draft = source.tables[0]
    values = flags_by_stage(about, key, won, closed)
    if not values or not (stage.values & values.keys()):
        return
    args: dict[str, object] = {"table": about.name}
    draft.columns["status"] = DraftColumn(
        "status", stage, values=values, evidence="mapping.status_by_table", args=args
    )
    label = about.find(*rule.label)
    if label is not None:
        names = _pairs(about, key, label)
        draft.columns["stage"] = DraftColumn(
            "stage", stage, values=names, evidence="mapping.stage_names", args=args
        )


def _pairs(sample: TableSample, key: ColumnSample, value: ColumnSample) -> dict[str, str]:
    keys, values = sample.read(key.name).to_pylist(), sample.read(value.name).to_pylist()
    return {k: v for k, v in zip(keys, values, strict=True) if k and v}


def _drop_denied(source: SourceDraft) -> None:
    """A column whose values deny what its header says stays unmapped; a note says so."""
    for draft in source.tables:
        for target, found in list(draft.columns.items()):
            column = found.column
            if column is None or found.values or TABLES[draft.table].relation(target):
                continue
            kind = TABLES[draft.table].columns[target]
            if kind.type == "text" or converts(kind, content_of(column), found.empty_words):
                continue
            del draft.columns[target]
            source.notes.append(
                Note(
                    "mapping.values_deny",
                    {"header": column.header, "column": f"{draft.table}.{target}"},
                    severity="warning",
                    table=draft.table,
                    file=str(source.sample.raw.facts.file),
                )
            )
