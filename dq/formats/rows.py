"""All findings as a table: CSV, XLSX, Parquet. Values stand in full: it is a work file."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from dq.errors import UsageError
from dq.formats.sheets import Cell, write_csv, write_xlsx
from dq.formats.words import finding_sentence, shown_key, shown_value, title_of
from dq.i18n.translator import Translator
from dq.repair.stored import Judged, finding_of, is_personal

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["TABULAR", "batches_of", "write_findings"]

TABULAR = ("csv", "xlsx", "parquet")

_ORDER = (
    "change", "severity", "code", "title", "table", "key", "column", "value", "was_value",
    "message", "money", "owner", "origin", "file", "sheet", "row", "new", "suppressed", "id",
)  # fmt: skip
_MADE = frozenset({"title", "message"})
_BATCH = 65_536


def batches_of(source: pa.Table | Path | str) -> Iterator[pa.RecordBatch]:
    """The findings of a file or a table, block by block."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if isinstance(source, pa.Table):
        yield from source.to_batches(max_chunksize=_BATCH)
        return
    with pq.ParquetFile(source) as file:
        yield from file.iter_batches(batch_size=_BATCH)


def write_findings(
    batches: Iterable[pa.RecordBatch],
    schema: pa.Schema,
    format: str,
    stream: IO[bytes],
    t: Translator,
    *,
    currency: str | None = None,
    masked: bool = False,
    title: str = "findings",
    of: Judged | None = None,
) -> None:
    """Write findings as one of TABULAR.

    Args:
        batches: the findings.
        schema: their columns: those of findings.parquet, and any of owner, new, change.
        format: csv and parquet have fixed English names of columns, xlsx the reader's.
        stream: where to.
        t: speaks titles and messages.
        currency: of the amounts.
        masked: personal values masked, for a list that is passed on.
        title: name of the sheet.
        of: what each rule could judge, for the messages.
    """
    if format == "parquet":
        _write_parquet(batches, schema, stream, masked)
        return
    names = [n for n in _ORDER if n in schema.names or n in _MADE]
    rows = _rows(batches, names, _Sayer(t, currency, of or {}), masked)
    if format == "csv":
        text = io.TextIOWrapper(stream, encoding="utf-8", errors="backslashreplace", newline="")
        text.write("\ufeff")  # else spreadsheets read Cyrillic in their own encoding
        write_csv(text, names, rows)
        text.flush()
        text.detach()
    elif format == "xlsx":
        heads = [n if n == "id" else str(t.t(f"finding.head.{n}")) for n in names]
        write_xlsx(stream, heads, rows, title=title)
    else:
        raise UsageError(
            "There is no format “{format}”.",
            fix="Choose one of: {choices}.",
            format=format,
            choices=", ".join(TABULAR),
        )


def _rows(
    batches: Iterable[pa.RecordBatch],
    names: Sequence[str],
    say: _Sayer,
    masked: bool,
) -> Iterator[list[Cell]]:
    for batch in batches:
        for row in batch.to_pylist():
            personal = masked and is_personal(row["table"], row["column"])
            made: dict[str, Any] = dict(row)
            made["title"] = say.title(row["code"])
            made["message"] = say.message(row, personal)
            made["severity"] = row["severity"]
            if masked:
                value = shown_value(row["value"], column=row["column"], personal=personal)
                made["value"] = None if value is None else str(value)
                made["key"] = str(shown_key(row["key"], personal=personal))
            if "new" in row and row["new"] is not None:
                made["new"] = "yes" if row["new"] else "no"
            yield [made.get(name) for name in names]


class _Sayer:
    """Titles and messages, each made once: most of a million findings say the same."""

    def __init__(self, t: Translator, currency: str | None, of: Judged) -> None:
        self._t = t
        self._of = of
        self._currency = currency
        self._titles: dict[str, str] = {}
        self._said: dict[tuple[object, ...], str] = {}

    def title(self, code: str) -> str:
        if code not in self._titles:
            self._titles[code] = str(title_of(code, self._t))
        return self._titles[code]

    def message(self, row: Mapping[str, Any], personal: bool) -> str:
        parts = ("code", "table", "column", "cause", "args", "value", "money")
        place = (*(row[n] for n in parts), personal)
        said = self._said.get(place)
        if said is None:
            said = str(
                finding_sentence(
                    finding_of(row),
                    self._t,
                    personal=personal,
                    currency=self._currency,
                    of=self._of.get((row["code"], row["table"])),
                )
            )
            if len(self._said) < 100_000:
                self._said[place] = said
        return said


def _write_parquet(
    batches: Iterable[pa.RecordBatch], schema: pa.Schema, stream: IO[bytes], masked: bool
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    mask: Callable[[pa.RecordBatch], pa.RecordBatch] = _masked if masked else _same
    with pq.ParquetWriter(pa.PythonFile(stream, mode="w"), schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(mask(batch))


def _same(batch: pa.RecordBatch) -> pa.RecordBatch:
    return batch


def _masked(batch: pa.RecordBatch) -> pa.RecordBatch:
    import pyarrow as pa

    columns = {name: batch.column(name) for name in batch.schema.names}
    rows = batch.select(["table", "column", "value", "key"]).to_pylist()
    people = [is_personal(r["table"], r["column"]) for r in rows]
    values = [
        shown_value(r["value"], column=r["column"], personal=p)
        for r, p in zip(rows, people, strict=True)
    ]
    keys = [
        None if r["key"] is None else shown_key(r["key"], personal=p)
        for r, p in zip(rows, people, strict=True)
    ]
    columns["value"] = pa.array([None if v is None else str(v) for v in values], pa.string())
    columns["key"] = pa.array([None if k is None else str(k) for k in keys], pa.string())
    columns["args"] = pa.array([json.dumps({})] * len(rows), pa.string())
    return pa.RecordBatch.from_pydict(columns, schema=batch.schema)
