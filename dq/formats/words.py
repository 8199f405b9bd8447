"""Sentences of rules: the contract between a rule and its texts.

A rule never writes a sentence. Its texts stand in the message catalogues under its code:

`rule.<CODE>.title`
    Short noun phrase, no full stop: "Won deal without an amount".
`rule.<CODE>.message`
    A full sentence about a group; usually with plural forms (`msgid_plural`, chosen by `{n}`).
`rule.<CODE>.<cause>` (optional)
    The sentence for one cause; preferred when the group's cause, or the part of it before
    ":", equals `<cause>`.
`rule.<CODE>.<cause>_many` (optional)
    The sentence for several values of one cause, of few records each, with their number
    `{values}` and the most frequent `{list}`; without it `group.many` says so.
`rule.<CODE>.one`, `rule.<CODE>.<cause>.one` (optional)
    The sentence for a single record, at the gate. Without it the group's sentence with n = 1.
`rule.<CODE>.why`
    Why it matters for reports.
`rule.<CODE>.fix`, `rule.<CODE>.<cause>.fix` (the latter optional)
    What to do next, in the imperative: "Ask the owner for the amount."

Places that every sentence may use:

=============== ==================================================================
`{n}`           records in the group; for a finding about the table (no records) the
                rule's own arg `n`. Chooses the plural form
`{of}`          records that the rule could judge
`{records}`     the same as `{n}` with the table's noun: "729 deals", "729 сделок"
`{of_records}`  the same as `{of}` with the noun, in the case after "of": "из 1 сделки"
`{share}`       n of of, per cent
`{table}`       the table, a plural noun: deals, сделки
`{column}`      the column in words; a column of the source's own under its header
`{cause}`       the cause as it is; of `near_miss:gmial.com` the part after ":"
`{value}`       the value of the group's first example (or the arg `value`)
`{example}`     the same; the example's key where there is no value
`{money}`       sum of the records' amounts, or "not known"
`{money_won}`   of which won; `{n_won}` counts the won records
=============== ==================================================================

and the rule's own args (text, from SQL or a verdict). They stand as they are, except that text
such as `22700.0000` (a decimal column's) is written as the language writes numbers; a kind
in the place reads more out of it: `{share:percent}`, `{limit:number}`, `{sum:money}`,
`{since:day}`, `{other:table}`, `{field:column}`. Own args do not replace the places above,
except `value`, and `n` and `of` where the group has none.

A place without a value is said as an ellipsis, a group without texts by its title or code:
a missing text never stops a page. Values are cut to 60 characters, made inert and, in groups
that are personal, masked; e-mail addresses are masked everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from dq.crm.model import DERIVED, TABLES
from dq.findings import Finding, Group
from dq.i18n.masking import kind_of_column, mask, mask_emails
from dq.i18n.safe import Said, isolate, shorten
from dq.i18n.translator import Translator

__all__ = [
    "finding_sentence",
    "fix_sentence",
    "group_sentence",
    "one_sentence",
    "shown_args",
    "shown_cause",
    "shown_key",
    "shown_value",
    "title_of",
    "why_sentence",
]

_DECIMAL = re.compile(r"-?\d{1,14}\.\d{4}")
_LONG_DECIMAL = re.compile(r"-?\d{1,14}\.\d{4,}(?:[eE][+-]?\d{1,2})?")
_HASH = re.compile(r"[0-9a-f]{32,}|[0-9A-F]{32,}")
_MIDNIGHT = re.compile(r"\d{4}-\d{2}-\d{2} 00:00:00")
_WORD = re.compile(r"[a-z][a-z_]*")
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)?\.[a-z]{2,4}")
_PERSONAL_ARGS = frozenset(
    {"value", "suggestion", "example", "other", "old", "new", "raw", "name", "person", "repair"}
)
_LENGTH = 60
_MANY = "_many"


def title_of(code: str, t: Translator) -> Said:
    """The rule's short name; its code where it has none."""
    key = f"rule.{code}.title"
    return t.t(key) if t.has(key) else isolate(code)


