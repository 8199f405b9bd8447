"""Columns that need trimming are told from their bytes; a search in every cell says the same."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq.crm.cells import cells_of
from dq.sources.edges import UNTIDY, untidy
from dq.sql.portable import WHITE_SPACE
from tests.sources.helpers import read_text

_TEXTS = st.none() | st.text(st.sampled_from([*WHITE_SPACE, *"aЯр№ї«€😀-\u0085\u200b"]), max_size=4)


@given(st.lists(st.lists(_TEXTS, max_size=5), min_size=1, max_size=3), st.integers(0, 2))
def test_the_same_as_looking_at_each_text(chunks: list[list[str | None]], skipped: int) -> None:
    column = pa.chunked_array([pa.array(c, pa.string()).slice(skipped) for c in chunks])
    texts = [t for t in column.to_pylist() if t is not None]
    assert untidy(column) == any(not t or t.strip(WHITE_SPACE) != t for t in texts)


@pytest.mark.parametrize("space", list(WHITE_SPACE))
def test_every_white_space(space: str) -> None:
    for text in (f"{space}x", f"x{space}", f"я{space}", space):
        assert untidy(pa.chunked_array([["a", text]])), text
    assert not untidy(pa.chunked_array([[f"a{space}b", "рядок", None]]))


def test_a_raw_file_names_its_untidy_columns(tmp_path: Path) -> None:
    table = read_text("id;name;city\n1;Анна;Київ\n2; Пётр ;\u00a0Львів\n3;;\n", tmp_path)
    known = json.loads(pq.read_metadata(table.path).metadata[UNTIDY])
    assert [table.columns.index(name) for name in known] == [2, 1]
    assert cells_of(table).tidy == {table.columns[0]}
    assert pc.sum(pq.read_table(table.path)["_row"]).as_py() == 9
