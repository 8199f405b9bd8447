"""What the XML of an ODS workbook says of its sheets beside the values."""

from __future__ import annotations

from dataclasses import dataclass, field

from dq.sources.container import Container, parser_of
from dq.sources.lines import Merge
from dq.sources.sheet_facts import SheetFacts

__all__ = ["ods_facts"]

_CHUNK = 1024 * 1024
_MOST = 1_048_576


def ods_facts(box: Container) -> dict[str, SheetFacts]:
    """Facts of each sheet by its name."""
    walker = _Walker()
    parser = parser_of(walker.start)
    parser.EndElementHandler = walker.end
    parser.CharacterDataHandler = walker.text
    parser.buffer_text = True
    with box.open("content.xml") as stream:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)
    return walker.sheets


@dataclass
class _Walker:
    """Follows tables, rows and cells; repeated ones are counted, not repeated."""

    sheets: dict[str, SheetFacts] = field(default_factory=dict)
    _facts: SheetFacts | None = None
    _row: int = 0
    _repeat_row: int = 1
    _column: int = 0
    _width: int = 0
    _cell: dict[str, str] | None = None
    _words: list[str] = field(default_factory=list)

    def start(self, tag: str, found: dict[str, str]) -> None:
        if tag == "table:table":
            self._facts = self.sheets.setdefault(found.get("table:name", ""), SheetFacts())
            self._row = self._width = 0
        elif self._facts is None:
            return
        elif tag == "table:table-column":
            repeat = _count(found, "table:number-columns-repeated")
            if found.get("table:visibility", "visible") != "visible":
                self._facts.hidden_spans.append((self._width, self._width + repeat - 1))
            self._width += repeat
        elif tag == "table:table-row":
            self._repeat_row = _count(found, "table:number-rows-repeated")
            self._column = 0
            if found.get("table:visibility", "visible") != "visible" and self._repeat_row < 100_000:
                self._facts.hidden_rows += self._repeat_row
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._cell, self._words = found, []

    def end(self, tag: str) -> None:
        if tag == "table:table":
            self._facts = None
        elif self._facts is None:
            return
        elif tag == "table:table-row":
            self._row += self._repeat_row
        elif tag in ("table:table-cell", "table:covered-table-cell") and self._cell is not None:
            self._end_cell(self._facts, self._cell)
            self._cell = None

    def text(self, words: str) -> None:
        if self._cell is not None:
            self._words.append(words)

    def _end_cell(self, facts: SheetFacts, cell: dict[str, str]) -> None:
        repeat = _count(cell, "table:number-columns-repeated")
        shown = "".join(self._words)
        if shown or "office:value-type" in cell:
            facts.bounds.rows = max(facts.bounds.rows, self._row + self._repeat_row)
            facts.bounds.columns = max(facts.bounds.columns, self._column + repeat)
            facts.bounds.cells += 1
            self._look(facts, cell, shown)
        elif "table:formula" in cell:
            facts.spoiled(self._row + 1, self._column, "problem.formula_without_value")
        across = _count(cell, "table:number-columns-spanned")
        down = _count(cell, "table:number-rows-spanned")
        if across > 1 or down > 1:
            row, column = self._row + 1, self._column
            facts.merges.append(Merge(row, column, row + down - 1, column + across - 1))
        self._column += repeat

    def _look(self, facts: SheetFacts, cell: dict[str, str], shown: str) -> None:
        error = cell.get("calcext:value-type") == "error"
        if error or ("table:formula" in cell and shown.startswith(("#", "Err:"))):
            facts.spoiled(self._row + 1, self._column, "problem.error_value", shown)


def _count(found: dict[str, str], name: str) -> int:
    value = found.get(name, "1")
    return min(max(int(value), 1), _MOST) if value.isdecimal() and len(value) < 9 else 1
