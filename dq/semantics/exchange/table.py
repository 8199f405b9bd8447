"""The glossary as a table: one row a definition. CSV for people with a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from dq.semantics.exchange.selection import Definition, Export, Selection, sections_left
from dq.semantics.label import Label
from dq.text.spreadsheet import disarmed

__all__ = ["COLUMNS", "armed", "export_csv", "unarmed"]

COLUMNS = (
    "term", "kind", "of", "department", "effective",
    "label", "label_en", "label_ru", "label_uk",
    "means", "means_en", "means_ru", "means_uk",
    "where", "expr", "time", "numerator", "denominator", "additive_over",
    "unit", "steward", "synonyms",
    "change", "change_en", "change_ru", "change_uk", "status",
)  # fmt: skip
"""`label`, `means` and `change` alone are texts that stand for all languages."""


def export_csv(chosen: Selection) -> Export:
    """CSV with commas, CRLF and a byte-order mark, without which Excel misreads Cyrillic."""
    stream = io.StringIO()
    stream.write("\ufeff")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for term in chosen.terms:
        for definition in chosen.definitions(term):
            row = _row(definition, chosen)
            writer.writerow([armed(row.get(name) or "") for name in COLUMNS])
    losses = sections_left(chosen, "stages", "fields", "departments")
    return Export(stream.getvalue(), tuple(losses))


def _row(definition: Definition, chosen: Selection) -> Mapping[str, str | None]:
    term, version = definition.term, definition.version
    over = version.additive_over
    return {
        "term": term.name,
        "kind": term.kind,
        "of": term.of,
        "department": definition.department,
        "effective": version.effective.isoformat(),
        **_texts("label", term.label),
        **_texts("means", version.means),
        **_texts("change", version.change),
        "where": version.where.text if version.where else None,
        "expr": version.expr.text if version.expr else None,
        "time": version.time,
        "numerator": version.numerator,
        "denominator": version.denominator,
        "additive_over": None if over is None else "; ".join(over) or "-",
        "unit": term.unit,
        "steward": term.steward,
        "synonyms": "; ".join(term.synonyms),
        "status": chosen.status.get(definition.object),
    }


def _texts(name: str, label: Label) -> dict[str, str]:
    return {f"{name}_{code}" if code else name: text for code, text in label.texts.items()}


def armed(text: str) -> str:
    """A text that no spreadsheet takes for a formula, and that `unarmed` gives back exactly."""
    body = text.lstrip("'")
    return "'" + text if disarmed(body) != body else text


def unarmed(cell: str) -> str:
    """The text that `armed` made a cell of; any other cell stays as it is."""
    body = cell.lstrip("'")
    return cell[1:] if body != cell and disarmed(body) != body else cell
