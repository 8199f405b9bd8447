"""Notes: those that say nothing (C108), and those in which the data confess (A110)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from dq.text.dictionaries.files import lines
from dq.text.empties import EMPTY_WORDS, empty_word
from dq.text.folding import fold_tight
from dq.text.verdict import Verdict

__all__ = [
    "TOPICS",
    "ConfessionJudge",
    "NoteJudge",
    "confessing_phrases",
    "fold_note",
    "idle_openings",
    "repeated_notes",
]

TOPICS = (
    "invalid_number",
    "wrong_number",
    "no_number",
    "switched_off",
    "no_answer",
    "duplicate",
    "test",
    "fake",
    "invalid_email",
)
"""What data confess, in the order in which the first one found is named."""

_WORD = re.compile(r"[^\W_]+(?:['\-/][^\W_]+)*")
_NEGATIONS = frozenset(
    "не нет not isn't isnt без no non never ні немає no nicht kein nao ни уже-не больше".split()
)
_ALONE = frozenset({"test", "testing", "тест", "тесты", "нд", "спам", "spam", "бот", "engano"})
_TESTS = frozenset("test testing тест тесты".split())
_TRIALS = frozenset(
    "pilot trial demo rollout passed results пилот пилотный внедрение демо этап этапы результат "
    "результаты пройден пройдены прошел прошли прошло успешно сдан договор пілот впровадження "
    "етап етапи результати пройдено пройшли успішно договір".split()
)
"""Beside these words a test is the customer's own."""

_TEST_NEXT = frozenset("drive драйв period период період версия версію версії доступ".split())
_TEST_RECORDS = frozenset(
    "лид лід заявка сделка угода запись запис контакт карточка картка компания компанія клиент "
    "клієнт звонок дзвінок заказ замовлення".split()
)
_NUMBERED = frozenset(
    "of договора счета заказа накладной документа дома квартиры карты инн огрн рахунку договору "
    "замовлення накладної угоди будинку квартири картки".split()
)
"""Words after «неверный номер» that say which number: not the phone's."""
_COPY_WORDS = frozenset({"duplicate", "duplicated", "duplicado", "duplikat", "dup", "dupe"})
_COPY_NEXT = frozenset("lead record contact deal entry account of see id company".split())
_CLOSED = re.compile(r"\s*[«\"'(\[]?(?P<word>[^\W\d_]+)[»\"')\]]?\s*[,.;!](?:\s|$)")
"""A note whose first word is closed by a sign, as a word that says all is."""

_SHORT_NOTE = 4
_LETTERS = re.compile(r"[^\W\d_]+")
_NO_LETTERS = re.compile(r"[\W\d_]*")


@dataclass(frozen=True)
class NoteJudge:
    """Says that a note says nothing: empty_word, too_short, idle (`detail` is the folded note).

    A date, an amount or a name in it makes a note say something: «позвонил, КП до 15.03».
    """

    def __call__(self, value: str) -> Verdict | None:
        """The verdict on one value; None when it is fine or blank."""
        text = value.strip()
        if not text or len(text) > 60:
            return None
        if empty_word(text, "note"):
            return Verdict("empty_word", detail=text)
        note = fold_note(text)
        if note in _idle() or all(word in _idle() for word in note.split(", ")):
            return Verdict("idle", detail=note)
        if _NO_LETTERS.fullmatch(text):
            return None if any(c.isdigit() for c in text) else Verdict("too_short", detail=text)
        if len(note) <= 2 and not text.isupper():
            return Verdict("too_short", detail=note)
        return None


@dataclass(frozen=True)
class ConfessionJudge:
    """Says which fault a note or tag confesses; the cause is one of TOPICS, `detail` the tag.

    «не дубль», «протестировали продукт», «тест-драйв», «Тестов Иван» confess nothing: words
    count whole, a negation before them undoes them, and bare «тест» only as (nearly) the
    whole text, or as its first word, closed by a sign («Тест, попыток звонка: 5»). `tag`: the
    column holds short tags, which then make groups of their own.
    """

    tag: bool = False

    def __call__(self, value: str) -> Verdict | None:
        """The verdict on one value; None when it is fine or blank."""
        if len(value) > 2000 or not value or value.isspace():
            return None
        found = _WORD.findall(fold_tight(value))
        if not found:
            return None
        topic = _confessed(tuple(found)) or _first_alone(value)
        if topic is None:
            return None
        return Verdict(topic, detail=value.strip()[:80] if self.tag else None)


