"""Glossaries that may not be read: a sentence with its place, soon and with little memory."""

from __future__ import annotations

import re
import time
import tracemalloc
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from dq.crm.model import TABLES
from dq.errors import ConfigError
from dq.semantics.glossary import load_glossary
from tests.semantics.malformed.made import MADE

HERE = Path(__file__).parent / "malformed"
EXPECTED: Sequence[Mapping[str, Any]] = YAML(typ="safe").load(
    (HERE / "expected.yaml").read_text(encoding="utf-8")
)
COLUMNS = {
    "deals": {*TABLES["deals"].columns, "amount_base", "open_days", "last_activity_at"},
    "leads": {*TABLES["leads"].columns, "last_activity_at"},
}
SECONDS = 2.0
MEGABYTES = 150


def _path(case: Mapping[str, Any], folder: Path) -> Path:
    if not case.get("made"):
        return HERE / case["file"]
    path = folder / case["file"]
    path.write_bytes(MADE[case["file"]]())
    return path


def _refusal(path: Path) -> ConfigError:
    """The ConfigError of a file, any other exception failing the test."""
    begun = time.process_time()
    with pytest.raises(ConfigError) as caught:
        load_glossary(path, COLUMNS)
    assert time.process_time() - begun < SECONDS
    return caught.value


def _stands_at(sentence: str, path: Path, place: str) -> bool:
    if not place:
        return str(path) in sentence
    pattern = re.escape(f"{path}:{place}: ").replace(re.escape("*"), "[0-9]+")
    return re.match(pattern, sentence) is not None


@pytest.mark.timeout(15)
@pytest.mark.parametrize("case", EXPECTED, ids=lambda case: case["file"].removesuffix(".yaml"))
def test_refused_at_its_place_and_with_advice(case: Mapping[str, Any], tmp_path: Path) -> None:
    path = _path(case, tmp_path)
    error = _refusal(path)
    sentence = str(error)
    places = [case["at"]] if isinstance(case["at"], str) else case["at"]
    assert any(_stands_at(sentence, path, place) for place in places), sentence
    said = sentence.removeprefix(str(path))
    for words in case["says"]:
        assert any(word in said for word in words.split("|")), (words, said)
    assert error.fix is not None, sentence
    assert error.exit_code == 2


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "name", ["laughs", "alias_of_itself", "long_line", "deep_lists", "many_or"]
)
def test_refused_with_little_memory(name: str, tmp_path: Path) -> None:
    path = _path({"file": f"{name}.yaml", "made": f"{name}.yaml" in MADE}, tmp_path)
    tracemalloc.start()
    try:
        with pytest.raises(ConfigError):
            load_glossary(path, COLUMNS)
        assert tracemalloc.get_traced_memory()[1] < MEGABYTES * 2**20
    finally:
        tracemalloc.stop()


def test_every_file_has_its_entry() -> None:
    listed = [case["file"] for case in EXPECTED]
    there = {path.name for path in HERE.glob("*.yaml")} - {"expected.yaml"}
    assert sorted(listed) == sorted(there | set(MADE))
    assert {case["file"] for case in EXPECTED if case.get("made")} == set(MADE)
