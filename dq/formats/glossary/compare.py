"""`dq glossary compare` and `diff`: definitions side by side, and a change split in two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from dq.formats.glossary.common import Page, in_force_document
from dq.formats.grid import grid
from dq.i18n.safe import isolate
from dq.i18n.translator import Translator
from dq.semantics.conflicts import Conflict, Example, Incomparable, Measured
from dq.semantics.inforce import Meaning
from dq.semantics.pages import Compared
from dq.semantics.split import Figure, Split, rounded

__all__ = [
    "compare_document",
    "compare_text",
    "conflict_document",
    "conflict_text",
    "split_document",
    "split_text",
]

DIGITS = 6
"""Decimals of a ratio."""

MONEY = 2
"""Decimals of money."""


def compare_text(compared: Compared, meaning: Meaning, page: Page) -> str:
    """Every pair of definitions, then the departments that do not compare."""
    t = page.t
    lines: list[str] = []
    if compared.run_id is not None:
        lines += page.wrapped(t.t("compare.on", run=compared.run_id, day=compared.as_of), "", "dim")
    else:
        lines += page.wrapped(t.t("compare.no_data"), "", "warning")
    for conflict in compared.conflicts:
        lines += ["", *_conflict(conflict, meaning, page, compared.currency)]
    if not compared.conflicts:
        lines.append(t.t("compare.none"))
    if compared.incomparable:
        lines += ["", page.paint(t.t("compare.incomparable"), "bold")]
        lines += [
            line
            for pair in compared.incomparable
            for line in page.wrapped(_incomparable(pair, meaning, page), "  ")
        ]
        touched = compared.incomparable[0].terms
        lines += page.wrapped(t.t("compare.touched", terms=t.joined(touched)), "  ", "dim")
    return "\n".join(lines) + "\n"


def conflict_text(
    conflict: Conflict, meaning: Meaning, page: Page, currency: str | None = None
) -> str:
    """One pair of definitions."""
    return "\n".join(_conflict(conflict, meaning, page, currency)) + "\n"


def _conflict(
    conflict: Conflict, meaning: Meaning, page: Page, currency: str | None
) -> Iterator[str]:
    t = page.t
    names = _names(conflict, meaning, page)
    word = conflict.term.label.text(t.language) or conflict.term.name
    relation = _relation(conflict.relation, conflict.measured, names, t)
    method = t.t(f"relation.by.{conflict.method}")
    style = "good" if conflict.relation == "equal" and not conflict.differs else "warning"
    yield page.paint(f"{isolate(word)} ({conflict.term.name})", "bold")
    yield from page.wrapped(f"{relation} ({method})", "  ", style)
    measured = conflict.measured
    if conflict.proved and measured is not None and measured.relation != conflict.proved:
        said = _relation(measured.relation, measured, names, t)
        yield from page.wrapped(t.t("relation.in_data", said=said), "  ")
    for name, side in zip(names, (conflict.a, conflict.b), strict=True):
        yield f"  {name} · {t.t('glossary.since', day=side.version.effective)}"
        yield from page.definition(side.version, "    ")
    if conflict.differs:
        yield from page.wrapped(t.t("compare.differs", parts=t.joined(conflict.differs)), "  ")
    if measured is not None:
        yield from _measured(measured, names, page, currency)
        for department, (rows, a, b) in measured.own.items():
            if not rows:
                continue
            whose = page.whose(department, meaning.glossary)
            said = t.t("compare.own", whose=whose, rows=rows, a=names[0], n_a=a, b=names[1], n_b=b)
            yield from page.wrapped(said, "  ")
        yield from _examples(measured.a_only, names[0], names[1], page, currency)
        yield from _examples(measured.b_only, names[1], names[0], page, currency)


def _relation(
    relation: str, measured: Measured | None, names: tuple[str, str], t: Translator
) -> str:
    """A relation in words; of an empty one which side it is, where that was counted."""
    if relation == "empty" and measured is not None and measured.relation == "empty":
        return t.t("relation.selects_nothing", a=names[1] if measured.a.records else names[0])
    return t.t(f"relation.{relation}", a=names[0], b=names[1])


def _names(conflict: Conflict, meaning: Meaning, page: Page) -> tuple[str, str]:
    """How the sides are called: departments, else versions or terms."""
    a, b = conflict.a, conflict.b
    if a.term.name == b.term.name and a.department != b.department:
        return (
            page.whose(a.department, meaning.glossary),
            page.whose(b.department, meaning.glossary),
        )
    return isolate(a.object), isolate(b.object)


def _measured(
    measured: Measured, names: tuple[str, str], page: Page, currency: str | None
) -> Iterator[str]:
    t = page.t
    rows = [
        [names[0], t.number(measured.a.records), _money(measured.a.money, t, currency)],
        [names[1], t.number(measured.b.records), _money(measured.b.money, t, currency)],
        [
            t.t("compare.both"),
            t.number(measured.both.records),
            _money(measured.both.money, t, currency),
        ],
    ]
    header = ["", t.t("compare.records"), t.t("compare.money")]
    if measured.a.value is not None or measured.b.value is not None:
        header.append(t.t("compare.value"))
        for row, value in zip(rows, (measured.a.value, measured.b.value, None), strict=True):
            row.append("" if value is None else t.number(value))
    for line in grid(rows, page.width - 2, header=header, right={1, 2, 3}, paint=page.paint):
        yield f"  {line}"


def _examples(
    found: Sequence[Example], counted: str, other: str, page: Page, currency: str | None
) -> Iterator[str]:
    t = page.t
    if not found:
        return
    yield from page.wrapped(t.t("compare.only", a=counted, b=other), "  ")
    for example in found:
        cells = [f"{c} = {_cell(v)}" for c, v in example.cells.items()]
        money = _money(example.money, t, currency) if example.money is not None else ""
        parts = [isolate(example.key), money, ", ".join(cells)]
        yield from page.wrapped("  ".join(p for p in parts if p), "    ", "dim")


def _cell(value: str | None) -> str:
    """A cell as people write it: no zeros behind a number, no midnight behind a day."""
    if value is None:
        return "—"
    return isolate(value.removesuffix(" 00:00:00").removesuffix(".0000"))


def _money(amount: Decimal | None, t: Translator, currency: str | None) -> str:
    return "" if amount is None else t.money(amount, currency)


def _incomparable(pair: Incomparable, meaning: Meaning, page: Page) -> str:
    return page.t.t(
        "compare.pair",
        a=page.whose(pair.a, meaning.glossary),
        b=page.whose(pair.b, meaning.glossary),
        model_a=pair.models[0],
        model_b=pair.models[1],
    )


# --- documents -------------------------------------------------------------------------


def compare_document(compared: Compared) -> dict[str, Any]:
    """All pairs with counts, money and counter-examples."""
    return {
        "dq": 1,
        "as_of": compared.as_of.isoformat(),
        "run_id": compared.run_id,
        "currency": compared.currency,
        "conflicts": [conflict_document(c) for c in compared.conflicts],
        "not_comparable": [
            {"departments": [p.a, p.b], "sales_models": list(p.models), "terms": list(p.terms)}
            for p in compared.incomparable
        ],
    }


def conflict_document(conflict: Conflict) -> dict[str, Any]:
    """One pair."""
    return {
        "term": conflict.term.name,
        "of": conflict.term.of,
        "a": in_force_document(conflict.a),
        "b": in_force_document(conflict.b),
        "relation": conflict.relation,
        "method": conflict.method,
        "proved": conflict.proved,
        "at_most": conflict.proof.relation.value if conflict.proof else None,
        "why_not": conflict.why or None,
        "witnesses": _witnesses(conflict),
        "differs": list(conflict.differs),
        "measured": None if conflict.measured is None else _measured_document(conflict.measured),
    }


def _witnesses(conflict: Conflict) -> dict[str, Any]:
    """Rows that the proof made up: each lies where it says, by both definitions."""
    if conflict.proof is None:
        return {}
    return {
        region.value: {name: None if v is None else str(v) for name, v in w.row.items()}
        for region, w in conflict.proof.witnesses.items()
    }


def _measured_document(measured: Measured) -> dict[str, Any]:
    def side(name: str) -> dict[str, Any]:
        of = getattr(measured, name)
        return {"records": of.records, "money": _text(of.money), "value": _text(of.value)}

    return {
        "relation": measured.relation,
        "rows": measured.rows,
        "a": side("a"),
        "b": side("b"),
        "both": side("both"),
        "a_only": [_example(e) for e in measured.a_only],
        "b_only": [_example(e) for e in measured.b_only],
        "own": {
            name: {"rows": rows, "a": a, "b": b} for name, (rows, a, b) in measured.own.items()
        },
    }


def _example(example: Example) -> dict[str, Any]:
    return {"key": example.key, "money": _text(example.money), "cells": dict(example.cells)}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value.normalize(), "f")


# --- a change split in two -------------------------------------------------------------


def split_text(found: Split, page: Page) -> str:
    """The figures of two periods, and how much of the change is the definition's."""
    t = page.t
    digits = _digits(found)
    word = found.term.label.text(t.language) or found.term.name
    definition, data = rounded((found.definition, found.data), digits)
    lines = [page.paint(f"{isolate(word)} ({found.term.name})", "bold")]
    rows = [
        [found.before.period.text, _shown(found.before.value, digits, t), _used(found.before, t)],
        [found.after.period.text, _shown(found.after.value, digits, t), _used(found.after, t)],
    ]
    lines += [f"  {line}" for line in grid(rows, page.width - 2, right={1}, paint=page.paint)]
    change = definition + data
    lines += ["", f"  {t.t('split.change')}: {_shown(change, digits, t, signed=True)}"]
    lines.append(f"    {t.t('split.definition')}: {_shown(definition, digits, t, signed=True)}")
    lines.append(f"    {t.t('split.data')}: {_shown(data, digits, t, signed=True)}")
    if found.definition:
        said = t.t(
            "split.crossed",
            before=found.before.period.text,
            after=found.after.period.text,
            x1=_shown(found.crossed[0], digits, t),
            x2=_shown(found.crossed[1], digits, t),
        )
        lines += ["", *page.wrapped(said, "  ")]
    for figure in (found.before, found.after):
        if figure.spans:
            said = t.t("split.spans", period=figure.period.text)
            lines += page.wrapped(said, "  ", "warning")
        for used in figure.used:
            for name in used.waiting:
                said = t.t("glossary.waits", object=name)
                if said not in lines:
                    lines += page.wrapped(said, "  ", "warning")
    return "\n".join(lines) + "\n"