def why_sentence(code: str, t: Translator) -> Said:
    """Why the rule matters; empty where nothing is written."""
    key = f"rule.{code}.why"
    return t.t(key) if t.has(key) else Said("")


def group_sentence(group: Group, t: Translator, *, currency: str | None = None) -> Said:
    """What is wrong with a group, in one sentence with its counts."""
    key = _key_of(group.code, group.cause, t)
    return _said(key, group, t, currency)


def finding_sentence(
    finding: Finding,
    t: Translator,
    *,
    personal: bool = False,
    currency: str | None = None,
    of: int | None = None,
) -> Said:
    """What is wrong with one record; `of`: the records that the rule could judge."""
    word = _cause_word(finding.cause).removesuffix(_MANY)
    key = t.first(f"rule.{finding.code}.{word}.one", f"rule.{finding.code}.one")
    group = _group_of(finding, personal, of)
    return _said(key or _key_of(finding.code, word, t), group, t, currency)


def one_sentence(finding: Finding, t: Translator, *, currency: str | None = None) -> Said:
    """What is wrong with one record, without counts of others: the rule's name if need be."""
    word = _cause_word(finding.cause).removesuffix(_MANY)
    if t.first(f"rule.{finding.code}.{word}.one", f"rule.{finding.code}.one") is None:
        return title_of(finding.code, t)
    return finding_sentence(finding, t, currency=currency)


def fix_sentence(group: Group, t: Translator, *, currency: str | None = None) -> Said:
    """What to do about a group; empty where nothing is written."""
    word = _cause_word(group.cause)
    key = t.first(f"rule.{group.code}.{word}.fix") if word else None
    key = key or t.first(f"rule.{group.code}.fix")
    return t.t(key, **_places(group, t, currency)) if key else Said("")


def shown_value(
    value: str | None, *, column: str | None = None, personal: bool = False
) -> Said | None:
    """A value as pages show it: cut, masked, inert. NULL stays None, blank is `""`."""
    if value is None:
        return None
    if not value.strip():
        return Said('""')
    text = _masked(value, column) if personal else mask_emails(shorten(value, 4 * _LENGTH))
    text = _tidied(text)
    return isolate(shorten(text, _LENGTH))


def shown_key(key: str | None, *, personal: bool = False) -> Said:
    """A record's key as pages show it; an e-mail or phone used as key is masked."""
    if not key:
        return Said("")
    looks_like_phone = personal and key.startswith("+")
    text = mask(key, "phone") if looks_like_phone else mask_emails(key)
    return isolate(shorten(text, _LENGTH))


def shown_args(group: Group | Finding, *, personal: bool) -> dict[str, str]:
    """Args of a group or finding as shared output gives them: masked and cut."""
    return {
        name: _shown_arg(name, text, group.column, personal) for name, text in group.args.items()
    }


def shown_cause(group: Group, *, detail: bool = False) -> Said | None:
    """The cause as shared output gives it; `detail`: only the part after ":", if any.

    A cause is a word of the rule's, a value, or a word and a value; values are masked.
    """
    if not group.cause:
        return None
    head, colon, tail = group.cause.partition(":")
    if not colon:
        head, tail = ("", head) if not _WORD.fullmatch(head) else (head, "")
    value: Said | None = None
    if tail:
        personal = group.personal and not _DOMAIN.fullmatch(tail)
        value = shown_value(tail, column=group.column, personal=personal)
    word = isolate(shorten(head, _LENGTH))
    if detail or not (word and value):
        return value or word
    return Said(f"{word}:{value}")


def _said(key: str | None, group: Group, t: Translator, currency: str | None) -> Said:
    places = _places(group, t, currency)
    places["title"] = title_of(group.code, t)
    if key:
        return t.t(key, **places)
    if not group.records:
        return t.t("group.about_table", **places)
    return t.t("group.column" if group.column else "group.table", **places)


def _key_of(code: str, cause: str | None, t: Translator) -> str | None:
    """The sentence's key: by the whole cause, by its first part, else the rule's message."""
    keys = [f"rule.{code}.{word}" for word in (cause, _cause_word(cause)) if word]
    reserved = {f"rule.{code}.{part}" for part in ("title", "why", "fix", "one")}
    rest = "group.many" if _cause_word(cause).endswith(_MANY) else f"rule.{code}.message"
    for key in [*keys, rest]:
        if key not in reserved and t.has(key):
            return key
    return None


