"""Encodings are recognised by the letters of ordinary CRM words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dq.errors import SourceError
from dq.sources.legacy import guess_legacy
from tests.sources.helpers import cells_of, read_text

RUSSIAN = (
    "Иванов Пётр Сделка Воронка Успешно реализовано Ответственный договор счёт Москва "
    "поставка окон Контрагент позвонить завтра ООО Ромашка встреча перенесена"
).split()
UKRAINIAN = (
    "Шевченко Олена Угода Воронка Відповідальний договір рахунок Київ постачання вікон "
    "Контрагент зателефонувати завтра ТОВ Ромашка зустріч перенесено"
).split()
WESTERN = "Müller Zoé José Núñez Société Générale Düsseldorf Málaga Ångström façade".split()
CYRILLIC = ("cp1251", "cp866", "koi8-u", "mac_cyrillic")


@pytest.mark.parametrize("encoding", CYRILLIC)
@pytest.mark.parametrize("words", [RUSSIAN, UKRAINIAN], ids=["ru", "uk"])
def test_a_few_words_tell_their_encoding(words: list[str], encoding: str) -> None:
    usable = [w for w in words if w.encode(encoding, "ignore").decode(encoding) == w]
    rows = [" ".join(usable[i : i + 3]) for i in range(len(usable) - 2)]
    assert [guess_legacy(row.encode(encoding))[0] for row in rows] == [encoding] * len(rows)


@given(
    st.sampled_from([RUSSIAN, UKRAINIAN]).flatmap(
        lambda words: st.lists(st.sampled_from(words), min_size=5, max_size=40)
    ),
    st.sampled_from(CYRILLIC[:3]),
)
@settings(max_examples=100, deadline=None)
def test_several_words_tell_surely(words: list[str], encoding: str) -> None:
    found, sure = guess_legacy(" ".join(words).encode(encoding, "ignore"))
    assert (found, sure > 0.95) == (encoding, True)


@pytest.mark.parametrize("word", WESTERN)
def test_western_words_are_not_taken_for_cyrillic(word: str) -> None:
    assert guess_legacy(word.encode("cp1252"))[0] == "cp1252"


@given(st.lists(st.sampled_from(RUSSIAN + UKRAINIAN + WESTERN), min_size=1, max_size=30))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_same_text_in_every_wide_encoding(tmp_path: Path, words: list[str]) -> None:
    text = "".join(["id;слово\n", *(f"{i};{word}\n" for i, word in enumerate(words))])
    expected = cells_of(read_text(text, tmp_path))
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        assert cells_of(read_text(text.encode(encoding), tmp_path)) == expected


def test_foreign_bytes_far_from_the_start_are_found(tmp_path: Path) -> None:
    head = "id;name\n" + "1;plain ascii text without a single letter to tell by\n" * 8000
    table = read_text(head.encode() + "2;Пётр Иванов\n".encode("cp1251") * 3, tmp_path)
    assert table.facts.encoding == "cp1251"
    assert cells_of(table)[-1] == ["2", "Пётр Иванов"]
    with pytest.raises(SourceError, match="Line 8003 is in another encoding"):
        read_text((head + "2;Анна\n").encode() + "3;Пётр\n".encode("cp1251"), tmp_path)


def test_chunks_cut_no_character(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dq.sources.encoding.CHUNK", 7)
    text = "id;имя\n" + "1;Щербатых ёж\n" * 20
    for encoding in ("utf-16-le", "utf-16-be", "cp1251"):
        table = read_text(text.encode(encoding), tmp_path, encoding=encoding)
        assert cells_of(table) == [["1", "Щербатых ёж"]] * 20
