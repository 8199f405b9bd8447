"""Tax and registration numbers: the kind that a column holds, and what is wrong (A104)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from dq.text import tax_numbers as numbers
from dq.text.companies import legal_form
from dq.text.empties import empty_word
from dq.text.folding import fold_tight
from dq.text.iban import iban
from dq.text.vat import VAT_COUNTRIES, vat
from dq.text.verdict import Verdict

__all__ = ["KINDS", "TaxJudge", "inn_fits_form", "normalise", "tax_kind"]

_CHECKS: Mapping[str, tuple[tuple[int, ...], Callable[[str], bool]]] = {
    "inn": ((10, 12), numbers.inn),
    "kpp": ((9,), numbers.kpp),
    "ogrn": ((13,), numbers.ogrn),
    "ogrnip": ((15,), numbers.ogrnip),
    "snils": ((11,), numbers.snils),
    "bic": ((9,), numbers.bic),
    "bin": ((12,), numbers.bin_kz),
    "iin": ((12,), numbers.iin_kz),
    "edrpou": ((8,), numbers.edrpou),
    "rnokpp": ((10,), numbers.rnokpp),
    "unp": ((9,), numbers.unp),
}
KINDS = (*_CHECKS, "vat", "iban")
"""The kinds of numbers that can be judged; `tax_id` is any of its country's."""

_BY_COUNTRY: Mapping[str, tuple[str, ...]] = {
    "RU": ("inn",),
    "KZ": ("bin", "iin"),
    "UA": ("edrpou", "rnokpp"),
    "BY": ("unp",),
}
_REGISTER: Mapping[str, tuple[str, ...]] = {"RU": ("ogrn", "ogrnip")}
_HEADERS: tuple[tuple[str, str], ...] = (
    (r"\biban\b|\bтк кс\b", "iban"),
    (r"\bкпп\b|\bkpp\b", "kpp"),
    (r"огрнип|ogrnip", "ogrnip"),
    (r"огрн|ogrn", "ogrn"),
    (r"снилс|snils", "snils"),
    (r"\bбик\b|\bbik\b", "bic"),
    (r"єдрпоу|едрпоу|edrpou|егрпоу|\bзкпо\b", "edrpou"),
    (r"рнокпп|rnokpp|\bіпн\b", "rnokpp"),
    (r"\bунп\b|\bунн\b|\bunp\b", "unp"),
    (r"\bбин\b|\bбсн\b", "bin"),
    (r"\bиин\b|\bжсн\b|\biin\b", "iin"),
    (r"\bинн\b|\binn\b", "inn"),
    (r"\bvat\b|vat[ _-]?(?:id|no|number|reg)|ust-?id|\btva\b|partita iva|\bкод ндс\b", "vat"),
)
_SEPARATORS = re.compile(r"[\s\u00a0.\-‐–—_']+")
_LABEL = re.compile(
    r"^(?:инн|кпп|огрнип|огрн|снилс|бик|бин|иин|унп|єдрпоу|едрпоу|рнокпп|іпн|vat|iban|inn|ust-?id)"
    r"(?:/кпп)?[\s.:№#]*(?=[\w])",
    re.I,
)
_EXPONENT = re.compile(r"\d(?:[.,]\d+)?[eEеЕ]\+?\d{1,2}")
_FLOAT = re.compile(r"(\d{6,})[.,]0{1,2}")
_PAIR = re.compile(r"(\d{10}|\d{12})\s*[/\\|,;]\s*(\w{9})", re.ASCII)
_CYRILLIC = str.maketrans("АВСЕНКМОРТХУІ", "ABCEHKMOPTXYI")


