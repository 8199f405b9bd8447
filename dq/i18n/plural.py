"""Plural forms: which one a count takes, and how many a language has."""

from __future__ import annotations

__all__ = ["FORMS", "plural_index"]

FORMS = {"en": 2, "ru": 3, "uk": 3}
"""Number of plural forms, in the order of gettext's `msgstr[0]`, `msgstr[1]`, …"""


def plural_index(language: str, count: int) -> int:
    """Index of the plural form of a count (CLDR rules for whole numbers).

    Russian and Ukrainian: 0 for 1, 21, 31 …; 1 for 2–4, 22–24 …; 2 for the rest.
    """
    number = abs(count)
    if FORMS.get(language, 2) == 2:
        return 0 if number == 1 else 1
    tens, ones = number % 100, number % 10
    if ones == 1 and tens != 11:
        return 0
    return 1 if 2 <= ones <= 4 and not 12 <= tens <= 14 else 2
