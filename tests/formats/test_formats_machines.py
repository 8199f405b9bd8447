"""GitHub annotations, JUnit XML and SARIF: their structure, and what they say."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from dq.findings import Outcome, Result, RuleOutcome, Severity
from dq.formats import render

SECRETS = ("maria.hoffmann", "Хоффман", "9161234512", "Тестович", "ivan.petrov")
ALL = ("github", "junit", "sarif")


def said(result: Result, format: str, t: Any, limit: int = 1000) -> str:
    made = render(result, format, language=t, limit=limit)
    return made if isinstance(made, str) else made.decode("utf-8")


@pytest.mark.parametrize("format", ALL)
def test_nothing_personal(format: str, sample: Result, words: Any) -> None:
    text = said(sample, format, words("ru"))
    assert not [secret for secret in SECRETS if secret in text]


# --- GitHub


def test_an_annotation(sample: Result, words: Any) -> None:
    line = said(sample, "github", words("en")).splitlines()[0]
    assert line == (
        "::error file=in/sales_pipeline.csv,line=3,"
        "title=R101 Orphan%3A the other record is missing::"
        "1,480 deals point to products that are not in the list: “AltoPro”; the nearest is "
        "“Alto Pro”.%0A→ Correct the name in 1,480 deals, or add it to the list of products."
        "%0AZ063OYW0, EC4QE1BX, HAXMC4IX, …"
    )


def test_every_line_is_a_command(sample: Result, words: Any) -> None:
    text = said(replace(sample, suppressed=3), "github", words("en"))
    lines = text.splitlines()
    kinds = {"critical": "error", "error": "error", "warning": "warning", "info": "notice"}
    wanted = [kinds[g.severity.value] for g in sample.groups]
    found = [re.match(r"::(error|warning|notice) [^:]*::.", line) for line in lines]
    assert all(found)
    annotations = [m.group(1) for m in found if m][: len(wanted)]
    assert annotations == wanted
    assert lines[-2] == "::notice title=dq::3 findings suppressed; dq suppress list says why."
    assert lines[-1].startswith("::error title=dq::")


# --- JUnit, by the schema of Ant's task

SUITE = {
    "name": r".+", "package": r".+", "id": r"\d+", "hostname": r".+", "tests": r"\d+",
    "failures": r"\d+", "errors": r"\d+", "skipped": r"\d+", "time": r"\d+(\.\d+)?",
    "timestamp": r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}",
}  # fmt: skip
CASE = {"name": r"\S(.*\S)?", "classname": r"\S(.*\S)?", "time": r"\d+(\.\d+)?"}
ENDS = {"failure": {"message", "type"}, "error": {"message", "type"}, "skipped": {"message"}}


def check_junit(root: Xml.Element) -> None:
    assert (root.tag, root.attrib) == ("testsuites", {})
    ids = []
    for suite in root:
        assert suite.tag == "testsuite"
        assert set(suite.attrib) == set(SUITE)
        assert all(re.fullmatch(p, suite.attrib[n]) for n, p in SUITE.items())
        ids.append(int(suite.attrib["id"]))
        tags = [child.tag for child in suite]
        cases = suite.findall("testcase")
        assert tags == ["properties", *["testcase"] * len(cases), "system-out", "system-err"]
        assert all(set(p.attrib) == {"name", "value"} for p in suite[0])
        for case in cases:
            assert set(case.attrib) == set(CASE)
            assert all(re.fullmatch(p, case.attrib[n]) for n, p in CASE.items())
            assert len(case) <= 1
            assert all(set(end.attrib) == ENDS[end.tag] for end in case)
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.attrib[name]) == sum(c.find(tag) is not None for c in cases)
        assert int(suite.attrib["tests"]) == len(cases)
    assert ids == list(range(len(ids)))


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
def test_junit_keeps_to_its_schema(language: str, sample: Result, words: Any) -> None:
    check_junit(Xml.fromstring(said(sample, "junit", words(language))))


def ends(root: Xml.Element) -> dict[str, str]:
    """How each case ended: its code and table, the tag of its end."""
    return {
        f"{c.attrib['name'].split()[0]} {c.attrib['classname']}": next((e.tag for e in c), "passed")
        for c in root.iter("testcase")
    }


def test_how_cases_end(sample: Result, words: Any) -> None:
    outcomes = (
        *sample.outcomes,
        RuleOutcome(
            "C101", "deals", Outcome.ERRORED, reason="outcome.errored", args={"error": "x"}
        ),
        RuleOutcome("C110", "deals", Outcome.PASSED, 10, suppressed=2),
    )
    root = Xml.fromstring(said(replace(sample, outcomes=outcomes), "junit", words("en")))
    check_junit(root)
    found = ends(root)
    assert found["C101 dq.deals"] == "error"
    assert found["C110 dq.deals"] == "passed"
    by_outcome = {
        Outcome.NOT_APPLICABLE: "skipped", Outcome.NO_EVIDENCE: "skipped", Outcome.PASSED: "passed"
    }  # fmt: skip
    for outcome in sample.outcomes:
        tag = by_outcome.get(outcome.outcome)
        if tag is not None:
            assert found[f"{outcome.code} dq.{outcome.table or 'dq'}"] == tag
    deals = next(s for s in root if s.attrib["name"] == "deals")
    facts = {p.attrib["name"]: p.attrib["value"] for p in deals[0]}
    assert facts["suppressed"] == "2"


def test_what_fails_the_command_fails_the_case(sample: Result, words: Any) -> None:
    failing = [o for o in sample.outcomes if o.outcome is Outcome.FAILED]
    codes = {(g.code, g.table) for g in sample.groups if g.severity.rank >= 2}
    root = Xml.fromstring(said(sample, "junit", words("en")))
    for outcome in failing:
        expected = "failure" if (outcome.code, outcome.table) in codes else "passed"
        assert ends(root)[f"{outcome.code} dq.{outcome.table}"] == expected
    none = replace(sample, fail_on=Severity.CRITICAL)
    assert "failure" not in ends(Xml.fromstring(said(none, "junit", words("en")))).values()


# --- SARIF 2.1.0, by what its schema requires

LEVELS = {"none", "note", "warning", "error"}
STATES = {"new", "unchanged", "updated", "absent"}
RESULT = {
    "ruleId", "ruleIndex", "level", "kind", "message", "locations", "relatedLocations",
    "occurrenceCount", "partialFingerprints", "properties", "baselineState",
}  # fmt: skip


def check_sarif(log: dict[str, Any]) -> None:
    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert set(run) == {
        "tool", "language", "columnKind", "invocations", "results", "properties"
    }  # fmt: skip
    assert re.fullmatch(r"[a-z]{2}-[A-Z]{2}", run["language"])
    assert run["columnKind"] in {"utf16CodeUnits", "unicodeCodePoints"}
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"] == "dq"
    assert len({r["id"] for r in rules}) == len(rules)
    for rule in rules:
        assert isinstance(rule["shortDescription"]["text"], str)
        if "defaultConfiguration" in rule:
            assert rule["defaultConfiguration"]["level"] in LEVELS
    for invocation in run["invocations"]:
        assert isinstance(invocation["executionSuccessful"], bool)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", invocation["startTimeUtc"])
        for notice in invocation["toolExecutionNotifications"]:
            assert notice["level"] in LEVELS
            assert notice["message"]["text"]
    for result in run["results"]:
        assert set(result) <= RESULT
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in LEVELS
        assert result["message"]["text"]
        assert isinstance(result["occurrenceCount"], int)
        assert result["occurrenceCount"] >= 1
        assert all(isinstance(v, str) for v in result["partialFingerprints"].values())
        assert result.get("baselineState", "new") in STATES
        assert len(result["locations"]) == 1
        for place in (*result["locations"], *result.get("relatedLocations", ())):
            check_location(place)
        ids = [p["id"] for p in result.get("relatedLocations", ())]
        assert len(set(ids)) == len(ids)


def check_location(place: dict[str, Any]) -> None:
    assert set(place) <= {"id", "logicalLocations", "physicalLocation", "message"}
    for logical in place["logicalLocations"]:
        assert set(logical) == {"name", "fullyQualifiedName", "kind"}
    physical = place.get("physicalLocation")
    if physical is not None:
        assert re.fullmatch(r"[A-Za-z0-9._~:/%+-]+", physical["artifactLocation"]["uri"])
        assert physical.get("region", {"startLine": 1})["startLine"] >= 1


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
def test_sarif_keeps_to_its_schema(language: str, sample: Result, words: Any) -> None:
    check_sarif(json.loads(said(sample, "sarif", words(language))))


def test_a_result(sample: Result, words: Any) -> None:
    log = json.loads(said(sample, "sarif", words("en"), limit=2))
    result = log["runs"][0]["results"][0]
    assert (result["ruleId"], result["level"], result["occurrenceCount"]) == ("R101", "error", 1480)
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "in/sales_pipeline.csv"},
        "region": {"startLine": 3},
    }
    names = [p["logicalLocations"][0]["fullyQualifiedName"] for p in result["locations"]]
    assert names == ["deals/Z063OYW0/product_id"]
    assert len(result["relatedLocations"]) == 1
    assert result["properties"]["truncated"] is True


@pytest.mark.parametrize(
    ("new", "state"), [(None, None), (0, "unchanged"), (5, "updated"), (1480, "new")]
)
def test_news_in_sarif(sample: Result, words: Any, new: int | None, state: str | None) -> None:
    groups = (replace(sample.groups[0], new=new), *sample.groups[1:])
    log = json.loads(said(replace(sample, groups=groups), "sarif", words("en")))
    assert log["runs"][0]["results"][0].get("baselineState") == state


def test_a_crash_is_no_success(sample: Result, words: Any) -> None:
    crash = RuleOutcome(
        "C101", None, Outcome.ERRORED, reason="outcome.errored", args={"error": "x"}
    )
    errored = replace(sample, outcome="errored", exit_code=3, outcomes=(*sample.outcomes, crash))
    log = json.loads(said(errored, "sarif", words("en")))
    check_sarif(log)
    (invocation,) = log["runs"][0]["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 3)
    assert [n["level"] for n in invocation["toolExecutionNotifications"]] == ["error"]
