"""One record whole, for people and as a document."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from dq.crm.model import DERIVED, TABLES
from dq.findings import Finding
from dq.formats.listed import two_columns
from dq.formats.terminal import Paint, pad, text_width, wrap
from dq.formats.words import finding_sentence, shown_key, shown_value, title_of
from dq.i18n.safe import isolate, shorten
from dq.i18n.translator import Translator
from dq.repair.record import Moment, Record, Related
from dq.repair.stored import is_personal
from dq.store import Suppression

__all__ = ["record_document", "record_text"]

_MARKS = {"critical": "✗", "error": "✗", "warning": "!", "info": "·"}
_VALUE = 400
_NAME = 50


def record_text(
    record: Record,
    t: Translator,
    *,
    today: date,
    currency: str | None,
    width: int,
    paint: Paint,
    masked: bool,
    verbose: bool = False,
) -> str:
    """The record from its cells to its history; blank cells only with `verbose`."""
    page = _Page(record, t, today, currency, width, paint, masked, verbose)
    return "\n".join(page.lines()) + "\n"


class _Page:
    def __init__(
        self,
        record: Record,
        t: Translator,
        today: date,
        currency: str | None,
        width: int,
        paint: Paint,
        masked: bool,
        verbose: bool,
    ) -> None:
        self.record = record
        self.t = t
        self.today = today
        self.currency = currency
        self.width = width
        self.paint = paint
        self.masked = masked
        self.verbose = verbose

    def lines(self) -> Iterator[str]:
        yield from self.head()
        for number, row in enumerate(self.record.rows):
            yield ""
            if len(self.record.rows) > 1:
                yield self.paint(self.place(number), "dim")
            cells = [
                (f"  {self.column(cell.column)}", self.value(cell.column, cell.value))
                for cell in row
                if cell.value is not None or self.verbose
            ]
            yield from two_columns(cells, self.width, self.paint)
            blank = [
                self.column(c.column) for c in row if c.value is None and c.column not in DERIVED
            ]
            if blank and not self.verbose:
                said = f"{self.t.t('record.blank')}: {', '.join(blank)}"
                for line in wrap(said, self.width, first="  ", rest="    "):
                    yield self.paint(line, "dim")
        yield from self.found()
        yield from self.related()
        yield from self.history()

    def head(self) -> Iterator[str]:
        record, t = self.record, self.t
        key = shown_key(record.key, personal=self.masked)
        title = f"{isolate(record.table)} {key}"
        yield self.paint(title, "bold")
        state = t.t("record.live") if record.live else t.t("record.dead")
        yield self.paint(
            f"{self.place(0)} · {state} · {t.t('page.run_id', run=record.run_id)}", "dim"
        )
        if len(record.rows) > 1:
            yield t.n("record.twice", len(record.rows))

    def place(self, number: int) -> str:
        file, row = self.record.places[number]
        parts = [isolate(shorten(Path(file).name, 60))] if file else []
        if row is not None:
            parts.append(self.t.t("example.row", row=row))
        return ", ".join(parts)

    def column(self, name: str) -> str:
        known = TABLES.get(self.record.table)
        own = known is None or (name not in known.columns and name not in DERIVED)
        return isolate(name) if own else str(self.t.column(name, self.record.table))

    def value(self, column: str, value: str | None) -> str:
        if value is None:
            return "–"
        if self.masked:
            personal = is_personal(self.record.table, column)
            return str(shown_value(value, column=column, personal=personal) or "–")
        text = value.removesuffix(" 00:00:00").removesuffix(".0000")
        return isolate(shorten(text, _VALUE))

    def found(self) -> Iterator[str]:
        t = self.t
        yield ""
        if not self.record.findings:
            yield t.t("record.no_findings")
            return
        yield self.paint(t.t("record.findings"), "bold")
        for finding in self.record.findings:
            yield from self.finding(finding)
        first = next((f for f in self.record.findings if f.suppressed is None), None)
        if first is not None:
            words = [first.code, first.table, self.record.key, first.column or ""]
            command = "dq suppress " + shlex.join(w for w in words if w) + " --because …"
            yield self.paint(f"  {t.t('record.accept')}: {isolate(command)}", "dim")

    def finding(self, finding: Finding) -> Iterator[str]:
        severity = finding.severity.value
        personal = self.masked and is_personal(finding.table, finding.column)
        whole = self.record.judged.get((finding.code, finding.table))
        said = finding_sentence(
            finding, self.t, personal=personal, currency=self.currency, of=whole
        )
        place = f" · {self.column(finding.column)}" if finding.column else ""
        head = f"{finding.code} {title_of(finding.code, self.t)}{place}"
        mark = self.paint(_MARKS[severity], severity)
        first, *rest = wrap(f"{head}: {said}", self.width - 4)
        yield f"  {mark} {first}"
        yield from (f"    {line}" for line in rest)
        suppression = next(
            (s for s in self.record.suppressions if s.id == finding.suppressed), None
        )
        if suppression is not None:
            accepted = self.suppressed(suppression)
            for line in wrap(accepted, self.width, first="    ", rest="    "):
                yield self.paint(line, "dim")

    def suppressed(self, suppression: Suppression) -> str:
        return str(
            self.t.t(
                "record.suppressed",
                id=suppression.id,
                until=suppression.until,
                by=suppression.author,
                because=suppression.because,
            )
        )

    def related(self) -> Iterator[str]:
        if not self.record.related:
            return
        yield ""
        yield self.paint(self.t.t("record.related"), "bold")
        entries = [self.link(each) for each in self.record.related]
        size = max(text_width(label) for label, _ in entries) + 2
        for label, text in entries:
            rest = " " * (size + 2)
            yield from wrap(text, self.width, first="  " + pad(label, size), rest=rest)

    def link(self, each: Related) -> tuple[str, str]:
        t = self.t
        named = [self.named(each.table, key, name) for key, name in each.keys]
        if each.outward:
            label = f"→ {self.column(each.column)}"
            missing = f" ({t.t('record.missing')})" if each.missing else ""
            return label, f"{t.table(each.table)} {named[0]}{missing}"
        if each.count > len(named):
            named.append("…")
        return f"← {t.table(each.table)}", f"{t.number(each.count)}: {', '.join(named)}"

    def named(self, table: str, key: str, name: str | None) -> str:
        shown = str(shown_key(key, personal=self.masked))
        if not name or name == key:
            return shown
        model = TABLES.get(table)
        label = model.name_column if model else None
        if self.masked and label and table != "users" and is_personal(table, label):
            return f"{shown} {shown_value(name, column=label, personal=True)}"
        return f"{shown} {isolate(shorten(name, _NAME))}"

    def history(self) -> Iterator[str]:
        if len(self.record.history) < 2:
            return
        yield ""
        yield self.paint(self.t.t("record.history"), "bold")
        for moment, runs in _alike(self.record.history):
            day = str(self.t.moment(moment.started))
            said = self.moment(moment)
            if runs > 1:
                said += f" ({self.t.n('record.runs', runs)})"
            rest = " " * (text_width(day) + 4)
            yield from wrap(said, self.width, first=f"  {day}  ", rest=rest)

    def moment(self, moment: Moment) -> str:
        t = self.t
        if not moment.there:
            return str(t.t("record.not_there"))
        parts = [", ".join(moment.findings) or str(t.t("record.nothing_found"))]
        for column, old, new in moment.changed:
            cells = (self.value(column, old), self.value(column, new))
            parts.append(f"{self.column(column)}: {cells[0]} → {cells[1]}")
        return "; ".join(parts)


def _alike(history: tuple[Moment, ...]) -> list[tuple[Moment, int]]:
    """Runs one after another that say the same, as the first of them and their number."""
    told: list[tuple[Moment, int]] = []
    for moment in history:
        last = told[-1] if told else None
        if (
            last
            and not moment.changed
            and (moment.there, moment.findings)
            == (
                last[0].there,
                last[0].findings,
            )
        ):
            told[-1] = (last[0], last[1] + 1)
        else:
            told.append((moment, 1))
    return told


def record_document(
    record: Record, t: Translator, *, today: date, currency: str | None, masked: bool
) -> dict[str, Any]:
    """The record as plain objects."""

    def value(column: str, text: str | None) -> str | None:
        if text is None or not masked:
            return text
        personal = is_personal(record.table, column)
        return str(shown_value(text, column=column, personal=personal) or "")

    def said(finding: Finding) -> str:
        personal = masked and is_personal(finding.table, finding.column)
        whole = record.judged.get((finding.code, finding.table))
        return str(finding_sentence(finding, t, personal=personal, currency=currency, of=whole))

    def name(table: str, text: str | None) -> str | None:
        model = TABLES.get(table)
        label = model.name_column if model else None
        staff = table == "users"  # somebody must be asked
        if text is None or not masked or staff or not label or not is_personal(table, label):
            return text
        return str(shown_value(text, column=label, personal=True))

    return {
        "dq": 1,
        "run_id": record.run_id,
        "table": record.table,
        "key": str(shown_key(record.key, personal=True)) if masked else record.key,
        "live": record.live,
        "masked": masked,
        "rows": [
            {
                "file": place[0],
                "row": place[1],
                "cells": {c.column: value(c.column, c.value) for c in row},
            }
            for row, place in zip(record.rows, record.places, strict=True)
        ],
        "findings": [
            {
                "id": f.id,
                "code": f.code,
                "severity": f.severity.value,
                "column": f.column,
                "value": value(f.column or "", f.value),
                "message": said(f),
                "origin": f.origin,
                "suppressed": f.suppressed,
            }
            for f in record.findings
        ],
        "suppressions": [
            {
                "id": s.id,
                "code": s.code,
                "column": s.column,
                "because": s.because,
                "author": s.author,
                "until": s.until.isoformat(),
                "held": s.holds(today),
            }
            for s in record.suppressions
        ],
        "related": [
            {
                "table": r.table,
                "column": r.column,
                "outward": r.outward,
                "count": r.count,
                "missing": r.missing,
                "records": [
                    {
                        "key": str(shown_key(key, personal=True)) if masked else key,
                        "name": name(r.table, label),
                    }
                    for key, label in r.keys
                ],
            }
            for r in record.related
        ],
        "history": [
            {
                "run_id": m.run_id,
                "started": m.started.isoformat(),
                "there": m.there,
                "findings": list(m.findings),
                "changed": [
                    {"column": c, "old": value(c, old), "new": value(c, new)}
                    for c, old, new in m.changed
                ],
            }
            for m in record.history
        ],
    }
