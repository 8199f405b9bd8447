"""What a judge objects to, its suspect predicate lets out of the engine.

A predicate that misses a value would make a rule depend on the size of the table: columns of
few values are judged whole, others only where the predicate holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pytest
from sqlglot import exp

from dq.checks.rules.accuracy import a101_not_its_type, a102_email, a103_phone
from dq.checks.rules.blanks import empty_suspect
from dq.checks.rules.completeness.c108_note_says_nothing import idle_suspect
from dq.checks.rules.fakes import f101_filler, f102_no_mailbox, f105_gibberish
from dq.sql import portable as f
from dq.sql.row import compile_predicate
from dq.text.dictionaries.files import lines
from dq.text.email import EmailJudge, common_domains
from dq.text.empties import emptiness
from dq.text.fillers import (
    FillerEmailJudge,
    FillerNameJudge,
    FillerPhoneJudge,
    FillerTaxJudge,
)
from dq.text.gibberish import GibberishJudge, count_pairs, spelling
from dq.text.keyboard import LATIN, RUSSIAN, UKRAINIAN
from dq.text.kinds import OtherKindJudge
from dq.text.mailboxes import MailboxJudge, endings, throwaway
from dq.text.notes import NoteJudge
from dq.text.phone import PhoneJudge
from dq.text.scripts import SUSPECT, ScriptJudge
from tests.checks.caselib import CASES, load_cases

CELL = f.col("v")


def _cells() -> Iterator[str]:
    """Every cell of every case: what people write, right and wrong."""
    for case in load_cases(CASES):
        for table in case.tables.values():
            for row in table:
                yield from (cell.strip() for cell in row.values() if cell.strip())


def _phrases(name: str) -> list[str]:
    found = [p for line in lines(name) for p in line.split("\t")[1].split("|")]
    return sorted({p.strip() for p in found if p.strip()})


def _written(phrases: Iterable[str]) -> Iterator[str]:
    for phrase in phrases:
        yield from (phrase, phrase.upper(), phrase.capitalize(), f"{phrase}.", f"({phrase})")
        yield from (phrase.replace("е", "ё"), phrase.replace("a", "á").replace("o", "ö"))
        yield from (phrase.replace(" ", "  "), phrase.replace(" ", "\u00a0"))
        yield from (f"-- {phrase} --", f"<{phrase}>", f"*{phrase}", phrase.replace("'", "’"))
        yield phrase[:1] + "\u200b" + phrase[1:]


def _missed(
    suspect: exp.Expression, judge: Callable[[str], object], values: Iterable[str]
) -> list[str]:
    lets_out = compile_predicate(suspect)
    return sorted({v for v in values if judge(v) is not None and lets_out({"v": v}) is not True})


CELLS = sorted(set(_cells()))


@pytest.mark.parametrize(
    "kind", ["text", "category", "email", "phone", "id", "name", "tax_id", "city", "country"]
)
def test_hidden_nulls(kind: str) -> None:
    odd = [
        "-", "—", "...", "???", "0", "000", "999", "9999", "+7 (000) 000-00-00", "999-99-99",
        "no@no.ru", "none@none.com", "xxx@mail.ru", "d41d8cd98f00b204e9800998ecf8427e",
        "D41D8CD98F00B204E9800998ECF8427E", "1B2M2Y8AsgTpgAmY7PhCfg==",
    ]  # fmt: skip
    values = [*_written(_phrases("empty_words.tsv")), *odd, *CELLS]
    assert _missed(empty_suspect(CELL), lambda v: emptiness(v, kind), values) == []


@pytest.mark.parametrize(
    "expected", ["city", "country", "name", "company", "address", "industry", "source", "title"]
)
def test_other_kinds(expected: str) -> None:
    odd = [
        "info@west.example", "https://west.example/x", "WWW.WEST.EXAMPLE", "west.ru/shop",
        "+44 20 7946 0960", "8 (495) 123-45-67", "89161234567", "$500", "500 руб.", "1 200,50 ₽",
        "USD 500", "15.01.2026", "2026-01-15", "12345", "0cc175b9c0f1b6a831c399e269772661",
        "1B2M2Y8AsgTpgAmY7PhCfg==", "a@b.ru, c@d.ru", "-50", "10 %", "(495) 123-45-67",
    ]  # fmt: skip
    suspect = a101_not_its_type.other_kind_suspect(CELL, expected)
    assert _missed(suspect, OtherKindJudge(expected), [*odd, *CELLS]) == []


def test_broken_text() -> None:
    broken = [
        v.encode("utf-8").decode(page, "replace") for v in CELLS for page in ("cp1251", "cp1252")
    ]
    assert _missed(f.search(CELL, SUSPECT), ScriptJudge(), [*broken, *CELLS]) == []


def test_notes() -> None:
    idle = [p for line in lines("idle_notes.tsv") for p in line.split("|")]
    pairs = [f"{a}, {b}; {c}" for a, b, c in zip(idle, idle[1:], idle[2:], strict=False)]
    values = [*_written([*idle, *pairs, *_phrases("empty_words.tsv")]), *CELLS]
    values += ["d41d8cd98f00b204e9800998ecf8427e", "-", "–-", "…", "12", "a1", "№"]
    assert _missed(idle_suspect(CELL), NoteJudge(), values) == []


@pytest.mark.parametrize("country", [None, "RU", "UA", "BY", "KZ", "GB"])
def test_phones(country: str | None) -> None:
    bodies = [
        "4951234567",
        "442345678",
        "172345678",
        "7172123456",
        "9165551210",
        "671234567",
        "291234567",
        "7011234567",
        "9990000000",
        "9999999999",
    ]
    fronts = ["", "+7", "7", "8", "+380", "380", "80", "0", "+375", "375", "+8", "+1", "00"]
    written = [front + body + tail for front in fronts for body in bodies for tail in ("", "1")]
    written += [f"{v[:2]} ({v[2:5]}) {v[5:8]}-{v[8:]}" for v in written]
    suspect = f.not_(a103_phone.dialled(CELL, country))
    assert _missed(suspect, PhoneJudge(country), [*written, *CELLS]) == []


def test_emails() -> None:
    """Addresses of a good form with a good domain are left where they are, and only these."""
    good = compile_predicate(f.full_match(CELL, a102_email.GOOD))
    judge = EmailJudge()
    stems = ["anna", "a.b", "o'brien", "x+crm", ".a", "a..b", "a.", "-", "анна", "a b", "a@b", ""]
    domains = [*sorted(common_domains())[:40], "nord-works.com", "-a.com", "a-.com", "a..ru", "a"]
    for value in [f"{s}@{d}" for s in stems for d in domains] + CELLS:
        if good({"v": value}) and judge("a@" + value.partition("@")[2]) is None:
            assert judge(value) is None, value


def _walks() -> Iterator[str]:
    """Runs along the rows, alone and joined, in capitals, with digits behind."""
    runs = [row[a:b] for row in (*LATIN, *RUSSIAN, *UKRAINIAN) for a in (0, 2, 4) for b in (5, 7)]
    for one, two in zip(runs, [*runs[3:], *runs[:3]], strict=True):
        yield from (one, one[::-1], one + two, f"{one} {two}", one.upper(), f"{one}1", f"({one})")
        yield from (f"ООО «{one}»", f"{one} ltd", f"{one}@mail.ru", f"{one}@{one}.ru")


@pytest.mark.parametrize("kind", ["person", "company", "deal"])
def test_filler_names(kind: str) -> None:
    phrases = [p for p in _phrases("filler_words.tsv") if len(p) > 1]
    pairs = [f"{a} {b}" for a, b in zip(phrases, phrases[7:], strict=False)]
    odd = ["aaa", "ЫЫЫ", "test1", "тест_2", "A. Datum (sample)", "Клиент (тест)", "tést", "тёст"]
    values = [*_written(phrases), *pairs, *_walks(), *odd, *CELLS]
    suspect = f101_filler.name_suspect(CELL, kind)
    assert _missed(suspect, FillerNameJudge(kind), values) == []


def test_filler_addresses() -> None:
    stems = [*_phrases("filler_words.tsv"), "test1", "test.lead", "lead-test", "aaa", "111111"]
    stems += ["123", "no", "none", "noemail", "qwerty12", "fyva", "user.test2", "asdf+crm"]
    domains = ["mail.ru", "gmail.com", "works.example", "test.com", "123.ru", "no.com", "aaa.ru"]
    values = [f"{s}@{d}" for s in stems for d in domains]
    values += [f"anna@west.ru, {v}" for v in values] + [v.upper() for v in values]
    suspect = f101_filler.email_suspect(CELL)
    assert _missed(suspect, FillerEmailJudge(), [*values, *_walks(), *CELLS]) == []


def test_filler_numbers() -> None:
    bodies = [d * 7 for d in "0123456789"] + ["1234567", "7654321", "8901234", "4567890"]
    phones = [
        f"{front}{b[:3]}-{b[3:5]}-{b[5:]}" for b in bodies for front in ("", "+7 495 ", "8 (")
    ]
    phones += [f"{p} доб. 12" for p in phones] + [f"{p}, +7 916 284-19-57" for p in phones]
    taxes = [d * 10 for d in "0123456789"] + ["1234567890", "123456789012", "9876543210"]
    values = [*phones, *taxes, "12345", "00000", *CELLS]
    assert _missed(f101_filler.phone_suspect(CELL), FillerPhoneJudge(), values) == []
    assert _missed(f101_filler.tax_suspect(CELL), FillerTaxJudge(), values) == []


def test_mailboxes() -> None:
    domains = [*sorted(throwaway())[:60], *sorted(endings())[:40], "example.com", "a.test"]
    domains += ["офіс.укр", "пошта.нема", "x.qqqzz", "localhost", "a.example.org", "gmail.con"]
    values = [f"{who}{d}" for d in domains for who in ("a@", "A.B@box.", "анна@", "a b@")]
    values += [f"<{v}>" for v in values] + [f"a@b.ru; {v}" for v in values]
    values += [v.upper() for v in values]
    assert _missed(f102_no_mailbox.mailbox_suspect(CELL), MailboxJudge(), [*values, *CELLS]) == []


@pytest.mark.parametrize("kind", ["person", "company"])
@pytest.mark.parametrize("learnt", [(), CELLS])
def test_gibberish(kind: str, learnt: Iterable[str]) -> None:
    model = spelling(count_pairs(learnt))
    names = [
        w for name in ("first_names.txt", "last_names.txt") for w in " ".join(lines(name)).split()
    ]
    mixed = [
        f"{a[: len(a) // 2]}{b[len(b) // 2 :]}" for a, b in zip(names, names[97:], strict=False)
    ]
    back = [w[::-1].capitalize() for w in names]
    accents = [w.replace("a", "ä").replace("s", "š").replace("l", "ł") for w in back[:2000]]
    values = [*names[:500], *mixed, *back, *accents, *_walks(), *CELLS]
    suspect = f105_gibberish.gibberish_suspect(CELL, model)
    assert _missed(suspect, GibberishJudge(model, kind), values) == []
