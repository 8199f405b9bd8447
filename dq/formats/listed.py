"""Findings of a kept run, as a list for people and as a document."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from dq.formats.grid import grid
from dq.formats.terminal import Paint, pad, text_width, wrap
from dq.formats.words import finding_sentence, shown_args, shown_key, shown_value, title_of
from dq.i18n.masking import mask_emails
from dq.i18n.safe import isolate, shorten
from dq.i18n.translator import Translator
from dq.repair.stored import Judged, finding_of, is_personal

__all__ = [
    "breakdown_text",
    "findings_document",
    "findings_text",
    "listed_finding",
    "two_columns",
]

Row = Mapping[str, Any]

_MARKS = {"critical": "✗", "error": "✗", "warning": "!", "info": "·"}
_LONG = 40
_MOST_BLOCKS = 20


def findings_text(
    rows: Sequence[Row],
    total: int,
    t: Translator,
    *,
    run_id: str,
    currency: str | None,
    width: int,
    paint: Paint,
    masked: bool = True,
) -> str:
    """Findings under the sentence of their group, a line each; and how many there are in all."""
    if not total:
        return t.t("findings.none") + "\n"
    lines = [paint(t.n("findings.count", total, run=run_id), "bold")]
    blocks = _blocks(rows)
    for block in blocks[:_MOST_BLOCKS]:
        lines.append("")
        lines += _head(block[0], t, width, paint)
        cells = [_cells(row, t, currency, masked) for row in block]
        lines += grid(cells, width, right={3}, whole={0}, indent="    ")
        more = int(block[0].get("of", len(block))) - len(block)
        if more:
            said = f"    {t.n('findings.more', more)}"
            lines.append(paint(f"{said}: {_command(block[0])}" if len(blocks) > 1 else said, "dim"))
    if len(blocks) > _MOST_BLOCKS:
        lines += ["", t.n("findings.more_kinds", len(blocks) - _MOST_BLOCKS)]
    if len(rows) < total:
        lines += ["", t.t("findings.export")]
    return "\n".join(lines) + "\n"


def _command(row: Row) -> str:
    """What lists all of one rule and column."""
    words = ["dq", "findings", "--code", row["code"], "--table", row["table"]]
    if row["column"]:
        words += ["--column", row["column"]]
    return isolate(shlex.join(words))


def _blocks(rows: Sequence[Row]) -> list[list[Row]]:
    """Neighbours of one rule, severity and column."""
    blocks: list[list[Row]] = []
    last: tuple[object, ...] = ()
    for row in rows:
        place = (row["severity"], row["code"], row["table"], row["column"])
        if place != last:
            blocks.append([])
            last = place
        blocks[-1].append(row)
    return blocks


def _head(row: Row, t: Translator, width: int, paint: Paint) -> list[str]:
    severity = str(row["severity"])
    place = isolate(row["table"]) + (f".{isolate(row['column'])}" if row["column"] else "")
    mark = paint(_MARKS[severity], severity)
    said = f"{row['code']} {title_of(row['code'], t)}"
    more = f"{t.severity(severity)} · {place}"
    first, *rest = wrap(f"{said} · {more}", width - 2)
    return [f"{mark} {paint(first, 'bold')}", *(f"  {line}" for line in rest)]


def _cells(row: Row, t: Translator, currency: str | None, masked: bool) -> list[str]:
    personal = masked and is_personal(row["table"], row["column"])
    money: Decimal | None = row["money"]
    place = ""
    if row["file"]:
        place = isolate(shorten(Path(row["file"]).name, _LONG))
        if row["row"] is not None:
            place = f"{place}:{row['row']}"
    marks = [t.t("findings.new")] if row["new"] else []
    if row["suppressed"]:
        marks.append(t.t("findings.suppressed", id=row["suppressed"]))
    return [
        row["id"],
        str(shown_key(row["key"], personal=personal)) or t.t("findings.whole_table"),
        _value(row, personal, masked),
        str(t.money(money, currency)) if money is not None else "",
        isolate(shorten(row["owner"] or "", _LONG)),
        place,
        ", ".join(marks),
    ]


def _value(row: Row, personal: bool, masked: bool) -> str:
    if not masked:
        return isolate(shorten(row["value"] or "", _LONG))
    return str(shown_value(row["value"], column=row["column"], personal=personal) or "")


def breakdown_text(rows: Sequence[Row], by: str, t: Translator, *, width: int, paint: Paint) -> str:
    """How many findings and records each owner, origin, rule … has, the most first."""
    header = [
        t.t(f"finding.head.{by}"),
        t.t("findings.head.findings"),
        t.t("findings.head.records"),
    ]
    cells = [[_named(row, t), t.number(row["findings"]), t.number(row["records"])] for row in rows]
    return "\n".join(grid(cells, width, header=header, right={1, 2}, paint=paint)) + "\n"


def _named(row: Row, t: Translator) -> str:
    name, person = row["name"], row.get("person")
    if name is None:
        return t.t("findings.unknown")
    said = f"{name} {person}" if person and name != f"user:{person}" else str(name)
    return isolate(mask_emails(shorten(said, 60)))


def findings_document(
    rows: Sequence[Row],
    total: int,
    t: Translator,
    *,
    run_id: str,
    currency: str | None,
    masked: bool = True,
    of: Judged | None = None,
) -> dict[str, Any]:
    """The list as plain objects; personal data are masked unless told otherwise."""
    return {
        "dq": 1,
        "run_id": run_id,
        "language": t.language,
        "currency": currency,
        "total": total,
        "truncated": len(rows) < total,
        "findings": [listed_finding(row, t, currency, masked=masked, of=of) for row in rows],
    }


def listed_finding(
    row: Row,
    t: Translator,
    currency: str | None,
    *,
    masked: bool = True,
    of: Judged | None = None,
) -> dict[str, Any]:
    """One finding of a kept run as a plain object; `of`: what its rule could judge."""
    finding = finding_of(row)
    whole = (of or {}).get((finding.code, finding.table))
    personal = masked and is_personal(finding.table, finding.column)
    value = finding.value
    key = finding.key
    if masked:
        shown = shown_value(value, column=finding.column, personal=personal)
        value = None if shown is None else str(shown)
        key = None if key is None else str(shown_key(key, personal=personal))
    made: dict[str, Any] = {
        "id": finding.id,
        "code": finding.code,
        "severity": finding.severity.value,
        "title": str(title_of(finding.code, t)),
        "message": str(
            finding_sentence(finding, t, personal=personal, currency=currency, of=whole)
        ),
        "table": finding.table,
        "key": key,
        "column": finding.column,
        "value": value,
        "money": None if finding.money is None else format(finding.money, "f"),
        "origin": None if finding.origin is None else mask_emails(finding.origin),
        "file": finding.file,
        "sheet": finding.sheet,
        "row": finding.row,
        "suppressed": finding.suppressed,
        "args": shown_args(finding, personal=personal) if masked else dict(finding.args),
    }
    for name in ("owner", "new", "change", "was_value", "was_severity"):
        if name in row:
            made[name] = row[name]
    if masked and "was_value" in made:
        was = shown_value(made["was_value"], column=finding.column, personal=personal)
        made["was_value"] = None if was is None else str(was)
    return made


def two_columns(entries: Sequence[tuple[str, str]], width: int, paint: Paint) -> list[str]:
    """Label and text, wrapped under itself."""
    size = max((text_width(label) for label, _ in entries), default=0) + 2
    lines = []
    for label, text in entries:
        first = pad(label, size)
        for line in wrap(text, width - size):
            lines.append(paint(first, "dim") + line)
            first = " " * size
    return lines
