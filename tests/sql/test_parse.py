"""Expression texts: what is refused, with its place, and what their parts are."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML
from sqlglot import exp

from dq.errors import DqError, Place, PortabilityError, UsageError
from dq.sql.parse import columns_of, parameters_of, parse_expression, place_of

REFUSED = YAML(typ="safe").load(Path(__file__).with_name("refused.yaml"))
WHERE = Place(file="glossary.yaml", line=10, column=5)


@pytest.mark.parametrize(("text", "place", "words"), REFUSED)
def test_refused_by_name_and_place(text: str, place: str, words: str) -> None:
    with pytest.raises(PortabilityError) as caught:
        parse_expression(text, WHERE)
    assert str(caught.value).startswith(f"glossary.yaml:{place}: ")
    assert words in str(caught.value)
    assert caught.value.fix is not None


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a =", "10:7", "at '='"),
        ("a = 1 AND\n (b = 2", "11:7", "at '2'"),
        ("a = 'x", "10:5", "quote"),
        ("", "10:5", "One expression"),
        ("a; b", "10:5", "One expression"),
        ("SELECT 1", "10:5", "statement"),
        ("DROP TABLE deals", "10:5", "statement"),
        ("SET x = 1", "10:5", "statement"),
        ("COPY deals TO 'x'", "10:5", "statement"),
        ("a AS b", "10:5", "statement"),
        ("(" * 100 + "a" + ")" * 100, "10:5", "nested too deeply"),
        (" OR ".join(["a"] * 300), "10:5", "nested too deeply"),
        (" OR ".join(["a"] * 20_000), "10:5", "longer than 50,000"),
    ],
)
def test_unreadable(text: str, place: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_expression(text, WHERE)
    assert str(caught.value).startswith(f"glossary.yaml:{place}: ")
    assert words in str(caught.value)
    assert caught.value.fix is not None


def test_without_a_place_line_and_column_are_those_of_the_text() -> None:
    with pytest.raises(DqError, match=r"^:2:1: "):
        parse_expression("a AND\nnope(b)")


def test_names_are_kept_exactly() -> None:
    tree = parse_expression('d."Сумма, ₽" > :least AND Stage = :stage AND d.x > :least')
    assert columns_of(tree) == ("Stage", "x", "Сумма, ₽")
    assert parameters_of(tree) == ("least", "stage")


def test_place_of_a_column() -> None:
    text = "status = 'a'\n  AND budgett > 0"
    tree = parse_expression(text, WHERE)
    column = next(c for c in tree.walk() if c.name == "budgett")
    assert place_of(column, text, WHERE) == Place(file="glossary.yaml", line=11, column=7)


@pytest.mark.parametrize(
    ("text", "kind", "column"),
    [
        ("a > 2 * SUM(x)", exp.Sum, 9),
        ("sum(MAX(lower(x)))", exp.Max, 5),
        ("SUM(CASE WHEN x = 'a' THEN 1 END)", exp.Sum, 1),
        ("a >= :as_of", exp.Placeholder, 6),
        ("a IN (SELECT b FROM t)", exp.Table, 21),
    ],
)
def test_place_of_a_node(text: str, kind: type[exp.Expr], column: int) -> None:
    (node,) = parse_expression(text).find_all(kind)
    assert place_of(node, text).column == column


def test_functions_of_the_caller_are_left_alone() -> None:
    tree = parse_expression("IS_TERM('prospect', l) AND budget > 0", known={"IS_TERM"})
    assert "IS_TERM('prospect', \"l\")" in tree.sql()


def test_subqueries_over_tables_are_kept() -> None:
    tree = parse_expression("EXISTS (SELECT 1 FROM crm.tasks t WHERE t.deal_id = id)")
    assert tree.sql() == ('EXISTS(SELECT 1 FROM crm.tasks AS t WHERE "t"."deal_id" = "id")')
