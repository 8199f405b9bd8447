"""What is special about deals: their status, their close date, and lines of one product."""

from __future__ import annotations

from collections.abc import Sequence

from dq.crm.content import content_of
from dq.crm.drafts import Draft, DraftColumn, Guess, SourceDraft
from dq.crm.headers import header_key
from dq.crm.links import unmapped
from dq.crm.sample import ColumnSample
from dq.crm.stages import stage_values
from dq.crm.synonyms import synonyms
from dq.findings import Note

__all__ = ["settle_deals"]

_WON = frozenset({"won", "win", "успешного", "успешно", "выигрыша", "виграшу"})
_SHARED = 0.2


def settle_deals(sources: Sequence[SourceDraft]) -> None:
    """Derive status, split a shared close date, and give lines to deals with a product."""
    has_lines = any(s.main and s.main.table == "deal_lines" for s in sources)
    for source in sources:
        for draft in list(source.tables):
            if draft.table != "deals" or source.reused:
                continue
            if source.preset == "generic":
                _status(source, draft)
                _shared_close_date(source, draft)
                if not has_lines:
                    _lines(source, draft)
            _say_unknown(source, draft)


def _status(source: SourceDraft, draft: Draft) -> None:
    held, stage = draft.columns.get("status"), draft.columns.get("stage")
    if held is not None and held.column is not None:
        values, _ = stage_values(held.column.all_counts)
        if not values and held.column.filled:
            del draft.columns["status"]
            if stage is None:
                held.target = "stage"
                draft.columns["stage"] = held
                _ask(source, draft, held.column)
            return
        held.values = values
        if stage is None and held.column.distinct > 3:
            draft.columns["stage"] = DraftColumn(
                "stage", held.column, confidence=held.confidence,
                evidence=held.evidence, args=dict(held.args),
            )  # fmt: skip
            held.default = "open"
        return
    if stage is not None and stage.column is not None:
        _status_by_stage(source, draft, stage.column)
        return
    _status_by_header(draft)


def _status_by_stage(source: SourceDraft, draft: Draft, stage: ColumnSample) -> None:
    values, unknown = stage_values(stage.all_counts)
    closed = {"won", "lost"} & set(values.values())
    if not values or (not closed and unknown):
        _ask(source, draft, stage)
        return
    draft.columns["status"] = DraftColumn(
        "status", stage, values=values, default="open" if closed else None,
        confidence=0.95 if len(closed) == 2 else 0.85,
        evidence="mapping.status_by_stage",
    )  # fmt: skip


def _ask(source: SourceDraft, draft: Draft, stage: ColumnSample) -> None:
    words = list(stage.all_counts)
    if not words:
        return
    args = {"header": stage.header, "words": ", ".join(words[:20])}
    source.asked.append(
        Guess(draft.sample.name, stage.header, "deals", (), reason="mapping.ask_stages", args=args)
    )


def _status_by_header(draft: Draft) -> None:
    """A file of won deals says so in the header of its close date."""
    closed = draft.column("closed_at")
    if closed is None or not set(closed.key.split()) & _WON:
        return
    if closed.rows and closed.filled == closed.rows:
        draft.columns["status"] = DraftColumn(
            "status", None, constant="won", confidence=0.9,
            evidence="mapping.status_by_header", args={"header": closed.header},
        )  # fmt: skip


def _shared_close_date(source: SourceDraft, draft: Draft) -> None:
    """A close date that open deals have too is a planned one until they close."""
    closed, status = draft.columns.get("closed_at"), draft.columns.get("status")
    if closed is None or closed.column is None or "expected_close_at" in draft.columns:
        return
    if status is None or status.column is None:
        return
    import pyarrow as pa

    sample = draft.sample
    pairs = {"s": sample.read(status.column.name), "d": sample.read(closed.column.name)}
    groups = pa.table(pairs).group_by("s").aggregate([("d", "count"), ("s", "count")])
    folded = {header_key(w): v for w, v in status.values.items()}
    dated = total = 0
    for row in groups.to_pylist():
        if folded.get(header_key(row["s"] or ""), status.default) == "open":
            total += row["s_count"]
            dated += row["d_count"]
    if total and dated > _SHARED * total:
        draft.columns["expected_close_at"] = DraftColumn(
            "expected_close_at", closed.column, confidence=closed.confidence,
            evidence="mapping.shared_close_date",
        )  # fmt: skip
        source.notes.append(
            Note("mapping.close_date_shared", {"header": closed.column.header}, table="deals",
                 file=str(sample.raw.facts.file))
        )  # fmt: skip


def _lines(source: SourceDraft, draft: Draft) -> None:
    """A deal row with a product, in a project without lines, gives one line."""
    if len(draft.key) != 1:
        return
    words = synonyms().tables["deal_lines"]
    found: dict[str, tuple[float, ColumnSample]] = {}
    for column in unmapped(draft):
        match = words.match(column.key, slips=False)
        if match and match.target in {"product_id", "quantity", "unit_price"}:
            number = match.target == "product_id" or content_of(column).number >= 0.8
            if number and match.confidence >= 0.85 and match.target not in found:
                found[match.target] = (match.confidence, column)
    if "product_id" not in found:
        return
    lines = Draft(draft.sample, "deal_lines", key=list(draft.key))
    lines.present = [found["product_id"][1]]
    lines.columns["deal_id"] = DraftColumn(
        "deal_id", draft.key[0], link="id", evidence="mapping.line_of_deal"
    )
    for target, (confidence, column) in found.items():
        lines.columns[target] = DraftColumn(
            target, column, confidence=confidence, evidence="mapping.line_of_deal"
        )
    amount = draft.column("amount")
    if amount is not None:
        lines.columns["total"] = DraftColumn("total", amount, evidence="mapping.line_of_deal")
    if not draft.key[0].unique and _same_but_for_lines(draft, lines):
        draft.lines = {"product": found["product_id"][1]}
        for name, target in (("price", "unit_price"), ("quantity", "quantity")):
            if target in found:
                draft.lines[name] = found[target][1]
        if amount is not None:
            draft.lines["amount"] = amount
        lines.key = []
    source.tables.append(lines)


def _same_but_for_lines(draft: Draft, lines: Draft) -> bool:
    """Whether rows of one id differ only in what belongs to the product."""
    import pyarrow as pa

    key = draft.key[0]
    of_lines = {c.key for d in lines.columns.values() for c in d.columns()}
    others = [c for d in draft.columns.values() for c in d.columns() if c.key not in of_lines]
    names = {c.key: c.name for c in [key, *others]}
    table = pa.table({k: draft.sample.read(n) for k, n in names.items()})
    return bool(table.group_by(list(names)).aggregate([]).num_rows == len(key.values))


def _say_unknown(source: SourceDraft, draft: Draft) -> None:
    """Stage words that nobody knows count as open: said, never silent."""
    status = draft.columns.get("status")
    if status is None or status.column is None or status.default != "open":
        return
    known = {header_key(w) for w in status.values}
    words = [w for w in status.column.all_counts if header_key(w) not in known]
    if words:
        source.notes.append(
            Note(
                "mapping.stages_taken_open",
                {"words": ", ".join(words[:20]), "n": len(words)},
                severity="warning",
                table="deals",
                file=str(draft.sample.raw.facts.file),
            )
        )
