"""What lint says, each by a glossary that has it and one that has not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dq.semantics.conflicts import incomparable
from dq.semantics.glossary import glossary_from_text
from dq.semantics.inforce import Meaning
from dq.semantics.lint import Facts, Issue, lint

TODAY = date(2026, 6, 30)
TERM = (
    "{kind: population, of: deals, steward: anna@acme.example, label: %s, "
    "versions: [{effective: 2024-01-01, means: x, where: amount > 1}]}"
)
STAGES = """
stages:
  canonical: [new, proposal, won, lost]
  graph: {new: [proposal, lost], proposal: [won, lost]}
  ladders: {Direct: {First: new, Offer: proposal, Signed: won, Gone: lost}}
  criteria: {proposal: {enter: amount IS NOT NULL}}
"""


def _issues(text: str, **facts: Any) -> list[Issue]:
    meaning = Meaning(glossary_from_text("glossary: 1\n" + text, "glossary.yaml"))
    found = lint(Facts(meaning, TODAY, incomparable=incomparable(meaning), **facts))
    return [issue for issue in found if (issue.code, issue.key) != ("S104", "written")]


def _terms(**terms: str) -> str:
    return "terms:\n" + "".join(f"  {name}: {text}\n" for name, text in terms.items())


def _said(issues: list[Issue]) -> list[tuple[str, str, str, str]]:
    return [(i.code, i.level, i.about, i.key) for i in issues]


def test_a_whole_glossary_has_no_issue() -> None:
    text = _terms(a=TERM % "A", b=TERM % "B") + STAGES
    columns = {"deals": ("amount", "stage")}
    fields = "fields:\n  deals.amount: {means: Sum.}\n  deals.stage: {means: Where it stands.}\n"
    uses = {"a": ["sales"], "b": ["sales"]}
    assert _said(_issues(text + fields, columns=columns, uses=uses)) == []


@pytest.mark.parametrize(
    ("text", "facts", "said"),
    [
        (
            "fields: {deals.amount: {means: Sum.}}",
            {"columns": {"deals": ("amount", "region")}},
            [("S101", "info", "deals", "undefined")],
        ),
        (
            "fields: {deals.amount: {means: Sum.}, leads.budget: {means: Money.}}",
            {"columns": {"deals": ()}},
            [("S114", "info", "deals", "column"), ("S114", "info", "fields", "table")],
        ),
        (
            _terms(a=TERM % "A", b=(TERM % "B").replace("steward: anna@acme.example, ", "")),
            {},
            [("S109", "warning", "b", "missing")],
        ),
        (
            _terms(a=TERM % "A"),
            {"people": {"anna@acme.example": date(2026, 5, 1)}},
            [("S109", "warning", "a", "left")],
        ),
        (_terms(a=TERM % "A"), {"people": {"anna@acme.example": date(2026, 12, 1)}}, []),
        (_terms(a=TERM % "A"), {"uses": {"b": ["sales"]}}, [("S110", "info", "a", "unused")]),
        (
            _terms(a=TERM % "A", b=(TERM % "B").replace("amount > 1", "\"IS_TERM('a')\"")),
            {"uses": {"b": ["sales"]}},
            [],
        ),
        (_terms(a=TERM % "Client", b=TERM % "client"), {}, [("S112", "warning", "b", "word")]),
        (
            _terms(a=(TERM % "A").replace("means: x, ", "")),
            {},
            [("S113", "warning", "a", "means")],
        ),
        (
            _terms(a=TERM % "{en: A, ru: А}", b=TERM % "{en: B}"),
            {},
            [("S113", "info", "b", "language")],
        ),
        (
            STAGES.replace(", Gone: lost", ""),
            {},
            [("S115", "warning", "stages/ladder/Direct", "ladder")],
        ),
        (
            STAGES.replace("  criteria: {proposal: {enter: amount IS NOT NULL}}\n", ""),
            {},
            [("S115", "info", "stages", "criteria")],
        ),
        (
            STAGES.replace("proposal: [won, lost]", "proposal: [lost]"),
            {},
            [("S115", "warning", "stages", "unreached")],
        ),
        (
            STAGES.replace("amount IS NOT NULL", "amount IS NULL")
            + "fields: {deals.amount: {means: Sum., required_from: proposal}}",
            {},
            [("S116", "error", "deals.amount", "blank")],
        ),
        (
            "terms: {}",
            {"undefined": {"turnover": ["sales"]}},
            [("S117", "warning", "turnover", "report")],
        ),
        (
            "departments:\n  us: {sales_model: direct}\n  eu: {sales_model: two_tier}\n"
            "terms:\n  revenue: {kind: measure, of: deals, steward: a, label: R, "
            "versions: [{effective: 2024-01-01, means: x, expr: SUM(amount)}]}\n",
            {},
            [("S108", "info", "us · eu", "models")],
        ),
    ],
)  # fmt: skip
def test_says(text: str, facts: dict[str, Any], said: list[tuple[str, str, str, str]]) -> None:
    assert _said(_issues(text, **facts)) == said


def test_circles_are_listed_where_they_are_let_pass(tmp_path: Any) -> None:
    from dq.semantics.glossary import load_glossary

    text = _terms(
        a=(TERM % "A").replace("amount > 1", "\"IS_TERM('b')\""),
        b=(TERM % "B").replace("amount > 1", "\"IS_TERM('a')\""),
    )
    path = tmp_path / "glossary.yaml"
    path.write_text("glossary: 1\n" + text, encoding="utf-8")
    found = lint(Facts(Meaning(load_glossary(path, circles=True)), TODAY))
    (circle,) = [issue for issue in found if issue.code == "S111"]
    assert (circle.level, circle.args["way"]) == ("error", "a → b → a")
