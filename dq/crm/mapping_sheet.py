"""The mapping as a workbook: one row a column of a file, its meaning chosen from a list.

All cells are text, whatever a header looks like. Reading back refuses, by name, a meaning
that is no column of the model and a row that is not of these files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dq.crm.mapping import (
    ColumnMapping,
    Conversion,
    OwnColumn,
    ProjectMapping,
    SourceMapping,
    TableMapping,
)
from dq.crm.model import KINDS, TABLES
from dq.errors import Place, SourceError, UsageError
from dq.files import file_errors

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["HEADINGS", "read_mapping_sheet", "targets", "write_mapping_sheet"]

HEADINGS: Mapping[str, str] = {
    "file": "File", "column": "Column", "means": "Means", "link": "Link", "kind": "Kind",
    "style": "Written as", "confidence": "Confidence", "why": "Why", "shape": "Do not change",
}  # fmt: skip
"""Columns of the sheet in their order, with their English headings."""

_SHEET, _LISTS = "mapping", "lists"
_WIDTHS = (26, 34, 30, 8, 12, 30, 11, 44, 18)
_EDITABLE = ("means", "link", "kind")


@dataclass(frozen=True)
class _Row:
    """A row of the sheet: a raw column and one of its meanings (or none)."""

    file: str
    column: str
    means: str = ""
    link: str = ""
    kind: str = ""
    style: str = ""
    confidence: str = ""
    why: str = ""
    shape: str = ""


def targets() -> tuple[str, ...]:
    """All meanings: `table.column`, and `table.id` for the key."""
    return tuple(f"{t}.{c}" for t, entity in TABLES.items() for c in entity.columns)


def write_mapping_sheet(
    path: Path,
    mapping: ProjectMapping,
    explain: Callable[[ColumnMapping], str] = lambda column: column.evidence,
    headings: Mapping[str, str] = HEADINGS,
) -> None:
    """Write the mapping as XLSX, in the reader's language by `explain` and `headings`.

    Raises:
        DqError: the file cannot be written.
    """
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    if sheet is None:
        sheet = book.create_sheet()
    sheet.title = _SHEET
    _put(sheet, 1, [headings.get(name, HEADINGS[name]) for name in HEADINGS])
    rows = [row for source in mapping.sources for row in _rows(source, explain)]
    for number, row in enumerate(rows, start=2):
        _put(sheet, number, [getattr(row, name) for name in HEADINGS])
    _lists(book.create_sheet(_LISTS))
    _dress(sheet, len(rows) + 1)
    with file_errors(path, "write"):
        book.save(path)


def _put(sheet: Worksheet, row: int, values: Sequence[str]) -> None:
    for place, value in enumerate(values, start=1):
        cell = sheet.cell(row, place)
        cell.value = value or None
        if value:
            cell.data_type = "s"
        cell.number_format = "@"


def _lists(sheet: Worksheet) -> None:
    sheet.sheet_state = "hidden"
    for row, target in enumerate(targets(), start=1):
        sheet.cell(row, 1, target)
    for row, kind in enumerate(KINDS, start=1):
        sheet.cell(row, 2, kind)


def _dress(sheet: Worksheet, last: int) -> None:
    """Drop-downs, widths, a fixed heading, and a lock on what is not to be changed."""
    from openpyxl.styles import Font, Protection
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    letters = {name: get_column_letter(i) for i, name in enumerate(HEADINGS, start=1)}
    choices = {
        "means": f"={_LISTS}!$A$1:$A${len(targets())}",
        "link": '"id,name"',
        "kind": f"={_LISTS}!$B$1:$B${len(KINDS)}",
    }
    for name, formula in choices.items():
        rule = DataValidation(type="list", formula1=formula, allow_blank=True)
        sheet.add_data_validation(rule)
        rule.add(f"{letters[name]}2:{letters[name]}{max(last, 2)}")
        for row in range(2, last + 1):
            sheet[f"{letters[name]}{row}"].protection = Protection(locked=False)
    for place, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
        sheet.cell(1, place).font = Font(bold=True)
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(HEADINGS))}{max(last, 1)}"
    sheet.protection.sheet = True
    sheet.protection.autoFilter = False


def _rows(source: SourceMapping, explain: Callable[[ColumnMapping], str]) -> Iterator[_Row]:
    owned = [*source.own, *(o for t in source.tables for o in t.own)]
    for table in source.tables:
        for key in table.key:
            yield _Row(source.source, key, f"{table.table}.id", shape=source.shape)
        for column in table.columns:
            if column.source is not None:
                yield _Row(
                    file=source.source,
                    column=column.source,
                    means=f"{table.table}.{column.target}",
                    link=column.link or "",
                    kind=TABLES[table.table].columns[column.target].kind,
                    style=_style(column.conversion),
                    confidence=f"{column.confidence:.2f}",
                    why=explain(column),
                    shape=source.shape,
                )
    for own in owned:
        yield _Row(
            source.source, own.source, kind=own.kind, style=_style(own.conversion),
            shape=source.shape,
        )  # fmt: skip


def _style(how: Conversion) -> str:
    parts = list(how.formats)
    if how.type in {"decimal", "double", "integer"} and (how.grouping or how.decimal_mark != "."):
        parts.append(f"1{how.grouping}234{how.decimal_mark}50")
    parts += [f"{word} → {value}" for word, value in list(how.values.items())[:5]]
    return ", ".join(parts)


# --- reading back ----------------------------------------------------------------------


def read_mapping_sheet(path: Path, mapping: ProjectMapping) -> ProjectMapping:
    """The mapping with what was changed in the sheet.

    Raises:
        SourceError: it is no workbook.
        UsageError: a row is not of this mapping, or a meaning, link or kind is unknown;
            with file, sheet, row and column.
    """
    rows = _read_rows(path)
    by_source: dict[str, list[tuple[int, _Row]]] = {}
    shapes = {s.source: s.shape for s in mapping.sources}
    for number, row in rows:
        if shapes.get(row.file) is None or shapes[row.file] != row.shape:
            raise _error(
                path, number, "file", "{value} is not a file of this mapping, or not of its shape.",
                fix="Export the mapping again.", value=row.file,
            )  # fmt: skip
        _check(path, number, row)
        by_source.setdefault(row.file, []).append((number, row))
    changed = [
        _changed(path, source, by_source[source.source]) if source.source in by_source else source
        for source in mapping.sources
    ]
    return replace(mapping, sources=tuple(changed))


def _read_rows(path: Path) -> list[tuple[int, _Row]]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with file_errors(path, "read"):
            book = load_workbook(path, read_only=True, data_only=False)
    except (BadZipFile, InvalidFileException, KeyError) as error:
        raise SourceError(
            "{file} is no XLSX workbook.", fix="Export the mapping again.", file=path.name
        ) from error
    if _SHEET not in book.sheetnames:
        raise SourceError(
            "{file} has no sheet {sheet}.", fix="Export the mapping again.",
            file=path.name, sheet=_SHEET,
        )  # fmt: skip
    found = []
    for number, cells in enumerate(book[_SHEET].iter_rows(min_row=2, values_only=True), start=2):
        texts = ["" if c is None else str(c) for c in cells[: len(HEADINGS)]]
        texts += [""] * (len(HEADINGS) - len(texts))
        row = _Row(**dict(zip(HEADINGS, texts, strict=True)))
        if row.file or row.column or row.means:
            found.append((number, row))
    book.close()
    return found


def _error(
    path: Path, row: int, where: str, message: str, *, fix: str | None = None, **args: object
) -> UsageError:
    place = Place(file=path.name, sheet=_SHEET, row=row, column=HEADINGS[where])
    return UsageError(message, where=place, fix=fix, **args)


def _check(path: Path, number: int, row: _Row) -> None:
    means = row.means.strip()
    table, _, column = means.partition(".")
    if means and (table not in TABLES or column not in TABLES[table].columns):
        known = TABLES[table].columns if table in TABLES else TABLES
        raise _error(
            path, number, "means", "{value} is no column of the model.",
            fix="Known are: {known}.", value=means, known=", ".join(known),
        )  # fmt: skip
    relation = TABLES[table].relation(column) if means else None
    if row.link.strip() and (relation is None or row.link.strip() not in {"id", "name"}):
        raise _error(path, number, "link", "{value} is no link of {column}.",
                     fix="A relation is linked by id or by name; other columns have no link.",
                     value=row.link, column=means or row.column)  # fmt: skip
    if row.kind.strip() and row.kind.strip() not in KINDS:
        raise _error(
            path, number, "kind", "{value} is no kind of column.", fix="The kinds are {known}.",
            value=row.kind, known=", ".join(KINDS),
        )  # fmt: skip


def _changed(path: Path, source: SourceMapping, rows: list[tuple[int, _Row]]) -> SourceMapping:
    conversions = _conversions(source)
    known = {t.table: t for t in source.tables}
    columns: dict[str, list[ColumnMapping]] = {t: _constants(m) for t, m in known.items()}
    keys: dict[str, list[str]] = {t: [] for t in known}
    own: list[OwnColumn] = []
    named = {o.source: o for o in (*source.own, *(o for t in source.tables for o in t.own))}
    for number, row in rows:
        if row.column not in conversions:
            raise _error(path, number, "column", "{file} has no column {value}.",
                         file=row.file, value=row.column)  # fmt: skip
        table, _, target = row.means.strip().partition(".")
        if not table:
            held = named.get(row.column, OwnColumn(row.column, row.column))
            own.append(_own(held, row, conversions[row.column]))
        elif target == "id":
            keys.setdefault(table, []).append(row.column)
        else:
            held_columns = columns.setdefault(table, [])
            if any(c.target == target for c in held_columns):
                raise _error(path, number, "means", "{value} has two columns.",
                             fix="Leave one of them without a meaning.",
                             value=row.means)  # fmt: skip
            held_columns.append(_column(known.get(table), row, target, conversions))
    names = [*known, *(t for t in (*columns, *keys) if t not in known)]
    filled = [t for t in dict.fromkeys(names) if columns.get(t) or keys.get(t)]
    tables = tuple(
        replace(
            known.get(t, TableMapping(source.source, t, (), preset=source.preset)),
            columns=tuple(_in_order(t, columns.get(t, []))),
            key=tuple(keys.get(t, ())),
            own=tuple(own) if i == 0 else (),
        )
        for i, t in enumerate(filled)
    )
    return replace(
        source,
        tables=tables,
        own=() if tables else tuple(own),
        unmapped=tuple(dict.fromkeys(o.source for o in own)),
    )


def _constants(table: TableMapping) -> list[ColumnMapping]:
    """Columns without a raw column are not in the sheet and stay."""
    return [c for c in table.columns if c.source is None]


def _in_order(table: str, columns: list[ColumnMapping]) -> list[ColumnMapping]:
    order = list(TABLES[table].columns)
    return sorted(columns, key=lambda c: order.index(c.target))


def _conversions(source: SourceMapping) -> dict[str, Conversion]:
    """How each raw column is read now."""
    found: dict[str, Conversion] = {}
    for own in (*source.own, *(o for t in source.tables for o in t.own)):
        found[own.source] = own.conversion
    for table in source.tables:
        for key in table.key:
            found.setdefault(key, Conversion())
        for column in table.columns:
            if column.source is not None:
                found[column.source] = column.conversion
    return found


def _own(held: OwnColumn, row: _Row, conversion: Conversion) -> OwnColumn:
    kind = row.kind.strip() or held.kind
    return replace(held, kind=kind, conversion=replace(conversion, values={}, default=None))


def _column(
    table: TableMapping | None, row: _Row, target: str, conversions: Mapping[str, Conversion]
) -> ColumnMapping:
    name = row.means.strip().partition(".")[0]
    link = row.link.strip() or None
    for column in table.columns if table else ():
        if column.target == target and column.source == row.column:
            return replace(column, link=link)
    kind = TABLES[name].columns[target].type
    how = replace(conversions[row.column], type=kind, values={}, default=None)
    if link is None and TABLES[name].relation(target) is not None:
        link = "id"
    return ColumnMapping(target, row.column, how, link=link, evidence="mapping.by_hand")
