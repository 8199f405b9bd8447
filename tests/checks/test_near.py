"""Which known name or key a missing one was probably meant to be."""

from __future__ import annotations

import pytest

from dq.checks.rules.relations.near import NearNames

FIRMS = ("ООО «СеверСнаб»", "ООО «Северный ветер»", "АО «Исток»", "Nordwind Ltd", "Nordwest Ltd")
GOODS = ("GTX Pro", "GTX Basic", "MG Special", "Станок ТС-200", "Станок ТС-310")
PEOPLE = ("Александр Орлов", "Анна Петрова", "Игорь Соловьёв", "Наталья Козлова", "John Smith")


@pytest.mark.parametrize(
    ("kind", "names", "value", "suggestion"),
    [
        ("name", GOODS, "GTXPro", "GTX Pro"),
        ("name", GOODS, "gtx-pro", "GTX Pro"),
        ("name", GOODS, "MG Speciall", "MG Special"),
        ("name", GOODS, "Станок ТС-210", None),
        ("name", GOODS, "Станок ТС200", "Станок ТС-200"),
        ("name", GOODS, "Компрессор ВК-15", None),
        ("company", FIRMS, "ООО «Севрный ветер»", "ООО «Северный ветер»"),
        ("company", FIRMS, "ООО «СеверТорг»", None),
        ("company", FIRMS, "ПАО «Магистраль»", None),
        ("company", FIRMS, "Nordwnd Ltd", "Nordwind Ltd"),
        ("person", PEOPLE, "Александр Егоров", None),
        ("person", PEOPLE, "Алина Петрова", None),
        ("person", PEOPLE, "Наталья Орлова", None),
        ("person", PEOPLE, "Игорь Соловьев", "Игорь Соловьёв"),
        ("person", PEOPLE, "Алексанр Орлов", "Александр Орлов"),
        ("person", PEOPLE, "Александр Орлова", None),
        ("person", PEOPLE, "John Smiht", "John Smith"),
        ("key", ("00123", "00124"), "123", "00123"),
        ("key", ("00123", "00124"), "124.0", "00124"),
        ("key", ("A100001", "A100002"), "A100003", None),
    ],
)
def test_suggestions(kind: str, names: tuple[str, ...], value: str, suggestion: str | None) -> None:
    assert NearNames(names, kind).suggest(value) == suggestion
