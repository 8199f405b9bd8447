"""Names of companies: the legal form apart, and one key for exact comparison."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from dq.text.dictionaries.files import lines
from dq.text.folding import fold_tight
from dq.text.translit import translit_key

__all__ = ["Company", "LegalForm", "company_key", "legal_form", "legal_forms", "split_company"]

_QUOTES = re.compile("[\"«»„“”‚‘‹›'’`]+")
_PUNCT = re.compile(r"[^\w&+#@]+|_+")
_LEADING = frozenset(["ooo", "oao", "zao", "pao", "tov", "too", "fop", "llc", "sia", "uab", "ou"])
_NO_NAME = frozenset(["the", "and", "of", "co", "и", "та"])


@dataclass(frozen=True)
class LegalForm:
    """A legal form. `kind` is company, sole (a person), state, nonprofit or cooperative."""

    code: str
    countries: tuple[str, ...]
    kind: str


@dataclass(frozen=True)
class Company:
    """A company's own name, folded, and its legal form where the text names one."""

    name: str
    form: LegalForm | None


@cache
def legal_forms() -> Mapping[str, LegalForm]:
    """Folded spelling to legal form, from `dictionaries/legal_forms.tsv`."""
    forms: dict[str, LegalForm] = {}
    for line in lines("legal_forms.tsv"):
        code, countries, kind, spellings = line.split("\t")
        form = LegalForm(code, tuple(countries.split(",")), kind)
        for spelling in spellings.split("|"):
            forms.setdefault(_plain(spelling), form)
    return forms


@cache
def _longest() -> int:
    return max(len(spelling.split()) for spelling in legal_forms())


def _plain(value: str) -> str:
    text = _QUOTES.sub(" ", fold_tight(value))
    return " ".join(_PUNCT.sub(" ", text).split())


def split_company(value: str) -> Company:
    """Take the legal form off the front or the back: «ООО "Ромашка"» → ромашка, ООО.

    A name that is nothing but a legal form keeps it as its name. Latin forms stand behind
    the name, except the few that are written before it ("A.S. Byatt" is no A/S).
    """
    forms = legal_forms()
    parts = _plain(value).split()
    found: LegalForm | None = None
    changed = True
    while changed and len(parts) > 1:
        changed = False
        for size in range(min(_longest(), len(parts) - 1), 0, -1):
            for chosen, rest, front in (
                (parts[:size], parts[size:], True),
                (parts[-size:], parts[:-size], False),
            ):
                text = " ".join(chosen)
                form = forms.get(text)
                if form is None or (front and text.isascii() and not _leads(text)):
                    continue
                if not _NO_NAME.issuperset(rest):
                    found, parts, changed = found or form, rest, True
                    break
            if changed:
                break
    return Company(" ".join(parts), found)


def _leads(text: str) -> bool:
    return text in _LEADING or text.count(" ") >= 2


def legal_form(value: str) -> LegalForm | None:
    """The legal form that a company's name, or a cell of its own, says."""
    return legal_forms().get(_plain(value)) or split_company(value).form


def company_key(value: str) -> str:
    """A key for exact comparison: legal form, quotes, case, spaces and script do not matter.

    «ООО "Ромашка"», «Ромашка, ООО» and "Romashka LLC" have one key; words keep their order,
    and digits and letters all count («Ромашка-2» is another company).
    """
    return translit_key(split_company(value).name).replace(" ", "")
