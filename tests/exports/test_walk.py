"""The first hour of a user: each export through every command, in each language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dq.i18n.language import LANGUAGES
from tests.cli.calls import Said, dq
from tests.exports.test_exports import FILES, write

QUICK = {("bitrix24", "ru"), ("workbook", "uk")}
WALKS = [
    pytest.param(name, language, marks=() if (name, language) in QUICK else pytest.mark.slow)
    for name in FILES
    for language in LANGUAGES
]
_PLACE = re.compile(r"\{[a-z_]+(?::[a-z]+)?\}|\b[a-z_]+\.[a-z_]+\.[a-z_]+\b")
"""A place that nothing filled, or a message key that no catalogue has."""


def _check(said: Said, code: int) -> None:
    assert said.code == code, said.err
    assert said.err == ""
    assert not _PLACE.search(said.out), _PLACE.search(said.out)
    assert "Traceback" not in said.out


@pytest.mark.parametrize(("name", "language"), WALKS)
def test_every_command(name: str, language: str, tmp_path: Path) -> None:
    file = write(name, tmp_path).name

    def user(*words: str, code: int = 0) -> str:
        said = dq("--lang", language, *words, cwd=tmp_path)
        _check(said, code)
        return said.out

    scanned = user("scan", file, code=1)
    user("init", "--from", file)
    mapped = user("map")
    assert mapped.strip() in user("map")
    ran = user("run", code=1)
    user("check", "deals", code=1)
    codes = set(re.findall(r" · ([A-Z]\d{3}) · ", ran))
    of_data = {code for code in codes if not code.startswith("S")}  # a scan has no glossary
    assert of_data == set(re.findall(r" · ([A-Z]\d{3}) · ", scanned))
    for code in sorted(codes):
        assert code in user("explain", code)
    assert codes <= set(re.findall(r"[A-Z]\d{3}", user("rules")))
    doctor = user("doctor")
    assert str(tmp_path) in doctor
    if language != "en":
        for said in (mapped, ran, doctor):
            assert re.search("[а-яіїє]{4}", said)
