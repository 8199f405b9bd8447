"""JSON: the schema is strict, the document keeps to it, nothing personal is in it."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from dq.findings import Note, Result
from dq.formats import render

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "schemas" / "result.schema.json").read_text("utf-8")
)


def _document(result: Result, **options: Any) -> dict[str, Any]:
    text = render(result, "json", **options)
    assert isinstance(text, str)
    document: dict[str, Any] = json.loads(text)
    jsonschema.Draft202012Validator(
        SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    ).validate(document)
    return document


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_object_of_the_schema_is_closed_and_every_key_required() -> None:
    def objects(node: Any) -> Any:
        if isinstance(node, dict):
            if "properties" in node:
                yield node
            for value in node.values():
                yield from objects(value)
        elif isinstance(node, list):
            for value in node:
                yield from objects(value)

    for node in objects(SCHEMA):
        assert node["additionalProperties"] is False
        assert set(node["required"]) == set(node["properties"])


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
def test_document_keeps_to_the_schema(language: str, sample: Result, words: Any) -> None:
    document = _document(sample, language=words(language))
    assert document["dq"] == 1
    assert document["language"] == language
    assert list(document) == SCHEMA["required"]


def test_exact_group(sample: Result, words: Any) -> None:
    document = _document(sample, language=words("en"), limit=1)
    group = document["findings"][0]
    assert group == {
        "id": "e251a6f5",
        "code": "R101",
        "family": "R",
        "severity": "error",
        "table": "deals",
        "column": "product_id",
        "cause": "AltoPro",
        "title": "Orphan: the other record is missing",
        "message": "1,480 deals point to products that are not in the list: “AltoPro”; "
        "the nearest is “Alto Pro”.",
        "fix": "Correct the name in 1,480 deals, or add it to the list of products.",
        "records": 1480,
        "of": 8800,
        "records_won": 729,
        "money": "3510578",
        "money_won": "3510578",
        "effect": None,
        "new": None,
        "suppressed": 0,
        "personal": False,
        "header": None,
        "args": {"target": "products", "suggestion": "Alto Pro"},
        "examples": [
            {
                "id": "e251a6f5-Z063OYW0",
                "key": "Z063OYW0",
                "column": "product_id",
                "value": "AltoPro",
                "message": "1 deal points to products that are not in the list: “AltoPro”; "
                "the nearest is “Alto Pro”.",
                "money": "4514",
                "effect": None,
                "origin": None,
                "file": "in/sales_pipeline.csv",
                "sheet": None,
                "row": 3,
                "args": {"target": "products", "suggestion": "Alto Pro"},
            }
        ],
        "truncated": True,
    }


def test_summary(sample: Result, words: Any) -> None:
    assert _document(sample, language=words("en"))["summary"] == {
        "headline": "1,492 of 8,800 deals (17%) have an error; "
        "38.8% of the total of 10,005,534 rests on them.",
        "groups": {"critical": 0, "error": 5, "warning": 14, "info": 2},
        "findings": {"critical": 0, "error": 1599, "warning": 4233, "info": 76},
        "suppressed": 0,
        "rules": {
            "passed": 1, "failed": 2, "no_evidence": 1, "not_applicable": 5, "errored": 0,
        },
    }  # fmt: skip


def test_nothing_personal(sample: Result, words: Any) -> None:
    text = json.dumps(_document(sample, language=words("ru")), ensure_ascii=False)
    for secret in ("maria.hoffmann", "Хоффман", "9161234512", "Тестович", "ivan.petrov"):
        assert secret not in text
    assert "m***@gmial.com" in text


def test_no_digit_of_an_amount_is_lost(sample: Result, words: Any) -> None:
    tables = (replace(sample.tables[0], money=Decimal("12345678901234.5678")),)
    document = _document(replace(sample, tables=tables), language=words("en"))
    assert document["tables"][0]["money"] == "12345678901234.5678"


def test_odd_values_still_are_json(sample: Result, words: Any, group: Any) -> None:
    odd = group(column="a\udc80", examples=[["\udc80", "\x1b\u202e", 2]], file="\udc80.csv")
    notes = (
        Note(
            "n", {"at": sample.started, "path": Path("x"), "set": {"b", "a"}, "nan": float("nan")}
        ),
    )
    document = _document(replace(sample, groups=(odd,), notes=notes), language=words("en"))
    assert document["findings"][0]["examples"][0]["key"] == "⟨U+DC80⟩"
    assert document["notes"][0]["args"] == {
        "at": "2018-01-12T09:30:05", "path": "x", "set": ["a", "b"], "nan": "nan",
    }  # fmt: skip


def test_an_unknown_format_is_named(sample: Result) -> None:
    from dq.errors import UsageError

    with pytest.raises(UsageError, match=r"There is no format “pdf”\. Choose one of: text, json"):
        render(sample, "pdf", language="en")
