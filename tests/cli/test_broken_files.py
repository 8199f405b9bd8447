"""Broken files through whole commands: a sentence that says what to do, never a traceback."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dq.runs import latest
from tests.bad_inputs.test_bad_inputs import CASES, make
from tests.cli.calls import Said, dq
from tests.sources.test_any_bytes import FORMATS, MAGIC

PLAIN = {name for name, case in CASES.items() if not case.get("options")}
REFUSED = {
    name for name in PLAIN if "refused" in (CASES[name].get("expect") or CASES[name]["lenient"])
}
SCAN = ("--quiet", "scan", "--format", "json", "--out", "-")
_made: dict[str, bytes] = {}


def _whole(name: str, folder: Path) -> bytes:
    """A case's file, made once: a workbook holds the time of its making."""
    if name not in _made:
        _made[name] = make(CASES[name], folder).read_bytes()
    return _made[name]


MANY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _check_rows(inputs: Any) -> None:
    for each in inputs:
        assert each["rows_read"] == each["rows_kept"] + each["rows_reported"]


def _check_sentence(said: Said, file: str) -> None:
    """Place, what is wrong, and what to do about it."""
    assert said.code == 3
    sentence = said.err.strip()
    assert sentence.startswith(file)
    assert re.search(r"[.”] [A-ZА-ЯІЇЄ“«].*\.$", sentence), sentence
    assert "Traceback" not in sentence
    assert "error of its own" not in sentence


def _scan(path: Path) -> Said:
    said = dq(*SCAN, path.name, cwd=path.parent)
    if said.code == 3:
        _check_sentence(said, path.name)
    else:
        assert said.code in (0, 1), said.err
        assert said.err == ""
        _check_rows(json.loads(said.out)["inputs"])
    return said


def test_at_least_sixty_files_are_broken() -> None:
    assert len(CASES) >= 120
    assert len(REFUSED) >= 40


@pytest.mark.parametrize("name", CASES)
def test_scan(name: str, tmp_path: Path) -> None:
    said = _scan(make(CASES[name], tmp_path))
    if name in PLAIN:
        assert (said.code == 3) == (name in REFUSED)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(PLAIN))
def test_run_takes_what_init_declared(name: str, tmp_path: Path) -> None:
    """What a scan reads, `init` writes down, and `run`, which guesses nothing, reads the same."""
    path = make(CASES[name], tmp_path)
    begun = dq("--quiet", "init", "crm", "--from", path.name, cwd=tmp_path)
    if name in REFUSED:
        _check_sentence(begun, path.name)
        assert not (tmp_path / "crm" / "dq.yaml").exists()
        return
    assert begun.code == 0, begun.err
    ran = dq("--quiet", "-C", "crm", "run", "--format", "json", cwd=tmp_path)
    assert ran.code in (0, 1), ran.err
    inputs = json.loads(ran.out)["inputs"]
    _check_rows(inputs)
    run = latest(tmp_path / "crm")
    assert run is not None
    assert run.damaged() == ()
    scanned = json.loads(dq(*SCAN, path.name, cwd=tmp_path).out)["inputs"]
    counts = ("rows_read", "rows_kept", "columns")
    assert sorted([i[c] for c in counts] for i in inputs) == sorted(
        [i[c] for c in counts] for i in scanned
    )


def test_one_broken_file_among_good_ones(tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_text("id,name,stage\n1,A,won\n2,B,new\n", encoding="utf-8")
    make(CASES["xlsx_encrypted"], tmp_path)
    said = dq("scan", "deals.csv", "secret.xlsx", cwd=tmp_path)
    assert said.code == 3
    assert "deals.csv: 2 rows" in said.out
    assert "secret.xlsx: The workbook is encrypted with a password." in said.out
    assert "1 file could not be read." in said.out
    page = (tmp_path / "dq-scan.html").read_text(encoding="utf-8")
    assert "encrypted with a password" in page


@pytest.mark.parametrize("language", ["ru", "uk"])
def test_the_sentence_is_in_the_readers_language(language: str, tmp_path: Path) -> None:
    path = make(CASES["last_row_cut"], tmp_path)
    said = dq(*SCAN, path.name, cwd=tmp_path, language=language)
    _check_sentence(said, path.name)
    assert not re.search(r"\b(?:is|the|row)\b", said.err)


def test_a_file_that_breaks_later_leaves_the_last_run_as_it_was(tmp_path: Path) -> None:
    path = make(CASES["semicolon"], tmp_path)
    assert dq("init", "--from", path.name, cwd=tmp_path).code == 0
    assert dq("run", cwd=tmp_path).code in (0, 1)
    before = latest(tmp_path)
    page = (tmp_path / "dq-report.html").read_bytes()
    path.write_bytes(b"\x00\x01\x02" * 100)
    said = dq("run", cwd=tmp_path)
    _check_sentence(said, str(path))
    assert latest(tmp_path) == before
    assert (tmp_path / "dq-report.html").read_bytes() == page
    path.unlink()
    gone = dq("run", cwd=tmp_path)
    assert gone.code == 3
    assert gone.err.rstrip().endswith("Check the path in dq.yaml, or put the export there.")


@pytest.mark.slow
@given(st.sampled_from(MAGIC), st.binary(max_size=400))
@MANY
def test_scan_of_random_bytes(tmp_path: Path, magic: bytes, data: bytes) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(magic + data)
    _scan(path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", FORMATS)
@given(share=st.floats(0, 1), pick=st.integers(0, 9))
@MANY
def test_scan_of_files_cut_anywhere(tmp_path: Path, kind: str, share: float, pick: int) -> None:
    (tmp_path / "whole").mkdir(exist_ok=True)
    names = FORMATS[kind]
    data = _whole(names[pick % len(names)], tmp_path / "whole")
    path = tmp_path / "file.csv"
    path.write_bytes(data[: int(len(data) * share)])
    _scan(path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", FORMATS)
@given(data=st.data(), pick=st.integers(0, 9))
@MANY
def test_scan_of_files_with_spoiled_bytes(
    tmp_path: Path, kind: str, data: st.DataObject, pick: int
) -> None:
    (tmp_path / "whole").mkdir(exist_ok=True)
    names = FORMATS[kind]
    spoiled = bytearray(_whole(names[pick % len(names)], tmp_path / "whole"))
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(spoiled) - 1))
        spoiled[place] = data.draw(st.integers(0, 255))
    path = tmp_path / "file.csv"
    path.write_bytes(bytes(spoiled))
    _scan(path)
