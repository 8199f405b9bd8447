"""Where files are and how they are called: sentences, never tracebacks."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dq.errors import SourceError
from dq.sources import read, sniff

TEXT = b"id,name\n1,Ann\n"


def _refusal(path: Path, into: Path) -> str:
    with pytest.raises(SourceError) as caught:
        read(path, into=into)
    assert caught.value.where is not None
    assert caught.value.where.file == str(path)
    return str(caught.value).removeprefix(f"{path}: ")


def test_missing_file(tmp_path: Path) -> None:
    assert _refusal(tmp_path / "нет.csv", tmp_path).startswith("There is no such file. Check")
    assert _refusal(tmp_path / "no" / "x.csv", tmp_path).startswith("There is no such file.")
    with pytest.raises(SourceError, match="There is no such file"):
        sniff(tmp_path / "нет.csv")


def test_name_that_no_file_can_have(tmp_path: Path) -> None:
    assert _refusal(tmp_path / "a\0b.csv", tmp_path).startswith("There is no such file.")
    assert "cannot be read" in _refusal(tmp_path / ("x" * 5000), tmp_path)


def test_folder(tmp_path: Path) -> None:
    assert _refusal(tmp_path, tmp_path).startswith("This is a folder. Name the files in it")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
def test_pipe_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    assert _refusal(tmp_path / "pipe.csv", tmp_path).startswith("This is not a regular file.")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (PermissionError(13, "Permission denied"), "The file may not be read. Close it"),
        (OSError(5, "Input/output error"), "The file cannot be read: Input/output error."),
    ],
)
def test_failures_of_the_system(
    error: OSError, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "deals.csv"
    path.write_bytes(TEXT)

    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("dq.sources.reading.sniff", refuse)
    assert _refusal(path, tmp_path).startswith(sentence)


def test_workbook_open_on_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "deals.xlsx"
    path.write_bytes(TEXT)
    error = PermissionError(13, "The process cannot access the file")
    error.winerror = 32  # type: ignore[attr-defined]

    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr("dq.sources.reading.sniff", refuse)
    assert _refusal(path, tmp_path) == (
        "Another program holds the file open. Close it in Excel and try again."
    )


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("Сделки за январь.csv", "Сделки за январь"),
        ("..csv", "table"),
        ("...a.b.csv", "a.b"),
        ("C:\\x\\deals.csv", "C_x_deals"),
        ("a\nb.csv", "a_b"),
        ("leads", "leads"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="such names cannot be made there")
def test_names(name: str, table: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(TEXT)
    (found,) = read(path, into=tmp_path / "raw")
    assert found.name == table
    assert found.path.parent == tmp_path / "raw"
    assert re.fullmatch(r"[0-9a-f]{24}\.parquet", found.path.name)


def test_path_that_climbs(tmp_path: Path) -> None:
    inside = tmp_path / "uploads" / "one"
    inside.mkdir(parents=True)
    (tmp_path / "deals.csv").write_bytes(TEXT)
    (found,) = read(inside / ".." / ".." / "deals.csv", into=inside / "raw")
    assert found.path.parent == inside / "raw"
    assert found.name == "deals"


def test_facts(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_bytes(TEXT)
    (found,) = read(path, into=tmp_path / "raw")
    facts = found.facts
    assert (facts.file, facts.size, facts.header_row) == (path, len(TEXT), 1)
    assert facts.sha256 == ("989c49555a5d16a53fb4326345ad882810fdff232405e0803c8fd5f1df2b1dfc")
    assert facts.modified == path.stat().st_mtime
    assert [n.file for n in facts.notes] == [str(path)]


def test_two_files_of_one_content_do_not_meet(tmp_path: Path) -> None:
    paths = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "deals.csv"
        path.write_bytes(TEXT)
        (found,) = read(path, into=tmp_path / "raw")
        paths.append(found.path)
    assert len(set(paths)) == 2
    assert all(pq.ParquetFile(path).metadata.num_rows == 1 for path in paths)


def test_failure_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_bytes(b"id,name\n" + b"1,Ann\n" * 40_000 + b'2,"Bob\n')
    assert "A quote opened in line 40002" in _refusal(path, tmp_path / "raw")
    assert list((tmp_path / "raw").iterdir()) == []
