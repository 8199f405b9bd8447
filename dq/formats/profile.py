"""A look at a table, for people and as a document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from dq.checks.overview import SAMPLE_ROWS, ColumnOverview, TableOverview
from dq.crm.model import TABLES
from dq.formats.grid import grid
from dq.formats.terminal import Paint, wrap
from dq.formats.words import shown_value
from dq.i18n.masking import mask_emails
from dq.i18n.safe import isolate, shorten
from dq.i18n.translator import Translator

__all__ = ["profile_document", "profile_text"]

_VALUE, _HEADER, _TOP, _FORMS = 28, 20, 3, 2
_TELLING = re.compile("[9@]")
"""Forms that say something: words alone do not."""

_COMMON = 0.1
"""Share of the rows that the commonest form has; of free texts each is of a form of its own."""

_SHOWN_FORMS = frozenset({"phone", "email", "tax_id", "url"})


def profile_text(
    tables: Sequence[TableOverview],
    t: Translator,
    *,
    width: int,
    paint: Paint,
    masked: bool = True,
    verbose: bool = False,
) -> str:
    """A line a column; what is odd of it below the table. `verbose`: forms of all texts."""
    lines: list[str] = []
    for table in tables:
        if lines:
            lines.append("")
        lines += _table(table, t, width, paint, masked, verbose)
    return "\n".join(lines) + "\n"


def _table(
    table: TableOverview, t: Translator, width: int, paint: Paint, masked: bool, verbose: bool
) -> Iterator[str]:
    from_ = f" ({', '.join(isolate(s) for s in table.sources[:3])})" if table.sources else ""
    title = t.t("profile.title", table_words=t.table(table.name), name=table.name)
    rows = t.n("input.rows", table.rows)
    yield paint(f"{title}: {rows}, {t.n('profile.columns', len(table.columns))}{from_}", "bold")
    names = ("column", "type", "filled", "distinct", "least", "most", "top")
    header = [str(t.t(f"profile.head.{n}")) for n in names]
    cells = [_cells(c, table, t, masked, verbose) for c in table.columns]
    yield from grid(cells, width, header=header, right={2, 3}, whole={1, 2, 3, 4, 5}, paint=paint)
    for column in table.columns:
        for key, args in column.warnings:
            said = t.t(key, **_safe(column, dict(args), masked, t))
            name = isolate(column.seen.header or column.seen.name)
            yield from wrap(f"{paint('!', 'warning')} {name}: {said}", width, rest="  ")


def _cells(
    c: ColumnOverview, table: TableOverview, t: Translator, masked: bool, verbose: bool
) -> list[str]:
    share = c.filled / c.rows if c.rows else 0.0
    ends = [_shown(end, c, masked) if end is not None else "" for end in (c.least, c.most)]
    if c.seen.type == "text":
        both = c.least is not None and c.most is not None
        same = c.least == c.most
        length = str(c.least) if same else f"{c.least}–{c.most}"
        ends = [str(t.t("profile.length", length=length)) if both else "", ""]
    return [
        _name(c, table, t),
        str(t.t(f"profile.type.{c.seen.type}")),
        str(t.percent(share)) if c.rows else "",
        t.number(c.distinct),
        *ends,
        _examples(c, t, masked, verbose),
    ]


def _name(c: ColumnOverview, table: TableOverview, t: Translator) -> str:
    """The model's name, with the file's own where that differs."""
    model = TABLES.get(table.name)
    if model is None or c.seen.name not in model.columns:
        return isolate(c.seen.header or c.seen.name)
    header = c.seen.header
    if header is None or header.casefold() == c.seen.name.casefold():
        return isolate(c.seen.name)
    return f"{isolate(c.seen.name)} ({isolate(shorten(header, _HEADER))})"


def _examples(c: ColumnOverview, t: Translator, masked: bool, verbose: bool) -> str:
    """The most frequent values with their shares; of keys, phones and the like their forms."""
    least = 0 if verbose else _COMMON * min(c.filled, SAMPLE_ROWS)
    told_by = [p for p in c.patterns if verbose or _TELLING.search(p[0])]
    forms = told_by if told_by and told_by[0][1] >= least else []
    if forms and (c.seen.kind in _SHOWN_FORMS or verbose or not c.top):
        told = tuple(forms[:_FORMS])
        return "  ".join(f"{isolate(shorten(p, _VALUE))} ×{t.number(n)}" for p, n in told)
    told = c.top[:_TOP]
    return "  ".join(f"{_shown(v, c, masked)} ×{t.number(n)}" for v, n in told)


def _shown(value: str, c: ColumnOverview, masked: bool) -> str:
    if masked and c.seen.personal:
        return str(shown_value(value, column=c.seen.name, personal=True))
    text = value.removesuffix(" 00:00:00")
    if c.seen.type == "timestamp":
        text = text[:16]
    if "." in text and c.seen.type in ("decimal", "double"):
        text = text.rstrip("0").rstrip(".")
    return isolate(mask_emails(shorten(text, _VALUE)) if masked else shorten(text, _VALUE))


def _safe(
    column: ColumnOverview, args: dict[str, Any], masked: bool, t: Translator
) -> dict[str, Any]:
    if "value" in args:
        args["value"] = _shown(str(args["value"]), column, masked)
    if "share" in args:
        args["share"] = t.percent(float(args["share"]))
    if "type" in args:
        args["type"] = t.t(f"profile.type.{args['type']}")
    return args


def profile_document(
    tables: Sequence[TableOverview], t: Translator, *, masked: bool = True
) -> dict[str, Any]:
    """The look as plain objects; personal values are masked unless told otherwise."""
    return {
        "dq": 1,
        "language": t.language,
        "tables": [
            {
                "name": table.name,
                "rows": table.rows,
                "key": table.key,
                "repeated_keys": table.repeated_keys,
                "sources": list(table.sources),
                "columns": [_column(c, t, masked) for c in table.columns],
            }
            for table in tables
        ],
    }


def _column(c: ColumnOverview, t: Translator, masked: bool) -> dict[str, Any]:
    is_text = c.seen.type == "text"
    return {
        "name": c.seen.name,
        "header": c.seen.header,
        "type": c.seen.type,
        "kind": c.seen.kind,
        "personal": c.seen.personal,
        "filled": c.filled,
        "filled_share": c.filled / c.rows if c.rows else None,
        "distinct": c.distinct,
        "unread": c.unread,
        "min": None if is_text or c.least is None else _shown(c.least, c, masked),
        "max": None if is_text or c.most is None else _shown(c.most, c, masked),
        "mean": c.mean,
        "min_length": int(c.least) if is_text and c.least is not None else None,
        "max_length": int(c.most) if is_text and c.most is not None else None,
        "top": [{"value": _shown(v, c, masked), "rows": n} for v, n in c.top],
        "patterns": [{"pattern": p, "rows": n} for p, n in c.patterns],
        "warnings": [
            {"code": key, "message": str(t.t(key, **_safe(c, dict(args), masked, t)))}
            for key, args in c.warnings
        ],
    }
