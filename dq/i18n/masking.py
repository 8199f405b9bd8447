"""Personal data masked: enough is left to recognise a value one knows, not to learn it."""

from __future__ import annotations

import re

__all__ = ["kind_of_column", "mask", "mask_emails"]

_EMAIL = re.compile(r"([^\s@<>,;:\"'()]+)@(?!\d{4}-\d{2}-\d{2}(?!\w))([^\s@<>,;:\"'()]+)")
_PHONE = re.compile(r"\+?\(?\d[\d\s().\-\u00a0]{5,}\d")
_TOKEN = re.compile(r"\S+")
_WORD = re.compile(r"[^\W\d_]+|\d+")

_KINDS = {
    "email": "email",
    "phone": "phone",
    "phone_ext": "phone",
    "full_name": "name",
    "first_name": "name",
    "last_name": "name",
    "middle_name": "name",
    "tax_id": "number",
    "registration_id": "number",
    "bank_account": "number",
    "birth_date": "secret",
    "address": "name",
    "note": "note",
    "result": "note",
    "subject": "note",
}

_LONG_COUNTRIES = ("380", "375", "998")
_COMPACT_PREFIXES = (*((code, 2) for code in _LONG_COUNTRIES), ("7", 3), ("1", 3))


def kind_of_column(column: str | None) -> str | None:
    """How values of a canonical column are masked; None: by what the value looks like."""
    return _KINDS.get(column or "")


def mask(value: str, kind: str | None = None) -> str:
    """Mask one value: `i***@gmail.com`, `+7 916 ***-**-12`, `И*** П***`.

    Args:
        value: The value as it is.
        kind: email, phone, name, number (ids, accounts), note (free text: e-mails and phones
            inside it), secret (nothing is left). None: by what the value looks like.
    """
    if not value.strip():
        return value
    kind = kind or _guess(value)
    if kind == "phone" and "@" not in value:
        return _mask_phone(value)
    if kind in {"email", "name", "phone"}:
        return _TOKEN.sub(_mask_token, value)
    if kind == "number":
        return _mask_middle(value)
    if kind == "note":
        return _PHONE.sub(lambda m: _mask_phone(m.group()), mask_emails(value))
    return "***"


def mask_emails(text: str) -> str:
    """Mask every e-mail address inside a text; the rest stays."""
    return _EMAIL.sub(_mask_email, text)


def _guess(value: str) -> str:
    if "@" in value:
        return "email"
    digits = sum(c.isdigit() for c in value)
    letters = sum(c.isalpha() for c in value)
    return "phone" if digits > letters and digits >= 5 else "name"


def _mask_email(found: re.Match[str]) -> str:
    local, domain = found.groups()
    return f"{local[0] if len(local) > 1 else ''}***@{domain}"


def _mask_token(found: re.Match[str]) -> str:
    token = found.group()
    return mask_emails(token) if _EMAIL.search(token) else _WORD.sub(_initial, token)


def _initial(found: re.Match[str]) -> str:
    word = found.group()
    return "*" * len(word) if word.isdigit() else f"{word[0]}***"


def _mask_middle(value: str) -> str:
    if len(value) < 6:
        return "*" * len(value)
    return value[:2] + "*" * (len(value) - 4) + value[-2:]


def _mask_phone(value: str) -> str:
    """Keep country, operator and the last two digits; keep the way it is written."""
    digits = [c for c in value if c.isdigit()]
    compact = "".join(digits)
    if value.strip() == f"+{compact}" and len(compact) >= 11:
        for prefix, operator in _COMPACT_PREFIXES:
            if compact.startswith(prefix) and len(compact) == len(prefix) + operator + 7:
                code = compact[len(prefix) : len(prefix) + operator]
                return f"+{prefix} {code} ***-**-{compact[-2:]}"
    head = min(len(digits) - 7, 4) if len(digits) >= 10 else 0
    if compact.startswith(_LONG_COUNTRIES) and len(digits) == 12:
        head = 5
    last = len(digits) - 2 if len(digits) >= 6 else len(digits)
    shown, position = [], 0
    for char in value:
        if char.isdigit():
            shown.append(char if position < head or position >= last else "*")
            position += 1
        else:
            shown.append(char if not char.isalpha() else "*")
    return "".join(shown)
