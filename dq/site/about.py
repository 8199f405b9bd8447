"""Findings about the glossary: what each is about, and said with departments in every language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dq.checks.rules.meaning.issues import GLOSSARY
from dq.findings import Finding, Result
from dq.formats.records import records_of
from dq.formats.view import own_words
from dq.formats.words import finding_sentence
from dq.i18n.language import LANGUAGES
from dq.semantics.approval import subject_of
from dq.semantics.glossary import Glossary

__all__ = ["findings_about", "in_words_of"]

_FINDINGS = 1000
"""Findings of one group that the pages tell apart by term."""

_SECTIONS = ("stages", "departments")
_DEPARTMENTS = ("a", "b")
"""Places of sentences that name departments, as the language of the run does."""


def in_words_of(result: Result, glossary: Glossary, language: str) -> Result:
    """The result with departments named as this language names them."""
    named = _named(glossary, result.language, language)
    groups = tuple(
        replace(group, args=_renamed(group.args, named)) if group.table == GLOSSARY else group
        for group in result.groups
    )
    return replace(result, groups=groups)


def _named(glossary: Glossary, spoken: str, language: str) -> dict[str, str]:
    return {
        d.label.text(spoken) or d.name: d.label.text(language) or d.name
        for d in glossary.departments.values()
    }


def _renamed(args: Mapping[str, str], named: Mapping[str, str]) -> dict[str, str]:
    return {
        name: named.get(text, text) if name in _DEPARTMENTS else text for name, text in args.items()
    }


def findings_about(
    glossary: Glossary, result: Result
) -> tuple[list[dict[str, Any]], dict[str, list[int]]]:
    """Findings about the glossary in each language, and their places by what they are about.

    Of a field also the groups of its column, without a sentence: the group has one.
    """
    groups = [group for group in result.groups if group.table == GLOSSARY]
    rows = records_of(groups, result.findings_path, _FINDINGS)
    speakers = {
        code: (own_words(result, code), _named(glossary, result.language, code))
        for code in LANGUAGES
    }
    found: list[dict[str, Any]] = []
    places: dict[str, list[int]] = {}
    for group in groups:
        for finding in rows[group.id]:
            about = _about(finding, glossary)
            for subject in about:
                places.setdefault(subject, []).append(len(found))
            if about:
                said = {
                    code: finding_sentence(
                        replace(finding, args=_renamed(finding.args, named)),
                        t,
                        currency=result.currency,
                    )
                    for code, (t, named) in speakers.items()
                }
                found.append({"group": group.id, "severity": finding.severity.value, "said": said})
    for group in result.groups:
        name = f"{group.table}.{group.column}"
        if name in glossary.fields and group.code.startswith("S"):
            places.setdefault(name, []).append(len(found))
            found.append({"group": group.id, "severity": group.severity.value, "said": None})
    return found, places


def _about(finding: Finding, glossary: Glossary) -> Sequence[str]:
    """Terms, fields and sections that a finding is about."""
    if finding.code == "S108":
        return ["departments"]
    names = [subject_of(finding.key or "")]
    if finding.code == "S112":
        names = str(finding.args.get("terms", "")).split(", ")
    known = {*glossary.terms, *glossary.fields, *_SECTIONS}
    return [name for name in dict.fromkeys(names) if name in known]