def _cause_word(cause: str | None) -> str:
    return (cause or "").split(":", 1)[0]


def _places(group: Group, t: Translator, currency: str | None) -> dict[str, object]:
    personal = group.personal
    places: dict[str, object] = {
        name: _written(text) for name, text in shown_args(group, personal=personal).items()
    }
    count = group.records or _number(group.args, "n") or 0
    of = group.of if group.of is not None else _number(group.args, "of")
    cause = shown_cause(group, detail=True)
    places.update(
        n=count,
        records=t.records(group.table, count),
        table=t.table(group.table),
        table_name=group.table,
        currency=currency,
        money=t.money(group.money, currency),
        money_won=t.money(group.money_won, currency),
    )
    if of is not None:
        places["of"] = of
        places["of_records"] = t.of_records(group.table, of)
        places["share"] = t.percent(count / of if of else 0.0)
    if group.records_won is not None:
        places["n_won"] = group.records_won
    if group.column:
        places["column"] = _column(group.column, group.table, t)
    if cause:
        places["cause"] = _written(cause)
    _add_example(places, group)
    return places


def _column(name: str, table: str, t: Translator) -> Said:
    """A canonical or derived column in words; the source's own columns keep their headers.

    `title` is a job title in contacts only; keys and moments are called alike everywhere.
    """
    known = TABLES.get(table)
    alike = name in DERIVED or name.endswith(("_id", "_at"))
    own = known is not None and name not in known.columns and not alike
    return isolate(name) if own else t.column(name, table)


def _add_example(places: dict[str, object], group: Group) -> None:
    first = group.examples[0] if group.examples else None
    if first is not None and first.value is not None:
        value = shown_value(first.value, column=group.column, personal=group.personal)
        places.setdefault("value", _written(value) if value else value)
    if "value" in places:
        places["example"] = places["value"]
    elif first is not None and first.key:
        places["example"] = shown_key(first.key, personal=group.personal)


def _group_of(finding: Finding, personal: bool, of: int | None) -> Group:
    """A group of one, so that one record is said by the same texts."""
    return Group(
        id=finding.id,
        code=finding.code,
        severity=finding.severity,
        table=finding.table,
        column=finding.column,
        cause=finding.cause,
        records=1 if finding.key is not None else 0,
        of=of,
        args=finding.args,
        money=finding.money,
        examples=(finding,),
        personal=personal,
    )


def _shown_arg(name: str, text: str, column: str | None, personal: bool) -> str:
    if personal and name == "list":
        masked = [_masked(item, column) for item in text.split(", ") if item != "…"]
        return shorten(", ".join([*masked, *(["…"] if text.endswith("…") else [])]), 2 * _LENGTH)
    if personal and name in _PERSONAL_ARGS and not _DOMAIN.fullmatch(text):
        return shorten(_masked(text, column), 2 * _LENGTH)
    return mask_emails(shorten(text, 2 * _LENGTH))


def _masked(value: str, column: str | None) -> str:
    return mask(shorten(value, 4 * _LENGTH), kind_of_column(column))


def _written(text: str) -> object:
    """Text as a sentence has it: numbers as numbers, hashes by their first characters."""
    if _LONG_DECIMAL.fullmatch(text):
        return Decimal(text)
    brief = _HASH.sub(lambda found: found.group()[:8] + "…", text)
    return Said(brief) if isinstance(text, Said) else isolate(brief)


def _tidied(value: str) -> str:
    """A typed value's text without what only its type adds: `.0000`, midnight."""
    if _DECIMAL.fullmatch(value):
        return value.rstrip("0").rstrip(".")
    return value.removesuffix(" 00:00:00") if _MIDNIGHT.fullmatch(value) else value


def _number(args: Mapping[str, str], name: str) -> int | None:
    text = args.get(name, "")
    return int(text) if text.isdecimal() else None
