"""What each value function says of a value: wrong ones, and innocent ones that look alike."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq.text.damage import DamageJudge
from dq.text.email import EmailJudge
from dq.text.email import normalise as email
from dq.text.empties import EmptyJudge, emptiness, empty_word
from dq.text.kinds import KINDS, OtherKindJudge, kind_of
from dq.text.notes import TOPICS, ConfessionJudge, NoteJudge, fold_note
from dq.text.phone import PhoneJudge, parse, phone_key
from dq.text.phone import normalise as phone
from dq.text.scripts import SUSPECT, ScriptJudge
from dq.text.tax import TaxJudge
from dq.text.verdict import Verdict
from tests.text.tables import Row, rows

Judge = Callable[[str], Verdict | None]

JUDGES: list[Judge] = [
    EmailJudge(),
    PhoneJudge(),
    PhoneJudge("RU"),
    PhoneJudge("US"),
    TaxJudge("inn", "RU"),
    TaxJudge("tax_id", "UA"),
    TaxJudge("vat"),
    TaxJudge("unp"),
    TaxJudge("iban"),
    ScriptJudge(),
    DamageJudge(),
    DamageJudge("id"),
    EmptyJudge(),
    EmptyJudge("date"),
    NoteJudge(),
    ConfessionJudge(tag=True),
    OtherKindJudge("city"),
]
TEXT = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="0123456789 +-().,eE@#/ктдэйéРÐ\ud800\x00\u200b", max_size=30),
)


def said(judge: Judge, value: str) -> tuple[str, str | None] | None:
    verdict = judge(value)
    return (verdict.cause, verdict.suggestion) if verdict else None


@pytest.mark.parametrize("row", rows("emails", "wrong"), ids=repr)
def test_email_is_wrong(row: Row) -> None:
    assert said(EmailJudge(), str(row[0])) == (row[1], row[2])


@pytest.mark.parametrize("row", rows("emails", "fine"), ids=repr)
def test_email_is_fine(row: Row) -> None:
    assert said(EmailJudge(), str(row[0])) is None


def test_near_miss_groups_by_the_misspelt_domain() -> None:
    verdict = EmailJudge()("Ivan@GMIAL.com")
    assert verdict is not None
    assert (verdict.detail, verdict.args["meant"]) == ("gmial.com", "gmail.com")


@pytest.mark.parametrize("row", rows("phones", "wrong"), ids=repr)
def test_phone_is_wrong(row: Row) -> None:
    assert said(PhoneJudge(row[1]), str(row[0])) == (row[2], row[3])


@pytest.mark.parametrize("row", rows("phones", "fine"), ids=repr)
def test_phone_is_fine(row: Row) -> None:
    assert said(PhoneJudge(row[1]), str(row[0])) is None
    assert phone(str(row[0]), row[1]) == row[2]


@pytest.mark.parametrize("row", rows("tax", "wrong"), ids=repr)
def test_tax_number_is_wrong(row: Row) -> None:
    assert said(TaxJudge(str(row[1]), row[2]), str(row[0])) == (row[3], row[4])


@pytest.mark.parametrize("row", rows("tax", "fine"), ids=repr)
def test_tax_number_is_fine(row: Row) -> None:
    assert said(TaxJudge(str(row[1]), row[2]), str(row[0])) is None


@pytest.mark.parametrize("row", rows("scripts", "wrong"), ids=repr)
def test_script_is_wrong(row: Row) -> None:
    assert said(ScriptJudge(), str(row[0])) == (row[1], row[2])


@pytest.mark.parametrize("row", rows("scripts", "wrong"), ids=repr)
def test_every_broken_script_is_suspect(row: Row) -> None:
    if "\0" not in str(row[0]):
        assert re.search(SUSPECT, str(row[0]))


@pytest.mark.parametrize("row", rows("scripts", "fine"), ids=repr)
def test_script_is_fine(row: Row) -> None:
    assert said(ScriptJudge(), str(row[0])) is None


def test_half_a_character_is_said() -> None:
    assert said(ScriptJudge(), "a\ud800") == ("surrogate", None)


@pytest.mark.parametrize("row", rows("damage", "wrong"), ids=repr)
def test_value_is_damaged(row: Row) -> None:
    assert said(DamageJudge(str(row[1])), str(row[0])) == (row[2], row[3])


@pytest.mark.parametrize("row", rows("damage", "fine"), ids=repr)
def test_value_is_not_damaged(row: Row) -> None:
    assert said(DamageJudge(str(row[1])), str(row[0])) is None


@pytest.mark.parametrize("row", rows("empties", "empty"), ids=repr)
def test_word_means_nothing(row: Row) -> None:
    assert empty_word(str(row[0]), str(row[1]))
    assert emptiness(str(row[0]), str(row[1])) == row[2]


@pytest.mark.parametrize("row", rows("empties", "values"), ids=repr)
def test_value_is_a_value(row: Row) -> None:
    assert not empty_word(str(row[0]), str(row[1]))


@pytest.mark.parametrize("row", rows("confessions", "wrong"), ids=repr)
def test_note_confesses(row: Row) -> None:
    assert said(ConfessionJudge(), str(row[0])) == (row[1], None)
    assert row[1] in TOPICS


@pytest.mark.parametrize("row", rows("confessions", "fine"), ids=repr)
def test_note_confesses_nothing(row: Row) -> None:
    assert said(ConfessionJudge(), str(row[0])) is None


@pytest.mark.parametrize("row", rows("notes", "idle"), ids=repr)
def test_note_says_nothing(row: Row) -> None:
    assert said(NoteJudge(), str(row[0])) == (row[1], None)


@pytest.mark.parametrize("row", rows("notes", "fine"), ids=repr)
def test_note_says_something(row: Row) -> None:
    assert said(NoteJudge(), str(row[0])) is None


@pytest.mark.parametrize("row", rows("kinds", "kinds"), ids=repr)
def test_kind(row: Row) -> None:
    assert kind_of(str(row[0]), "US" if "650" in str(row[0]) else "RU") == row[1]


@pytest.mark.parametrize("row", rows("kinds", "other"), ids=repr)
def test_value_of_another_kind(row: Row) -> None:
    assert said(OtherKindJudge(str(row[0])), str(row[1])) == (row[2], None)


@pytest.mark.parametrize("row", rows("kinds", "fine"), ids=repr)
def test_value_of_its_own_kind(row: Row) -> None:
    assert said(OtherKindJudge(str(row[0])), str(row[1])) is None


@pytest.mark.parametrize("judge", JUDGES, ids=repr)
@given(value=TEXT)
def test_judges_are_total_and_repeatable(judge: Judge, value: str) -> None:
    verdict = judge(value)
    assert verdict == judge(value)
    assert verdict is None or (verdict.cause and "\n" not in verdict.cause)


@pytest.mark.parametrize("judge", JUDGES, ids=repr)
def test_judges_travel(judge: Judge) -> None:
    assert pickle.loads(pickle.dumps(judge)) == judge


@given(value=TEXT)
def test_whatever_a_judge_of_scripts_says_is_suspect(value: str) -> None:
    held = "\0" not in value and not any("\ud800" <= c <= "\udfff" for c in value)
    if held and ScriptJudge()(value) is not None:
        assert re.search(SUSPECT, value)


@given(value=TEXT)
def test_normalising_twice_is_normalising_once(value: str) -> None:
    for normal in (email, lambda v: phone(v, "RU"), lambda v: phone_key(v, "RU")):
        once = normal(value)
        assert once is None or normal(once) == once
    assert fold_note(fold_note(value)) == fold_note(value)
    assert kind_of(value) in KINDS


@given(number=st.from_regex(r"\+[1-9][0-9]{7,13}", fullmatch=True))
def test_what_is_normal_stays_so(number: str) -> None:
    found = parse(number)
    assert found is None or phone(found.e164) == found.e164
