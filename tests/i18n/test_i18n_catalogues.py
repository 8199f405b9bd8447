"""The catalogues: complete, alike in all languages, and in the language that they claim."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dq.i18n.catalogue import Forms, catalogue, fragments, read_fragment
from dq.i18n.language import LANGUAGES
from dq.i18n.plural import FORMS
from dq.i18n.template import places

DATA = Path(__file__).parent / "data"
ENGLISH_WORDS = frozenset((DATA / "english_words.txt").read_text(encoding="utf-8").split())
OTHERS = tuple(language for language in LANGUAGES if language != "en")
PARTS = sorted({path.name.split(".")[0] for lang in LANGUAGES for path in fragments(lang)})

_NOT_PROSE = re.compile(
    r"\{[^}]*\}|`[^`]*`|«[^»]*»|“[^”]*”|\"[^\"]*\"|--[\w-]+|\bdq [a-z]+\b|"
    r"\S*[/\\_.:=@]\S*[^\s.,:;)]|\b\w*[A-Z]\w*\b|\b\w*\d\w*\b"
)
_FOREIGN = {"ru": re.compile("[іїєґІЇЄҐ]"), "uk": re.compile("[ыэъёЫЭЪЁ]")}


def _dotted(key: str) -> bool:
    return re.fullmatch(r"[\w-]+(\.[\w~-]+)+", key) is not None


def _names(text: str) -> frozenset[str]:
    """Places of a text; a count with its noun counts as the count."""
    return frozenset({"records": "n", "of_records": "of"}.get(name, name) for name in places(text))


def _says_nouns(texts: Forms) -> bool:
    return any({"records", "of_records"} & places(text) for text in texts)


@pytest.fixture(scope="module")
def all_messages() -> Mapping[str, Mapping[str, Forms]]:
    return {language: catalogue(language) for language in LANGUAGES}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_fragments_are_valid(part: str, language: str) -> None:
    from babel.messages.pofile import read_po

    paths = [path for path in fragments(language) if path.name.split(".")[0] == part]
    assert len(paths) == 1, f"{part}.{language}.po is missing"
    with paths[0].open("rb") as stream:
        po = read_po(stream, locale=language, abort_invalid=True)
    assert [m.id for m in po if m.fuzzy and m.id] == []
    assert [m.id for m in po if m.id and not m.string] == []
    assert po.num_plurals == FORMS[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_fragments_do_not_contradict_each_other(language: str) -> None:
    seen: dict[str, tuple[Forms, str]] = {}
    clashes = []
    for path in fragments(language):
        for key, texts in read_fragment(path, language).items():
            if key in seen and seen[key][0] != texts:
                clashes.append((key, seen[key][1], path.name))
            seen[key] = (texts, path.name)
    assert clashes == []


def test_all_languages_have_the_same_keys(all_messages: Any) -> None:
    keys = {language: set(messages) for language, messages in all_messages.items()}
    everything = set().union(*keys.values())
    missing = [
        (language, key)
        for language in LANGUAGES
        for key in sorted(everything - keys[language])
        if _dotted(key) or language != "en"
    ]
    assert missing == []


def test_all_that_the_code_says_is_in_all_languages(said: Any, all_messages: Any) -> None:
    missing = sorted(
        {
            f"{each.place} {language}: {each.key}"
            for each in said
            for language in LANGUAGES
            if each.key not in all_messages[language] and (_dotted(each.key) or language != "en")
        }
    )
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_are_complete(language: str, all_messages: Any) -> None:
    plural = {
        key for messages in all_messages.values() for key in messages if len(messages[key]) > 1
    }
    messages = all_messages[language]
    wrong = [
        (key, messages[key])
        for key in sorted(plural & set(messages))
        if len(messages[key]) not in {1, FORMS[language]}
    ]
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_places_are_the_same_in_all_languages(language: str, all_messages: Any) -> None:
    wrong = []
    for key, texts in sorted(all_messages[language].items()):
        english = all_messages["en"].get(key, (key,))
        # "{records}" says the table's noun, which the other language may say by "{table}".
        free = {"table"} if _says_nouns(texts) or _says_nouns(english) else set()
        wanted = frozenset().union(*map(_names, english)) - free
        for text in texts:
            if _names(text) - free != wanted:
                wrong.append((key, text, sorted(wanted ^ (_names(text) - free))))
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_left_in_english(language: str, all_messages: Any) -> None:
    left = []
    for key, texts in sorted(all_messages[language].items()):
        for text in texts:
            prose = _NOT_PROSE.sub(" ", text)
            words = set(re.findall(r"[a-z]+", prose)) & ENGLISH_WORDS
            if words:
                left.append((key, text, sorted(words)))
    assert left == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_letters_of_the_neighbours(language: str, all_messages: Any) -> None:
    wrong = [
        (key, text)
        for key, texts in sorted(all_messages[language].items())
        for text in texts
        if _FOREIGN[language].search(_NOT_PROSE.sub(" ", text))
    ]
    assert wrong == []