def fold_note(value: str) -> str:
    """A note for comparison: case, spaces, ё and end punctuation do not matter."""
    return re.sub(r"\s*[,;/+&]\s*|\s+и\s+|\s+and\s+|\s+та\s+", ", ", fold_tight(value)).strip(
        " .!?,;:-–—()\"'*"
    )


def repeated_notes(
    counts: Mapping[str, int] | Iterable[tuple[str, int]], least: int = 10, letters: int = 12
) -> dict[str, int]:
    """Notes that were pasted: the folded note and its count, from `least` copies on.

    Only notes of at least `letters` characters: short ones («позвонил») are idle, not copies.
    """
    pairs = counts.items() if isinstance(counts, Mapping) else counts
    total: dict[str, int] = {}
    for value, count in pairs:
        note = fold_note(value)
        if len(note) >= letters:
            total[note] = total.get(note, 0) + count
    return {note: n for note, n in total.items() if n >= least}


@cache
def _idle() -> frozenset[str]:
    return frozenset(
        fold_note(note) for line in lines("idle_notes.tsv") for note in line.split("|")
    )


def idle_openings() -> frozenset[str]:
    """First words (runs of letters, folded) of all notes that say nothing."""
    found = (_LETTERS.search(note) for note in (*_idle(), *EMPTY_WORDS))
    return frozenset(match.group() for match in found if match)


def confessing_phrases() -> list[str]:
    """The phrases that confess something, folded; `*` ends a stem."""
    return [p for line in lines("confessions.tsv") for p in line.split("\t")[1].split("|")]


def _first_alone(value: str) -> str | None:
    """«Тест, попыток звонка: 5»: a test word that stands first and is closed by a sign.

    A colon or a dash goes on («тест: прошли успешно», «тест-драйв»); so does a list of words
    («тест, пилот, внедрение») or what came of the customer's own test.
    """
    first = _CLOSED.match(fold_tight(value))
    if first is None or first["word"] not in _TESTS:
        return None
    rest = _WORD.findall(fold_tight(value)[first.end() :])
    return None if _TRIALS & set(rest) else "test"


@cache
def _phrases() -> Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    """First word (or stem of four letters) to the phrases that begin with it, by topic."""
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for line in lines("confessions.tsv"):
        topic, phrases = line.split("\t")
        for phrase in phrases.split("|"):
            parts = tuple(phrase.split())
            head = parts[0][:-1][:4] + "*" if parts[0].endswith("*") else parts[0]
            found.setdefault(head, []).append((topic, parts))
    return {head: tuple(items) for head, items in found.items()}


def _confessed(words: tuple[str, ...]) -> str | None:
    best: str | None = None
    for i, word in enumerate(words):
        starting = _phrases().get(word, ()) + _phrases().get(word[:4] + "*", ())
        for topic, parts in starting:
            if not _matches(parts, words, i) or not _meant(topic, parts, words, i):
                continue
            if best is None or TOPICS.index(topic) < TOPICS.index(best):
                best = topic
    return best


def _matches(parts: tuple[str, ...], words: tuple[str, ...], start: int) -> bool:
    if start + len(parts) > len(words):
        return False
    return all(
        words[start + k].startswith(part[:-1]) if part.endswith("*") else words[start + k] == part
        for k, part in enumerate(parts)
    )


def _meant(topic: str, parts: tuple[str, ...], words: tuple[str, ...], start: int) -> bool:
    before = words[max(0, start - 2) : start]
    after = words[start + len(parts) :]
    if before and before[-1] in _NEGATIONS:
        return False
    if len(before) == 2 and before[0] in _NEGATIONS and before[1] in ("является", "это", "є", "a"):
        return False
    if parts[0] in _COPY_WORDS and len(parts) == 1:
        return len(words) < _SHORT_NOTE or bool(after and after[0] in _COPY_NEXT)
    if after and parts[-1] in ("номер", "number") and after[0] in _NUMBERED:
        return False
    if len(parts) == 1 and parts[0].startswith("тестов"):
        return len(words) <= _SHORT_NOTE and (not after or after[0] in _TEST_RECORDS)
    if len(parts) == 1 and (parts[0] in _ALONE or topic in ("test", "fake")):
        if after and after[0] in _TEST_NEXT:
            return False
        if topic == "test" or parts[0] in _ALONE:
            return len(words) <= _SHORT_NOTE - 2
    return True
