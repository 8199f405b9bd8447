"""What dq says, in English, Russian and Ukrainian; nothing is loaded before the first word."""

from __future__ import annotations

from dq.i18n.language import DEFAULT, LANGUAGES, pick_language
from dq.i18n.masking import kind_of_column, mask, mask_emails
from dq.i18n.safe import Said, isolate, shorten, visible
from dq.i18n.translator import Translator, translator

__all__ = [
    "DEFAULT",
    "LANGUAGES",
    "Said",
    "Translator",
    "isolate",
    "kind_of_column",
    "mask",
    "mask_emails",
    "pick_language",
    "shorten",
    "translator",
    "visible",
]
