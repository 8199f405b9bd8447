"""The presets' files: read strictly, and complete in what they promise."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import dq.crm.presets.compact
from dq.crm.model import TABLES
from dq.crm.presets import PRESETS, crm_url, crm_words, parse_preset, preset, presets
from dq.crm.presets.compact import compacted, document, text_of
from dq.crm.stages import stage_status
from dq.crm.synonyms import parse_synonyms, synonyms
from dq.errors import ConfigError, UsageError
from tests.crm.caselib import load

WRONG = load(Path(__file__).parent / "wrong_presets.yaml")


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_whole(name: str) -> None:
    known = preset(name)
    assert known.name == name
    assert set(known.words) == {"en", "ru", "uk"}
    for words in known.words.values():
        assert words.keys() >= {"deal", "stage", "owner", "won", "lost", "merge"}
    assert known.crm_url.keys() <= TABLES.keys()
    assert all("{host}" in url and "{id}" in url for url in known.crm_url.values())
    assert known.won
    assert known.lost
    names = {s.name for s in known.signatures}
    assert {s.yields_to for s in known.signatures if s.yields_to} <= names
    assert set(known.tables) == {s.name for s in known.signatures if s.skip is None}


@pytest.mark.parametrize("name", PRESETS)
def test_its_own_stage_words_mean_what_it_says(name: str) -> None:
    known = preset(name)
    for status, words in (("won", known.won), ("lost", known.lost), ("open", known.open)):
        for word in words:
            assert stage_status(word, known.won, known.lost, known.open) == status


def test_a_deal_of_each_system_knows_its_status_and_amount() -> None:
    for name in PRESETS:
        for told, about in preset(name).tables.items():
            if about.table == "deals":
                targets = {c.target for c in about.columns}
                assert targets >= {"name", "stage", "status", "created_at"} or told == "x", told
                assert "amount" in targets, told


def test_the_compact_form_says_what_the_yaml_says() -> None:
    """UPDATE_EXPECTED=1 writes it anew, as `python -m dq.crm.presets.compact` does."""
    names = sorted((*PRESETS, "generic"))
    path = Path(dq.crm.presets.compact.__file__).with_name("compact.json")
    if os.environ.get("UPDATE_EXPECTED"):
        path.write_text(compacted(iter(names)), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == compacted(iter(names))
    for name in PRESETS:
        assert preset(name) == parse_preset(text_of(name), name)
    assert synonyms() == parse_synonyms(text_of("generic"), "generic.yaml")


def test_a_preset_that_was_edited_is_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    text = text_of("amocrm").replace("Воронка", "Труба")
    monkeypatch.setattr(dq.crm.presets.compact, "text_of", lambda _name: text)
    changed = document("amocrm", 1)
    assert changed.node.start_mark is not None
    assert "Труба" in str(changed.value())


def test_heads_are_read_without_tables() -> None:
    assert all(not known.tables for known in presets())


def test_words_and_addresses() -> None:
    assert crm_words("amocrm", "ru")["stage"] == "этап"
    assert crm_words("bitrix24", "ru")["stage"] == "стадия"
    assert crm_words("generic", "ru") == {}
    assert crm_words(None, "en") == {}
    assert crm_words("hubspot", "de")["account"] == "company"
    assert crm_url("amocrm", "deals") == "https://{host}/leads/detail/{id}"
    assert crm_url("generic", "deals") is None


def test_an_unknown_preset_is_said_by_name() -> None:
    with pytest.raises(UsageError, match=r"There is no preset suite\. The presets are salesforce"):
        preset("suite")


@pytest.mark.parametrize("case", WRONG["presets"], ids=lambda case: case["error"])
def test_a_wrong_preset_is_refused_with_its_place(case: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as raised:
        parse_preset(case["text"], "x.yaml")
    assert str(raised.value) == case["error"]


@pytest.mark.parametrize("case", WRONG["synonyms"], ids=lambda case: case["error"])
def test_wrong_synonyms_are_refused_with_their_place(case: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as raised:
        parse_synonyms(case["text"], "g.yaml")
    assert str(raised.value) == case["error"]


def test_synonyms_are_those_of_the_model() -> None:
    known = synonyms()
    assert set(known.tables) == set(TABLES)
    for name, words in known.tables.items():
        targets = {target for target, _ in words.lookup.values()}
        assert targets <= set(TABLES[name].columns)
    assert not known.stages.won & known.stages.lost
    assert not (known.stages.won | known.stages.lost) & known.stages.open


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Won", "won"), ("CLOSED WON", "won"), ("Closed Won - Renewal", "won"),
        ("closed-lost", "lost"), ("Успешно реализовано", "won"),
        ("Закрыто и не реализовано", "lost"), ("Закрито і не реалізовано", "lost"),
        ("Сделка провалена", "lost"), ("Угода успішна", "won"), ("5. Negotiation", "open"),
        ("Negotiation (Sales Pipeline)", "open"), ("Engaging", "open"), ("Prospecting", "open"),
        ("Закрыто - Провал", "lost"), ("Успешно проведена встреча", None), ("Альфа", None),
        ("", None),
    ],
)  # fmt: skip
def test_stage_words(word: str, status: str | None) -> None:
    assert stage_status(word) == status
