"""Folding, transliteration, names of people and companies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq.text.companies import company_key, legal_form, split_company
from dq.text.folding import fold, fold_tight, strip_accents, words
from dq.text.names import fold_name, looks_like_name, name_key
from dq.text.tax import inn_fits_form
from dq.text.tax_numbers import account_fits_bic
from dq.text.translit import to_latin, translit_key
from tests.text.tables import Row, rows


@pytest.mark.parametrize("row", rows("names", "one_key"), ids=repr)
def test_spellings_of_one_name_meet(row: Row) -> None:
    assert len({name_key(str(name)) for name in row}) == 1


@pytest.mark.parametrize("row", rows("names", "different"), ids=repr)
def test_different_names_do_not_meet(row: Row) -> None:
    assert len({name_key(str(name)) for name in row}) == len(row)


@pytest.mark.parametrize("row", rows("names", "folded"), ids=repr)
def test_fold_name(row: Row) -> None:
    assert fold_name(str(row[0])) == row[1]


@pytest.mark.parametrize("row", rows("names", "companies"), ids=repr)
def test_split_company(row: Row) -> None:
    found = split_company(str(row[0]))
    assert (found.name, found.form.code if found.form else None) == (row[1], row[2])


@pytest.mark.parametrize("row", rows("names", "one_company"), ids=repr)
def test_spellings_of_one_company_meet(row: Row) -> None:
    assert len({company_key(str(name)) for name in row}) == 1


@pytest.mark.parametrize("row", rows("names", "other_company"), ids=repr)
def test_different_companies_do_not_meet(row: Row) -> None:
    assert len({company_key(str(name)) for name in row}) == len(row)


def test_legal_form_says_whether_a_person_owns() -> None:
    forms = {v: legal_form(v) for v in ("ИП Петров", "ФОП", "ООО «Х»", "Acme Ltd.", "Ромашка")}
    kinds = {v: form.kind if form else None for v, form in forms.items()}
    assert kinds == {
        "ИП Петров": "sole",
        "ФОП": "sole",
        "ООО «Х»": "company",
        "Acme Ltd.": "company",
        "Ромашка": None,
    }


def test_inn_length_against_the_legal_form() -> None:
    assert inn_fits_form("7707083893", "ПАО Сбербанк") is True
    assert inn_fits_form("7707083893", "ИП Иванов") is False
    assert inn_fits_form("500100732259", "ООО «Ромашка»") is False
    assert inn_fits_form("500100732259", "ИП") is True
    assert inn_fits_form("7707083894", "ИП Иванов") is None
    assert inn_fits_form("7707083893", "Ромашка") is None


def test_account_key() -> None:
    assert account_fits_bic("30101810400000000225", "044525225") is True
    assert account_fits_bic("30101810400000000226", "044525225") is False
    assert account_fits_bic("123", "044525225") is None


def test_names_of_people_look_like_names() -> None:
    yes = ["Иван Петров", "Anna-Maria Smith", "Петров Иван Иванович", "Ludwig van Beethoven"]
    no = ["Ромашка", "иван петров", "ООО Ромашка 5", "Отправить КП клиенту", ""]
    assert [looks_like_name(v) for v in yes] == [True] * len(yes)
    assert [looks_like_name(v) for v in no] == [False] * len(no)


@given(st.text(max_size=40))
def test_folding_is_total_and_idempotent(value: str) -> None:
    for normal in (fold_tight, strip_accents, fold_name):
        assert normal(normal(value)) == normal(value)
    name_key(value), company_key(value), translit_key(value), to_latin(value), words(value)


@given(st.text(alphabet="aбVёй \u00a0\t", max_size=20))
def test_fold_is_idempotent(value: str) -> None:
    assert fold(fold(value)) == fold(value)
