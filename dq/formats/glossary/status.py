"""`dq glossary status` and `history`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from dq.formats.glossary.common import Page, standing_document, step_document
from dq.formats.terminal import pad, text_width
from dq.i18n.safe import isolate
from dq.semantics.approval import Standing, Status
from dq.semantics.workflow import Done
from dq.store import DefinitionStep

__all__ = ["done_text", "history_document", "history_text", "status_document", "status_text"]

_ORDER = (Status.REMOVED, Status.EDITED, Status.PROPOSED, Status.WRITTEN, Status.APPROVED)
_LISTED = 12


def status_text(standings: Mapping[str, Standing], page: Page, *, verbose: bool = False) -> str:
    """Definitions by where they stand; the approved are only counted unless `verbose`."""
    t = page.t
    counts = Counter(s.status for s in standings.values())
    parts = [
        f"{t.number(counts[status])} {t.t(f'glossary.status.{status.value}')}"
        for status in reversed(_ORDER)
        if counts[status]
    ]
    head = t.n("glossary.definitions", len(standings), parts=", ".join(parts))
    lines = [page.paint(head, "bold")]
    for status in _ORDER:
        found = [s for s in standings.values() if s.status is status]
        if found and (verbose or status is not Status.APPROVED):
            lines += ["", *_listed(status, found, page, verbose=verbose)]
    rewritten = [s.object for s in standings.values() if s.rewritten]
    if rewritten:
        said = t.n("glossary.rewritten", len(rewritten), names=t.joined(rewritten[:_LISTED]))
        lines += ["", *page.wrapped(said)]
    return "\n".join(lines) + "\n"


def _listed(
    status: Status, found: Sequence[Standing], page: Page, *, verbose: bool
) -> Iterator[str]:
    t = page.t
    yield page.paint(t.t(f"glossary.list.{status.value}"), "bold")
    shown = found if verbose else found[:_LISTED]
    size = max(text_width(s.object) for s in shown)
    for standing in shown:
        said = _said(standing, page)
        yield f"  {pad(isolate(standing.object), size)}  {said}".rstrip()
    if len(shown) < len(found):
        yield "  " + t.n("glossary.more", len(found) - len(shown))


def _said(standing: Standing, page: Page) -> str:
    t = page.t
    parts = []
    if standing.proposed is not None:
        parts.append(t.t("glossary.proposed_by", who=page.who(standing.proposed)))
    if standing.approved is not None and standing.status is Status.APPROVED:
        parts.append(t.t("glossary.approved_by", who=page.who(standing.approved)))
    elif standing.approved is not None:
        parts.append(t.t("glossary.still", who=page.who(standing.approved)))
    return "; ".join(parts)


def status_document(standings: Mapping[str, Standing]) -> dict[str, Any]:
    """All definitions with what was decided about them."""
    counts = Counter(s.status.value for s in standings.values())
    return {
        "dq": 1,
        "counts": {status.value: counts[status.value] for status in Status},
        "definitions": [standing_document(s) for s in standings.values()],
    }


def history_text(name: str, steps: Sequence[DefinitionStep], page: Page) -> str:
    """What was proposed and approved, oldest first, with what the text was then."""
    t = page.t
    if not steps:
        return t.t("glossary.no_history", name=name) + "\n"
    lines: list[str] = []
    before: dict[str, DefinitionStep] = {}
    for step in steps:
        day = t.day(date.fromisoformat(step.at[:10]))
        word = t.t(f"glossary.step.{step.step}")
        marks = [t.t("glossary.alone")] if step.alone else []
        if step.vouched:
            marks.append(t.t(f"glossary.vouched.{step.vouched}"))
        mark = f" ({'; '.join(marks)})" if marks else ""
        head = f"{day}  {word}  {isolate(step.object)}  {isolate(step.by)}{mark}"
        lines.append(page.paint(head, "bold"))
        lines += page.wrapped(isolate(step.because), "    ")
        lines += [page.paint(line, "dim") for line in _changed(before.get(step.object), step, page)]
        lines.append(page.paint(f"    {step.digest} · #{step.seq}", "dim"))
        before[step.object] = step
    return "\n".join(lines) + "\n"


def _changed(before: DefinitionStep | None, step: DefinitionStep, page: Page) -> Iterator[str]:
    """The parts of the text that this step has and the one before had not."""
    if step.content is None:
        yield "    " + page.t.t("glossary.taken_out")
        return
    old = before.content if before is not None and before.content is not None else {}
    for name, value in step.content.items():
        if value in (None, [], {}) and not old.get(name):
            continue
        if old.get(name) != value and name not in ("term", "kind", "field", "effective"):
            yield from page.wrapped(f"{name}: {_short(value)}", "    ")


def _short(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{k}: {_short(v)}" for k, v in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "-"
    return "-" if value is None else str(value)


def history_document(name: str, steps: Sequence[DefinitionStep]) -> dict[str, Any]:
    """The steps with their texts."""
    return {"dq": 1, "name": name, "steps": [step_document(s) for s in steps]}


def done_text(done: Done, word: str, page: Page) -> str:
    """What a decision was about, and what it left out."""
    t = page.t
    shown = list(done.objects[:_LISTED])
    if len(done.objects) > len(shown):
        shown.append("…")
    lines = list(
        page.wrapped(t.n(f"glossary.done.{word}", len(done.objects), names=t.joined(shown)))
    )
    reasons: dict[str, list[str]] = {}
    for name, reason in done.left:
        reasons.setdefault(reason, []).append(name)
    for reason, names in reasons.items():
        if reason != "approved":
            some = [*names[:_LISTED], *(["…"] if len(names) > _LISTED else [])]
            lines += page.wrapped(t.n(f"glossary.left.{reason}", len(names), names=t.joined(some)))
    return "\n".join(lines) + "\n"
