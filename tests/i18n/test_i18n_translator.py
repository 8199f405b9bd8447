"""Sentences: places by type and kind, plural forms, the CRM's own words, errors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

import pytest

from dq.errors import Place, SourceError
from dq.findings import Outcome, Severity
from dq.i18n import Translator, translator

ENGLISH = {
    "greet": ("Hello, {name}.",),
    "only.english": ("Only here.",),
    "cut": ("{n} row is cut", "{n} rows are cut"),
}
RUSSIAN = {
    "greet": ("Здравствуйте, {name}.",),
    "cut": ("{n} строка обрезана", "{n} строки обрезаны", "{n} строк обрезано"),
    "The file {file} is empty.": ("Файл {file} пуст.",),
    "Export it again.": ("Выгрузите его ещё раз.",),
    "place.row": ("строка {row}",),
}


@pytest.fixture
def ru() -> Translator:
    return Translator("ru", None, RUSSIAN, ENGLISH)


def test_own_language_then_english_then_the_key(ru: Translator) -> None:
    assert ru.t("greet", name="Анна") == "Здравствуйте, Анна."
    assert ru.t("only.english") == "Only here."
    assert ru.t("no.such.key") == "no.such.key"
    assert ru.t("A sentence about {x}.", x="y") == "A sentence about y."


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "1 строка обрезана"),
        (4, "4 строки обрезаны"),
        (0, "0 строк обрезано"),
        (12, "12 строк обрезано"),
        (1001, "1\u00a0001 строка обрезана"),
        (-2, "-2 строки обрезаны"),
    ],
)
def test_plural_by_count(ru: Translator, count: int, said: str) -> None:
    assert ru.n("cut", count) == said
    assert ru.t("cut", n=count) == said


def test_plural_without_a_count_takes_the_last_form(ru: Translator) -> None:
    assert ru.t("cut", n="many") == "many строк обрезано"
    assert ru.t("cut", n="3") == "3 строки обрезаны"


def test_plural_of_a_sentence_nobody_translated(ru: Translator) -> None:
    said = [ru.n("{n} file", count, plural="{n} files") for count in (1, 2)]
    assert said == ["1 file", "2 files"]


def test_missing_place_is_an_ellipsis(ru: Translator) -> None:
    assert ru.t("greet") == "Здравствуйте, …."


def test_text_that_is_no_template_is_said_as_it_is(ru: Translator) -> None:
    assert ru.t("100 {% of } {") == "100 {% of } {"
    assert ru.t("a\x1b[2J") == "a␛[2J"


def test_places_are_never_templates(ru: Translator) -> None:
    assert ru.t("greet", name="{n} {0.__class__}") == "Здравствуйте, {n} {0.__class__}."


@pytest.mark.parametrize(
    ("template", "args", "said"),
    [
        ("{n}", {"n": 12345}, "12,345"),
        ("{line}:{row}:{year}", {"line": 12345, "row": 2000, "year": 2017}, "12345:2000:2017"),
        ("{x}", {"x": Decimal("2.50")}, "2.5"),
        ("{x}", {"x": date(2017, 12, 31)}, "31 Dec 2017"),
        ("{x}", {"x": datetime(2017, 12, 31, 4, 5)}, "31 Dec 2017\u00a004:05"),
        ("{x}", {"x": True}, "yes"),
        ("{x}", {"x": None}, "—"),
        ("{x}", {"x": ["a", 1000]}, "a, 1,000"),
        ("{x}", {"x": {"b", "a"}}, "a, b"),
        ("{x}", {"x": Severity.ERROR}, "error"),
        ("{x}", {"x": Outcome.NO_EVIDENCE}, "no evidence"),
        ("{x}", {"x": "a\x1b[2J\n"}, "a␛[2J⏎"),
        ("{x:number}", {"x": "1234.5"}, "1,234.5"),
        ("{x:number}", {"x": "n/a"}, "n/a"),
        ("{x:percent}", {"x": "0.123"}, "12.3%"),
        ("{x:money}", {"x": "10.5"}, "10.50"),
        ("{x:money}", {"x": "10", "currency": "EUR"}, "€10"),
        ("{x:day}", {"x": "2017-12-31T10:00"}, "31 Dec 2017"),
        ("{x:day}", {"x": "soon"}, "soon"),
        ("{x:table}", {"x": "accounts"}, "companies"),
        ("{x:column}", {"x": "owner_id"}, "owner"),
        ("{x:column}", {"x": "name", "table_name": "users"}, "name"),
        ("{x:records}", {"x": "2", "table_name": "leads"}, "2 leads"),
        ("{x:text}", {"x": 12345}, "12345"),
        ("{{{x}}}", {"x": 1}, "{1}"),
    ],
)
def test_places(template: str, args: Mapping[str, object], said: str) -> None:
    assert translator("en").t(template, **args) == said


def test_words_of_the_crm_take_precedence() -> None:
    assert translator("ru").column("stage") == "этап"
    assert translator("ru", "bitrix24").column("stage") == "стадия"
    assert translator("uk", "bitrix24").column("stage") == "стадія"
    assert translator("ru", "amocrm").column("amount", "deals") == "бюджет"
    assert translator("ru", "amocrm").column("amount", "invoices") == "сумма"


def test_names_of_the_source_stay_as_they_are() -> None:
    t = translator("ru")
    assert t.column("Мой столбец") == "Мой столбец"
    assert t.table("my_table") == "my_table"
    assert t.records("my_table", 5) == "5 записей"


def test_errors_in_the_readers_language(ru: Translator) -> None:
    error = SourceError(
        "The file {file} is empty.",
        where=Place(file="сделки.xlsx", sheet="Лист1", row=3, column="Сумма"),
        fix="Export it again.",
        file="сделки.xlsx",
    )
    assert ru.error(error) == (
        "сделки.xlsx[Лист1], строка 3, Сумма: Файл сделки.xlsx пуст. Выгрузите его ещё раз."
    )


def test_an_unknown_language_speaks_english() -> None:
    assert translator("de").language == "en"
