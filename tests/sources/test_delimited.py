"""The fast and the careful reader of text give the same table, whatever the file."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dq.sources import bytescan, delimited, encoding, fast_csv
from dq.sources.fast_csv import read_fast
from tests.sources.helpers import both_ways, cells_of, read_text

ALPHABET = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.sampled_from(
    ',;|"\'\n\t абвЇ"\n,;'
)
CELL = st.text(ALPHABET, max_size=12) | st.sampled_from(["", "0", "Анна", 'ООО "Ромашка"'])
HEADERS = ("id", "Имя", "note", "city")
SHARED_FOLDER = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, str, list[list[str]]]:
    """A well-formed text, its delimiter, and the cells in it."""
    delimiter = draw(st.sampled_from(",;\t|"))
    width = draw(st.integers(2, 4))
    rows = draw(st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=12))
    target = io.StringIO()
    writer = csv.writer(
        target,
        delimiter=delimiter,
        lineterminator=draw(st.sampled_from(["\n", "\r\n"])),
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
    )
    writer.writerow(HEADERS[:width])
    writer.writerows(rows)
    return target.getvalue(), delimiter, rows


@given(tables())
@SHARED_FOLDER
def test_both_readers_agree(tmp_path: Path, table: tuple[str, str, list[list[str]]]) -> None:
    text, delimiter, rows = table
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode())
    fast, careful = both_ways(path, tmp_path, delimiter=delimiter)
    assert pq.read_table(fast.path).equals(pq.read_table(careful.path))
    assert (fast.names, fast.headers, fast.notes) == (careful.names, careful.headers, careful.notes)
    assert (fast.rows, fast.rows_read) == (careful.rows, careful.rows_read)
    assert fast.problems == careful.problems
    expected = [[cell or None for cell in row] for row in rows if any(row)]
    assert cells_of(careful) == expected


@given(tables(), st.integers(8, 64))
@SHARED_FOLDER
def test_readers_agree_whatever_the_chunks(
    tmp_path: Path, table: tuple[str, str, list[list[str]]], chunk: int
) -> None:
    text, delimiter, _ = table
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bytescan, "CHUNK", chunk)
        patch.setattr(encoding, "CHUNK", chunk)
        patch.setattr(fast_csv, "BLOCK", max(chunk, 64))
        fast, careful = both_ways(path, tmp_path, delimiter=delimiter)
    assert pq.read_table(fast.path).equals(pq.read_table(careful.path))
    assert fast.problems == careful.problems


@given(st.text(st.sampled_from('ab"\n,\r;'), max_size=60))
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_readers_agree_on_broken_text(tmp_path: Path, text: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"x,y\n" + text.encode())
    outcomes = []
    for fast in (True, False):
        try:
            part = both_ways(path, tmp_path, delimiter=",")[0 if fast else 1]
        except Exception as error:
            outcomes.append(str(error))
        else:
            outcomes.append((pq.read_table(part.path).to_pylist(), part.problems, part.notes))
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize(
    "text",
    [
        "id,name\n1,Ann\n2,Bob\n",
        "id,name\r\n1,\r\n2,Bob",
        'id,name\n1,"a, ""b""\nc"\n2,"x"\n',
        "id;Имя\n1;Анна;\n2;Пётр;\n",
        "id\tname\n1\tAnn\n\n\n",
        "\ufeffid,name\n1,Ann\n",
        "sep=;\nid;name\n1;Ann\n",
    ],
)
def test_plain_files_take_the_fast_way(text: str, tmp_path: Path) -> None:
    assert _fast_rows(text, tmp_path) is not None


@pytest.mark.parametrize(
    "text",
    [
        'id,name\n1,Ann\n2,OOO "x"\n',
        'id,name\n1,"Ann" x\n',
        'id,name\n1,"Ann\n',
        "id,name\n1,Ann\n\n2,Bob\n",
        "id,name\n1,Ann\n,\n",
        "id,name\n1,Ann\r2,Bob\n",
        "id,name\n1,A\0nn\n",
        "id,name\n1,A\x07nn\n",
        "id,name\n1,Ann,x\n2,Bob\n",
        "id,name\n1,Ann\nid,name\n",
        "id,name\n1,Ann\nTotal,1\n",
        "a,b,c,d,e,f,g,h,i\n" + '1,"2,3,4,5,6,7,8,9\n1,2",3,4,5,6,7,8,9\n',
    ],
)
def test_odd_files_take_the_careful_way(text: str, tmp_path: Path) -> None:
    assert _fast_rows(text, tmp_path) is None


def _fast_rows(text: str, folder: Path) -> int | None:
    results: list[int | None] = []

    def spy(*args: object, **named: object) -> int | None:
        results.append(read_fast(*args, **named))  # type: ignore[arg-type]
        return results[-1]

    path = folder / "table.csv"
    path.write_bytes(text.encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "read_fast", spy)
        try:
            both_ways(path, folder)
        except Exception:
            return None
    return results[0] if results else None


def test_quoted_cells_over_lines_keep_their_row_numbers(tmp_path: Path) -> None:
    table = read_text('id,note\n1,"a\nb"\n2,"c\r\nd\ne"\n3,f\n', tmp_path)
    assert pq.read_table(table.path)["_row"].to_pylist() == [2, 3, 4]


def test_the_temporary_text_is_gone(tmp_path: Path) -> None:
    table = read_text("Имя;Город\nАнна;Тверь\n".encode("cp1251"), tmp_path)
    assert [path.name for path in (tmp_path / "raw").iterdir()] == [table.path.name]


def test_same_file_same_place(tmp_path: Path) -> None:
    first = read_text("id,name\n1,Ann\n", tmp_path)
    (tmp_path / "raw" / "other.txt").touch()
    assert first.path.parent == tmp_path / "raw"
    assert first.path.suffix == ".parquet"
