"""What the columns of a raw table hold: distinct values of a sample, counted by Arrow.

Nothing here loops over rows: Arrow counts, Python sees distinct values only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from dq.crm.headers import header_key
from dq.tables import RawTable

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["ColumnSample", "TableSample", "joined_values"]

SAMPLE_ROWS = 50_000
"""Rows of a table that are looked at; key and relation questions look at all of them."""

SMALL_CELLS = 2_000_000
"""Tables of no more cells are read at once."""

SAMPLE_VALUES = 1_000
"""Distinct values of a column that Python looks at, evenly chosen."""

_MOMENT = r"(?s)^(?P<d>.*?)(?P<t>(?:T|, | )[0-9]{1,2}:[0-9]{2}.*)?$"

_MOMENT_PYTHON = re.compile(_MOMENT)

KEY_VALUES = 200_000
"""Distinct values of a column that are kept to compare it with another column."""


@dataclass(frozen=True)
class TableSample:
    """The columns of a raw table by position, with the headers as people wrote them."""

    raw: RawTable

    @property
    def name(self) -> str:
        """Name of the raw table."""
        return self.raw.name

    @cached_property
    def columns(self) -> tuple[ColumnSample, ...]:
        """All columns; the key of a header's second copy never equals the first one's."""
        headers = self.raw.facts.headers
        if len(headers) != len(self.raw.columns):
            headers = self.raw.columns
        seen: dict[str, int] = {}
        found = []
        for name, header in zip(self.raw.columns, headers, strict=True):
            key = header_key(header) or header_key(name) or name
            seen[key] = seen.get(key, 0) + 1
            copy = f"{key} ({seen[key]})" if seen[key] > 1 else key
            found.append(ColumnSample(self, name, header, copy))
        return tuple(found)

    @cached_property
    def by_key(self) -> Mapping[str, ColumnSample]:
        """Columns by header key."""
        return {column.key: column for column in self.columns if column.key}

    @cached_property
    def keys(self) -> frozenset[str]:
        """All header keys."""
        return frozenset(self.by_key)

    @property
    def rows(self) -> int:
        """Rows of the whole table."""
        return self.raw.rows

    def find(self, *keys: str) -> ColumnSample | None:
        """The first of these columns that is there."""
        return next((self.by_key[k] for k in keys if k in self.by_key), None)

    @cached_property
    def _small(self) -> pa.Table | None:
        """The whole table, if it is small: opening the file once is cheaper then."""
        import pyarrow.parquet as pq

        if self.raw.rows * len(self.raw.columns) > SMALL_CELLS:
            return None
        return pq.read_table(self.raw.path)

    def read(self, column: str, limit: int | None = None) -> pa.ChunkedArray:
        """A column as text; with `limit` about that many rows, evenly over the file."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if self._small is not None:
            array = self._small.column(column)
        else:
            array = self._read_groups(column, limit)
        if limit is not None and len(array) > limit:
            array = array.slice(0, limit)
        if not (pa.types.is_string(array.type) or pa.types.is_large_string(array.type)):
            array = _as_text(array)
        return pc.utf8_trim_whitespace(array)

    def head(self, column: str) -> pa.ChunkedArray:
        """The first rows of a column as they are, for a first look."""
        import pyarrow.parquet as pq

        with pq.ParquetFile(self.raw.path) as file:
            return file.read_row_group(0, columns=[column]).column(0)

    def _read_groups(self, column: str, limit: int | None) -> pa.ChunkedArray:
        import pyarrow.parquet as pq

        with pq.ParquetFile(self.raw.path) as file:
            groups = list(range(file.num_row_groups))
            if limit is not None and file.metadata.num_rows > limit and len(groups) > 1:
                each = max(1, file.metadata.num_rows // len(groups))
                step = max(1, len(groups) * each // limit)
                groups = groups[::step]
            return file.read_row_groups(groups, columns=[column]).column(0)


def _as_text(array: pa.ChunkedArray) -> pa.ChunkedArray:
    """Values as text; of what Arrow cannot write (lists, bytes that are no text) Python's."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        return pc.cast(array, pa.string())
    except pa.ArrowException:
        texts = [None if value is None else str(value) for value in array.to_pylist()]
        return pa.chunked_array([pa.array(texts, pa.string())])


def _all_differ(array: pa.ChunkedArray) -> bool:
    """Whether no cell is blank and no two are equal."""
    import pyarrow.compute as pc

    if array.null_count or pc.count_distinct(array, mode="all").as_py() < len(array):
        return False
    return array.type != "string" or not pc.any(pc.equal(array, "")).as_py()


def _folded(values: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    values = pc.utf8_lower(values)
    odd = pc.match_substring_regex(values, r"\s\s|[^\S ]|\x{00a0}")
    if pc.any(odd).as_py():
        values = pc.replace_substring_regex(values, r"[\s\x{00a0}]+", " ")
    return pc.unique(values.filter(pc.not_equal(values, "")))


def _moments(array: pa.ChunkedArray) -> dict[str, int]:
    """Texts with the digits of their time as ones, counted."""
    import pyarrow as pa
    import pyarrow.compute as pc

    counted = pc.value_counts(array)
    split = pc.extract_regex(counted.field(0), _MOMENT)
    times = pc.replace_substring_regex(pc.struct_field(split, "t"), "[0-9]", "1")
    texts = pc.binary_join_element_wise(pc.struct_field(split, "d"), times, "")
    folded = pa.table({"text": texts, "n": counted.field(1)}).group_by("text")
    pairs = folded.aggregate([("n", "sum")]).to_pylist()
    return {p["text"]: p["n_sum"] for p in pairs if p["text"]}


def _times_at(texts: Sequence[str]) -> dict[int, tuple[int, str]]:
    """Length of a text → where its time begins and how it is written, if that is one way."""
    ways: dict[int, set[tuple[int, str]]] = {}
    for text in texts:
        match = _MOMENT_PYTHON.match(text)
        if match is not None:
            day, time = match["d"], match["t"] or ""
            ways.setdefault(len(text), set()).add((len(day), re.sub("[0-9]", "1", time)))
    return {length: way.pop() for length, way in ways.items() if len(way) == 1}


@dataclass(frozen=True)
class ColumnSample:
    """A column: its header, and what its cells hold. Blank cells are left out everywhere."""

    table: TableSample
    name: str
    header: str
    key: str

    @cached_property
    def _counted(self) -> tuple[pa.Array, pa.Array, int]:
        """(distinct values, their counts, rows) of the sample."""
        import pyarrow.compute as pc

        array = self.table.read(self.name, SAMPLE_ROWS)
        counted = pc.value_counts(array.filter(pc.not_equal(array, "")))
        return counted.field(0), counted.field(1), len(array)

    @property
    def rows(self) -> int:
        """Rows of the sample."""
        return self._counted[2]

    @cached_property
    def filled(self) -> int:
        """Cells of the sample that hold something."""
        import pyarrow.compute as pc

        return int(pc.sum(self._counted[1]).as_py() or 0)

    @property
    def distinct(self) -> int:
        """Distinct values of the sample."""
        return len(self._counted[0])

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Distinct values with their counts, at most SAMPLE_VALUES of them."""
        import pyarrow as pa

        values, counts, _ = self._counted
        if len(values) > SAMPLE_VALUES:
            step = len(values) / SAMPLE_VALUES
            places = pa.array([int(i * step) for i in range(SAMPLE_VALUES)])
            values, counts = values.take(places), counts.take(places)
        return dict(zip(values.to_pylist(), counts.to_pylist(), strict=True))

    @cached_property
    def all_counts(self) -> Mapping[str, int]:
        """All distinct values of the sample with their counts."""
        values, counts, _ = self._counted
        return dict(zip(values.to_pylist(), counts.to_pylist(), strict=True))

    @cached_property
    def whole(self) -> bool:
        """Whether the sample is the whole column."""
        return self.rows == self.table.rows

    @cached_property
    def unique(self) -> bool:
        """Whether every row of the whole table holds a value of its own."""
        if self.filled < self.rows or self.distinct < self.rows or self.rows == 0:
            return False
        if self.whole:
            return True
        if not _all_differ(self.table.head(self.name)):
            return False
        return _all_differ(self.table.read(self.name))

    @cached_property
    def values(self) -> frozenset[str]:
        """Distinct values of the whole column, at most KEY_VALUES, for comparing columns."""
        if self.whole:
            return frozenset(list(self.all_counts)[:KEY_VALUES])
        import pyarrow.compute as pc

        found = pc.unique(self.table.read(self.name)).slice(0, KEY_VALUES).to_pylist()
        return frozenset(v for v in found if v)

    @cached_property
    def folded(self) -> pa.Array:
        """Distinct values of the whole column in small letters, white space made one space."""
        import pyarrow.compute as pc

        return _folded(pc.unique(self.table.read(self.name)))

    @cached_property
    def folded_sample(self) -> pa.Array:
        """The same of the sample's values."""
        return _folded(self._counted[0])

    @cached_property
    def moments(self) -> Mapping[str, int]:
        """Distinct texts of a date column over the whole table, digits of the time as ones.

        `2018.02.26 19:58` is counted as `2018.02.26 11:11`: few texts stand for many. Where all
        texts of one length in the sample have their time at one place, no text is searched.
        """
        import pyarrow.compute as pc

        array = self.table.read(self.name)
        found: Counter[str] = Counter()
        if not self.whole:
            lengths = pc.utf8_length(array)
            for length, (cut, time) in _times_at(self._counted[0].to_pylist()).items():
                fits = pc.equal(lengths, length)
                days = pc.value_counts(pc.utf8_slice_codeunits(array.filter(fits), 0, cut))
                for day, n in zip(
                    days.field(0).to_pylist(), days.field(1).to_pylist(), strict=True
                ):
                    found[day + time] += n
                rest = pc.fill_null(pc.invert(fits), False)
                array, lengths = array.filter(rest), lengths.filter(rest)
        found.update(_moments(array))
        return found

    @cached_property
    def arrow_type(self) -> str | None:
        """The type that a source gives itself: one of the model's; None for text sources."""
        if not self.table.raw.typed:
            return None
        import pyarrow as pa
        import pyarrow.parquet as pq

        kind = pq.read_schema(self.table.raw.path).field(self.name).type
        tests = (
            ("integer", pa.types.is_integer),
            ("decimal", lambda t: pa.types.is_floating(t) or pa.types.is_decimal(t)),
            ("boolean", pa.types.is_boolean),
            ("timestamp", pa.types.is_timestamp),
            ("date", pa.types.is_date),
        )
        return next((name for name, test in tests if test(kind)), "text")


def joined_values(columns: Sequence[ColumnSample]) -> pa.Array:
    """Distinct texts of several columns of a table put together, folded."""
    import pyarrow.compute as pc

    arrays = [pc.fill_null(c.table.read(c.name), "") for c in columns]
    whole = pc.binary_join_element_wise(*arrays, " ")
    return _folded(pc.utf8_trim_whitespace(pc.unique(whole)))
