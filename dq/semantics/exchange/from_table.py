"""A table of definitions, as Excel saves it: any delimiter, encoding and workbook."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from dq.errors import DqError, Place, SourceError, UsageError
from dq.files import workspace
from dq.semantics.exchange.incoming import Incoming, Read
from dq.semantics.exchange.selection import Loss
from dq.semantics.exchange.table import COLUMNS, unarmed
from dq.semantics.label import LANGUAGES, Label
from dq.tables import ROW, RawTable

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["read_table"]

_MOST = 100_000
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?: 0?0:00(?::00)?)?")


def read_table(path: Path) -> Read:
    """Read a CSV file or a workbook with the columns of the export.

    Raises:
        SourceError: the file cannot be read.
        UsageError: it has no column `term`.
    """
    import pyarrow.parquet as pq

    from dq.sources import read

    with workspace() as folder:
        tables = read(path, into=folder, lenient=True)
        table = next((t for t in tables if "term" in _columns(t)), None)
        if table is None:
            raise UsageError(
                "The file has no column term.",
                where=Place(file=str(path)),
                fix="Its columns are those of dq glossary export --format csv.",
            )
        if table.rows > _MOST:
            raise UsageError(
                "The file has {n} rows; a glossary has at most {limit}.",
                where=Place(file=str(path)),
                n=table.rows,
                limit=_MOST,
            )
        raw = pq.read_table(table.path).to_pylist()
    columns = _columns(table)
    rows: list[Incoming] = []
    refused: list[DqError] = []
    for problem in table.problems:
        if not problem.kept:
            refused.append(
                SourceError(
                    "The row does not fit the columns of the table.",
                    where=Place(file=str(path), row=problem.row),
                    fix="Check its quotes and delimiters.",
                )
            )
    for each in raw:
        cells = {
            known: unarmed(_text(each[name])).strip()
            for known, name in columns.items()
            if each[name] is not None
        }
        if not any(cells.values()):
            continue
        place = Place(file=str(path), sheet=table.facts.sheet, row=int(each[ROW]))
        try:
            rows.append(_incoming({k: v for k, v in cells.items() if v}, place))
        except UsageError as error:
            refused.append(error)
    unknown = [n for n in table.columns if not n.startswith("_") and n not in columns.values()]
    remarks = [Loss(name, "exchange.import.column") for name in unknown if name.strip()]
    if any(each.get(columns.get("status", "")) for each in raw):
        remarks.append(Loss("status", "exchange.import.status"))
    return Read(tuple(rows), tuple(refused), tuple(remarks))


def _columns(table: RawTable) -> dict[str, str]:
    """Known columns to the names that the file gives them; case and spaces do not matter."""
    found: dict[str, str] = {}
    for name in table.columns:
        known = "_".join(name.strip().lower().split())
        if known in COLUMNS:
            found.setdefault(known, name)
    return found


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _incoming(cells: Mapping[str, str], place: Place) -> Incoming:
    name = cells.get("term")
    if name is None:
        raise UsageError("The row has no term.", where=place, fix="Fill the column term.")
    over = cells.get("additive_over")
    return Incoming(
        term=name,
        place=place,
        kind=_lower(cells.get("kind")),
        of=_lower(cells.get("of")),
        department=cells.get("department"),
        effective=_day(cells.get("effective"), place),
        label=_label("label", cells),
        means=_label("means", cells),
        change=_label("change", cells),
        where=cells.get("where"),
        expr=cells.get("expr"),
        time=cells.get("time"),
        numerator=cells.get("numerator"),
        denominator=cells.get("denominator"),
        additive_over=None if over in (None, "all") else _words("" if over == "-" else str(over)),
        unit=cells.get("unit"),
        steward=cells.get("steward"),
        synonyms=_words(cells.get("synonyms", "")),
    )


def _lower(text: str | None) -> str | None:
    """A spreadsheet likes to begin a cell with a capital."""
    return text and text.lower()


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for part in text.split(";") if (word := part.strip()))


def _label(name: str, cells: Mapping[str, str]) -> Label:
    texts = {code: cells[f"{name}_{code}"] for code in LANGUAGES if f"{name}_{code}" in cells}
    if name in cells:
        texts[""] = cells[name]
    return Label(texts)


def _day(text: str | None, place: Place) -> str | None:
    """A day as ISO writes it; a spreadsheet may have made it 31.01.2026."""
    if text is None:
        return None
    if found := _ISO.fullmatch(text):
        day = found[1]
    elif found := _DOTTED.fullmatch(text):
        day = f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}"
    else:
        day = text
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError:
        raise UsageError(
            "{value} is no day.", where=place, fix="Write it as 2026-01-31.", value=text
        ) from None