def _digits(found: Split) -> int:
    """Whole for counts, cents for money, more for ratios."""
    values = (found.before.value, found.after.value, found.definition, found.data)
    if all(v is None or v.denominator in (1, 2) for v in values) and found.term.kind != "ratio":
        return 0 if all(v is None or v.denominator == 1 for v in values) else 1
    return DIGITS if found.term.kind == "ratio" else MONEY


def _shown(value: Fraction | None, digits: int, t: Translator, *, signed: bool = False) -> str:
    if value is None:
        return "—"
    amount = _decimal(value, digits)
    text = t.money(amount) if digits == MONEY else t.number(amount)
    return f"+{text}" if signed and amount > 0 else str(text)


def _decimal(value: Fraction, digits: int) -> Decimal:
    scaled = round(value * 10**digits)
    return Decimal(scaled).scaleb(-digits)


def _used(figure: Figure, t: Translator) -> str:
    return ", ".join(dict.fromkeys(u.object for u in figure.used))


def split_document(found: Split) -> dict[str, Any]:
    """Exact fractions as text beside decimals; definition + data = change in both."""
    digits = _digits(found)
    definition, data = rounded((found.definition, found.data), digits)

    def figure(of: Figure) -> dict[str, Any]:
        return {
            "period": of.period.text,
            "start": of.period.start.isoformat(),
            "end": of.period.end.isoformat(),
            "value": None if of.value is None else format(_decimal(of.value, digits), "f"),
            "exact": None if of.value is None else str(of.value),
            "definitions": [u.object for u in of.used],
            "approved": [u.approved for u in of.used],
            "waiting": [name for u in of.used for name in u.waiting],
            "definition_changed_inside": of.spans,
        }

    return {
        "dq": 1,
        "term": found.term.name,
        "department": found.department,
        "before": figure(found.before),
        "after": figure(found.after),
        "change": format(_decimal(definition + data, digits), "f"),
        "definition": format(_decimal(definition, digits), "f"),
        "data": format(_decimal(data, digits), "f"),
        "exact": {
            "change": str(found.change),
            "definition": str(found.definition),
            "data": str(found.data),
        },
        "crossed": {
            "before_by_new": str(found.crossed[0]),
            "after_by_old": str(found.crossed[1]),
        },
    }