@dataclass(frozen=True)
class TaxJudge:
    """Says what is wrong with a number; None when nothing is, or the cell is empty.

    `kind` is one of KINDS, or `tax_id` (any kind of the country), or `registration_id`.
    Without a country a bare `tax_id` is only judged by what is wrong everywhere.
    Causes: digits_lost, float_tail, zero_lost, repeated, characters, length, checksum, form;
    `detail` and the arg `kind` name the number (`{kind:column}` in messages), `digits` how
    many there are, `expected` how many there should be.
    """

    kind: str = "tax_id"
    country: str | None = None

    def __call__(self, value: str) -> Verdict | None:
        """The verdict on one value; None when it is fine or blank."""
        text = value.strip()
        check = _CHECKS.get(self.kind)
        if check is not None and check[1](text) and len(set(text)) > 1:
            return None
        if not text or empty_word(text, "text"):
            return None
        if _EXPONENT.fullmatch(text):
            return Verdict("digits_lost", args={"kind": self.kind})
        if found := _FLOAT.fullmatch(text):
            return Verdict("float_tail", args={"kind": self.kind}, suggestion=found[1])
        pair = _PAIR.fullmatch(_LABEL.sub("", text)) if self.kind in ("inn", "tax_id") else None
        if pair:
            return self._one(pair[1]) or TaxJudge("kpp")(pair[2])
        return self._one(normalise(text))

    def _one(self, text: str) -> Verdict | None:
        kinds = self._kinds(text)
        if text and len(set(text)) == 1 and len(text) > 3:
            return Verdict("repeated", args={"kind": self.kind})
        if not kinds:
            return self._anywhere(text)
        if kinds[0] == "iban":
            return _verdict(iban(text), "iban", text)
        if kinds[0] == "vat":
            return _verdict(vat(text, self.country), "vat", text)
        return _judge_digits(text, kinds)

    def _kinds(self, text: str) -> tuple[str, ...]:
        if self.kind in KINDS:
            return (self.kind,)
        country = self.country or ""
        if self.kind == "registration_id":
            return _REGISTER.get(country, ())
        if country in _BY_COUNTRY:
            if text[:2] in VAT_COUNTRIES and text[2:3].isdigit():
                return ("vat",)
            return _BY_COUNTRY[country]
        if country in VAT_COUNTRIES or text[:2] in VAT_COUNTRIES:
            return ("vat",)
        return ()

    def _anywhere(self, text: str) -> Verdict | None:
        if not any(c.isdigit() for c in text):
            return Verdict("characters", args={"kind": self.kind, "expected": ""})
        return None


def normalise(value: str) -> str:
    """Upper case without separators, label and leading apostrophe; Cyrillic look-alikes Latin."""
    text = _SEPARATORS.sub("", _LABEL.sub("", value.strip().lstrip("'"))).upper()
    return text.translate(_CYRILLIC)


def _verdict(wrong: str | None, kind: str, text: str) -> Verdict | None:
    if wrong is None:
        return None
    return Verdict(wrong, detail=kind, args={"kind": kind, "digits": str(len(text))})


def _judge_digits(text: str, kinds: tuple[str, ...]) -> Verdict | None:
    if any(_CHECKS[kind][1](text) for kind in kinds):
        return None
    sizes = sorted({size for kind in kinds for size in _CHECKS[kind][0]})
    fitting = [k for k in kinds if len(text) in _CHECKS[k][0]]
    kind = fitting[0] if len(fitting) == 1 else kinds[0] if len(kinds) == 1 else "tax_id"
    expected = "/".join(map(str, sizes))
    args = {"kind": kind, "digits": str(len(text)), "expected": expected}
    letters = [c for c in text if not (c.isdigit() and c.isascii())]
    if letters and kind not in ("kpp", "unp"):
        return Verdict("characters", detail=kind, args=args)
    if "edrpou" in kinds and len(text) == 12:
        return None
    if len(text) not in sizes:
        padded = "0" + text
        if len(padded) in sizes and any(_CHECKS[k][1](padded) for k in kinds):
            return Verdict("zero_lost", detail=kind, args=args, suggestion=padded)
        return Verdict("length", detail=kind, args=args)
    cause = "form" if kind in ("kpp", "bic") else "checksum"
    return Verdict(cause, detail=kind, args=args)


def inn_fits_form(inn: str, company: str) -> bool | None:
    """Whether the length of an INN fits the legal form in a company's name or form cell.

    People (ИП, КФХ, самозанятый) have 12 digits, all others 10; None when either is unclear.
    """
    text = normalise(inn)
    form = legal_form(company)
    if form is None or "RU" not in form.countries or not numbers.inn(text):
        return None
    return len(text) == (12 if form.kind == "sole" else 10)


def tax_kind(header: str, country: str | None = None, values: Iterable[str] = ()) -> str | None:
    """Which kind a column holds, by its header, else by at least nine of ten values that fit.

    «ИНН» in a country of its own follows the country (KZ: iin; UA: rnokpp; BY: unp).
    """
    name = fold_tight(header).replace("_", " ")
    for pattern, kind in _HEADERS:
        if re.search(pattern, name):
            if kind == "inn" and country in ("UA", "BY", "KZ"):
                return "tax_id"
            return kind
    if re.search(r"\btax ?(?:id|number|no|code)\b|налогов\w* номер|податков\w* номер", name):
        return "tax_id"
    sample = [normalise(v) for v in values if v and not empty_word(v)][:500]
    if len(sample) < 5:
        return None
    for kind, (_, check) in _CHECKS.items():
        if kind not in ("kpp", "bic") and sum(map(check, sample)) >= 0.9 * len(sample):
            return kind
    if sum(iban(v) is None for v in sample) >= 0.9 * len(sample):
        return "iban"
    lettered = [v for v in sample if v[:2] in VAT_COUNTRIES]
    if sum(vat(v) is None for v in lettered) >= 0.9 * len(sample):
        return "vat"
    return None
