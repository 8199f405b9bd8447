"""Writes the sample CRM: tables in the styles of the systems that export them, and the truth."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

from dq.demo.faults.plant import Truth, cell
from dq.demo.world import COLUMNS, World

__all__ = ["write_project", "write_tables", "write_truth"]


@dataclass(frozen=True)
class Style:
    """How one system writes its export."""

    delimiter: str = ","
    decimal_mark: str = "."
    day: str = "%Y-%m-%d"
    moment: str = "%Y-%m-%d %H:%M:%S"
    bom: bool = False

    def show(self, value: object) -> str:
        """A value in this style; text stays as it is."""
        if isinstance(value, datetime):
            return value.strftime(self.moment)
        if isinstance(value, date):
            return value.strftime(self.day)
        if isinstance(value, Decimal):
            return str(value).replace(".", self.decimal_mark)
        return cell(value)


_CRM = Style()
_ACCOUNTING = Style(";", ",", "%d.%m.%Y", "%d.%m.%Y %H:%M:%S", bom=True)
_HELP_DESK = Style(";")
_STYLES = {
    "invoices": _ACCOUNTING,
    "payments": _ACCOUNTING,
    "expenses": _ACCOUNTING,
    "tickets": _HELP_DESK,
    "requests": _HELP_DESK,
}


def write_tables(world: World, folder: Path) -> None:
    """One CSV file a table."""
    folder.mkdir(parents=True, exist_ok=True)
    for table, columns in COLUMNS.items():
        style = _STYLES.get(table, _CRM)
        rows = ([style.show(row[name]) for name in columns] for row in world.tables[table])
        _write(folder / f"{table}.csv", columns, rows, style)


def write_project(folder: Path) -> None:
    """The project's settings and glossary."""
    for name in ("dq.yaml", "glossary.yaml"):
        text = (files("dq.demo") / "project" / name).read_text(encoding="utf-8")
        _write_bytes(folder / name, text.encode("utf-8"))


def write_truth(faults: Iterable[Truth], innocent: Iterable[Truth], folder: Path) -> None:
    """Both lists, sorted by rule, table and key."""
    folder.mkdir(parents=True, exist_ok=True)
    columns = [field.name for field in fields(Truth)]
    for name, truths in (("faults", faults), ("innocent", innocent)):
        _write(folder / f"{name}.csv", columns, sorted({astuple(truth) for truth in truths}), _CRM)


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]], style: Style) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=style.delimiter, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    _write_bytes(path, text.getvalue().encode("utf-8-sig" if style.bom else "utf-8"))


def _write_bytes(path: Path, content: bytes) -> None:
    path.write_bytes(content)
